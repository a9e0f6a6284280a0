//! Writes arguments as a command line for a shell, with the names of files and fields, or with placeholders.

use std::path::PathBuf;

use clap::{Parser as _, ValueEnum};

use super::{Args, DEFAULT_MAX_PAYLOAD, InputFormat, OnError, ReportValues, To};

impl Args {
    /// The command line, for a shell, of these arguments. Options that only tests use are left out. A name of a
    /// file that is not UTF-8 has replacement characters.
    pub(crate) fn command_line(&self) -> String {
        let Self {
            input,
            from,
            to,
            profile,
            region,
            losses,
            restore,
            edited,
            rejects,
            force,
            on_error,
            strict,
            only_contact_data,
            allow_field,
            max_payload,
            encoding,
            table,
            database,
            with,
            lossy,
            output,
            jobs,
            verify,
            check,
            summary,
            report,
            report_values,
            error_format,
            id_field,
            progress,
            pretty,
            quiet,
            // Options for tests, and those that print information and end.
            panic_at: _,
            sort_memory: _,
            general_reader: _,
            info: _,
        } = self;
        let mut words = Words(vec!["convert".to_owned()]);
        words.flag("--check", *check);
        words.option("--from", from.map(value_name));
        words.option("--to", (*to != To::V2).then(|| value_name(*to)));
        words.option("--profile", *profile);
        words.option("--region", *region);
        words.option("--encoding", *encoding);
        words.option("--table", *table);
        words.option("--database", database.as_ref());
        with.iter().for_each(|with| words.option("--with", Some(with)));
        words.flag("--strict", *strict);
        words.flag("--only-contact-data", *only_contact_data);
        allow_field.iter().for_each(|name| words.option("--allow-field", Some(name)));
        words.option("--max-payload", (*max_payload != DEFAULT_MAX_PAYLOAD as u64).then_some(max_payload));
        words.option("--id-field", id_field.as_ref());
        words.flag("--verify", *verify);
        words.flag("--edited", *edited);
        restore.iter().for_each(|path| words.path("--restore", Some(path)));
        words.flag("--lossy", *lossy);
        words.flag("--force", *force);
        words.option("--on-error", (*on_error != OnError::Skip).then(|| value_name(*on_error)));
        words.flag("--pretty", *pretty);
        words.option("--jobs", *jobs);
        words.flag("--quiet", *quiet);
        words.flag("--progress", *progress);
        words.option("--error-format", error_format.map(value_name));
        words.path("--summary", summary.as_ref());
        words.path("--report", report.as_ref());
        words.option(
            "--report-values",
            (*report_values != ReportValues::Show).then(|| value_name(*report_values)),
        );
        words.path("--losses", losses.as_ref());
        words.path("--rejects", rejects.as_ref());
        words.path("-o", output.as_ref());
        if let Some(input) = input {
            let name = input.display().to_string();
            // A name that begins with a dash would be an option.
            words.0.extend((name.starts_with('-') && name != "-").then(|| "--".to_owned()));
            words.0.push(quoted(&name));
        }
        words.0.join(" ")
    }

    /// The arguments of a command without options.
    pub(crate) fn bare() -> Self {
        Self::try_parse_from(["convert"]).expect("no option is required")
    }

    /// These arguments with placeholders for all names: of files, fields, tables, columns and databases.
    pub(crate) fn without_names(&self) -> Self {
        let file = |path: &Option<PathBuf>, name: &str| path.as_ref().map(|_| PathBuf::from(name));
        let restore = (1..=self.restore.len()).map(|number| PathBuf::from(format!("losses-{number}.jsonl")));
        let with = self.with.iter().map(|_| "TABLE.COLUMN=FIELD".parse().expect("a column of a table"));
        let text = |name: &Option<String>, placeholder: &str| name.as_ref().map(|_| placeholder.to_owned());
        Self {
            input: file(&self.input, "FILE"),
            losses: file(&self.losses, "losses.jsonl"),
            rejects: file(&self.rejects, "rejects"),
            output: file(&self.output, "output"),
            summary: file(&self.summary, "summary.json"),
            report: file(&self.report, "report.html"),
            restore: restore.collect(),
            with: with.collect(),
            id_field: text(&self.id_field, "FIELD"),
            database: text(&self.database, "DATABASE"),
            allow_field: self.allow_field.iter().map(|_| "FIELD".to_owned()).collect(),
            ..self.clone()
        }
    }
}

