//! Tests of the whole product: the command, restoring, the comparison with PHP, the documentation.
//!
//! Tests of the library alone are in `crates/deskpro-contact/tests`. Helpers for both are in
//! `crates/deskpro-contact-testkit`. The modules are `cfg(test)`: clippy lets a test unwrap and print only there.

#[cfg(test)]
mod attack;
#[cfg(test)]
mod bindings;
/// The command: options, information requests, messages, files, lines.
#[cfg(test)]
mod command {
    mod check;
    mod contents;
    mod dump;
    mod extended;
    mod files;
    mod information;
    mod kept_files;
    mod legacy_json;
    mod lines;
    mod messages;
    mod options;
    mod panics;
    mod progress;
    mod report;
    mod rows;
    mod schemas;
    mod terminal;
    mod wrong_input;
}
#[cfg(test)]
mod dump;
#[cfg(test)]
mod harness;
/// Long runs and how they end: compression, memory, signals, full disks, slow producers.
///
/// No test asserts speed, because the machine may be busy. Only a hanging run exceeds its time limit.
#[cfg(test)]
mod long_runs {
    mod compression;
    mod full_disks;
    mod memory;
    mod producers;
    mod signals;
}
/// The pages (README.md, GUIDE.md, docs): their transcripts run, their tables match the program, their links lead
/// somewhere.
#[cfg(test)]
mod pages {
    mod architecture;
    mod bindings;
    mod circles;
    mod guide;
    mod links;
    pub(crate) mod markdown;
    mod members;
    mod readme;
    mod reference;
    mod transcripts;
}
#[cfg(test)]
mod php;
#[cfg(test)]
mod restoring;
#[cfg(test)]
mod sending;
