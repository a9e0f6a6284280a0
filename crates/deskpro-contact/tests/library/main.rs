//! Tests of the library's public API, without the command and PHP. They build in seconds, for `.ci/mutants`.
//!
//! The modules are `cfg(test)`: clippy lets a test unwrap and print only there.

#[cfg(test)]
mod api;
#[cfg(test)]
mod edited_losses;
#[cfg(test)]
mod edits;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod options;
#[cfg(test)]
mod readers;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod serde_structs;
#[cfg(test)]
mod table;
#[cfg(test)]
mod vectors;
