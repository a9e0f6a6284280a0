//! Runs the stages for a payload: source, map, target.

mod conversion;
mod converter;
mod options;
mod reading;

pub use self::conversion::{Conversion, Converted};
pub use self::converter::Converter;
pub use self::options::{DEFAULT_MAX_PAYLOAD, FORM_LENGTH_FACTOR, MAX_PAYLOAD, Options, Source, Target};
