//! Comments between statements, and statements that are not INSERTs.

use memchr::memchr;

use super::{Mode, Reader, Statement, Step, Stop, lexer};
use crate::dump::error::{Error, ErrorKind};
use crate::dump::lex::{Gap, Token, is_blank};
use crate::dump::statement::{
    Dropped, Verb, changes_columns, create_table, dropped, has_compound_body, has_query, is_ascii_compatible,
    is_name, one_name, replaces_table, sets_role, settings, table_name, truncated, verb,
};
use crate::error::shorten;

impl Reader {
    /// Between two statements: one comment, or the start of a statement.
    pub(super) fn between(&mut self) -> Result<Step, Stop> {
        self.begun = None;
        let mut lexer = lexer(&self.buffer, self.start, self.is_last, &self.syntax, self.open_comments);
        if let Some(gap) = lexer.gap()? {
            let (at, open_comments) = (lexer.at, lexer.open_comments);
            if let Gap::Comment(comment) = gap {
                let (is_header, is_closing) = (is_header(comment), comment.starts_with(b"-- Dump completed"));
                if is_header {
                    if self.header.is_some() {
                        return Err(Stop::Error(self.unclosed("another header")));
                    }
                    self.header = Some(self.line);
                }
                if is_closing {
                    self.header = None;
                }
                self.is_marked = is_closing || self.is_marked && !is_header;
            }
            self.take(at, open_comments);
            return Ok(Step::Nothing);
        }
        if lexer.at == lexer.bytes.len() {
            return if self.is_last { self.finish().map_err(Stop::Error) } else { Err(Stop::Cut) };
        }
        self.begun = Some(self.line);
        if lexer.is_at_delimiter()? {
            let at = lexer.at + self.syntax.delimiter.len();
            self.take(at, self.open_comments);
            return Ok(Step::Nothing);
        }
        let Some(verb) = verb(lexer.word()?) else {
            let found = self.excerpt(self.start)?;
            let error = Error::new(
                ErrorKind::UnknownStatement,
                self.line,
                "a statement of a dump",
                format!("\"{found}\""),
            );
            return Err(Stop::Error(Error { hint: hint(&found), ..error }));
        };
        match verb {
            Verb::Insert => self.insert(),
            Verb::Delimiter => self.delimiter(),
            Verb::Use
            | Verb::Set
            | Verb::Create
            | Verb::Alter
            | Verb::Change
            | Verb::Drop
            | Verb::Truncate
            | Verb::Begin
            | Verb::Execute
            | Verb::Skip => self.other(verb),
        }
    }

    /// The end of the bytes, between two statements.
    fn finish(&mut self) -> Result<Step, Error> {
        if let Some(header) = self.header {
            return Err(self.unclosed_from(header, "the end of the dump"));
        }
        if self.open_comments > 0 || self.syntax.delimiter != b";" {
            let expected = if self.open_comments > 0 { "`*/`" } else { "`DELIMITER ;`" };
            return Err(Error::new(ErrorKind::Cut, self.line, expected, "the end of the dump"));
        }
        self.mode = Mode::Done;
        Ok(Step::End)
    }

    /// `DELIMITER $$`, up to the end of the line.
    fn delimiter(&mut self) -> Result<Step, Stop> {
        let rest = &self.buffer[self.start..];
        let end = match memchr(b'\n', rest) {
            Some(end) => end,
            None if self.is_last => rest.len(),
            None => return Err(Stop::Cut),
        };
        let mut words = rest[..end].split(|byte| is_blank(*byte)).filter(|word| !word.is_empty());
        let delimiter = words.nth(1);
        match delimiter {
            Some(delimiter) if !delimiter.iter().any(|byte| matches!(byte, b'\'' | b'"' | b'`' | b'\\')) => {
                self.syntax.delimiter = delimiter.to_vec();
            }
            Some(_) | None => {
                let found = shorten(&rest[..end]);
                return Err(Stop::Error(Error::new(
                    ErrorKind::Syntax,
                    self.line,
                    "a delimiter without quotes",
                    format!("\"{found}\""),
                )));
            }
        }
        self.take(self.start + end, self.open_comments);
        self.is_marked = false;
        Ok(Step::Nothing)
    }

