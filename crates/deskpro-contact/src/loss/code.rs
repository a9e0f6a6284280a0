//! Codes of losses, and how restoring puts each back. This module uses no other, so that the table can use it.

/// Whether a person would miss the value of a loss.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// A value that a person would miss.
    Data,
    /// A value or fact that is needed only to restore the payload exactly.
    Note,
}

impl Severity {
    /// All severities.
    pub const ALL: [Self; 2] = [Self::Data, Self::Note];

    /// The name in losses files and messages: `data` or `note`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Note => "note",
        }
    }
}

/// How restoring puts a loss back. The path and the value are those of the loss.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PutBack {
    /// Puts the value at the path.
    Value,
    /// Puts the value at the path, if the other field, which took its name, is still there.
    ValueIfTaken,
    /// Puts the value, a record, at the path. Makes missing arrays above it.
    Record,
    /// Puts the value at the path, if it still converts to the value that the output has there.
    OldSpelling,
    /// Removes the default that was filled in at the path.
    TakeOut,
    /// Puts the members at the path in the order of the value.
    Order,
    /// Sets the JSON type at the path.
    Type,
    /// Makes a list or an object of the array at the path.
    Shape,
    /// Is not put back itself, but decides how other losses and the records are put back.
    Guide,
    /// Puts the value (bytes) in place of the text at the path, if the bytes decode to that text.
    TextBytes,
    /// Puts the value (bytes) in place of the last name of the path, if the bytes decode to that name.
    NameBytes,
    /// Is not put back: PHP reads the payload equally without it, or an earlier restoring run could not put it back.
    Nothing,
    /// Is not put back: the payload never held it, only the JSON or the rows from which the payload was built. Data is
    /// left over.
    OfSource,
    /// Puts the calling code and the number of the value in place of a phone's number, if that is still the one that
    /// was written.
    PhoneNumber,
    /// Takes the extension off the end of a phone's number, and puts it beside the number.
    Extension,
}

/// The reason why a value or fact is a loss. Later versions may add codes. [`Code::explanation`] has an example of
/// each.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
#[non_exhaustive]
pub enum Code {
    /// A record's comment. The v2 document has no place for it.
    Comment,
    /// The country of an address. The output has the address without it.
    Country,
    /// An address that has only a country.
    CountryAlone,
    /// A phone. The v2 document has no type for it; in the extended profile, [`Loss::reason`](crate::Loss::reason) says
    /// why it is not written.
    Phone,
    /// The type of a phone, such as `fax`, if the phone is written: v2 has no place for the type.
    PhoneType,
    /// A contact of a type that the legacy document does not have.
    V2OnlyType,
    /// A record that could not be read.
    RejectedRecord,
    /// The service as it was sent, if the output has another service or another spelling.
    Service,
    /// The value of `display_feed` as it was sent, if the output has another value or none.
    DisplayFeed,
    /// A field of a record that neither document has.
    UnknownField,
    /// A field other than contact data, which [`Options::only_contact_data`](crate::Options::only_contact_data) left
    /// out.
    OtherField,
    /// A field of a person or an organization that v2 does not know, in the extended profile. Its code in losses files
    /// is `unknown-name`.
    UnknownPersonField,
    /// A field that is not written, because another field of the payload already has the name that this field would get
    /// in the other format.
    NameTaken,
    /// A field whose name a form cannot represent: PHP would read another name, no name, or contact data.
    UnsayableName,
    /// The `id` of an item, which the v2 server assigned.
    Id,
    /// A member of a v2 reply beside the body in `data`: `meta` or `linked`.
    EnvelopeField,
    /// A value that PHP replaces by a later one of the same name.
    Overwritten,
    /// A pair that PHP drops.
    DroppedPair,
    /// The text after a NUL, at which PHP stops reading.
    AfterNul,
    /// The name of a pair as it was sent, if PHP changes it.
    MendedName,
    /// The encoding in which texts or names of the payload were read.
    Encoding,
    /// The sent bytes of a text that is not UTF-8 and was decoded.
    EncodedText,
    /// The sent bytes of a name that is not UTF-8 and was decoded.
    EncodedName,
    /// The JSON type of a value in legacy JSON, which the payload has as text.
    SourceType,
    /// A null or an empty list or object of legacy JSON, or a row without values, which the payload leaves out.
    SourceEmpty,
    /// Members of a record in a legacy reply that are empty or repeat others, or a column that the server computes from
    /// others.
    SourceRepeated,
    /// A member of a record in a legacy reply, or a column of a row, that has no place in a payload.
    SourceColumn,
    /// A member of a legacy reply beside the person or the records.
    SourceField,
    /// A member of legacy JSON whose name a form cannot represent.
    SourceName,
    /// A row that is equal to an earlier row.
    SourceRow,
    /// A value that is not used, because the [added field](crate::rows::AddedField) has the value of another row.
    SourceValue,
    /// A loss that could not be put back.
    LeftOver,
    /// The type of a record as it was spelled, if restoring would spell it otherwise.
    TypeName,
    /// A field that v2 requires and the record did not have. The output has a default.
    FilledIn,
    /// An empty value that a form cannot represent: null, or an empty list or object.
    LeftOut,
    /// The JSON type of a value in a body, which the form has as text.
    JsonType,
    /// The calling code and the number of a phone as they were sent, and the number that was written. Data if the code
    /// is that of another country.
    PhoneNumber,
    /// The extension of a phone, which is a part of the number in the form.
    Extension,
    /// A field of a person whose name was not changed, because it already had the name that the other format gives it.
    KeptName,
    /// The keys of a field that is always a list in v2; no value if the form had a single text.
    ListKeys,
    /// The name of a custom field (`field_3`). In v2 its name is the number alone.
    FieldName,
    /// The shape of an array in JSON, a list or an object, if the keys of the array do not show it.
    Shape,
    /// The order of the names in an array.
    Order,
    /// The fact that the body was the `data` of a server's reply. The value has the names of the reply in their order.
    Envelope,
    /// The fact that the payload was a single record (`type=…&data[…]=…`).
    SingleRecord,
    /// All records in the payload's order, each with its key. A record that was written also has its v2 type and a
    /// digest of its item.
    Records,
}

