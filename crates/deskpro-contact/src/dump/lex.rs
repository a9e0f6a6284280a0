//! Tokens of SQL, as far as a dump needs them: white space and comments, quoted texts and names, words, and the
//! delimiter that ends a statement.

use memchr::{memchr, memchr2, memmem};

/// The buffer ends before the current token, comment or row ends. More bytes may follow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut;

/// The syntax that statements of the dump have set.
#[derive(Clone, Debug)]
pub(super) struct Syntax {
    /// Ends a statement: `;`, or what `DELIMITER` says.
    pub(super) delimiter: Vec<u8>,
    /// Whether a backslash escapes: not in the mode `NO_BACKSLASH_ESCAPES`.
    pub(super) has_escapes: bool,
}

impl Default for Syntax {
    fn default() -> Self {
        Self { delimiter: b";".to_vec(), has_escapes: true }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Token<'b> {
    /// A keyword, a number, or a name without quotes.
    Word(&'b [u8]),
    /// The bytes between the quotes, escapes included.
    Quoted {
        quote: u8,
        inner: &'b [u8],
    },
    Symbol(u8),
    /// The delimiter.
    End,
}

impl Token<'_> {
    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(found) if found.eq_ignore_ascii_case(word.as_bytes()))
    }
}

/// White space or a comment between two tokens.
pub(super) enum Gap<'b> {
    /// White space, or the start or end of a comment that holds code (`/*!40101 … */`).
    Blank,
    /// A comment, with its marks.
    Comment(&'b [u8]),
}

/// Reads tokens from the bytes of a buffer.
#[derive(Debug)]
pub(super) struct Lexer<'b> {
    pub(super) bytes: &'b [u8],
    pub(super) at: usize,
    /// Whether no more bytes follow.
    pub(super) is_last: bool,
    pub(super) syntax: &'b Syntax,
    /// How many comments that hold code are open.
    pub(super) open_comments: usize,
}

