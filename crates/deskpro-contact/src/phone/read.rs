//! Reads a calling code and a number, and refuses what could mean another number.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber as Parsed, PhoneNumberFormat};

use super::{EXTENSION_MARK, PhoneNumber, Region};
use crate::loss::PhoneReason;

/// The greatest number of digits of a calling code, with an area code that some write as a part of it (`1-684`).
const LONGEST_CODE: usize = 7;
/// The least number of digits of a text that may hold two numbers one after the other.
const TWO_NUMBERS: usize = 12;
/// The least number of digits of each of these two.
const SHORTEST: usize = 5;

/// Whether numbers of a region can be read.
pub(super) fn is_region(region: Region) -> bool {
    library_region(region)
        .is_some_and(|region| PHONE_NUMBER_UTIL.get_country_code_for_region(region).is_some())
}

fn library_region(region: Region) -> Option<rlibphonenumber::Region> {
    region.name().parse().ok()
}

/// Reads the number that a calling code and a number mean. A number that begins with `+` or `00` needs no code; a
/// number without a code needs a region.
///
/// # Errors
///
/// The reason why no number is surely meant.
pub(crate) fn read(code: &str, number: &str, region: Option<Region>) -> Result<PhoneNumber, PhoneReason> {
    let text = number.trim();
    if text.is_empty() {
        return Err(PhoneReason::NoNumber);
    }
    if let Some(written) = written(text) {
        return Ok(PhoneNumber { has_code: has_code(&written.number, code), ..written });
    }
    let has_mark = check_signs(text)?;
    let digits = code_digits(code);
    let reading = match (international(text), &digits) {
        (Some(_), _) => Reading::International,
        (None, Err(reason)) => return Err(*reason),
        (None, Ok(Some(code))) => Reading::OfCode(code),
        (None, Ok(None)) => Reading::OfRegion(region.and_then(library_region).ok_or(PhoneReason::NoCode)?),
    };
    let parsed = reading.parse(text).ok_or_else(|| not_valid(text))?;
    if has_mark && parsed.extension.is_none() {
        // The mark was read as a sign between digits.
        return Err(PhoneReason::Letters);
    }
    let number = e164(&parsed);
    let has_code = match reading {
        Reading::International => {
            let has_code = has_code(&number, code);
            if !has_code && text.starts_with("00") {
                return Err(PhoneReason::OtherCountry);
            }
            has_code
        }
        Reading::OfCode(code) => {
            // `4` and `42079460018` together are a British number, but 4 is not Britain's code.
            if !code.starts_with(&parsed.country_code.to_string()) {
                return Err(PhoneReason::BadCode);
            }
            true
        }
        Reading::OfRegion(_) => true,
    };
    if reading.begins_with_code(text, &parsed)
        && valid(&format!("+{text}"), None).is_some_and(|other| e164(&other) != number)
    {
        return Err(PhoneReason::CodeTwice);
    }
    if holds_two_numbers(text, &reading) {
        return Err(PhoneReason::SeveralNumbers);
    }
    Ok(PhoneNumber { number, extension: parsed.extension, has_code })
}

/// How a text is read.
enum Reading<'c> {
    /// It begins with `+` or `00`, and a calling code follows.
    International,
    /// It belongs after these digits of a calling code.
    OfCode(&'c str),
    /// It has no code.
    OfRegion(rlibphonenumber::Region),
}

impl Reading<'_> {
    /// The number that a text means, if it is valid.
    fn parse(&self, text: &str) -> Option<Parsed> {
        match self {
            Self::International => valid(&format!("+{}", international(text)?), None),
            Self::OfCode(code) => valid(&format!("+{code} {text}"), None),
            Self::OfRegion(region) => valid(text, Some(*region)),
        }
    }

    /// Whether the digits of a text begin with the calling code that it already has.
    fn begins_with_code(&self, text: &str, parsed: &Parsed) -> bool {
        let begins = |code: &str| {
            let mut digits = text.chars().filter_map(|char| char.to_digit(10));
            code.chars().all(|own| digits.next() == own.to_digit(10))
        };
        match self {
            Self::International => false,
            Self::OfCode(code) => begins(code) || begins(&parsed.country_code.to_string()),
            Self::OfRegion(_) => begins(&parsed.country_code.to_string()),
        }
    }
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
fn written(text: &str) -> Option<PhoneNumber> {
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
    (e164(&parsed) == number).then(|| PhoneNumber { number: number.to_owned(), extension, has_code: true })
}

