//! Explanations of the errors that end the reading of a dump or of rows.

use crate::{dump, rows};

/// The meaning of a [`dump::ErrorKind`] or a [`rows::ErrorKind`], with an example and a remedy, as English text.
///
/// ```
/// use deskpro_contact::dump::{ErrorKind, Reader};
///
/// let explanation = ErrorKind::NoColumns.explanation();
/// let mut reader = Reader::new(["people_contact_data"]);
/// reader.feed(explanation.example.expect("an example").as_bytes());
/// reader.end();
/// assert_eq!(reader.next_event().unwrap_err().kind(), ErrorKind::NoColumns);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct InputExplanation {
    /// The meaning of the code.
    pub meaning: &'static str,
    /// Advice what to do. Options in it are those of the command `convert`.
    pub remedy: &'static str,
    /// A dump of one line for which the error is reported. `None` if no short dump causes it.
    pub example: Option<&'static str>,
}

const DUMP_AGAIN: &str =
    "Dump again, and look at the status of the dump program: it is 0 if the dump is whole.";
const NOT_A_DUMP: &str =
    "Dump with mysqldump or mariadb-dump. A dump that was edited by hand may have such statements.";

impl dump::ErrorKind {
    /// Explains the kind: its meaning, an example, and what to do.
    #[must_use]
    pub const fn explanation(self) -> InputExplanation {
        let (meaning, example, remedy) = match self {
            Self::UnknownStatement => (
                "Dump programs do not write such a statement, so it may change rows.",
                Some("RENAME TABLE old TO people_contact_data;"),
                "If it is a message of the dump program, dump again without 2>&1. Otherwise, remove the statement if \
                 it does not change the tables that are read.",
            ),
            Self::ChangesTable => (
                "A statement other than INSERT and REPLACE changes a table that is read, or removes the table or its \
                 rows after the dump has filled it. `convert` does not execute such statements.",
                Some("DELETE FROM people_contact_data WHERE id = 7;"),
                "Load the dump into a server, and dump that.",
            ),
            Self::NoDelimiter => (
                "A trigger, procedure or event has several statements, but no DELIMITER comes before it. So its \
                 statements cannot be told from the statements of the dump.",
                Some("CREATE TRIGGER t BEFORE INSERT ON log FOR EACH ROW BEGIN SET NEW.id = 1; END;"),
                "Dump again without triggers, procedures and events.",
            ),
            Self::NoColumns => (
                "An INSERT names no columns, and no CREATE TABLE of its table comes before it.",
                Some("INSERT INTO people_contact_data VALUES (1,7);"),
                "Dump again without --no-create-info, or with --complete-insert. Give the files of mydumper's schema \
                 before those of the data.",
            ),
            Self::NotALiteral => (
                "A value of a row is an expression. Dumps have only literals, and `convert` computes no expressions.",
                Some("INSERT INTO phone_numbers (id,person_id,number) VALUES (1,3+4,5);"),
                NOT_A_DUMP,
            ),
            Self::TooFewValues => (
                "A row has fewer values than its table has columns.",
                Some("INSERT INTO phone_numbers (id,person_id,number) VALUES (1,7);"),
                DUMP_AGAIN,
            ),
            Self::TooManyValues => (
                "A row has more values than its table has columns.",
                Some("INSERT INTO phone_numbers (id,person_id,number) VALUES (1,7,8,9);"),
                DUMP_AGAIN,
            ),
            Self::Charset => (
                "The dump is in a character set in which a quote or a backslash may be a part of another character.",
                Some("SET NAMES sjis;"),
                "Dump again with --default-character-set=utf8mb4.",
            ),
            Self::Cut => (
                "The dump ends inside a statement or a comment, or with another DELIMITER than `;`. Or it has the first \
                 comment of mysqldump or mariadb-dump (`-- MySQL dump`, `-- MariaDB dump`), but not their last one, \
                 `-- Dump completed`.",
                Some("INSERT INTO phone_numbers (id,person_id,number) VALUES (1,7,"),
                DUMP_AGAIN,
            ),
            Self::Syntax => (
                "A statement about a table that is read does not have the form that dump programs write.",
                Some("INSERT INTO phone_numbers (id,person_id,number) SELECT 1,7,8;"),
                NOT_A_DUMP,
            ),
            Self::TooLong => (
                "A row, or another statement, is longer than any that a server takes.",
                None,
                "Check whether the file is a dump. If a text has no closing quote, the rest of the file is read as \
                 part of the text.",
            ),
        };
        InputExplanation { meaning, remedy, example }
    }
}

impl rows::ErrorKind {
    /// Explains the kind: its meaning, an example, and what to do.
    #[must_use]
    pub const fn explanation(self) -> InputExplanation {
        let (meaning, example, remedy) = match self {
            Self::InvalidAddedField => (
                "The text of --with is not TABLE.COLUMN, TABLE.COLUMN=FIELD or TABLE.COLUMN=FIELD[]; or its field cannot \
                 be used; or two options have the same field; or the table is one of contact data, which is read whole.",
                None,
                "Correct the option. For example, --with people_emails.email=email adds the column `email` as the \
                 field `email`.",
            ),
            Self::MissingColumn => (
                "A table lacks a column that is needed: the id of the row, the id of the person, the type, the comment, \
                 `field_1` to `field_5`, the number of a phone, or a column that --with names.",
                Some("INSERT INTO phone_numbers (id,number) VALUES (1,2);"),
                "Correct the name in --with. If the table is another one of the same name, choose its database with \
                 --database.",
            ),
            Self::ColumnTwice => (
                "A table has two columns of the same name. Names that differ only in case are the same.",
                Some("INSERT INTO phone_numbers (id,ID,person_id,number) VALUES (1,1,7,2);"),
                "Remove one of the columns.",
            ),
            Self::OtherTable => (
                "The table is not one of those that are read.",
                None,
                "Give the rows of people_contact_data, phone_numbers, or a table that --with names.",
            ),
            Self::ValueCount => {
                ("A row has more or fewer values than its table has columns.", None, "Correct the row.")
            }
            Self::NotAnId => (
                "The id of a row, or of its person, is not a decimal number of at most 64 bits.",
                Some("INSERT INTO phone_numbers (id,person_id,number) VALUES (1,-7,2);"),
                "Check whether the columns hold what their names say. A table of this name may belong to another \
                 program.",
            ),
            Self::RowTwice => (
                "Two rows of a table have the same id but different values, so it is not known which row is right.",
                Some(
                    "INSERT INTO people_contact_data (id,person_id,contact_type,comment,field_1,field_2,field_3,field_4,field_5) VALUES (1,7,0,0,0,0,0,0,0),(1,7,0,0,2,0,0,0,0);",
                ),
                "Check whether the file consists of two dumps. If so, convert each of them separately.",
            ),
        };
        InputExplanation { meaning, remedy, example }
    }
}
