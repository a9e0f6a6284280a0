//! The losses file: JSON lines with everything that the output lines of a run do not hold.
//!
//! The first line is the head, which says how the run converted. Each following line is about one payload: it has the
//! losses of the payload or, if the payload was rejected, the whole payload. With an id field, each payload has a line,
//! even without losses. The last line shows that the file is complete.
//!
//! Use this module to write and read the same files as the command. [`Conversion::write_losses_line`] writes the line
//! of a converted payload, and [`Converter::restore`] reads it. No function writes a line end.
//!
//! ```
//! use deskpro_contact::losses_file::{End, Line, OutputDigest, PersonId, read, write_end};
//! use deskpro_contact::{Code, Converter, Options, Severity, Source, Target};
//!
//! let mut converter = Converter::new(Options::new(Source::Form, Target::V2).id_field("id"));
//! let conversion = converter.convert(b"id=7&type=skype&comment=home&data[username]=ann")?;
//! let mut line = Vec::new();
//! conversion.write_losses_line(17, &mut line);
//! let Line::Payload(payload) = read(&line)? else { panic!() };
//! assert_eq!((payload.line, payload.id), (17, PersonId::from_json("\"7\"")));
//! assert_eq!(payload.output, OutputDigest::of(conversion.output()));
//! assert!(payload.losses.unwrap().codes()?.contains(&(Code::Comment, Severity::Data)));
//!
//! let end = End { lines: 17, with_losses: 1 };
//! line.clear();
//! write_end(&end, &mut line);
//! assert_eq!(line, br#"{"end":{"lines":17,"with_losses":1}}"#);
//! assert_eq!(read(&line)?, Line::End(end));
//! # Ok::<(), deskpro_contact::Error>(())
//! ```
//!
//! [`Conversion::write_losses_line`]: crate::Conversion::write_losses_line
//! [`Converter::restore`]: crate::Converter::restore

pub(crate) mod fields;
mod identity;
mod objects;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use self::identity::{OutputDigest, PersonId};
pub use self::objects::{End, Head, Losses, VERSION};
pub use self::read::{Line, PayloadLine, RejectedLine, decode_raw, id_of_error_line, is_error_line, read};
pub(crate) use self::write::begin_payload;
pub use self::write::{
    Rejected, write_end, write_error_line, write_head, write_left_over, write_passed_on, write_rejected,
};
