//! INSERTs: the rows of wanted tables, and those to skip.

use super::{Mode, Reader, Statement, Step, Stop, lexer};
use crate::dump::error::{Error, ErrorKind};
use crate::dump::lex::{Cut, Token};
use crate::dump::literal::{Invalid, literal};
use crate::dump::skip::skip;
use crate::dump::statement::{one_name, table_name};

impl Reader {
    /// An INSERT or REPLACE up to its first row.
    pub(super) fn insert(&mut self) -> Result<Step, Stop> {
        let mut lexer = lexer(&self.buffer, self.start, self.is_last, &self.syntax, self.open_comments);
        lexer.token()?;
        let mut tokens = vec![lexer.token()?];
        while ["INTO", "IGNORE", "DELAYED", "LOW_PRIORITY", "HIGH_PRIORITY"]
            .iter()
            .any(|word| tokens[0].is_word(word))
        {
            tokens[0] = lexer.token()?;
        }
        let mut after_name = (lexer.at, lexer.open_comments);
        let mut next = lexer.token()?;
        if next == Token::Symbol(b'.') {
            tokens.extend([next, lexer.token()?]);
            after_name = (lexer.at, lexer.open_comments);
            next = lexer.token()?;
        }
        let Some((name, [])) = table_name(&tokens) else {
            return Err(self.syntax_error("the name of a table", self.start));
        };
        let name = self.qualified(name);
        if !self.is_wanted(&name.table) {
            let (at, open_comments) = after_name;
            self.take(at, open_comments);
            self.is_marked = false;
            self.mode = Mode::Skip(None);
            return Ok(Step::Nothing);
        }
        let mut columns = None;
        if next == Token::Symbol(b'(') {
            let mut listed = Vec::new();
            loop {
                let column = [lexer.token()?];
                let separator = lexer.token()?;
                let Some((column, [])) = one_name(&column) else {
                    return Err(self.syntax_error("the name of a column", self.start).in_table(&name.table));
                };
                listed.push(column);
                match separator {
                    Token::Symbol(b',') => {}
                    Token::Symbol(b')') => break,
                    Token::Word(_) | Token::Quoted { .. } | Token::Symbol(_) | Token::End => {
                        let expected = "`,` or `)` in the list of columns";
                        return Err(self.syntax_error(expected, self.start).in_table(&name.table));
                    }
                }
            }
            columns = Some(listed);
            next = lexer.token()?;
        }
        if !(next.is_word("VALUES") || next.is_word("VALUE")) {
            return Err(self.syntax_error("INSERT … VALUES", self.start).in_table(&name.table));
        }
        let known =
            || self.known.iter().find(|(known, _)| *known == name).map(|(_, columns)| columns.clone());
        let Some(columns) = columns.or_else(known) else {
            let error = Error::new(
                ErrorKind::NoColumns,
                self.line,
                "a list of columns, or a CREATE TABLE before this line",
                "rows alone",
            );
            return Err(Stop::Error(error.in_table(&name.table)));
        };
        let (at, open_comments) = (lexer.at, lexer.open_comments);
        if !self.filled.contains(&name) {
            self.filled.push(name.clone());
        }
        self.statement = Statement { line: self.line, database: name.database, table: name.table, columns };
        self.take(at, open_comments);
        self.is_marked = false;
        self.mode = Mode::BeforeRow;
        Ok(Step::Insert)
    }

    /// A row of a wanted table.
    pub(super) fn row(&mut self) -> Result<Step, Stop> {
        let mut lexer = lexer(&self.buffer, self.start, self.is_last, &self.syntax, self.open_comments);
        self.literals.clear();
        self.decoded.clear();
        lexer.gaps()?;
        let start = lexer.at;
        if lexer.peek()? != b'(' {
            return Err(self.row_error(ErrorKind::Syntax, start, "a row in parentheses", None));
        }
        lexer.at += 1;
        loop {
            lexer.gaps()?;
            let at = lexer.at;
            let index = self.literals.len();
            let column = self.statement.columns.get(index);
            match literal(&mut lexer, &mut self.decoded) {
                Ok(literal) if column.is_some() => self.literals.push(literal),
                Ok(_) => {
                    let expected = format!("`)` after {index} values");
                    return Err(self.row_error(ErrorKind::TooManyValues, at, &expected, None));
                }
                Err(Invalid::Cut) => return Err(Stop::Cut),
                Err(Invalid::Expression) => {
                    return Err(self.row_error(ErrorKind::NotALiteral, at, "a literal value", Some(index)));
                }
                Err(Invalid::Charset) => {
                    let found = self.quoted_excerpt(at)?;
                    let error = Error::charset(self.line_of(at), found);
                    return Err(Stop::Error(self.in_column(error, Some(index))));
                }
            }
            lexer.gaps()?;
            let at = lexer.at;
            lexer.at += 1;
            match lexer.bytes.get(at).ok_or(Cut)? {
                b',' => {}
                b')' => break,
                _ => {
                    return Err(self.row_error(
                        ErrorKind::NotALiteral,
                        at,
                        "`,` or `)` after a value",
                        Some(index),
                    ));
                }
            }
        }
        let (at, open_comments) = (lexer.at, lexer.open_comments);
        let count = self.literals.len();
        if count < self.statement.columns.len() {
            let line = self.line_of(start);
            let found = format!("{count} values of {}", self.statement.columns.len());
            let error = Error::new(ErrorKind::TooFewValues, line, "a value for each column", found);
            return Err(Stop::Error(self.in_column(error, Some(count))));
        }
        self.row_line = self.line_of(start);
        self.take(at, open_comments);
        self.mode = Mode::AfterRow;
        Ok(Step::Row)
    }

    /// A comma, or the end of the statement.
    pub(super) fn after_row(&mut self) -> Result<Step, Stop> {
        let mut lexer = lexer(&self.buffer, self.start, self.is_last, &self.syntax, self.open_comments);
        lexer.gaps()?;
        let start = lexer.at;
        let mode = match lexer.token()? {
            Token::End => Mode::Between,
            Token::Symbol(b',') => Mode::BeforeRow,
            Token::Word(_) | Token::Quoted { .. } | Token::Symbol(_) => {
                return Err(self.row_error(ErrorKind::Syntax, start, "`,` or the end of the INSERT", None));
            }
        };
        let (at, open_comments) = (lexer.at, lexer.open_comments);
        self.take(at, open_comments);
        self.mode = mode;
        Ok(Step::Nothing)
    }

    /// Rows of another table.
    pub(super) fn skip(&mut self, mut quote: Option<u8>) -> Result<Step, Stop> {
        let mut lexer = lexer(&self.buffer, self.start, self.is_last, &self.syntax, self.open_comments);
        let result = skip(&mut lexer, &mut quote);
        let (at, open_comments) = (lexer.at, lexer.open_comments);
        self.take(at, open_comments);
        self.mode = if result.is_ok() { Mode::Between } else { Mode::Skip(quote) };
        result?;
        Ok(Step::Nothing)
    }
}
