//! Reads a calling code and a number, and refuses texts that could mean another number.

use std::borrow::Cow;

use rlibphonenumber::{PHONE_NUMBER_UTIL, ParseError, PhoneNumber as Parsed, PhoneNumberFormat};

use super::{EXTENSION_MARK, PhoneNumber, Region};
use crate::loss::PhoneReason;

/// The maximum number of digits of a calling code, with an area code that some write as a part of it (`1-684`).
const LONGEST_CODE: usize = 7;
/// The minimum number of digits of a text that may hold two numbers one after the other.
const TWO_NUMBERS: usize = 12;
/// The minimum number of digits of each of these two.
const SHORTEST: usize = 5;

/// Reads the number that a calling code and a number mean. A number that begins with `+` or `00` needs no code; a
/// number without a code needs a region.
///
/// # Errors
///
/// The reason why the texts are refused.
pub(crate) fn read(code: &str, number: &str, region: Option<Region>) -> Result<PhoneNumber, PhoneReason> {
    let text = number.trim();
    if text.is_empty() {
        return Err(PhoneReason::NoNumber);
    }
    if let Some(written) = written(text, code) {
        return Ok(written);
    }
    check_signs(text)?;
    let digits = code_digits(code);
    let reading = match (international(text), &digits) {
        (Some(_), _) => Reading::International,
        (None, Err(reason)) => return Err(*reason),
        (None, Ok(Some(code))) => Reading::OfCode(code),
        (None, Ok(None)) => {
            Reading::OfRegion(region.and_then(Region::of_library).ok_or(PhoneReason::NoCode)?)
        }
    };
    let parsed = reading.parse(text).ok_or_else(|| reading.not_valid(text))?;
    let number = e164(&parsed);
    let differs = |other: Option<Parsed>| other.is_some_and(|other| e164(&other) != number);
    reading.check_extension(text, &parsed)?;
    let has_code = match reading {
        Reading::International => {
            let has_code = has_code(&parsed, code);
            if !has_code && text.starts_with("00") {
                return Err(PhoneReason::OtherCountry);
            }
            // In some regions, `001` is the start of any international number.
            let has_region = matches!(digits, Ok(None)) && text.starts_with("00");
            let region = region.filter(|_| has_region).and_then(Region::of_library);
            if differs(region.and_then(|region| valid(text, Some(region)))) {
                return Err(PhoneReason::SeveralNumbers);
            }
            has_code
        }
        Reading::OfCode(code) => {
            // `4` and `42079460018` together are a British number, but 4 is not Britain's code.
            let own = parsed.country_code.to_string();
            let rest = code.strip_prefix(&*own).ok_or(PhoneReason::BadCode)?;
            // `39 (0)` and `39.0`: the zero may belong to the number, or not.
            let is_zero = !rest.is_empty() && rest.bytes().all(|byte| byte == b'0');
            if is_zero && differs(Reading::OfCode(&own).parse(text)) {
                return Err(PhoneReason::BadCode);
            }
            true
        }
        Reading::OfRegion(_) => true,
    };
    if reading.without_code(text, &parsed).is_some_and(|other| differs(valid(&other, None))) {
        return Err(PhoneReason::CodeTwice);
    }
    let without_zero = text.replacen("(0)", "", 1);
    if without_zero != text && differs(reading.parse(&without_zero)) || holds_two_numbers(text, &reading) {
        return Err(PhoneReason::SeveralNumbers);
    }
    Ok(PhoneNumber { number, extension: parsed.extension, has_code })
}

/// How a text is read.
enum Reading<'c> {
    /// It begins with `+` or `00`, and a calling code follows.
    International,
    /// It follows these digits of a calling code.
    OfCode(&'c str),
    /// It follows no calling code, so the region decides.
    OfRegion(rlibphonenumber::Region),
}