    /// A statement that is not an INSERT, read whole.
    fn other(&mut self, verb: Verb) -> Result<Step, Stop> {
        let mut lexer = lexer(&self.buffer, self.start, self.is_last, &self.syntax, self.open_comments);
        lexer.token()?;
        let mut tokens = Vec::new();
        loop {
            match lexer.token()? {
                Token::End => break,
                token @ (Token::Word(_) | Token::Quoted { .. } | Token::Symbol(_)) => tokens.push(token),
            }
        }
        let (at, open_comments) = (lexer.at, lexer.open_comments);
        let line = self.line;
        let error = |kind, expected: &str, found: &str| Stop::Error(Error::new(kind, line, expected, found));
        let mut database = None;
        let mut has_escapes = self.syntax.has_escapes;
        let mut table = None;
        match verb {
            Verb::Insert | Verb::Delimiter => unreachable!("they have functions of their own"),
            Verb::Skip => {}
            Verb::Begin => {
                if !(tokens.is_empty() || tokens.iter().all(|token| token.is_word("WORK"))) {
                    return Err(error(
                        ErrorKind::UnknownStatement,
                        "BEGIN of a transaction",
                        "BEGIN of a block",
                    ));
                }
            }
            Verb::Execute => {
                if !sets_role(&tokens) {
                    return Err(error(
                        ErrorKind::UnknownStatement,
                        "a statement of a dump",
                        "EXECUTE of another text than SET ROLE",
                    ));
                }
            }
            Verb::Use => match one_name(&tokens) {
                Some((name, [])) => database = Some(name),
                Some(_) | None => return Err(self.syntax_error("USE and the name of a database", self.start)),
            },
            Verb::Set => {
                let settings = settings(&tokens);
                if let Some(charset) = settings.charset.filter(|name| !is_ascii_compatible(name.as_bytes())) {
                    return Err(Stop::Error(Error::charset(line, format!("`{charset}`"))));
                }
                has_escapes = settings.turns_escapes_off.map_or(has_escapes, |turns_off| !turns_off);
            }
            Verb::Alter => {
                let is_table = tokens.iter().position(|token| token.is_word("TABLE"));
                if let Some((name, rest)) = is_table.and_then(|at| table_name(&tokens[at + 1..]))
                    && self.is_wanted(&name.table)
                    && changes_columns(rest)
                {
                    let stop = error(
                        ErrorKind::ChangesTable,
                        "INSERT as the only statement that changes this table",
                        "ALTER TABLE that changes columns",
                    );
                    return Err(stop.in_table(&name.table));
                }
            }
            Verb::Change => {
                let wanted =
                    self.wanted.iter().find(|wanted| tokens.iter().any(|token| is_name(token, wanted)));
                if let Some(wanted) = wanted {
                    let found = format!("\"{}\"", shorten(&self.buffer[self.start..at]));
                    return Err(error(
                        ErrorKind::ChangesTable,
                        "INSERT as the only statement that changes this table",
                        &found,
                    )
                    .in_table(wanted));
                }
            }
            Verb::Drop | Verb::Truncate => {
                let removed = if verb == Verb::Drop { dropped(&tokens) } else { truncated(&tokens) };
                let removed = match removed {
                    Dropped::Tables(tables) => {
                        Dropped::Tables(tables.into_iter().map(|name| self.qualified(name)).collect())
                    }
                    removed @ (Dropped::Database(_) | Dropped::Other) => removed,
                };
                if let Some(filled) = self.filled.iter().find(|filled| removed.has(filled)) {
                    let found = format!("\"{}\" after rows", shorten(&self.buffer[self.start..at]));
                    let mut stop =
                        error(ErrorKind::ChangesTable, "each DROP and TRUNCATE before the rows", &found);
                    if let Stop::Error(error) = &mut stop {
                        error.hint = Some("the input may be several dumps of one database");
                    }
                    return Err(stop.in_table(&filled.table));
                }
                if verb == Verb::Drop {
                    self.known.retain(|(known, _)| !removed.has(known));
                }
            }
            Verb::Create => {
                if self.syntax.delimiter == b";" && has_compound_body(&tokens) {
                    let expected =
                        "DELIMITER before a procedure or trigger whose body has several statements";
                    let found = format!("\"{}\"", shorten(&self.buffer[self.start..at]));
                    let mut stop = error(ErrorKind::NoDelimiter, expected, &found);
                    if let Stop::Error(error) = &mut stop {
                        error.hint = Some("leave procedures and triggers out of the dump");
                    }
                    return Err(stop);
                }
                if let Some((name, columns)) = create_table(&tokens)
                    && self.is_wanted(&name.table)
                {
                    if has_query(&tokens) {
                        return Err(error(
                            ErrorKind::Syntax,
                            "a CREATE TABLE without rows",
                            "CREATE TABLE … SELECT",
                        )
                        .in_table(&name.table));
                    }
                    let name = self.qualified(name);
                    let is_second =
                        self.known.iter().any(|(known, _)| *known == name) && !replaces_table(&tokens);
                    let has_rows = self.filled.contains(&name);
                    if is_second || has_rows {
                        let after = if has_rows { "rows" } else { "another one" };
                        let found = format!("\"{}\" after {after}", shorten(&self.buffer[self.start..at]));
                        let expected = "one CREATE TABLE for each table, before its rows";
                        let mut stop = error(ErrorKind::ChangesTable, expected, &found);
                        if let Stop::Error(error) = &mut stop {
                            error.hint =
                                Some("the input may be dumps of several databases: convert each alone");
                        }
                        return Err(stop.in_table(&name.table));
                    }
                    table = Some((name, columns));
                }
            }
        }
        self.take(at, open_comments);
        self.is_marked = false;
        self.database = database.or(self.database.take());
        self.syntax.has_escapes = has_escapes;
        let Some((name, columns)) = table else { return Ok(Step::Nothing) };
        self.known.retain(|(known, _)| *known != name);
        // CREATE TABLE … LIKE lists no columns: its rows need a list of their own.
        if !columns.is_empty() {
            self.known.push((name.clone(), columns.clone()));
        }
        self.statement = Statement { line, database: name.database, table: name.table, columns };
        Ok(Step::Table)
    }

    fn unclosed(&self, found: &str) -> Error {
        self.unclosed_from(self.header.expect("a header is open"), found)
    }

    fn unclosed_from(&self, header: u64, found: &str) -> Error {
        let expected = format!("the comment `-- Dump completed` for the header on line {header}");
        Error::new(ErrorKind::Cut, self.line, expected, found)
    }
}

/// Whether a comment is the first line of a dump that has a closing comment, too.
fn is_header(comment: &[u8]) -> bool {
    ["-- MySQL dump ", "-- MariaDB dump ", "-- mysqldump-php "]
        .iter()
        .any(|text| comment.starts_with(text.as_bytes()))
}

/// A hint for a text that is not a statement but a message of the program that wrote the dump.
fn hint(found: &str) -> Option<&'static str> {
    let programs = ["mysqldump:", "mariadb-dump:", "mysql:", "mariadb:", "Warning:", "Error:", "ERROR "];
    let is_message = programs.iter().any(|program| found.starts_with(program));
    is_message.then_some("a message of the dump program: dump again without 2>&1")
}
