//! The meaning of the options together, with their defaults.

use std::io::{self, IsTerminal as _};

use deskpro_contact::rows::{self, Owner, Plan};
use deskpro_contact::{FORM_LENGTH_FACTOR, MAX_PAYLOAD, Options, Profile, Source, Target};

use super::{Args, ErrorFormat, InputFormat, STDIN, To};
use crate::guess::Expected;
use crate::paths::is_standard;
use crate::sink::Existing;
use crate::sort::Limits;

/// The field of the person's id in payloads that are built from rows of a database: the default of --id-field.
const DATABASE_ID_FIELD: &str = "id";

impl To {
    /// The library's value for this format.
    pub(crate) fn target(self) -> Target {
        match self {
            Self::V2 => Target::V2,
            Self::Form => Target::Form,
            Self::Canonical => Target::Canonical,
        }
    }
}

impl Args {
    /// The length limit of a line, without its end, in bytes.
    pub fn max_line(&self) -> usize {
        let bytes = usize::try_from(self.max_payload).expect("at most MAX_PAYLOAD, which is a usize");
        let factor = if self.is_restoring() { FORM_LENGTH_FACTOR } else { 1 };
        // The product can exceed 32 bits, and is limited to MAX_PAYLOAD anyway.
        bytes.saturating_mul(factor).min(MAX_PAYLOAD)
    }

    /// The library's options for these arguments.
    pub fn options(&self) -> Options {
        let bytes = match self.input_format() {
            // A form repeats the names of lists, so it can be longer than the JSON line that it is built from.
            InputFormat::Json => self.max_line().saturating_mul(FORM_LENGTH_FACTOR).min(MAX_PAYLOAD),
            InputFormat::Form | InputFormat::Dump | InputFormat::Rows | InputFormat::V2 => self.max_line(),
        };
        let options = Options::new(self.source(), self.target());
        let options = match &self.id_field {
            Some(name) => options.id_field(name),
            None => options,
        };
        let options = options
            .edited(self.edited)
            .strict(self.strict)
            .only_contact_data(self.only_contact_data)
            .pretty(self.pretty)
            .max_payload(bytes)
            .encoding(self.encoding)
            .profile(self.profile())
            .region(self.region)
            .general_reader(self.general_reader);
        self.allow_field.iter().fold(options, Options::allow_field)
    }

    /// What v2 JSON may hold.
    pub(crate) fn profile(&self) -> Profile {
        self.profile.unwrap_or_default()
    }

    /// The format of messages, by default according to standard error.
    pub(crate) fn error_format(&self) -> ErrorFormat {
        self.error_format.unwrap_or_else(|| match io::stderr().is_terminal() {
            true => ErrorFormat::Human,
            false => ErrorFormat::Line,
        })
    }

    /// Whether a file with content that --losses, --rejects or --report names is replaced.
    pub(crate) fn kept_files(&self) -> Existing {
        if self.force { Existing::Replace } else { Existing::Protect }
    }

    /// Whether the run counts names, values and notes, which only --check and --report show.
    pub(crate) fn needs_findings(&self) -> bool {
        self.check || self.report.is_some()
    }

    /// Whether the run restores payloads.
    pub(crate) fn is_restoring(&self) -> bool {
        !self.restore.is_empty()
    }

    /// The format of the input.
    pub(crate) fn input_format(&self) -> InputFormat {
        self.from.unwrap_or(match self.to {
            To::V2 | To::Canonical => InputFormat::Form,
            To::Form => InputFormat::V2,
        })
    }

    /// The arguments with the defaults of the input format.
    pub(crate) fn with_defaults(self) -> Self {
        match self.input_format() {
            InputFormat::Dump | InputFormat::Rows => {
                let id_field = self.id_field.or_else(|| Some(DATABASE_ID_FIELD.to_owned()));
                Self { id_field, ..self }
            }
            InputFormat::Form | InputFormat::Json | InputFormat::V2 => self,
        }
    }

    /// Whether the input holds rows of a database, which are grouped by person.
    pub(crate) fn reads_database(&self) -> bool {
        match self.input_format() {
            InputFormat::Dump | InputFormat::Rows => true,
            InputFormat::Form | InputFormat::Json | InputFormat::V2 => false,
        }
    }

    /// Whether the input can have only one payload with each id: the rows of a database give one payload for each id.
    pub(crate) fn are_ids_unique(&self) -> bool {
        self.reads_database() && self.id_field.as_deref() == Some(DATABASE_ID_FIELD)
    }

    /// How rows of a database are sorted.
    pub(crate) fn sort_limits(&self) -> Limits {
        let limits = Limits::default();
        Limits { run: self.sort_memory.unwrap_or(limits.run), ..limits }
    }

    /// The name of the input in messages.
    pub(crate) fn input_name(&self) -> String {
        let path = self.input.as_deref().filter(|path| !is_standard(path));
        path.map_or_else(|| STDIN.to_owned(), |path| path.display().to_string())
    }

    /// Whose contact data a dump or rows give.
    pub(crate) fn owner(&self) -> Owner {
        self.table.unwrap_or(Owner::People)
    }

    /// The tables and columns of a database that are read.
    ///
    /// # Errors
    ///
    /// Values of --with exclude each other.
    pub(crate) fn plan(&self) -> Result<Plan, rows::Error> {
        let plan = Plan::new(self.owner(), self.with.iter().cloned())?;
        Ok(match self.encoding {
            Some(encoding) => plan.encoding(encoding),
            None => plan,
        })
    }

    /// The format of the payloads. Payloads that are built from lines of another format are forms.
    pub fn source(&self) -> Source {
        match self.input_format() {
            InputFormat::Form | InputFormat::Json | InputFormat::Dump | InputFormat::Rows => Source::Form,
            InputFormat::V2 => Source::V2,
        }
    }

    /// Whether payloads are written in the format in which they are read.
    pub(crate) fn keeps_format(&self) -> bool {
        match self.source() {
            Source::Form => self.to == To::Form,
            Source::V2 => self.to == To::V2,
        }
    }

    /// Whether forms are written as forms, and their texts in another encoding as UTF-8. They are not restored, so
    /// `--verify` cannot compare them.
    pub(crate) fn recodes_forms(&self) -> bool {
        self.input_format() == InputFormat::Form && self.to == To::Form && self.encoding.is_some()
    }

    /// Whether `--verify` works with the other options.
    pub(crate) fn can_verify(&self) -> bool {
        !self.is_restoring() && !self.pretty && self.to != To::Canonical && !self.recodes_forms()
    }

    /// The expected format of the input, by which its first line is judged. `None` if --from names it.
    pub(crate) fn expected(&self) -> Option<Expected> {
        if self.from.is_some() {
            return None;
        }
        Some(match (self.source(), self.is_restoring()) {
            (Source::Form, false) => Expected::Forms,
            (Source::Form, true) => Expected::WrittenForms,
            (Source::V2, false) => Expected::Bodies,
            (Source::V2, true) => Expected::WrittenBodies,
        })
    }

    /// The format of the output.
    pub fn target(&self) -> Target {
        self.to.target()
    }
}
