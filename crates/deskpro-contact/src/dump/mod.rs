//! Reads the rows of wanted tables from an SQL dump.
//!
//! A [`Reader`] takes the bytes in pieces of any size and gives [`Event`]s. It reads what mysqldump, mariadb-dump,
//! mydumper and phpMyAdmin write, and stops with an [`Error`] at any statement other than INSERT and REPLACE that could
//! change a row of a wanted table. It holds one row at a time, or one statement that is not an INSERT, and decodes no
//! rows of other tables.
//!
//! ```
//! use deskpro_contact::dump::{Event, Reader, Value};
//!
//! let mut reader = Reader::new(["people_contact_data"]);
//! reader.feed(b"CREATE TABLE `people_contact_data` (`id` int, `comment` text, PRIMARY KEY (`id`));\n");
//! reader.feed(b"INSERT INTO `people_contact_data` VALUES (1,'it''s \\\"home\\\"'),(2,NU"); // a piece may end anywhere
//! let mut comments = Vec::new();
//! for piece in [&b"LL);\n"[..], b""] {
//!     if piece.is_empty() {
//!         reader.end();
//!     }
//!     reader.feed(piece);
//!     while let Some(event) = reader.next_event()? {
//!         match event {
//!             Event::Insert(table) => assert_eq!(table.columns(), ["id", "comment"]),
//!             Event::Row(row) => comments.push(row.value(1).bytes().map(<[u8]>::to_vec)),
//!             Event::End { is_marked } => assert!(!is_marked), // no closing comment
//!             Event::Table(_) => {}
//!         }
//!     }
//! }
//! assert_eq!(comments, [Some(b"it's \"home\"".to_vec()), None]);
//! # Ok::<(), deskpro_contact::dump::Error>(())
//! ```

mod error;
mod event;
mod lex;
mod literal;
mod reader;
mod skip;
mod statement;

pub use self::error::{Error, ErrorKind};
pub use self::event::{Event, Row, Table, Value};
pub use self::reader::{MAX_LEN, Reader};
