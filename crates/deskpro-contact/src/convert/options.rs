//! How payloads are converted.

use crate::encoding::Encoding;
use crate::model::table::Format;
use crate::passthrough::Passing;

/// The longest payload that any setting allows, in bytes: 2 GiB − 1. Positions are 32 bits wide, and renamed names double
/// a payload.
pub const MAX_PAYLOAD: usize = (1 << 31) - 1;
/// The longest payload that is read by default: 16 MiB.
pub const DEFAULT_MAX_PAYLOAD: usize = 16 << 20;

/// A factor: a form that is made of a body may be this many times [`Options::max_payload`] long, and so may the names in
/// its losses. A program that restores such forms must read as much.
pub const LONGEST_FORM: usize = 16;

/// The format that a payload is read as.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Source {
    /// A legacy form payload.
    Form,
    /// A v2 JSON body.
    V2,
}

impl Source {
    /// Every source format.
    pub const ALL: [Self; 2] = [Self::Form, Self::V2];

    /// The name in options and losses files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::V2 => "v2",
        }
    }

    pub(crate) const fn format(self) -> Format {
        match self {
            Self::Form => Format::Legacy,
            Self::V2 => Format::V2,
        }
    }
}

/// The format that is written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Target {
    /// v2 JSON.
    V2,
    /// A legacy form payload.
    Form,
    /// The contacts as the model holds them: to look at, with no way back.
    Canonical,
}

impl Target {
    /// Every target format.
    pub const ALL: [Self; 3] = [Self::V2, Self::Form, Self::Canonical];

    /// The name in options and losses files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::V2 => "v2",
            Self::Form => "form",
            Self::Canonical => "canonical",
        }
    }
}

/// How payloads are converted: source, target, and what is left out or rejected.
///
/// Where source and target are one format, the payload is read and written again: a form as PHP reads it, a body with
/// its JSON on one line. Such a conversion has no way back.
///
/// ```
/// use deskpro_contact::{Converter, Options, Source, Target};
///
/// let options = Options::new(Source::Form, Target::V2).only_contact_data(true);
/// let mut converter = Converter::new(options);
/// let conversion = converter.convert(b"name=Ann&contact_data[1][type]=skype&contact_data[1][data][username]=ann")?;
/// assert_eq!(
///     conversion.output(),
///     br#"{"contact_data":{"instant_message":[{"service":"skype","username":"ann"}]}}"#,
/// );
/// assert!(conversion.loses_data()); // the name
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    source: Source,
    target: Target,
    only_contact_data: bool,
    pub(super) id_field: Option<String>,
    pub(super) is_edited: bool,
    pub(super) strict: bool,
    pub(super) pretty: bool,
    pub(super) max_payload: usize,
    pub(super) allowed_fields: Vec<String>,
    pub(super) encoding: Option<Encoding>,
    pub(super) is_general: bool,
}

impl Options {
    /// The defaults for a source and a target.
    #[must_use]
    pub fn new(source: Source, target: Target) -> Self {
        Self {
            source,
            target,
            only_contact_data: false,
            id_field: None,
            is_edited: false,
            strict: false,
            pretty: false,
            max_payload: DEFAULT_MAX_PAYLOAD,
            allowed_fields: Vec::new(),
            encoding: None,
            is_general: false,
        }
    }

    /// Whether fields other than contact data and the person's id are left out, as losses. Default: they go through.
    #[must_use]
    pub fn only_contact_data(self, yes: bool) -> Self {
        Self { only_contact_data: yes, ..self }
    }

    /// The field at the top of a payload that holds the person's id. Then a losses line names the person, [`restore`] puts
    /// losses back only into a payload of the same person, and [`Options::only_contact_data`] keeps the field. Default:
    /// none.
    ///
    /// [`restore`]: crate::Converter::restore
    #[must_use]
    pub fn id_field(self, name: impl Into<String>) -> Self {
        Self { id_field: Some(name.into()), ..self }
    }

    /// Whether [`Converter::restore`](crate::Converter::restore) takes payloads that were edited: the caller promises that
    /// each payload is given with its own losses. Default: without an id, a payload must be the output that was written.
    #[must_use]
    pub fn edited(self, yes: bool) -> Self {
        Self { is_edited: yes, ..self }
    }

