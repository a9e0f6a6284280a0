//! The model: contacts, and all differences between the two formats.
//!
//! The files build on each other in this order: [`kind`] (closed enums) < [`table`] (rows) < [`columns`] and
//! [`lookup`] (the rows indexed for speed) < [`contact`] and [`differences`].

pub(crate) mod columns;
mod contact;
pub(crate) mod database;
mod differences;
pub(crate) mod envelope;
mod kind;
pub(crate) mod lookup;
pub(crate) mod table;

pub use self::contact::Contact;
pub use self::differences::differences;
pub(crate) use self::differences::{required, types};
pub use self::kind::{Field, Kind, PhoneType, Profile, Service};
