//! Values of a row: texts, numbers, hexadecimal and bit literals, NULL.

use std::ops::Range;

use memchr::memchr2;

use super::lex::{Cut, Lexer, is_word};
use super::statement::is_ascii_compatible;

/// A value, as ranges of the reader's buffers.
#[derive(Clone, Debug)]
pub(super) enum Literal {
    Null,
    /// A range of the buffer.
    Number(Range<usize>),
    Text {
        range: TextRange,
        /// The name of the character set in front of the text, in the buffer.
        charset: Option<Range<usize>>,
    },
    /// A range of the decoded bytes.
    Binary {
        range: Range<usize>,
        charset: Option<Range<usize>>,
    },
}

#[derive(Clone, Debug)]
pub(super) enum TextRange {
    /// The text has no escapes.
    Buffer(Range<usize>),
    Decoded(Range<usize>),
}

/// Why a value cannot be read.
pub(super) enum Invalid {
    Cut,
    /// Not a literal: an expression, a keyword, a broken number.
    Expression,
    /// A charset in front of the text in which bytes below 128 are not always ASCII.
    Charset,
}

impl From<Cut> for Invalid {
    fn from(Cut: Cut) -> Self {
        Self::Cut
    }
}

/// Takes a literal. Texts with escapes, hexadecimal and bit literals are appended to `decoded`.
pub(super) fn literal(lexer: &mut Lexer<'_>, decoded: &mut Vec<u8>) -> Result<Literal, Invalid> {
    match lexer.peek()? {
        b'\'' | b'"' => text(lexer, decoded, None),
        b'0'..=b'9' | b'-' | b'+' | b'.' => number(lexer, decoded),
        b'_' => {
            let start = lexer.at + 1;
            let word = lexer.word()?;
            if !is_ascii_compatible(&word[1..]) {
                return Err(Invalid::Charset);
            }
            let charset = Some(start..lexer.at);
            lexer.gaps()?;
            match lexer.peek()? {
                b'\'' | b'"' => text(lexer, decoded, charset),
                b'0'..=b'9' | b'x' | b'X' | b'b' | b'B' => match literal(lexer, decoded)? {
                    Literal::Binary { range, .. } => Ok(Literal::Binary { range, charset }),
                    Literal::Null | Literal::Number(_) | Literal::Text { .. } => Err(Invalid::Expression),
                },
                _ => Err(Invalid::Expression),
            }
        }
        first if first.is_ascii_alphabetic() => {
            let word = lexer.word()?;
            if word.eq_ignore_ascii_case(b"null") {
                return Ok(Literal::Null);
            }
            let is_prefix = lexer.bytes.get(lexer.at) == Some(&b'\'');
            match word {
                b"x" | b"X" if is_prefix => binary(lexer, decoded, hexadecimal),
                b"b" | b"B" if is_prefix => binary(lexer, decoded, bits),
                _ => Err(Invalid::Expression),
            }
        }
        _ => Err(Invalid::Expression),
    }
}

fn text(
    lexer: &mut Lexer<'_>,
    decoded: &mut Vec<u8>,
    charset: Option<Range<usize>>,
) -> Result<Literal, Invalid> {
    let quote = lexer.bytes[lexer.at];
    let start = lexer.at + 1;
    let inner = lexer.quoted()?;
    let has_escapes = lexer.syntax.has_escapes;
    let escape = if has_escapes { memchr2(b'\\', quote, inner) } else { memchr::memchr(quote, inner) };
    let range = match escape {
        None => TextRange::Buffer(start..start + inner.len()),
        Some(_) => {
            let begin = decoded.len();
            unescape(inner, quote, has_escapes, decoded);
            TextRange::Decoded(begin..decoded.len())
        }
    };
    Ok(Literal::Text { range, charset })
}

/// Decodes the bytes between quotes.
fn unescape(mut inner: &[u8], quote: u8, has_escapes: bool, out: &mut Vec<u8>) {
    loop {
        let found = if has_escapes { memchr2(b'\\', quote, inner) } else { memchr::memchr(quote, inner) };
        let Some(found) = found else { return out.extend_from_slice(inner) };
        out.extend_from_slice(&inner[..found]);
        // The lexer has checked that a byte follows each backslash, and that each quote is doubled.
        let byte = inner[found + 1];
        if inner[found] == quote {
            out.push(quote);
        } else {
            match byte {
                b'0' => out.push(0),
                b'b' => out.push(0x08),
                b'n' => out.push(b'\n'),
                b'r' => out.push(b'\r'),
                b't' => out.push(b'\t'),
                b'Z' => out.push(0x1a),
                // These two keep their backslash, for patterns of LIKE.
                b'%' | b'_' => out.extend_from_slice(&[b'\\', byte]),
                other => out.push(other),
            }
        }
        inner = &inner[found + 2..];
    }
}