    /// Whether one rejected record rejects its payload. Default: the rest of the payload goes on.
    #[must_use]
    pub fn strict(self, yes: bool) -> Self {
        Self { strict: yes, ..self }
    }

    /// Whether JSON is indented, for a person. Default: it is on one line.
    #[must_use]
    pub fn pretty(self, yes: bool) -> Self {
        Self { pretty: yes, ..self }
    }

    /// The longest payload that is read, in bytes; at most [`MAX_PAYLOAD`]. Default: [`DEFAULT_MAX_PAYLOAD`].
    #[must_use]
    pub fn max_payload(self, bytes: usize) -> Self {
        Self { max_payload: bytes.min(MAX_PAYLOAD), ..self }
    }

    /// A field of a form that passes as any other field although it looks like contact data in the wrong place
    /// ([`ErrorKind::MisplacedField`](crate::ErrorKind::MisplacedField)). The name is the path of the error:
    /// `Contact_Data`, `person[contact_data]`. May be called for several names.
    ///
    /// ```
    /// use deskpro_contact::{Converter, ErrorKind, Options, Source, Target};
    ///
    /// let payload = b"person[contact_data][]=phone&person[contact_data][]=fax";
    /// let options = Options::new(Source::Form, Target::V2);
    /// let error = Converter::new(options.clone()).convert(payload).unwrap_err();
    /// assert_eq!((error.kind(), error.path()), (ErrorKind::MisplacedField, "person[contact_data]"));
    /// let mut converter = Converter::new(options.allow_field("person[contact_data]"));
    /// let output = br#"{"person":{"contact_data":["phone","fax"]},"contact_data":{}}"#;
    /// assert_eq!(converter.convert(payload)?.output(), output);
    /// # Ok::<(), deskpro_contact::Error>(())
    /// ```
    #[must_use]
    pub fn allow_field(mut self, name: impl Into<String>) -> Self {
        self.allowed_fields.push(name.into());
        self
    }

    /// The encoding of the texts and names of forms that are not UTF-8, raw or percent-encoded. Each text is decided by
    /// itself: one that is UTF-8 stays as it is. Notes keep the bytes ([`Code::EncodedText`](crate::Code::EncodedText),
    /// [`Code::EncodedName`](crate::Code::EncodedName)) and the encoding's name ([`Code::Encoding`](crate::Code::Encoding)),
    /// so restoring gives them back and does not need this option; if it is set, losses of another encoding are an error.
    /// A text that is malformed in the encoding, too, is not UTF-8 as without it. A decoded name that stands beside an
    /// equal one rejects the payload ([`ErrorKind::DuplicateKey`](crate::ErrorKind::DuplicateKey)). A payload that is not
    /// UTF-8 may have at most 256 MiB then. v2 bodies are always UTF-8. Default: none.
    ///
    /// ```
    /// use deskpro_contact::{Converter, Encoding, Options, Source, Target, restore_form};
    ///
    /// let options = Options::new(Source::Form, Target::V2).encoding(Some(Encoding::WINDOWS_1252));
    /// let mut converter = Converter::new(options);
    /// let converted = converter.convert("first=Ren%E9&last=L%C3%A9vy")?.into_owned();
    /// assert_eq!(converted.output(), r#"{"first":"René","last":"Lévy","contact_data":{}}"#);
    /// let restored = restore_form(converted.output(), converted.losses_json())?;
    /// assert_eq!(restored.output(), "first=Ren%E9&last=L%C3%A9vy");
    /// # Ok::<(), deskpro_contact::Error>(())
    /// ```
    #[must_use]
    pub fn encoding(self, encoding: Option<Encoding>) -> Self {
        Self { encoding, ..self }
    }

    /// Whether forms are read by the general reader alone. For tests that compare the two readers: the results are equal.
    #[doc(hidden)]
    #[must_use]
    pub fn general_reader(self, yes: bool) -> Self {
        Self { is_general: yes, ..self }
    }

    /// The format that a payload is read as.
    #[must_use]
    pub fn source(&self) -> Source {
        self.source
    }

    /// The format that is written.
    #[must_use]
    pub fn target(&self) -> Target {
        self.target
    }

    /// Which fields other than contact data go through.
    pub(super) fn passing(&self) -> Passing<'_> {
        if self.only_contact_data { Passing::Only(self.id_field.as_deref()) } else { Passing::All }
    }
}
