//! Helpers for the tests of several crates and for the fuzz targets. This crate is not published.
//!
//! | module | content |
//! |---|---|
//! | [`payloads`], [`bodies`] | generators of legacy payloads and v2 bodies, deterministic for a seed |
//! | [`dumps`] | SQL dumps: reading in pieces, rows in random spellings |
//! | [`legacy_json`] | random bodies and replies of the legacy API as JSON |
//! | [`rows`] | rows of a legacy database: payloads of a dump, random rows |
//! | [`encodings`] | payloads that are not UTF-8, and a check of their conversion with an encoding |
//! | [`extended`] | payloads, bodies and edits for the extended profile |
//! | [`one_edit`] | edits that turn a plain payload into one that the plain reader of forms may not accept |
//! | [`readers`] | a comparison of the plain reader of forms with the general one |
//! | [`conserved`] | a check that each word in the names of a payload is in the output or in the losses |
//! | [`v2_document`] | the types of the v2 document, independent of the program's table |
//! | [`schema`] | a check against the program's JSON Schema |
//! | [`fixtures`] | the folders of `fixtures` and their files |
//! | [`form`], [`json`] | decoders and normalizers that share no code with the program |

#![expect(clippy::unwrap_used, reason = "a failing helper fails its test")]

pub mod bodies;
#[cfg(feature = "library")]
pub mod conserved;
#[cfg(feature = "library")]
pub mod dumps;
#[cfg(feature = "library")]
pub mod encodings;
pub mod extended;
pub mod fixtures;
#[cfg(feature = "library")]
pub mod form;
pub mod json;
pub mod legacy_json;
pub mod one_edit;
pub mod payloads;
mod random;
#[cfg(feature = "library")]
pub mod readers;
#[cfg(feature = "library")]
pub mod rows;
#[cfg(feature = "schema")]
pub mod schema;
pub mod v2_document;

use std::path::{Path, PathBuf};

pub use self::random::Rng;

/// The top folder of the repository.
#[must_use]
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
