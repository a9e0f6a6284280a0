//! Options by name.

use deskpro_contact::legacy_json::Builder;
use deskpro_contact::{
    DEFAULT_MAX_PAYLOAD, Encoding, Error, FORM_LENGTH_FACTOR, MAX_PAYLOAD, Options, Profile, Region, Source,
    Target,
};

use crate::failure::{Failure, excerpt};

/// The format of the payloads.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) enum Input {
    #[default]
    Form,
    /// Bodies and replies of the legacy API as JSON: a payload is built from each.
    Json,
    V2,
}

/// The options of a converter.
#[derive(Clone, Debug)]
pub struct Settings {
    from: Option<Input>,
    to: Option<Target>,
    only_contact_data: bool,
    id_field: Option<String>,
    edited: bool,
    strict: bool,
    pretty: bool,
    max_payload: usize,
    allowed_fields: Vec<String>,
    encoding: Option<Encoding>,
    profile: Profile,
    region: Option<Region>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            from: None,
            to: None,
            only_contact_data: false,
            id_field: None,
            edited: false,
            strict: false,
            pretty: false,
            max_payload: DEFAULT_MAX_PAYLOAD,
            allowed_fields: Vec::new(),
            encoding: None,
            profile: Profile::default(),
            region: None,
        }
    }
}

/// The type of an option's value in languages that have types.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ValueType {
    /// A text.
    Text,
    /// A text, or a list of texts: the option can be set several times, each time with one more value.
    Texts,
    /// `true` or `false`.
    Flag,
    /// A number from 0.
    Number,
}

/// An option: its name, its type, and how its value is read. The error says what was expected.
struct Row {
    name: &'static str,
    value_type: ValueType,
    set: fn(Settings, &str) -> Result<Settings, String>,
}

/// Every option, by its name in the command.
const ROWS: [Row; 12] = [
    Row {
        name: "from",
        value_type: ValueType::Text,
        set: |own, value| Ok(Settings { from: Some(input(value)?), ..own }),
    },
    Row {
        name: "to",
        value_type: ValueType::Text,
        set: |own, value| Ok(Settings { to: Some(target(value)?), ..own }),
    },
    Row {
        name: "only-contact-data",
        value_type: ValueType::Flag,
        set: |own, value| Ok(Settings { only_contact_data: flag(value)?, ..own }),
    },
    Row {
        name: "id-field",
        value_type: ValueType::Text,
        set: |own, value| Ok(Settings { id_field: Some(field(value)?), ..own }),
    },
    Row {
        name: "edited",
        value_type: ValueType::Flag,
        set: |own, value| Ok(Settings { edited: flag(value)?, ..own }),
    },
    Row {
        name: "strict",
        value_type: ValueType::Flag,
        set: |own, value| Ok(Settings { strict: flag(value)?, ..own }),
    },
    Row {
        name: "pretty",
        value_type: ValueType::Flag,
        set: |own, value| Ok(Settings { pretty: flag(value)?, ..own }),
    },
    Row {
        name: "max-payload",
        value_type: ValueType::Number,
        set: |own, value| Ok(Settings { max_payload: bytes(value)?, ..own }),
    },
    Row {
        name: "allow-field",
        value_type: ValueType::Texts,
        set: |mut own, value| {
            own.allowed_fields.push(field(value)?);
            Ok(own)
        },
    },
    Row {
        name: "encoding",
        value_type: ValueType::Text,
        set: |own, value| Ok(Settings { encoding: Some(encoding(value)?), ..own }),
    },
    Row {
        name: "profile",
        value_type: ValueType::Text,
        set: |own, value| Ok(Settings { profile: profile(value)?, ..own }),
    },
    Row {
        name: "region",
        value_type: ValueType::Text,
        set: |own, value| Ok(Settings { region: Some(region(value)?), ..own }),
    },
];

impl Settings {
    /// The names of all options, and the types of their values.
    pub fn names() -> impl Iterator<Item = (&'static str, ValueType)> {
        ROWS.iter().map(|row| (row.name, row.value_type))
    }

    /// Returns the settings with one more option. Names and values are those of the command `convert`, but `from` is
    /// `form`, `json` or `v2`. An option without a value there has the value `true` or `false` here. `allow-field` adds
    /// a name, all other options replace their value.
    ///
    /// # Errors
    ///
    /// [`FailureKind::Misuse`](crate::FailureKind::Misuse), with the code `unknown-option` if there is no such option,
    /// or `option-value` if it cannot have this value.
    pub fn with(&self, name: &[u8], value: &[u8]) -> Result<Self, Failure> {
        let Some(row) = ROWS.iter().find(|row| row.name.as_bytes() == name) else {
            let names = ROWS.map(|row| row.name).join(", ");
            let message = format!("expected one of {names}, found {}", excerpt(name));
            return Err(Failure::misuse("unknown-option", "", message));
        };
        let set = match std::str::from_utf8(value) {
            Ok(text) => (row.set)(self.clone(), text),
            Err(_) => Err("a text in UTF-8".to_owned()),
        };
        set.map_err(|expected| {
            let message = format!("expected {expected}, found {}", excerpt(value));
            Failure::misuse("option-value", row.name, message)
        })
    }

