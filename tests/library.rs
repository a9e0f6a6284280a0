//! The tests that need the library alone, without the command and without PHP: `.ci/mutants` runs these first.
//!
//! The whole is `main.rs`; what stands here stands there too.
#[cfg(test)]
mod api;
#[cfg(test)]
mod document;
#[cfg(test)]
mod edits;
#[cfg(test)]
mod embed;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod laws;
#[cfg(test)]
#[expect(dead_code, reason = "some payloads are for PHP alone")]
mod payloads;
// With `readers`, once it compiles: `one_edit` and it need no command and no PHP.
// #[cfg(test)]
// mod one_edit;
// #[cfg(test)]
// mod readers;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod table;
#[cfg(test)]
mod vectors;
