//! The places of rows in a payload, and the values of their losses.

use crate::buffer::written;
use crate::form;
use crate::json;
use crate::loss::LossValue;
use crate::losses_file::fields;
use crate::model::table::{database, envelope};
use crate::tree::path_name;

/// The place of a row in the payload.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum RowPlace {
    /// A record, by the id of the row.
    Contact(u64),
    /// A record of `phone_numbers`, by the id of the row.
    Phone(u64),
    Field(String),
}

impl RowPlace {
    /// The key of a record, or the name of a field.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Contact(id) => id.to_string(),
            Self::Phone(id) => format!("{}{id}", database::PHONE_KEY),
            Self::Field(name) => name.clone(),
        }
    }

    /// The path of the place, or of a column below it.
    pub(super) fn path(&self, column: &[u8]) -> String {
        let path = written(|out| {
            match self {
                Self::Contact(_) | Self::Phone(_) => {
                    path_name(envelope::CONTACT_DATA.as_bytes(), false, out);
                    path_name(self.key().as_bytes(), true, out);
                }
                Self::Field(name) => path_name(name.as_bytes(), false, out),
            }
            if !column.is_empty() {
                path_name(column, true, out);
            }
        });
        String::from_utf8(path).expect("other bytes are escaped")
    }

    /// Whether the names of a path lead to the place or below it.
    pub(super) fn is_at(&self, names: &[Vec<u8>]) -> bool {
        match (self, names) {
            (Self::Contact(_) | Self::Phone(_), [first, key, ..]) => {
                first == envelope::CONTACT_DATA.as_bytes() && *key == self.key().into_bytes()
            }
            (Self::Field(name), [first, ..]) => first == name.as_bytes(),
            (Self::Contact(_) | Self::Phone(_) | Self::Field(_), _) => false,
        }
    }
}

/// A text as the value of a loss.
pub(super) fn value(text: &[u8]) -> LossValue {
    match std::str::from_utf8(text) {
        Ok(_) => LossValue::Json(json_string(text)),
        Err(_) => LossValue::Raw(form::encode_raw(text)),
    }
}

/// Names and texts as the value of a loss.
pub(super) fn object(members: &[(Vec<u8>, Vec<u8>)]) -> LossValue {
    let is_utf8 =
        members.iter().all(|(name, text)| [name, text].iter().all(|text| std::str::from_utf8(text).is_ok()));
    let member = |(name, text): &(Vec<u8>, Vec<u8>)| match is_utf8 {
        true => format!("{}:{}", json_string(name), json_string(text)),
        false => format!("{}[{}]={}", fields::VALUE, form::encode_raw(name), form::encode_raw(text)),
    };
    let members: Vec<String> = members.iter().map(member).collect();
    match is_utf8 {
        true => LossValue::Json(format!("{{{}}}", members.join(","))),
        false => LossValue::Raw(members.join("&")),
    }
}

fn json_string(text: &[u8]) -> String {
    String::from_utf8(written(|out| json::write_string(text, out))).expect("JSON is UTF-8")
}
