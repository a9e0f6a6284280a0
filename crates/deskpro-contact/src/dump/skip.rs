//! Passes over the rows of tables that are not wanted, without decoding them.

use memchr::{memchr, memchr2};

use super::lex::{Cut, Lexer};

/// Passes over the rest of a statement. Returns [`Cut`] if the buffer ends before the statement; the next call then
/// continues at `lexer.at`. Between calls, `quote` is the quote of an open text, so that no text has to be whole in the
/// buffer.
pub(super) fn skip(lexer: &mut Lexer<'_>, quote: &mut Option<u8>) -> Result<(), Cut> {
    loop {
        if let Some(open) = *quote {
            let rest = lexer.rest();
            let found = if open == b'`' || !lexer.syntax.has_escapes {
                memchr(open, rest)
            } else {
                memchr2(open, b'\\', rest)
            };
            let Some(found) = found else {
                lexer.at = lexer.bytes.len();
                return Err(Cut);
            };
            lexer.at += found;
            if rest[found] == open {
                // A doubled quote closes the text and opens it again.
                lexer.at += 1;
                *quote = None;
            } else if rest.len() > found + 1 {
                lexer.at += 2;
            } else {
                return Err(Cut);
            }
            continue;
        }
        let first = lexer.syntax.delimiter[0];
        let is_plain =
            |byte: u8| !matches!(byte, b'\'' | b'"' | b'`' | b'-' | b'#' | b'/' | b'*') && byte != first;
        lexer.at += lexer.rest().iter().take_while(|byte| is_plain(**byte)).count();
        if lexer.gap()?.is_some() {
            continue;
        }
        if lexer.is_at_delimiter()? {
            lexer.at += lexer.syntax.delimiter.len();
            return Ok(());
        }
        let byte = lexer.peek()?;
        if matches!(byte, b'\'' | b'"' | b'`') {
            *quote = Some(byte);
        }
        lexer.at += 1;
    }
}