/// Takes a number, `0x…` or `0b…`.
fn number(lexer: &mut Lexer<'_>, decoded: &mut Vec<u8>) -> Result<Literal, Invalid> {
    let start = lexer.at;
    let rest = lexer.rest();
    let mut end = usize::from(matches!(rest[0], b'-' | b'+'));
    while let Some(&byte) = rest.get(end) {
        let is_sign = matches!(byte, b'-' | b'+') && matches!(rest[end - 1], b'e' | b'E') && end > 1;
        if !(byte == b'.' || is_word(byte) || is_sign) {
            break;
        }
        end += 1;
    }
    if end == rest.len() && !lexer.is_last {
        return Err(Invalid::Cut);
    }
    let text = &rest[..end];
    let begin = decoded.len();
    let is_read = match text {
        [b'0', b'x', digits @ ..] if !digits.is_empty() => hexadecimal(digits, decoded),
        [b'0', b'b', digits @ ..] if !digits.is_empty() => bits(digits, decoded),
        _ if is_number(text) => {
            lexer.at += end;
            return Ok(Literal::Number(start..lexer.at));
        }
        _ => false,
    };
    if !is_read {
        return Err(Invalid::Expression);
    }
    lexer.at += end;
    Ok(Literal::Binary { range: begin..decoded.len(), charset: None })
}

/// Whether the text is a decimal number: a sign, digits with at most one point, an exponent.
fn is_number(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
    let exponent = text.iter().position(|byte| matches!(byte, b'e' | b'E'));
    let (mantissa, exponent) = match exponent {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let points = mantissa.iter().filter(|byte| **byte == b'.').count();
    let digits = mantissa.iter().filter(|byte| byte.is_ascii_digit()).count();
    let is_exponent = exponent.is_none_or(|text| {
        let digits = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
        !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
    });
    digits > 0 && points <= 1 && points + digits == mantissa.len() && is_exponent
}

/// Takes the quoted digits of `x'…'` or `b'…'`.
fn binary(
    lexer: &mut Lexer<'_>,
    decoded: &mut Vec<u8>,
    decode: fn(&[u8], &mut Vec<u8>) -> bool,
) -> Result<Literal, Invalid> {
    let is_hexadecimal = lexer.bytes[lexer.at - 1].eq_ignore_ascii_case(&b'x');
    let begin = decoded.len();
    let digits = lexer.quoted()?;
    // Servers refuse an odd number of digits in x'…', but not in 0x….
    if is_hexadecimal && !digits.len().is_multiple_of(2) || !decode(digits, decoded) {
        return Err(Invalid::Expression);
    }
    Ok(Literal::Binary { range: begin..decoded.len(), charset: None })
}

/// Decodes hexadecimal digits. If their number is odd, the first byte has one digit. Returns whether all are digits.
fn hexadecimal(digits: &[u8], out: &mut Vec<u8>) -> bool {
    decode(digits, 16, 2, out)
}

/// Decodes binary digits. The first byte may have fewer than eight. Returns whether all are digits.
fn bits(digits: &[u8], out: &mut Vec<u8>) -> bool {
    decode(digits, 2, 8, out)
}

/// Decodes digits of a base, `width` digits to a byte. Returns whether all are digits.
fn decode(digits: &[u8], base: u8, width: usize, out: &mut Vec<u8>) -> bool {
    let mut byte = 0;
    for (index, &digit) in digits.iter().enumerate() {
        let Some(value) = char::from(digit).to_digit(u32::from(base)) else { return false };
        let value = u8::try_from(value).expect("a digit of a base up to 16");
        // Fewer than `width` digits are in `byte`, so the product fits.
        byte = byte * base + value;
        if (digits.len() - index - 1).is_multiple_of(width) {
            out.push(byte);
            byte = 0;
        }
    }
    true
}
