//! Columns of Arrow: reading their buffers (`column`), writing new ones (`builder`), converting row by row (`rows`).

mod builder;
mod column;
mod rows;

pub(crate) use self::builder::Buffer;
pub(crate) use self::column::Column;
pub(crate) use self::rows::{convert, restore};
