//! The reasons why a phone is not written. This module uses no other.

/// The reason why a phone is not written to a v2 body of the extended profile. Later versions may add reasons.
///
/// A phone is written only if its number is valid and there is no doubt which number is meant: people notice a missing
/// phone, but not that a number belongs to a stranger.
///
/// ```
/// use deskpro_contact::{Code, Converter, Options, PhoneReason, Profile, Source, Target};
///
/// let options = Options::new(Source::Form, Target::V2).profile(Profile::Extended);
/// let mut converter = Converter::new(options);
/// let conversion = converter.convert("type=phone&data[number]=(201) 555-0494")?;
/// let loss = conversion.losses().find(|loss| loss.code() == Code::Phone).unwrap();
/// assert_eq!(loss.reason(), Some(PhoneReason::NoCode));
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
#[non_exhaustive]
pub enum PhoneReason {
    /// The number is missing or empty, or the text has only an extension.
    NoNumber,
    /// The number has no calling code, and the options have no region.
    NoCode,
    /// No country has the calling code. Or the text is not one code: it has no digits, more than seven digits, or a
    /// sign such as `/` between digits. Or it ends with a zero that may belong to the phone's number.
    BadCode,
    /// The text is not a valid number of its country.
    NotValid,
    /// The number holds letters that do not mark an extension. The marks are `x` and `ext`.
    Letters,
    /// The extension has more than 30 digits, which v2 does not accept. Or it has more than nine digits, and the number
    /// before it is not in the form E.164.
    LongExtension,
    /// The number holds `*`, `\`, or a `/` or `,` between spaces. A second number may follow such a sign, or the rest
    /// of the first.
    Separator,
    /// The number holds a `+` that is not in front.
    InnerPlus,
    /// The text holds more than one number, or can be read as more than one.
    SeveralNumbers,
    /// The number begins with its calling code, and is valid with and without it.
    CodeTwice,
    /// The number begins with `00`, and belongs to another country than the calling code.
    OtherCountry,
    /// The payload has another field with the name `phone_numbers`, which is the name of the list of phones.
    NameTaken,
    /// The library was built without the feature `phones`.
    NotBuilt,
}

impl PhoneReason {
    /// All reasons.
    pub const ALL: [Self; 13] = [
        Self::NoNumber,
        Self::NoCode,
        Self::BadCode,
        Self::NotValid,
        Self::Letters,
        Self::LongExtension,
        Self::Separator,
        Self::InnerPlus,
        Self::SeveralNumbers,
        Self::CodeTwice,
        Self::OtherCountry,
        Self::NameTaken,
        Self::NotBuilt,
    ];

    const fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::NoNumber => ("no-number", "it has no number"),
            Self::NoCode => ("no-code", "it has no calling code; --region gives one to all such numbers"),
            Self::BadCode => {
                ("bad-code", "its calling code belongs to no country, or can be read in two ways")
            }
            Self::NotValid => ("not-valid", "it is not a valid number of its country"),
            Self::Letters => ("letters", "it holds letters that do not mark an extension"),
            Self::LongExtension => {
                ("long-extension", "its extension has over 9 digits, or 30 after an E.164 number")
            }
            Self::Separator => {
                ("separator", "it holds a star, a backslash, or a slash or comma between spaces")
            }
            Self::InnerPlus => ("inner-plus", "it holds a plus sign that is not in front"),
            Self::SeveralNumbers => {
                ("several-numbers", "it holds more than one number, or can be read as more than one")
            }
            Self::CodeTwice => {
                ("code-twice", "it begins with its calling code, and is valid with and without it")
            }
            Self::OtherCountry => {
                ("other-country", "it begins with 00 and the calling code of another country")
            }
            Self::NameTaken => ("name-taken", "the payload has a field phone_numbers of its own"),
            Self::NotBuilt => ("not-built", "this program was built without the feature phones"),
        }
    }

    /// The name in losses files and summaries.
    ///
    /// ```
    /// assert_eq!(deskpro_contact::PhoneReason::NoCode.name(), "no-code");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// The reason in words, as a clause about the phone: `it has no calling code; …`.
    #[must_use]
    pub const fn words(self) -> &'static str {
        self.row().1
    }
}
