//! What a user sees, tested from outside: the command, the library's public names, and PHP as the judge.
//!
//! The modules are `cfg(test)`, for there clippy lets a test index, unwrap and panic.
#[cfg(test)]
mod api;
#[cfg(test)]
mod attack;
#[cfg(test)]
mod bodies;
#[cfg(test)]
mod bulk;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod cli_answers;
#[cfg(test)]
mod cli_check;
#[cfg(test)]
mod cli_files;
#[cfg(test)]
mod cli_lines;
#[cfg(test)]
mod cli_people;
#[cfg(test)]
mod cli_restore;
#[cfg(test)]
mod document;
#[cfg(test)]
mod edits;
#[cfg(test)]
mod embed;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod guide;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod one_edit;
#[cfg(test)]
mod payloads;
#[cfg(test)]
mod php;
#[cfg(test)]
mod php_one_edit;
#[cfg(test)]
mod php_run;
// The law of the two readers waits for `Options::general_reader` and `Conversion::is_plain`.
// #[cfg(test)]
// mod readers;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod table;
#[cfg(test)]
mod vectors;
