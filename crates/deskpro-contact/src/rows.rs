//! Builds legacy payloads from the rows of a legacy database, and returns the losses.
//!
//! A legacy server stores contact data in the tables `people_contact_data` and `organizations_contact_data`, and phones
//! in `phone_numbers`. A [`Plan`] says which tables are needed. [`Columns`] finds the columns of a table by their
//! names, and converts each of its rows to a compact form with a [`Key`]. If the rows are sorted by their keys, the
//! rows of a person are together. A [`Builder`] builds one payload from them, and [`to_v2`](crate::to_v2) or a
//! [`Converter`](crate::Converter) converts it. With [`Owner::Organizations`], the payloads are those of organizations,
//! and an organization takes the place of a person in all that follows.
//!
//! ```
//! use deskpro_contact::dump::{Event, Reader};
//! use deskpro_contact::rows::{Builder, Key, Owner, Plan};
//!
//! let dump = "INSERT INTO people_emails (id, person_id, email) VALUES (3, 7, 'ann@example.com');
//!     INSERT INTO phone_numbers (id, person_id, number, ext, label)
//!         VALUES (5, 7, '+441632960123', '12', 'home'), (9, 8, '+441632960124', NULL, '');";
//! let plan = Plan::new(Owner::People, ["people_emails.email=email".parse()?])?;
//! let mut reader = Reader::new(plan.tables());
//! reader.feed(dump.as_bytes());
//! reader.end();
//! let (mut columns, mut rows) = (None, Vec::<(Key, Vec<u8>)>::new());
//! while let Some(event) = reader.next_event()? {
//!     match event {
//!         Event::Insert(table) => columns = Some(plan.columns(table.name(), table.columns())?),
//!         Event::Row(row) => {
//!             let columns = columns.as_ref().expect("rows follow an INSERT");
//!             let mut compact = Vec::new();
//!             if let Some(key) = columns.read(row.values(), row.line(), &mut compact)? {
//!                 rows.push((key, compact));
//!             }
//!         }
//!         Event::Table(_) | Event::End { .. } => {}
//!     }
//! }
//! rows.sort_by_key(|(key, _)| *key);
//! let (mut builder, mut out, mut payloads) = (Builder::new(&plan), Vec::new(), Vec::new());
//! for person in rows.chunk_by(|(one, _), (next, _)| one.is_together(*next)) {
//!     let built = builder.payload(person.iter().map(|(_, row)| row.as_slice()), &mut out)?;
//!     assert!(built.losses().is_empty() && built.rejection().is_none());
//!     payloads.push(String::from_utf8(out.clone())?);
//! }
//! assert_eq!(
//!     payloads,
//!     [
//!         "id=7&email=ann%40example.com&contact_data%5Bp5%5D%5Btype%5D=phone&contact_data%5Bp5%5D%5Bcomment%5D=home\
//!          &contact_data%5Bp5%5D%5Bdata%5D%5Bnumber%5D=%2B441632960123+x12",
//!         "id=8&contact_data%5Bp9%5D%5Btype%5D=phone&contact_data%5Bp9%5D%5Bdata%5D%5Bnumber%5D=%2B441632960124",
//!     ],
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The payload
//!
//! The payload begins with the owner's `id`; then come the [added fields](AddedField), in the order of the plan, and
//! the records. Each row of contact data is a record: its key is the row's `id`, and its fields are those of its type.
//! Each row of `phone_numbers` is a record of the type `phone`: its key is `p` and the row's `id`; its number is the
//! column `number`, followed by ` x` and `ext` if there is an `ext`; its comment is the column `label`. NULL and empty
//! values are left out. The bytes are those of PHP's `http_build_query`.
//!
//! An added field takes the value of one row: of `people_emails`, the row that `people.primary_email_id` names; without
//! such a row, and of any other table, the row with the lowest `id`. A field with `[]` takes the values of all rows.
//!
//! Every record is written, also one that a server would drop. Such a record is rejected when the payload is converted.
//! If the type of a record is unknown, its columns are in its data under their own names, so that the loss of the
//! rejected record holds them. A row without an owner makes a payload without an `id`, which has a
//! [`rejection`](Built::rejection). The id 0 names no owner: servers count from 1, and a column that must not be NULL
//! has 0 instead.
//!
//! # Losses
//!
//! Every value in `people_contact_data` (or `organizations_contact_data`) and `phone_numbers` is in the payload or in a
//! loss. In other tables, only these columns are read: those of the added fields, the ids of row and owner, and
//! `people.primary_email_id`.
//!
//! | code | severity | value |
//! |---|---|---|
//! | [`SourceColumn`](Code::SourceColumn) | data | a column that a payload has no place for |
//! | [`SourceRepeated`](Code::SourceRepeated) | note | a column that the server derives from other columns |
//! | [`SourceEmpty`](Code::SourceEmpty) | note | a row of contact data without a value: it gives no record |
//! | [`SourceRow`](Code::SourceRow) | data | a row with the id and the values of an earlier row; with other values, it is an error |
//! | [`SourceValue`](Code::SourceValue) | data | a value that is not used, because the added field has the value of another row |
//!
//! Neither the payload nor the losses hold the types of columns, or whether an empty value was NULL or a text.
//!
//! [`Conversion::with_builder_losses`](crate::Conversion::with_builder_losses) puts these losses before those of the
//! payload. Restoring gives the payload, not the rows, and reports the losses of the rows that are data as left over.

mod added_field;
mod build;
mod columns;
mod compact;
mod contact;
mod error;
mod key;
mod loss;
mod owner;
mod plan;
mod table;

pub use self::added_field::AddedField;
pub use self::build::{Builder, Built};
pub use self::columns::Columns;
pub use self::compact::line_of;
pub use self::error::{Error, ErrorKind};
pub use self::key::Key;
pub use self::owner::Owner;
pub use self::plan::Plan;
#[cfg(doc)]
use crate::loss::Code;
