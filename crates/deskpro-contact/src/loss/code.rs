//! Codes of losses: a leaf, which the table of differences names.

/// Whether a person would miss a loss.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// A value that a person would miss.
    Data,
    /// Needed only to restore the payload exactly.
    Note,
}

impl Severity {
    /// Every severity.
    pub const ALL: [Self; 2] = [Self::Data, Self::Note];

    /// The name in losses files and messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Note => "note",
        }
    }
}

/// How a loss is put back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PutBack {
    /// Its value goes to its path.
    Value,
    /// Its value, a whole record, goes to its path. Missing arrays above it are made.
    Record,
    /// Its value goes back if it still converts to the current output.
    OldSpelling,
    /// The default that was filled in is taken out.
    TakeOut,
    /// The children of its path are put in its order.
    Order,
    /// The JSON type at its path.
    Type,
    /// List or object, at its path.
    Shape,
    /// It tells where the others belong.
    Guide,
    /// Its value, bytes, becomes the text at its path, where they are that text in the payload's encoding.
    TextBytes,
    /// Its value, bytes, becomes the last name of its path, where they are that name in the payload's encoding.
    NameBytes,
    /// Nothing: the payload means the same without it.
    Nothing,
}

/// Why a value or fact is a loss. Later versions may add codes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
#[non_exhaustive]
pub enum Code {
    /// A record's label, which the v2 document has no place for.
    Comment,
    /// The country of an address that is written without it.
    Country,
    /// An address that has a country and nothing else.
    CountryAlone,
    /// A phone, for which the v2 document has no type.
    Phone,
    /// A contact of a type that the legacy document does not have.
    V2OnlyType,
    /// A record that could not be read.
    RejectedRecord,
    /// The service that became another, or lower case.
    Service,
    /// Whether tweets are shown, or the text that said so.
    DisplayFeed,
    /// A field of a record that neither document has.
    UnknownField,
    /// A field beside the contacts, left out on request.
    OtherField,
    /// A name that a form cannot express, with its value.
    UnsayableName,
    /// The number that a v2 server gave an item.
    Id,
    /// A field of a reply beside the body: `meta` or `linked`.
    EnvelopeField,
    /// A value that PHP replaces by a later one of the same name.
    Overwritten,
    /// A pair for which PHP reads no variable.
    DroppedPair,
    /// What follows a NUL, where PHP's reading ends.
    AfterNul,
    /// A name that PHP reads as another one.
    MendedName,
    /// The encoding in which texts or names of the payload were read.
    Encoding,
    /// The bytes of a text that is not UTF-8 and was read in that encoding.
    EncodedText,
    /// The bytes of a name that is not UTF-8 and was read in that encoding.
    EncodedName,
    /// A loss that found no place when it was put back.
    LeftOver,
    /// The type as it was spelled.
    TypeName,
    /// A value that v2 requires and the record did not have.
    FilledIn,
    /// An emptiness that a form does not say.
    LeftOut,
    /// The JSON type of a value that a form has as text.
    JsonType,
    /// Whether an array is a list or an object, where its keys do not tell.
    Shape,
    /// The order of the names at this place.
    Order,
    /// The body was the `data` of a reply; with the order of the names there.
    Envelope,
    /// The payload was one record without a number.
    SingleRecord,
    /// A list of what was written for each record, in the payload's order: its key, its v2 type and a digest of the item.
    Records,
}

impl Code {
    /// Every code.
    pub const ALL: &[Self] = &[
        Self::Comment,
        Self::Country,
        Self::CountryAlone,
        Self::Phone,
        Self::V2OnlyType,
        Self::RejectedRecord,
        Self::Service,
        Self::DisplayFeed,
        Self::UnknownField,
        Self::OtherField,
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
        Self::LeftOver,
        Self::TypeName,
        Self::FilledIn,
        Self::LeftOut,
        Self::JsonType,
        Self::Shape,
        Self::Order,
        Self::Envelope,
        Self::SingleRecord,
        Self::Records,
    ];

    /// Its name in losses files and summaries, and how it is put back.
    const fn row(self) -> (&'static str, PutBack) {
        match self {
            Self::Comment => ("comment", PutBack::Value),
            Self::Country => ("country", PutBack::Value),
            Self::CountryAlone => ("country-alone", PutBack::Record),
            Self::Phone => ("phone", PutBack::Record),
            Self::V2OnlyType => ("v2-only-type", PutBack::Record),
            Self::RejectedRecord => ("rejected-record", PutBack::Record),
            Self::Service => ("service", PutBack::OldSpelling),
            Self::DisplayFeed => ("display_feed", PutBack::OldSpelling),
            Self::UnknownField => ("unknown-field", PutBack::Value),
            Self::OtherField => ("other-field", PutBack::Value),
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
            Self::LeftOver => ("left-over", PutBack::Nothing),
            Self::TypeName => ("type-name", PutBack::OldSpelling),
            Self::FilledIn => ("filled-in", PutBack::TakeOut),
            Self::LeftOut => ("left-out", PutBack::Value),
            Self::JsonType => ("json-type", PutBack::Type),
            Self::Shape => ("shape", PutBack::Shape),
            Self::Order => ("order", PutBack::Order),
            Self::Envelope => ("envelope", PutBack::Order),
            Self::SingleRecord => ("single-record", PutBack::Guide),
            Self::Records => ("records", PutBack::Guide),
        }
    }

    /// The name in losses files, summaries and messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// How it is put back.
    pub(crate) const fn put_back(self) -> PutBack {
        self.row().1
    }
}