/// The text after the `+` or `00` with which a number begins.
fn international(text: &str) -> Option<&str> {
    text.strip_prefix(['+', '＋']).or_else(|| text.strip_prefix("00"))
}

/// Checks the letters and signs of a number. Returns whether it has the mark of an extension.
fn check_signs(text: &str) -> Result<bool, PhoneReason> {
    let mut has_mark = false;
    let mut before: Option<char> = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        let is_space = |char: Option<char>| char.is_some_and(char::is_whitespace);
        let after = chars.peek().map(|&(_, char)| char);
        if char.is_alphabetic() {
            let word = text[at..].split(|char: char| !char.is_alphabetic()).next().expect("a letter");
            let is_mark = word.eq_ignore_ascii_case("x") || word.eq_ignore_ascii_case("ext");
            if !is_mark || !text[..at].contains(|char: char| char.is_numeric()) {
                return Err(PhoneReason::Letters);
            }
            if std::mem::replace(&mut has_mark, true) {
                return Err(PhoneReason::SeveralNumbers);
            }
            while chars.next_if(|(_, char)| char.is_alphabetic()).is_some() {}
        } else if matches!(char, '+' | '＋') && at > 0 {
            return Err(PhoneReason::InnerPlus);
        } else if matches!(char, '/' | ',') && is_space(before) && is_space(after) {
            return Err(PhoneReason::Separator);
        } else if char == '/' && !divides_area(text, at) {
            return Err(PhoneReason::SeveralNumbers);
        }
        before = Some(char);
    }
    Ok(has_mark)
}

/// Whether the slash at a position can be the one after an area code: few digits before it, many after it. `1234567/8`
/// and `12345/67890` are two numbers.
fn divides_area(text: &str, at: usize) -> bool {
    const LONGEST_AREA: usize = 6;
    const SHORTEST_REST: usize = 4;
    let count = |text: &str| text.chars().filter(|char| char.is_numeric()).count();
    let longest = LONGEST_AREA + if international(text).is_some() { 5 } else { 0 };
    count(&text[..at]) <= longest && count(&text[at..]) >= SHORTEST_REST
}

/// The reason for a text that is no valid number.
fn not_valid(text: &str) -> PhoneReason {
    match text.contains([';', '|', '&', '\n', '\r', '\t']) {
        true => PhoneReason::SeveralNumbers,
        false => PhoneReason::NotValid,
    }
}

/// Whether a text has two valid numbers, of which the second begins with the zero of a national number.
fn holds_two_numbers(text: &str, reading: &Reading<'_>) -> bool {
    let count = |text: &str| text.chars().filter(|char| char.is_numeric()).count();
    if count(text) < TWO_NUMBERS {
        return false;
    }
    let spaces = text.char_indices().filter(|(_, char)| char.is_whitespace());
    spaces.map(|(at, _)| text.split_at(at)).any(|(first, second)| {
        let second = second.trim_start();
        second.starts_with(['0', '('])
            && count(first) >= SHORTEST
            && count(second) >= SHORTEST
            && reading.parse(first).is_some_and(|first| {
                let code = first.country_code.to_string();
                Reading::OfCode(&code).parse(second).is_some()
            })
    })
}

/// The digits of a calling code without leading zeros; `None` if there is no code.
fn code_digits(code: &str) -> Result<Option<String>, PhoneReason> {
    let is_between = |char: char| char.is_whitespace() || matches!(char, '-' | '(' | ')' | '.');
    let mut groups = code.split(|char: char| !char.is_ascii_digit() && !is_between(char));
    let has_digits = |group: &&str| group.contains(|char: char| char.is_ascii_digit());
    let Some(group) = groups.find(has_digits) else {
        // Letters without digits, such as `GB`, are no code, and no sign that there is none.
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

/// Whether a number has the calling code that was sent, or none was sent.
fn has_code(number: &str, code: &str) -> bool {
    match code_digits(code) {
        Ok(None) => true,
        Ok(Some(code)) => number.strip_prefix('+').is_some_and(|number| number.starts_with(&code)),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests;