impl<'b> Lexer<'b> {
    pub(super) fn rest(&self) -> &'b [u8] {
        &self.bytes[self.at..]
    }

    /// The next byte.
    pub(super) fn peek(&self) -> Result<u8, Cut> {
        self.bytes.get(self.at).copied().ok_or(Cut)
    }

    /// Whether the text comes next. [`Cut`] if the buffer ends within the text and more bytes may follow.
    fn begins_with(&self, text: &[u8]) -> Result<bool, Cut> {
        let rest = self.rest();
        if rest.len() < text.len() && !self.is_last && text.starts_with(rest) {
            return Err(Cut);
        }
        Ok(rest.starts_with(text))
    }

    /// Whether the statement ends here.
    pub(super) fn is_at_delimiter(&self) -> Result<bool, Cut> {
        self.begins_with(&self.syntax.delimiter)
    }

    /// Takes one piece of white space or one comment; nothing if a token comes next.
    pub(super) fn gap(&mut self) -> Result<Option<Gap<'b>>, Cut> {
        let blanks = self.rest().iter().take_while(|byte| is_blank(**byte)).count();
        if blanks > 0 {
            self.at += blanks;
            return Ok(Some(Gap::Blank));
        }
        let Some(&first) = self.rest().first() else { return Ok(None) };
        if !matches!(first, b'-' | b'#' | b'/' | b'*') || self.is_at_delimiter()? {
            return Ok(None);
        }
        match first {
            b'-' if self.begins_with(b"--")? => match self.rest().get(2) {
                Some(&byte) if is_blank(byte) => self.line_comment().map(Some),
                Some(_) => Ok(None),
                None if self.is_last => self.line_comment().map(Some),
                None => Err(Cut),
            },
            b'#' => self.line_comment().map(Some),
            b'*' if self.open_comments > 0 && self.begins_with(b"*/")? => {
                self.open_comments -= 1;
                self.at += 2;
                Ok(Some(Gap::Blank))
            }
            b'/' if self.begins_with(b"/*")? => {
                let mark = if self.begins_with(b"/*!")? {
                    3
                } else if self.begins_with(b"/*M!")? {
                    4
                } else {
                    return self.block_comment().map(Some);
                };
                let digits = self.rest()[mark..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                if self.rest().len() == mark + digits {
                    return Err(Cut);
                }
                // No server has this version. The first line of mariadb-dump uses it, for a comment that no server
                // runs.
                if &self.rest()[mark..][..digits] == b"999999" {
                    return self.block_comment().map(Some);
                }
                self.at += mark + digits;
                self.open_comments += 1;
                Ok(Some(Gap::Blank))
            }
            _ => Ok(None),
        }
    }

    /// Takes white space and comments up to the next token.
    pub(super) fn gaps(&mut self) -> Result<(), Cut> {
        while self.gap()?.is_some() {}
        Ok(())
    }

    fn line_comment(&mut self) -> Result<Gap<'b>, Cut> {
        let rest = self.rest();
        let end = match memchr(b'\n', rest) {
            Some(end) => end,
            None if self.is_last => rest.len(),
            None => return Err(Cut),
        };
        self.at += end;
        Ok(Gap::Comment(&rest[..end]))
    }

    fn block_comment(&mut self) -> Result<Gap<'b>, Cut> {
        let rest = self.rest();
        let end = 2 + memmem::find(&rest[2..], b"*/").ok_or(Cut)? + 2;
        self.at += end;
        Ok(Gap::Comment(&rest[..end]))
    }

    /// Takes the next token.
    pub(super) fn token(&mut self) -> Result<Token<'b>, Cut> {
        self.gaps()?;
        if self.is_at_delimiter()? {
            self.at += self.syntax.delimiter.len();
            return Ok(Token::End);
        }
        match self.peek()? {
            quote @ (b'`' | b'"' | b'\'') => Ok(Token::Quoted { quote, inner: self.quoted()? }),
            byte if is_word(byte) => self.word().map(Token::Word),
            symbol => {
                self.at += 1;
                Ok(Token::Symbol(symbol))
            }
        }
    }

    /// Takes a word.
    pub(super) fn word(&mut self) -> Result<&'b [u8], Cut> {
        let start = self.at;
        // The delimiter may consist of word characters: `END$$`.
        while self.bytes.get(self.at).is_some_and(|byte| is_word(*byte)) && !self.is_at_delimiter()? {
            self.at += 1;
        }
        if self.at == self.bytes.len() && !self.is_last {
            return Err(Cut);
        }
        Ok(&self.bytes[start..self.at])
    }

    /// Takes a text or name in quotes, and returns the bytes between them.
    pub(super) fn quoted(&mut self) -> Result<&'b [u8], Cut> {
        let quote = self.bytes[self.at];
        let start = self.at + 1;
        let mut at = start;
        loop {
            // Backslashes in names are ordinary characters.
            let found = if quote == b'`' || !self.syntax.has_escapes {
                memchr(quote, &self.bytes[at..])
            } else {
                memchr2(quote, b'\\', &self.bytes[at..])
            };
            at += found.ok_or(Cut)?;
            if self.bytes[at] == quote {
                match self.bytes.get(at + 1) {
                    Some(&next) if next == quote => at += 2,
                    None if !self.is_last => return Err(Cut),
                    Some(_) | None => break,
                }
            } else {
                at += 2;
                if at > self.bytes.len() {
                    return Err(Cut);
                }
            }
        }
        self.at = at + 1;
        Ok(&self.bytes[start..at])
    }
}

/// White space between tokens. After `--`, it begins a comment.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

/// A character of words, and of names without quotes.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

/// The name between quotes. A doubled quote stands for one quote.
pub(super) fn name(quote: u8, inner: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(inner.len());
    let mut at = 0;
    while at < inner.len() {
        bytes.push(inner[at]);
        at += if inner[at] == quote && inner.get(at + 1) == Some(&quote) { 2 } else { 1 };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