impl Reading<'_> {
    /// The number that a text means, if it is valid.
    fn parse(&self, text: &str) -> Option<Parsed> {
        valid(&self.whole(text)?, self.region())
    }

    /// A text with its calling code; `None` if it must begin with one and does not.
    fn whole<'t>(&self, text: &'t str) -> Option<Cow<'t, str>> {
        match self {
            Self::International => Some(format!("+{}", international(text)?).into()),
            Self::OfCode(code) => Some(format!("+{code} {text}").into()),
            Self::OfRegion(_) => Some(text.into()),
        }
    }

    fn region(&self) -> Option<rlibphonenumber::Region> {
        match self {
            Self::International | Self::OfCode(_) => None,
            Self::OfRegion(region) => Some(*region),
        }
    }

    /// The reason why a text is not a valid number.
    fn not_valid(&self, text: &str) -> PhoneReason {
        let whole = self.whole(text).expect("the text begins as its reading demands");
        if text.contains([';', '|', '&', '\n', '\r', '\t']) {
            PhoneReason::SeveralNumbers
        } else if matches!(
            PHONE_NUMBER_UTIL.parse(&*whole, self.region()),
            Err(ParseError::InvalidCountryCode)
        ) {
            PhoneReason::BadCode
        } else if let Some(mark) = text.find(char::is_alphabetic)
            && self.parse(&text[..mark]).is_some()
        {
            // The crate reads nine digits at most.
            PhoneReason::LongExtension
        } else {
            PhoneReason::NotValid
        }
    }

    /// Checks that nothing but the extension follows its mark, and that the whole number precedes the mark: the crate
    /// reads `30 1234567 x8#9` as the number 30 12345678 with the extension 9. Many digits after a sign other than `x`
    /// and `ext` are a second number.
    fn check_extension(&self, text: &str, parsed: &Parsed) -> Result<(), PhoneReason> {
        let mark = text.find(char::is_alphabetic);
        let at = mark.or_else(|| text.find(['#', '~', ';', ',']).filter(|_| parsed.extension.is_some()));
        let Some(at) = at else {
            return Ok(());
        };
        let reason = if mark.is_some() { PhoneReason::Letters } else { PhoneReason::SeveralNumbers };
        let extension = parsed.extension.as_deref().ok_or(reason)?;
        let is_before =
            self.parse(&text[..at]).is_some_and(|own| own.extension.is_none() && e164(&own) == e164(parsed));
        let is_whole = is_before && digits_of(&text[at..]) == digits_of(extension);
        let is_short = mark.is_some() || extension.chars().count() < SHORTEST;
        if is_whole && is_short { Ok(()) } else { Err(reason) }
    }

    /// The number that a text means if it begins with its calling code already.
    fn without_code(&self, text: &str, parsed: &Parsed) -> Option<String> {
        let own = parsed.country_code.to_string();
        let groups = text.split(|char: char| !char.is_numeric()).map(digits_of);
        let groups = groups.map(|group| group.trim_start_matches('0').to_owned());
        let mut groups = groups.filter(|group| !group.is_empty());
        let digits = digits_of(text);
        let digits = digits.trim_start_matches('0');
        match self {
            // `+49 4941 123456` begins with an area code, `+49 49 …` does not.
            Self::International => {
                let has_twice = groups.next()? == own && groups.next()? == own;
                has_twice.then(|| format!("+{}", &digits[own.len()..]))
            }
            Self::OfCode(_) | Self::OfRegion(_) => {
                let sent = if let Self::OfCode(code) = self { code } else { &*own };
                let begins = |text: &str| text.starts_with(&own) || text.starts_with(sent);
                // After a zero, the code must be a separate group of digits: `04352 12345` begins with an area code.
                let is_apart = groups.next().is_some_and(|first| first == own || first == sent);
                (is_apart || begins(&digits_of(text))).then(|| format!("+{digits}"))
            }
        }
    }
}

/// The decimal digits of a text, of any script, as ASCII.
fn digits_of(text: &str) -> String {
    PHONE_NUMBER_UTIL.normalize_digits_only(text)
}

/// The number in a text, if it is valid.
fn valid(text: &str, region: Option<rlibphonenumber::Region>) -> Option<Parsed> {
    PHONE_NUMBER_UTIL.parse(text, region).ok().filter(|parsed| PHONE_NUMBER_UTIL.is_valid_number(parsed))
}

fn e164(parsed: &Parsed) -> String {
    PHONE_NUMBER_UTIL.format(parsed, PhoneNumberFormat::E164).into_owned()
}

/// A number as converting to the legacy format writes it: `+441632960123 x12`. The extension may be longer than those
/// that the crate reads.
fn written(text: &str, code: &str) -> Option<PhoneNumber> {
    let (number, extension) = match text.split_once(EXTENSION_MARK) {
        Some((number, extension)) => (number, Some(extension)),
        None => (text, None),
    };
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !number.strip_prefix('+').is_some_and(are_digits) || !extension.is_none_or(are_digits) {
        return None;
    }
    let parsed = valid(number, None)?;
    let extension = extension.map(str::to_owned);
    let has_code = has_code(&parsed, code);
    (e164(&parsed) == number).then(|| PhoneNumber { number: number.to_owned(), extension, has_code })
}

/// The text after the `+` or `00` with which a number begins.
fn international(text: &str) -> Option<&str> {
    text.strip_prefix(['+', '＋']).or_else(|| text.strip_prefix("00"))
}

