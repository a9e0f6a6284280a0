//! Options for converting payloads.

use crate::encoding::Encoding;
use crate::map::V2Rules;
use crate::model::Profile;
use crate::model::table::Format;
use crate::model::table::person::other_name;
use crate::passthrough::{IdNames, Passing};
use crate::phone::Region;

/// The upper bound of [`Options::max_payload`], in bytes: 2 GiB − 1. Positions have 32 bits, and a payload can need
/// memory of twice its length, because names that PHP changes are stored twice.
pub const MAX_PAYLOAD: usize = (1 << 31) - 1;
/// The default of [`Options::max_payload`], in bytes: 16 MiB.
pub const DEFAULT_MAX_PAYLOAD: usize = 16 << 20;

/// How many times longer than [`Options::max_payload`] a form may be that is made from a body: each pair of a form
/// repeats the names above it. The names in the paths of all losses, added up, have the same limit. A converter that
/// restores such forms needs a `max_payload` that is larger by this factor.
pub const FORM_LENGTH_FACTOR: usize = 16;

/// The format in which a payload is read.
///
/// There is no source for JSON of the legacy API or for rows of a database: [`legacy_json`](crate::legacy_json) and
/// [`rows`](crate::rows) build form payloads from these.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Source {
    /// A legacy form payload.
    Form,
    /// A v2 JSON body.
    V2,
}

impl Source {
    /// All source formats.
    pub const ALL: [Self; 2] = [Self::Form, Self::V2];

    /// The format's name.
    ///
    /// ```
    /// assert_eq!(deskpro_contact::Source::Form.name(), "form");
    /// ```
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

/// The format of the output.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Target {
    /// v2 JSON.
    V2,
    /// A legacy form payload.
    Form,
    /// JSON with all contacts, which have the fields of both formats, and the fields that are not contact data. It is
    /// for people to inspect, and cannot be restored.
    Canonical,
}

impl Target {
    /// All target formats.
    pub const ALL: [Self; 3] = [Self::V2, Self::Form, Self::Canonical];

    /// The format's name.
    ///
    /// ```
    /// assert_eq!(deskpro_contact::Target::Canonical.name(), "canonical");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::V2 => "v2",
            Self::Form => "form",
            Self::Canonical => "canonical",
        }
    }
}

/// Options of a [`Converter`](crate::Converter): source, target, limits, and which values are left out or rejected.
///
/// If source and target are equal, the payload is read and written again: a form as PHP reads it, a body with its JSON
/// on one line. Then only [`max_payload`](Options::max_payload), [`encoding`](Options::encoding),
/// [`pretty`](Options::pretty) and [`id_field`](Options::id_field) have an effect, and the result cannot be restored.
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
/// assert!(conversion.has_data_losses()); // the name
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
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
    profile: Profile,
    region: Option<Region>,
    pub(super) is_general: bool,
}

