//! Draft.
mod convert;
mod error;
pub mod form;
mod json;
mod legacy;
mod loss;
mod model;
mod other;
mod restore;
mod table;
mod translate;
mod tree;
mod v2;

pub use convert::{
    Conversion, Converted, Converter, DEFAULT_MAX_PAYLOAD, MAX_PAYLOAD, Options, Target, write_rejected,
};
pub use error::{Error, ErrorKind};
pub use json::MAX_JSON_DEPTH;
pub use loss::{Code, Loss, LossValue, Severity};
pub use model::{Contact, Field, Kind, PhoneType, Service};
pub use table::Format;

/// Converts a legacy payload to v2 JSON.
pub fn to_v2(payload: &[u8]) -> Result<Converted, Error> {
    Converter::new(Options::new(Target::V2)).convert(payload).map(Conversion::into_owned)
}

/// Converts a v2 body to a legacy payload.
pub fn to_form(body: &[u8]) -> Result<Converted, Error> {
    Converter::new(Options::new(Target::Form)).convert(body).map(Conversion::into_owned)
}
