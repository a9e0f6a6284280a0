//! Tests of the library's public API, without the command and PHP. They build in seconds, for `.ci/mutants`.
//!
//! The modules are `cfg(test)`: clippy lets a test unwrap and print only there.

#[cfg(test)]
mod api;
#[cfg(test)]
mod dump;
#[cfg(test)]
mod edited_losses;
#[cfg(test)]
mod edits;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod legacy_json;
#[cfg(test)]
mod options;
#[cfg(test)]
mod person;
#[cfg(test)]
mod phones;
#[cfg(test)]
mod readers;
#[cfg(test)]
mod rows;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod serde_structs;
#[cfg(test)]
mod table;
#[cfg(test)]
mod vectors;

#[cfg(test)]
use deskpro_contact::{Conversion, Converted, Converter, Error, Options, Source, Target};

/// Restores a legacy payload from an output that was edited.
#[cfg(test)]
fn restore_edited_form(output: impl AsRef<[u8]>, losses: impl AsRef<[u8]>) -> Result<Converted, Error> {
    let mut converter = Converter::new(Options::new(Source::V2, Target::Form).edited(true));
    converter.restore(&output, losses).map(Conversion::into_owned)
}

/// Restores a v2 body from an output that was edited.
#[cfg(test)]
fn restore_edited_v2(output: impl AsRef<[u8]>, losses: impl AsRef<[u8]>) -> Result<Converted, Error> {
    let mut converter = Converter::new(Options::new(Source::Form, Target::V2).edited(true));
    converter.restore(&output, losses).map(Conversion::into_owned)
}