impl Options {
    /// Makes the default options for a source and a target.
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
            profile: Profile::Documented,
            region: None,
            is_general: false,
        }
    }

    /// Whether fields other than contact data and the person's id ([`Options::id_field`]) are left out of the output
    /// and become losses. Default: false.
    #[must_use]
    pub fn only_contact_data(self, yes: bool) -> Self {
        Self { only_contact_data: yes, ..self }
    }

    /// The name of the field at the top of a payload that holds the person's id. Default: none.
    ///
    /// If it is set, the losses of a payload hold the person's id, and [`restore`] puts them back only into an output
    /// with the same id. If the output or the losses have no id, the output must be unchanged.
    /// [`Options::only_contact_data`] does not leave the field out. In [`Profile::Extended`], `name` is the legacy
    /// name; the field is also found under the name that v2 has for it.
    ///
    /// [`restore`]: crate::Converter::restore
    #[must_use]
    pub fn id_field(self, name: impl Into<String>) -> Self {
        Self { id_field: Some(name.into()), ..self }
    }

    /// Whether [`restore`] accepts edited outputs without an [`Options::id_field`]. If true, the caller promises to
    /// give each output with its own losses. Default: false, so the output must be unchanged.
    ///
    /// With an id field, this option has no effect: an output with the id of the losses may be edited, and an output
    /// without an id must be unchanged.
    ///
    /// [`restore`]: crate::Converter::restore
    #[must_use]
    pub fn edited(self, yes: bool) -> Self {
        Self { is_edited: yes, ..self }
    }

    /// Whether one rejected record rejects the whole payload. Default: false, so the record becomes a loss and the rest
    /// is converted.
    ///
    /// ```
    /// use deskpro_contact::{Converter, ErrorKind, Options, Source, Target};
    ///
    /// let mut converter = Converter::new(Options::new(Source::Form, Target::V2).strict(true));
    /// let error = converter.convert("type=pager&data[number]=1").unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::TypeUnknown);
    /// ```
    #[must_use]
    pub fn strict(self, yes: bool) -> Self {
        Self { strict: yes, ..self }
    }

    /// Whether JSON is indented, for people to read. Default: false, so it is on one line.
    #[must_use]
    pub fn pretty(self, yes: bool) -> Self {
        Self { pretty: yes, ..self }
    }

    /// The maximum length of a payload, in bytes. Values above [`MAX_PAYLOAD`] are lowered to it. Default:
    /// [`DEFAULT_MAX_PAYLOAD`].
    ///
    /// ```
    /// use deskpro_contact::{Converter, ErrorKind, Options, Source, Target};
    ///
    /// let mut converter = Converter::new(Options::new(Source::Form, Target::V2).max_payload(8));
    /// assert!(converter.convert("name=Ann").is_ok());
    /// assert_eq!(converter.convert("name=Anna").unwrap_err().kind(), ErrorKind::TooLong);
    /// ```
    #[must_use]
    pub fn max_payload(self, bytes: usize) -> Self {
        Self { max_payload: bytes.min(MAX_PAYLOAD), ..self }
    }

    /// Allows a field of a form or a v2 body that looks like contact data in the wrong place. The field is then passed
    /// on like any other field; without this option, it rejects the payload
    /// ([`ErrorKind::MisplacedField`](crate::ErrorKind::MisplacedField)). `name` is the path of that error, such as
    /// `Contact_Data` or `person[contact_data]`. Call this method once for each field.
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

    /// The encoding of texts and names of forms that are not UTF-8, raw or percent-encoded. Default: none; v2 bodies
    /// are always UTF-8.
    ///
    /// Each text is decoded separately. A text that is UTF-8 stays as it is. A text that is malformed in the encoding
    /// rejects its record or the payload, as any text that is not UTF-8 does without this option. A decoded name that
    /// is equal to another name of its array rejects the payload
    /// ([`ErrorKind::DuplicateKey`](crate::ErrorKind::DuplicateKey)). With this option, a payload that is not UTF-8
    /// must be shorter than 256 MiB ([`ErrorKind::TooLong`](crate::ErrorKind::TooLong)).
    ///
    /// Notes hold the sent bytes ([`Code::EncodedText`](crate::Code::EncodedText),
    /// [`Code::EncodedName`](crate::Code::EncodedName)) and the encoding ([`Code::Encoding`](crate::Code::Encoding)).
    /// So a converter that restores needs no encoding to give the bytes back. If it has one, losses that name another
    /// encoding are an error ([`ErrorKind::NotLosses`](crate::ErrorKind::NotLosses)).
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

    /// What a v2 body may hold. Default: [`Profile::Documented`]. A restoring converter needs the profile of the
    /// conversion.
    ///
    /// In [`Profile::Extended`], a legacy payload becomes a body with comments, countries, phones and the v2 names of a
    /// person's fields; and a v2 body with these becomes a legacy payload. A phone is written only if there is no doubt
    /// which number is meant; otherwise it is a loss, and [`Loss::reason`](crate::Loss::reason) says why. v2 servers
    /// reject bodies with fields that they do not know, so such a field is a loss
    /// ([`Code::UnknownPersonField`](crate::Code::UnknownPersonField)), unless it is the
    /// [`id_field`](Options::id_field). Without the cargo feature `phones`, each phone is a loss
    /// ([`PhoneReason::NotBuilt`](crate::PhoneReason::NotBuilt)).
    ///
    /// ```
    /// use deskpro_contact::{Converter, Options, Profile, Source, Target};
    ///
    /// let payload = "label[]=vip&contact_data[1][type]=phone&contact_data[1][comment]=desk\
    ///     &contact_data[1][data][country_calling_code]=44&contact_data[1][data][number]=(0)20 7946 0018 ext 12";
    /// let options = |source, target| Options::new(source, target).profile(Profile::Extended);
    /// let mut converter = Converter::new(options(Source::Form, Target::V2));
    /// let conversion = converter.convert(payload)?;
    /// let output = r#"{"labels":["vip"],"phone_numbers":[{"number":"+442079460018","label":"desk","extension":"12"}],"contact_data":{}}"#;
    /// assert_eq!(std::str::from_utf8(conversion.output()), Ok(output));
    /// assert!(!conversion.has_data_losses());
    /// let mut restorer = Converter::new(options(Source::V2, Target::Form));
    /// assert!(restorer.can_restore(&conversion));
    /// # Ok::<(), deskpro_contact::Error>(())
    /// ```
    #[must_use]
    pub fn profile(self, profile: Profile) -> Self {
        Self { profile, ..self }
    }

    /// The region to which phones without a calling code belong, in [`Profile::Extended`]. Default: none, so such a
    /// phone is a loss.
    ///
    /// ```
    /// use deskpro_contact::{Converter, Options, Profile, Source, Target};
    ///
    /// let options = Options::new(Source::Form, Target::V2).profile(Profile::Extended);
    /// let mut converter = Converter::new(options.region(Some("GB".parse()?)));
    /// let conversion = converter.convert("type=phone&data[number]=020 7946 0018")?;
    /// assert!(conversion.output().starts_with(br#"{"phone_numbers":[{"number":"+442079460018"}]"#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn region(self, region: Option<Region>) -> Self {
        Self { region, ..self }
    }

    /// Whether the general reader reads all forms. Tests use it to compare the two readers, whose results must be
    /// equal.
    #[doc(hidden)]
    #[must_use]
    pub fn general_reader(self, yes: bool) -> Self {
        Self { is_general: yes, ..self }
    }

    /// The format in which payloads are read.
    #[must_use]
    pub fn source(&self) -> Source {
        self.source
    }

    /// The format of the output.
    #[must_use]
    pub fn target(&self) -> Target {
        self.target
    }

    /// What v2 can hold.
    pub(super) fn rules(&self) -> V2Rules {
        V2Rules { profile: self.profile, region: self.region, is_list_taken: false }
    }

    /// The format of the payload, if converting gives its fields the names of the other format.
    pub(super) fn renamed_from(&self) -> Option<Format> {
        let format = match (self.source, self.target) {
            (Source::Form, Target::V2) => Format::Legacy,
            (Source::V2, Target::Form) => Format::V2,
            (Source::Form, Target::Form | Target::Canonical)
            | (Source::V2, Target::V2 | Target::Canonical) => return None,
        };
        (self.profile == Profile::Extended).then_some(format)
    }

    /// The names that the id field can have in a payload, in the order in which they are tried. In the extended profile
    /// these are the legacy name and the v2 name; the one that the converted output has is tried first, also when that
    /// output is restored.
    pub(super) fn id_names(&self, is_restoring: bool) -> IdNames<'_> {
        let Some(id_field) = self.id_field.as_deref() else { return [None; 2] };
        let v2_name = Some(other_name(Format::Legacy, id_field)).filter(|name| *name != id_field);
        let format = match (self.source, self.target, is_restoring) {
            (Source::Form, Target::V2, false) | (Source::V2, Target::Form, true) => Format::V2,
            (Source::V2, Target::Form, false) | (Source::Form, Target::V2, true) => Format::Legacy,
            // The fields keep their names.
            (source, _, _) => source.format(),
        };
        match (self.profile, format) {
            (Profile::Documented, _) => [Some(id_field), None],
            (Profile::Extended, Format::Legacy) => [Some(id_field), v2_name],
            (Profile::Extended, Format::V2) => [v2_name, Some(id_field)],
        }
    }

    /// The names that the id field can have in a payload, in the order in which they are tried. For programs that look
    /// for the id in payloads that were rejected.
    #[doc(hidden)]
    pub fn names_of_id(&self, is_restoring: bool) -> impl Iterator<Item = &str> {
        self.id_names(is_restoring).into_iter().flatten()
    }

    /// Which fields other than contact data are passed to the output.
    pub(super) fn passing(&self, is_restoring: bool) -> Passing<'_> {
        Passing { only_id: self.only_contact_data, id: self.id_names(is_restoring) }
    }
}
