//! The library from outside, without the command and without PHP. It builds in seconds, for `.ci/mutants`.
//!
//! The modules are `cfg(test)`: clippy lets a test unwrap and print only there.

#[cfg(test)]
mod api;
#[cfg(test)]
mod edited_losses;
#[cfg(test)]
mod edits;
#[cfg(test)]
mod embed;
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
mod table;
#[cfg(test)]
mod vectors;
