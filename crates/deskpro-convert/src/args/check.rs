//! Checks which options exclude each other.

use std::io;

use clap::{Parser as _, ValueEnum as _};
use deskpro_contact::{Profile, Source};

use super::{Args, ErrorFormat, InfoArgs, InputFormat, STDIN, STDOUT, SchemaOf, To};
use crate::paths::{Identity, is_standard};

impl Args {
    /// Checks options that do not work with the format of the input.
    fn check_formats(&self) -> Result<(), String> {
        let input = self.input_format();
        let name = input.to_possible_value().expect("no format is hidden").get_name().to_owned();
        let is_built = match input {
            InputFormat::Json | InputFormat::Dump | InputFormat::Rows => true,
            InputFormat::Form | InputFormat::V2 => false,
        };
        if self.is_restoring() && (is_built || self.keeps_format()) {
            return Err(format!(
                "--restore does not work with --from {name} and this --to: it restores payloads from the output of a \
                 run, with --to form from v2 JSON, or with --to v2 from forms"
            ));
        }
        for (is_set, option, effect) in [
            (self.table.is_some(), "--table", "it chooses whose rows are read"),
            (!self.with.is_empty(), "--with", "it adds a column of a database"),
        ] {
            if is_set && !self.reads_database() {
                return Err(format!("{option} works only with --from dump and --from rows: {effect}"));
            }
        }
        if self.database.is_some() && input != InputFormat::Dump {
            return Err(
                "--database works only with --from dump: exported rows do not name their database".to_owned()
            );
        }
        if self.encoding.is_some() && input == InputFormat::V2 && !self.is_restoring() {
            return Err("--encoding is for reading legacy texts, but this run reads v2 JSON, which is UTF-8"
                .to_owned());
        }
        if self.verify && self.recodes_forms() {
            return Err(
                "--verify does not work with --from form --to form --encoding: such payloads are not \
                        restored, but their texts change"
                    .to_owned(),
            );
        }
        let is_extended = self.profile() == Profile::Extended;
        for (is_set, option) in [
            (self.strict, "--strict"),
            (self.only_contact_data, "--only-contact-data"),
            (is_extended, "--profile extended"),
        ] {
            if is_set && self.keeps_format() {
                return Err(format!(
                    "{option} does not work with --from {name} and this --to: payloads keep their format, and are not \
                     checked"
                ));
            }
        }
        let writes_phones = is_extended && self.source() == Source::Form && self.to == To::V2;
        if self.region.is_some() && (!writes_phones || self.is_restoring()) {
            return Err(
                "--region is for phones that become v2 JSON: it needs --profile extended, --to v2 and no --restore"
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// Checks that --schema has no other option than --profile beside it. Only the schema of v2 has a profile.
    ///
    /// # Errors
    ///
    /// A sentence about the other option.
    pub(crate) fn check_schema(&self) -> Result<(), String> {
        let Some(schema) = self.info.schema else { return Ok(()) };
        let none = Self::try_parse_from(["convert"]).map_err(|error| error.to_string())?;
        let profile = match schema {
            SchemaOf::V2 => self.profile,
            SchemaOf::Losses | SchemaOf::Summary | SchemaOf::Check => None,
        };
        let info = InfoArgs { schema: Some(schema), ..none.info.clone() };
        if *self != (Self { profile, info, ..none }) {
            return Err(
                "--schema takes no FILE and no option; only --schema v2 may have --profile".to_owned()
            );
        }
        Ok(())
    }

    /// Checks combinations that clap cannot express.
    ///
    /// # Errors
    ///
    /// A sentence about a wrong combination, or about two options that name the same file.
    pub(crate) fn check_combinations(&self) -> Result<(), String> {
        if self.to == To::Canonical {
            for (is_set, option) in [(self.is_restoring(), "--restore"), (self.verify, "--verify")] {
                if is_set {
                    return Err(format!(
                        "{option} does not work with --to canonical: only --to v2 and --to form can be restored"
                    ));
                }
            }
        }
        self.check_formats()?;
        self.plan().map_err(|error| format!("--with: {error}"))?;
        if self.pretty && (self.verify || self.is_restoring()) {
            return Err(
                "--pretty writes several lines per payload; --restore and --verify need one".to_owned()
            );
        }
        if self.progress && self.error_format == Some(ErrorFormat::Json) {
            return Err("--progress writes text, but --error-format json asks for JSON".to_owned());
        }
        let mut named = vec![
            ("FILE", self.input.as_deref()),
            ("--output", self.output.as_deref()),
            ("--losses", self.losses.as_deref()),
            ("--rejects", self.rejects.as_deref()),
            ("--summary", self.summary.as_deref()),
            ("--report", self.report.as_deref()),
        ];
        named.extend(self.restore.iter().map(|path| ("--restore", Some(path.as_path()))));
        for &(option, path) in &named {
            if !matches!(option, "FILE" | "--output") && path.is_some_and(is_standard) {
                return Err(format!(
                    "- means a standard stream only for FILE and --output; for {option}, write /dev/stdin, \
                     /dev/stdout or ./-"
                ));
            }
        }
        let mut seen: Vec<(&str, Identity)> = Vec::new();
        for (option, path) in named {
            let path = path.filter(|path| !is_standard(path));
            let (option, identity) = match (option, path) {
                (_, Some(path)) => (option, Identity::of(path)),
                ("FILE", None) => (STDIN, Identity::of_stream(&io::stdin())),
                ("--output", None) => (STDOUT, Identity::of_stream(&io::stdout())),
                (_, None) => continue,
            };
            let Some(identity) = identity else { continue };
            // --output may replace the input: the input is read to its end first. A link or another file would be
            // truncated before it is read.
            let replaces = option == "--output"
                && path.is_some_and(|path| path.symlink_metadata().is_ok_and(|metadata| metadata.is_file()));
            let in_place = |input: &str| replaces && (input == STDIN || self.input.as_deref() == path);
            let is_input = |other: &str| [STDIN, "FILE"].contains(&other);
            let clashes =
                seen.iter().find(|(other, of)| *of == identity && !(is_input(other) && in_place(other)));
            if let Some((other, _)) = clashes {
                let path = path.map(|path| format!(", {}", path.display())).unwrap_or_default();
                return Err(format!("{other} and {option} name the same file{path}"));
            }
            seen.push((option, identity));
        }
        Ok(())
    }
}
