//! The meaning of statements for the rows after them: columns, databases, character sets, modes, or none.

use super::lex::{Token, name};

/// The meaning of a statement's first word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verb {
    /// INSERT and REPLACE.
    Insert,
    /// A command of the client that sets the delimiter, up to the end of its line.
    Delimiter,
    Use,
    Set,
    Create,
    Alter,
    /// Changes rows: an error if it names a wanted table.
    Change,
    /// Removes tables, usually before they are made: an error if it removes rows that the dump had for a wanted table.
    Drop,
    /// Removes the rows of a table, usually before the dump fills it: an error if the dump had rows for it before.
    Truncate,
    /// BEGIN, as the start of a transaction.
    Begin,
    /// Runs a text as a statement: allowed to set a role.
    Execute,
    /// Changes no rows of a wanted table.
    Skip,
}

/// The verb of a first word; `None` if dumps do not have such statements.
pub(super) fn verb(word: &[u8]) -> Option<Verb> {
    Some(match word.to_ascii_uppercase().as_slice() {
        b"INSERT" | b"REPLACE" => Verb::Insert,
        b"DELIMITER" => Verb::Delimiter,
        b"USE" => Verb::Use,
        b"SET" => Verb::Set,
        b"CREATE" => Verb::Create,
        b"ALTER" => Verb::Alter,
        b"UPDATE" | b"DELETE" | b"LOAD" => Verb::Change,
        b"BEGIN" => Verb::Begin,
        b"EXECUTE" => Verb::Execute,
        b"DROP" => Verb::Drop,
        b"TRUNCATE" => Verb::Truncate,
        b"LOCK" | b"UNLOCK" | b"START" | b"COMMIT" | b"SAVEPOINT" | b"RELEASE" | b"FLUSH" | b"GRANT"
        | b"REVOKE" | b"INSTALL" | b"UNINSTALL" | b"ANALYZE" | b"OPTIMIZE" | b"CHECK" | b"REPAIR"
        | b"CHANGE" | b"STOP" | b"SELECT" | b"SHOW" | b"DO" => Verb::Skip,
        _ => return None,
    })
}

/// Whether each byte below 128 is ASCII in the character set, also inside a character of several
/// bytes. In `sjis` and `gbk`, the second byte of a character may be a backslash or a letter.
pub(super) fn is_ascii_compatible(charset: &[u8]) -> bool {
    const COMPATIBLE: &[&[u8]] = &[
        b"armscii8",
        b"ascii",
        b"binary",
        b"cp1250",
        b"cp1251",
        b"cp1256",
        b"cp1257",
        b"cp850",
        b"cp852",
        b"cp866",
        b"dec8",
        b"default",
        b"eucjpms",
        b"euckr",
        b"gb2312",
        b"geostd8",
        b"greek",
        b"hebrew",
        b"hp8",
        b"keybcs2",
        b"koi8r",
        b"koi8u",
        b"latin1",
        b"latin2",
        b"latin5",
        b"latin7",
        b"macce",
        b"macroman",
        b"tis620",
        b"ujis",
        b"utf8",
        b"utf8mb3",
        b"utf8mb4",
    ];
    COMPATIBLE.contains(&charset.to_ascii_lowercase().as_slice())
}

/// A table's name, with the database in front of it if the statement names one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct TableName {
    pub(super) database: Option<String>,
    pub(super) table: String,
}

/// Reads a name at the start of the tokens, and returns it with the tokens after it.
pub(super) fn one_name<'t, 'b>(tokens: &'t [Token<'b>]) -> Option<(String, &'t [Token<'b>])> {
    let (first, rest) = tokens.split_first()?;
    match *first {
        Token::Word(word) => Some((String::from_utf8_lossy(word).into_owned(), rest)),
        Token::Quoted { quote: quote @ (b'`' | b'"'), inner } => Some((name(quote, inner), rest)),
        Token::Quoted { .. } | Token::Symbol(_) | Token::End => None,
    }
}

/// Reads `table` or `database.table`.
pub(super) fn table_name<'t, 'b>(tokens: &'t [Token<'b>]) -> Option<(TableName, &'t [Token<'b>])> {
    let (first, rest) = one_name(tokens)?;
    if let [Token::Symbol(b'.'), after_dot @ ..] = rest {
        let (table, rest) = one_name(after_dot)?;
        return Some((TableName { database: Some(first), table }, rest));
    }
    Some((TableName { database: None, table: first }, rest))
}