/// Checks the letters and signs of a number.
fn check_signs(text: &str) -> Result<(), PhoneReason> {
    let mut has_mark = false;
    let mut before: Option<char> = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        let is_space = |char: Option<char>| char.is_some_and(char::is_whitespace);
        let after = chars.peek().map(|&(_, char)| char);
        if char.is_alphabetic() {
            let word = text[at..].split(|char: char| !char.is_alphabetic()).next().expect("a letter");
            let is_mark = word.eq_ignore_ascii_case("x") || word.eq_ignore_ascii_case("ext");
            if !is_mark || count(&text[at..]) == 0 {
                return Err(PhoneReason::Letters);
            }
            if count(&text[..at]) == 0 {
                let is_one = text[at + word.len()..].split(|char: char| !char.is_numeric());
                let is_one = is_one.filter(|group| !group.is_empty()).nth(1).is_none();
                return Err(if is_one { PhoneReason::NoNumber } else { PhoneReason::Letters });
            }
            if std::mem::replace(&mut has_mark, true) {
                return Err(PhoneReason::SeveralNumbers);
            }
            while chars.next_if(|(_, char)| char.is_alphabetic()).is_some() {}
        } else if matches!(char, '+' | '＋') && at > 0 {
            return Err(PhoneReason::InnerPlus);
        } else if matches!(char, '*' | '\\')
            || matches!(char, '/' | '／' | ',') && is_space(before) && is_space(after)
        {
            return Err(PhoneReason::Separator);
        } else if matches!(char, '/' | '／') && !divides_area(text, at) {
            return Err(PhoneReason::SeveralNumbers);
        }
        before = Some(char);
    }
    Ok(())
}

/// Whether the slash at a position can be the one after an area code: few digits before it, many after it. `1234567/8`
/// and `123456789/67890` are two numbers.
fn divides_area(text: &str, at: usize) -> bool {
    const LONGEST_AREA: usize = 6;
    const SHORTEST_REST: usize = 4;
    let longest = LONGEST_AREA + if international(text).is_some() { 5 } else { 0 };
    count(&text[..at]) <= longest && count(&text[at..]) >= SHORTEST_REST
}

/// The number of digits in a text.
fn count(text: &str) -> usize {
    text.chars().filter(|char| char.is_numeric()).count()
}

/// Whether a text can be two numbers, or a number and an extension in brackets.
fn holds_two_numbers(text: &str, reading: &Reading<'_>) -> bool {
    let mut ends = text
        .char_indices()
        .filter(|(_, char)| !char.is_numeric())
        .map(|(at, char)| (at, at + char.len_utf8()));
    ends.any(|(end, start)| {
        let (first, sign, second) = (&text[..end], &text[end..start], &text[start..]);
        let is_bracket = matches!(sign, "(" | "[" | "（" | "［");
        let may_be_second = is_bracket || second.starts_with(['0', '０']) || repeats(first, second);
        may_be_second
            && count(first) >= SHORTEST
            && reading.parse(first).is_some_and(|own| {
                let code = own.country_code.to_string();
                let is_long = count(second) >= SHORTEST && count(text) >= TWO_NUMBERS;
                // An extension after its mark may begin with a zero.
                own.extension.is_none()
                    && !first.contains(char::is_alphabetic)
                    && (is_bracket
                        || is_long
                            && (repeats(first, second) || Reading::OfCode(&code).parse(second).is_some()))
            })
    })
}

/// Whether the last digits of one text and the only digits of another have the same length and start, as two numbers of
/// one area have: `01 512345 512346`.
fn repeats(first: &str, second: &str) -> bool {
    let mut groups = first.rsplit(|char: char| !char.is_numeric());
    let Some(last) = groups.find(|group| !group.is_empty()) else { return false };
    // Digits of any script are compared by their values.
    let (last, only) = (digits_of(last), digits_of(second));
    second.chars().all(char::is_numeric)
        && last.len() == only.len()
        && only.len() >= SHORTEST
        && last[..2] == only[..2]
}

/// The digits of a calling code without leading zeros; `None` if there is no code.
fn code_digits(code: &str) -> Result<Option<String>, PhoneReason> {
    let is_between = |char: char| char.is_whitespace() || matches!(char, '-' | '(' | ')' | '.');
    let mut groups = code.split(|char: char| !char.is_ascii_digit() && !is_between(char));
    let has_digits = |group: &&str| group.contains(|char: char| char.is_ascii_digit());
    let Some(group) = groups.find(has_digits) else {
        // Letters without digits, such as `GB`, are not a code, but show that one was meant.
        let is_empty = code.chars().all(|char| is_between(char) || char == '+');
        return if is_empty { Ok(None) } else { Err(PhoneReason::BadCode) };
    };
    let digits: String = group.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0');
    if groups.any(|group| has_digits(&group)) || digits.len() > LONGEST_CODE {
        return Err(PhoneReason::BadCode);
    }
    Ok((!digits.is_empty()).then(|| digits.to_owned()))
}

/// Whether a number has the calling code that was sent. True if none was sent. The sent code may contain the start of
/// the number (`1684`), and the zero before an area code.
fn has_code(number: &Parsed, code: &str) -> bool {
    match code_digits(code) {
        Ok(None) => true,
        Ok(Some(code)) => code.strip_prefix(&*number.country_code.to_string()).is_some_and(|rest| {
            e164(number)[1..].starts_with(&code) || rest.bytes().all(|byte| byte == b'0')
        }),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests;