impl Code {
    /// All codes.
    pub const ALL: &[Self] = &[
        Self::Comment,
        Self::Country,
        Self::CountryAlone,
        Self::Phone,
        Self::PhoneType,
        Self::V2OnlyType,
        Self::RejectedRecord,
        Self::Service,
        Self::DisplayFeed,
        Self::UnknownField,
        Self::OtherField,
        Self::UnknownPersonField,
        Self::NameTaken,
        Self::UnsayableName,
        Self::Id,
        Self::EnvelopeField,
        Self::Overwritten,
        Self::DroppedPair,
        Self::AfterNul,
        Self::MendedName,
        Self::Encoding,
        Self::EncodedText,
        Self::EncodedName,
        Self::SourceType,
        Self::SourceEmpty,
        Self::SourceRepeated,
        Self::SourceColumn,
        Self::SourceField,
        Self::SourceName,
        Self::SourceRow,
        Self::SourceValue,
        Self::LeftOver,
        Self::TypeName,
        Self::FilledIn,
        Self::LeftOut,
        Self::JsonType,
        Self::PhoneNumber,
        Self::Extension,
        Self::KeptName,
        Self::ListKeys,
        Self::FieldName,
        Self::Shape,
        Self::Order,
        Self::Envelope,
        Self::SingleRecord,
        Self::Records,
    ];

    /// The name in losses files and summaries, and how restoring puts the loss back.
    const fn row(self) -> (&'static str, PutBack) {
        match self {
            Self::Comment => ("comment", PutBack::Value),
            Self::Country => ("country", PutBack::Value),
            Self::CountryAlone => ("country-alone", PutBack::Record),
            Self::Phone => ("phone", PutBack::Record),
            Self::PhoneType => ("phone-type", PutBack::OldSpelling),
            Self::V2OnlyType => ("v2-only-type", PutBack::Record),
            Self::RejectedRecord => ("rejected-record", PutBack::Record),
            Self::Service => ("service", PutBack::OldSpelling),
            Self::DisplayFeed => ("display_feed", PutBack::OldSpelling),
            Self::UnknownField => ("unknown-field", PutBack::Value),
            Self::OtherField => ("other-field", PutBack::Value),
            Self::UnknownPersonField => ("unknown-name", PutBack::Value),
            Self::NameTaken => ("name-taken", PutBack::ValueIfTaken),
            Self::UnsayableName => ("unsayable-name", PutBack::Value),
            Self::Id => ("id", PutBack::Value),
            Self::EnvelopeField => ("envelope-field", PutBack::Value),
            Self::Overwritten => ("overwritten", PutBack::Nothing),
            Self::DroppedPair => ("dropped-pair", PutBack::Nothing),
            Self::AfterNul => ("after-nul", PutBack::Nothing),
            Self::MendedName => ("mended-name", PutBack::Nothing),
            Self::Encoding => ("encoding", PutBack::Guide),
            Self::EncodedText => ("encoded-text", PutBack::TextBytes),
            Self::EncodedName => ("encoded-name", PutBack::NameBytes),
            Self::SourceType => ("source-type", PutBack::OfSource),
            Self::SourceEmpty => ("source-empty", PutBack::OfSource),
            Self::SourceRepeated => ("source-repeated", PutBack::OfSource),
            Self::SourceColumn => ("source-column", PutBack::OfSource),
            Self::SourceField => ("source-field", PutBack::OfSource),
            Self::SourceName => ("source-name", PutBack::OfSource),
            Self::SourceRow => ("source-row", PutBack::OfSource),
            Self::SourceValue => ("source-value", PutBack::OfSource),
            Self::LeftOver => ("left-over", PutBack::Nothing),
            Self::TypeName => ("type-name", PutBack::OldSpelling),
            Self::FilledIn => ("filled-in", PutBack::TakeOut),
            Self::LeftOut => ("left-out", PutBack::Value),
            Self::JsonType => ("json-type", PutBack::Type),
            Self::PhoneNumber => ("phone-number", PutBack::PhoneNumber),
            Self::Extension => ("extension", PutBack::Extension),
            Self::KeptName => ("kept-name", PutBack::Guide),
            Self::ListKeys => ("list-keys", PutBack::Guide),
            Self::FieldName => ("field-name", PutBack::Guide),
            Self::Shape => ("shape", PutBack::Shape),
            Self::Order => ("order", PutBack::Order),
            Self::Envelope => ("envelope", PutBack::Order),
            Self::SingleRecord => ("single-record", PutBack::Guide),
            Self::Records => ("records", PutBack::Guide),
        }
    }

    /// The code's name in losses files, summaries and messages.
    ///
    /// ```
    /// assert_eq!(deskpro_contact::Code::CountryAlone.name(), "country-alone");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// How restoring puts a loss with this code back.
    pub(crate) const fn put_back(self) -> PutBack {
        self.row().1
    }
}