fn skip_words<'t, 'b>(tokens: &'t [Token<'b>], words: &[&str]) -> &'t [Token<'b>] {
    let count = tokens.iter().take_while(|token| words.iter().any(|word| token.is_word(word))).count();
    &tokens[count..]
}

/// Whether a CREATE TABLE drops a table of this name first. The tokens are those after CREATE.
pub(super) fn replaces_table(tokens: &[Token<'_>]) -> bool {
    tokens.first().is_some_and(|token| token.is_word("OR"))
}

/// A CREATE TABLE: its name, and its columns if it lists any. The tokens are those after CREATE.
pub(super) fn create_table(tokens: &[Token<'_>]) -> Option<(TableName, Vec<String>)> {
    let (first, rest) = skip_words(tokens, &["OR", "REPLACE", "TEMPORARY"]).split_first()?;
    if !first.is_word("TABLE") {
        return None;
    }
    let (table, rest) = table_name(skip_words(rest, &["IF", "NOT", "EXISTS"]))?;
    let mut columns = Vec::new();
    let mut depth = 0_usize;
    for (index, token) in rest.iter().enumerate() {
        // A definition begins after the first parenthesis, and after each comma that no other parentheses enclose.
        let begins = match token {
            Token::Symbol(b'(') => {
                depth += 1;
                depth == 1
            }
            Token::Symbol(b')') if depth <= 1 => break,
            Token::Symbol(b')') => {
                depth -= 1;
                false
            }
            Token::Symbol(b',') => depth == 1,
            Token::Symbol(_) if depth == 0 => break,
            Token::Word(_) | Token::Quoted { .. } | Token::Symbol(_) | Token::End => false,
        };
        let definition = &rest[index + 1..];
        if begins && !is_key(definition) {
            columns.extend(one_name(definition).map(|(column, _)| column));
        }
    }
    Some((table, columns))
}

/// The object that a DROP or TRUNCATE removes or empties.
#[derive(Debug)]
pub(super) enum Dropped {
    /// These tables, or their rows.
    Tables(Vec<TableName>),
    /// All tables of this database.
    Database(String),
    /// Nothing that holds rows.
    Other,
}

impl Dropped {
    /// Whether this table is removed or emptied.
    pub(super) fn has(&self, table: &TableName) -> bool {
        match self {
            Self::Tables(tables) => tables.contains(table),
            Self::Database(name) => table.database.as_ref() == Some(name),
            Self::Other => false,
        }
    }
}

/// Reads a DROP. The tokens are those after the word.
pub(super) fn dropped(tokens: &[Token<'_>]) -> Dropped {
    let Some((first, rest)) = skip_words(tokens, &["TEMPORARY"]).split_first() else { return Dropped::Other };
    let mut names = skip_words(rest, &["IF", "EXISTS"]);
    if ["DATABASE", "SCHEMA"].iter().any(|word| first.is_word(word)) {
        return one_name(names).map_or(Dropped::Other, |(name, _)| Dropped::Database(name));
    }
    if !["TABLE", "TABLES"].iter().any(|word| first.is_word(word)) {
        return Dropped::Other;
    }
    let mut tables = Vec::new();
    while let Some((table, rest)) = table_name(names) {
        tables.push(table);
        names = rest.strip_prefix(&[Token::Symbol(b',')]).unwrap_or(&[]);
    }
    Dropped::Tables(tables)
}

/// Reads a TRUNCATE. The tokens are those after the word.
pub(super) fn truncated(tokens: &[Token<'_>]) -> Dropped {
    let name = table_name(skip_words(tokens, &["TABLE"]));
    name.map_or(Dropped::Other, |(table, _)| Dropped::Tables(vec![table]))
}

/// Whether a definition of CREATE TABLE is a key or another constraint, not a column.
fn is_key(definition: &[Token<'_>]) -> bool {
    let is = |at: usize, words: &[&str]| {
        definition.get(at).is_some_and(|token| words.iter().any(|word| token.is_word(word)))
    };
    const KEYS: &[&str] =
        &["PRIMARY", "KEY", "INDEX", "UNIQUE", "CONSTRAINT", "FOREIGN", "FULLTEXT", "SPATIAL", "CHECK"];
    is(0, KEYS) || is(0, &["PERIOD"]) && is(1, &["FOR"]) || is(0, &["VECTOR"]) && is(1, &["KEY", "INDEX"])
}

/// Whether EXECUTE sets a role, as in dumps of accounts: `EXECUTE IMMEDIATE CONCAT('SET ROLE ', …)`.
pub(super) fn sets_role(tokens: &[Token<'_>]) -> bool {
    let first = tokens.iter().find_map(|token| match token {
        Token::Quoted { inner, .. } => Some(*inner),
        Token::Word(_) | Token::Symbol(_) | Token::End => None,
    });
    first.is_some_and(|text| text.starts_with(b"SET ROLE "))
}

/// Whether CREATE TABLE fills the table from a query.
pub(super) fn has_query(tokens: &[Token<'_>]) -> bool {
    tokens.iter().any(|token| token.is_word("SELECT"))
}

/// Whether a CREATE makes a procedure, a trigger or another object whose body has several statements. A `;` in the body
/// would be taken for the end of the CREATE.
pub(super) fn has_compound_body(tokens: &[Token<'_>]) -> bool {
    let is_any = |words: &[&str]| tokens.iter().any(|token| words.iter().any(|word| token.is_word(word)));
    is_any(&["PROCEDURE", "FUNCTION", "TRIGGER", "EVENT", "PACKAGE"])
        && is_any(&["BEGIN", "THEN", "LOOP", "REPEAT", "WHILE", "DECLARE"])
}

/// Whether ALTER TABLE adds, removes, renames or moves columns. The tokens are those after its name.
pub(super) fn changes_columns(tokens: &[Token<'_>]) -> bool {
    tokens.iter().enumerate().any(|(index, token)| {
        ["DROP", "RENAME", "CHANGE", "FIRST", "AFTER", "EXCHANGE"].iter().any(|word| token.is_word(word))
            || token.is_word("ADD") && !is_key(&tokens[index + 1..])
    })
}

/// The settings of a SET that change how the dump is read.
#[derive(Default, Debug)]
pub(super) struct Settings {
    pub(super) charset: Option<String>,
    /// Whether `sql_mode` is set, and then whether it turns escapes off.
    pub(super) turns_escapes_off: Option<bool>,
}

/// Reads a SET. The tokens are those after the word.
pub(super) fn settings(tokens: &[Token<'_>]) -> Settings {
    let mut settings = Settings::default();
    for (index, token) in tokens.iter().enumerate() {
        let is_user_variable = index > 0
            && tokens[index - 1] == Token::Symbol(b'@')
            && (index == 1 || tokens[index - 2] != Token::Symbol(b'@'));
        if is_user_variable {
            continue;
        }
        let rest = &tokens[index + 1..];
        let value = match rest {
            [Token::Symbol(b'='), value @ ..] | [Token::Symbol(b':'), Token::Symbol(b'='), value @ ..] => {
                value.first()
            }
            _ => None,
        };
        if token.is_word("NAMES") && index == 0 {
            settings.charset = rest.first().and_then(text);
        } else if token.is_word("CHARACTER") && rest.first().is_some_and(|next| next.is_word("SET"))
            || token.is_word("CHARSET")
        {
            settings.charset = rest.get(usize::from(token.is_word("CHARACTER"))).and_then(text);
        } else if token.is_word("character_set_client") {
            settings.charset = value.and_then(text).or(settings.charset);
        } else if token.is_word("sql_mode") && value.is_some() {
            // If the value is a variable, it restores an earlier mode. Dump programs start with a mode in which
            // backslashes escape.
            let mode = value.and_then(text);
            settings.turns_escapes_off =
                Some(mode.is_some_and(|mode| mode.to_ascii_uppercase().contains("NO_BACKSLASH_ESCAPES")));
        }
    }
    settings
}

/// The text of a word or of a quoted text.
fn text(token: &Token<'_>) -> Option<String> {
    match *token {
        Token::Word(bytes) | Token::Quoted { inner: bytes, .. } => {
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
        Token::Symbol(_) | Token::End => None,
    }
}

/// Whether a token is the name of a table, in any ASCII case.
pub(super) fn is_name(token: &Token<'_>, table: &str) -> bool {
    match *token {
        Token::Word(word) => word.eq_ignore_ascii_case(table.as_bytes()),
        Token::Quoted { inner, .. } => inner.eq_ignore_ascii_case(table.as_bytes()),
        Token::Symbol(_) | Token::End => false,
    }
}
