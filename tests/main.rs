//! The whole product from outside: the command, restoring by it, PHP as the judge, and the pages.
//!
//! What the library alone is tested by stands in `crates/deskpro-contact/tests`; what both need in
//! `crates/deskpro-contact-testkit`. The modules are `cfg(test)`: clippy lets a test unwrap and print only there.

/// Inputs made to break it: a clear answer, and memory that stays in its bounds.
#[cfg(test)]
mod attack;
/// Options, answers, messages, files, lines.
#[cfg(test)]
mod command {
    mod answers;
    mod check;
    mod files;
    mod lines;
    mod messages;
    mod options;
    mod progress;
}
#[cfg(test)]
mod harness;
/// Long runs, and what may become of them.
///
/// Nothing here is asserted to be fast, for the machine may be busy: a run that ends late enough to fail hangs.
#[cfg(test)]
mod long_runs {
    mod compression;
    mod full_disks;
    mod memory;
    mod neighbours;
    mod signals;
}
/// README.md and GUIDE.md.
#[cfg(test)]
mod pages {
    mod guide;
    mod readme;
    mod transcripts;
}
#[cfg(test)]
mod php;
#[cfg(test)]
mod restoring;