    pub(crate) fn input(&self) -> Input {
        self.from.unwrap_or(match self.to {
            Some(Target::Form) => Input::V2,
            Some(Target::V2 | Target::Canonical) | None => Input::Form,
        })
    }

    fn formats(&self) -> (Source, Target) {
        let (source, other) = match self.input() {
            Input::Form | Input::Json => (Source::Form, Target::V2),
            Input::V2 => (Source::V2, Target::Form),
        };
        (source, self.to.unwrap_or(other))
    }

    /// Whether payloads have ids, so that each of them has a line in a losses file.
    #[must_use]
    pub fn has_id_field(&self) -> bool {
        self.id_field.is_some()
    }

    /// Checks the length of a payload that is to be converted.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLong`](deskpro_contact::ErrorKind::TooLong): the payload is longer than `max-payload`.
    pub fn check_payload(&self, payload: &[u8]) -> Result<(), Error> {
        check_length(payload, self.max_payload)
    }

    /// Checks the lengths of an output that is to be restored, and of its losses.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLong`](deskpro_contact::ErrorKind::TooLong): the output is longer than [`FORM_LENGTH_FACTOR`]
    /// times `max-payload`, or the losses are longer than [`MAX_PAYLOAD`].
    pub fn check_output(&self, output: &[u8], losses: &[u8]) -> Result<(), Error> {
        check_length(output, self.max_output())?;
        check_length(losses, MAX_PAYLOAD)
    }

    /// The maximum length in bytes of an output that is restored. An output can be longer than its payload.
    fn max_output(&self) -> usize {
        self.max_payload.saturating_mul(FORM_LENGTH_FACTOR).min(MAX_PAYLOAD)
    }

    /// The library's options for converting.
    pub(crate) fn converting(&self) -> Options {
        let (source, target) = self.formats();
        let max = match self.input() {
            Input::Form | Input::V2 => self.max_payload,
            // The payload is built from the JSON, and repeats names.
            Input::Json => self.max_output(),
        };
        self.options(source, target)
            .max_payload(max)
            .only_contact_data(self.only_contact_data)
            .region(self.region)
    }

    /// The library's options for restoring, in the opposite direction. `only-contact-data` does not apply: the other
    /// fields are in the losses, and are put back.
    pub(crate) fn restoring(&self) -> Options {
        let (source, target) = match self.formats() {
            (Source::Form, Target::V2) => (Source::V2, Target::Form),
            (Source::V2, Target::Form) => (Source::Form, Target::V2),
            // These have no opposite direction, so the library rejects restoring.
            (source, target) => (source, target),
        };
        self.options(source, target).max_payload(self.max_output())
    }

    /// The builder of payloads from JSON of the legacy API.
    pub(crate) fn builder(&self) -> Builder {
        let builder = self.allowed_fields.iter().fold(Builder::new(), Builder::allow_field);
        match self.encoding {
            Some(encoding) => builder.encoding(encoding),
            None => builder,
        }
    }

    fn options(&self, source: Source, target: Target) -> Options {
        let options = Options::new(source, target)
            .edited(self.edited)
            .strict(self.strict)
            .pretty(self.pretty)
            .encoding(self.encoding)
            .profile(self.profile);
        let options = match &self.id_field {
            Some(name) => options.id_field(name),
            None => options,
        };
        self.allowed_fields.iter().fold(options, Options::allow_field)
    }
}

fn check_length(text: &[u8], max: usize) -> Result<(), Error> {
    if text.len() > max { Err(Error::too_long(text.len() as u64, max)) } else { Ok(()) }
}

fn input(value: &str) -> Result<Input, String> {
    match value {
        "form" => Ok(Input::Form),
        "json" => Ok(Input::Json),
        "v2" => Ok(Input::V2),
        _ => Err("form, json or v2".to_owned()),
    }
}

fn target(value: &str) -> Result<Target, String> {
    value.parse().map_err(|_| Target::ALL.map(Target::name).join(", "))
}

fn flag(value: &str) -> Result<bool, String> {
    value.parse().map_err(|_| "true or false".to_owned())
}

fn field(value: &str) -> Result<String, String> {
    match value {
        "" => Err("the name of a field".to_owned()),
        name => Ok(name.to_owned()),
    }
}

fn bytes(value: &str) -> Result<usize, String> {
    let bytes = value.parse().ok().filter(|bytes| *bytes <= MAX_PAYLOAD);
    bytes.ok_or_else(|| format!("a number of bytes, at most {MAX_PAYLOAD}"))
}

fn encoding(value: &str) -> Result<Encoding, String> {
    value
        .parse()
        .map_err(|_| "the name of an encoding that extends ASCII, for example windows-1252".to_owned())
}

fn profile(value: &str) -> Result<Profile, String> {
    value.parse().map_err(|_| Profile::ALL.map(Profile::name).join(", "))
}

fn region(value: &str) -> Result<Region, String> {
    value.parse().map_err(|_| "a region of two letters, for example GB".to_owned())
}