impl InputFormat {
    /// The format in words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Form => "legacy form payloads",
            Self::Json => "legacy JSON",
            Self::Dump => "an SQL dump of a legacy database",
            Self::Rows => "exported rows of a legacy database",
            Self::V2 => "v2 JSON",
        }
    }
}

impl To {
    /// The format in words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::V2 => "v2 JSON",
            Self::Form => "legacy form payloads",
            Self::Canonical => "the canonical model",
        }
    }
}

/// Words of a command line, quoted for a shell.
struct Words(Vec<String>);

impl Words {
    fn flag(&mut self, name: &str, is_set: bool) {
        self.0.extend(is_set.then(|| name.to_owned()));
    }

    fn option(&mut self, name: &str, value: Option<impl ToString>) {
        let Some(value) = value.map(|value| value.to_string()) else { return };
        match value.starts_with('-') {
            true => self.0.push(format!("{name}={}", quoted(&value))),
            false => self.0.extend([name.to_owned(), quoted(&value)]),
        }
    }

    fn path(&mut self, name: &str, path: Option<&PathBuf>) {
        // `-o` takes a value that begins with a dash only as a part of the same word, or under its long name.
        let value = path.map(|path| path.display().to_string());
        let is_long = value.as_ref().is_some_and(|value| value.starts_with('-'));
        self.option(if is_long && name == "-o" { "--output" } else { name }, value);
    }
}

/// The name of a value on the command line.
fn value_name(value: impl ValueEnum) -> String {
    value.to_possible_value().expect("no value is hidden").get_name().to_owned()
}

/// A word for a shell: in single quotes, if it has a character that a shell may interpret.
pub(crate) fn quoted(word: &str) -> String {
    let is_plain = |char: char| char.is_alphanumeric() || "-_./:=@%+,".contains(char);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each command line that is written is read as the same arguments.
    #[test]
    fn a_command_line_gives_its_arguments() {
        for line in [
            "convert",
            "convert --check --report report.html --report-values hide people.form",
            "convert --from dump --table organizations --database helpdesk --with people.name=n --with a.b=c[] -",
            "convert --profile extended --region GB --encoding windows-1252 --strict --only-contact-data \
             --allow-field=-x --allow-field contact-data --max-payload 100 --id-field email --verify --lossy --force \
             --on-error emit --jobs 3 --quiet --progress --error-format line --summary s.json --losses losses.jsonl \
             --rejects rejects.form -o people.jsonl people.form",
            "convert --to form --restore a --restore b --edited --pretty -- -people.jsonl",
            "convert --to canonical --output=-x",
        ] {
            let args = Args::try_parse_from(line.split_whitespace()).unwrap();
            let again = args.command_line();
            assert_eq!(
                Args::try_parse_from(again.replace('\'', "").split_whitespace()).unwrap(),
                args,
                "{again}"
            );
        }
    }

    #[test]
    fn words_are_quoted_for_a_shell() {
        let quoted = ["people.form", "é", "", "a b", "it's", "$(x)", "a[]", "~", "*"].map(quoted);
        assert_eq!(
            quoted,
            ["people.form", "é", "''", "'a b'", r"'it'\''s'", "'$(x)'", "'a[]'", "'~'", "'*'"]
        );
    }

    #[test]
    fn names_are_replaced_by_placeholders() {
        let line = "convert --check --from dump --database Secret1 --with Secret2.Secret3=Secret4[] --id-field Secret5 \
                    --allow-field Secret6 --losses Secret7 --rejects Secret8 -o Secret9 --summary Secret10 --report \
                    Secret11 --restore Secret12 Secret13";
        let args = Args::try_parse_from(line.split_whitespace()).unwrap();
        let hidden = args.without_names().command_line();
        assert!(!hidden.to_lowercase().contains("secret"), "{hidden}");
        assert_eq!(args.command_line().matches("Secret").count(), 13, "{}", args.command_line());
    }
}
