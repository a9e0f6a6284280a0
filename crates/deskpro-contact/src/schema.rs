//! The JSON Schema of a v2 output, generated from the [`table`].

use serde_json::{Map, Value, json};

use crate::model::table::{self, Column, Format, Required, Row, ValueType, envelope};
use crate::model::{Kind, Service};

/// Returns the JSON Schema (2020-12) of the output of [`to_v2`](crate::to_v2), indented.
///
/// Each type has exactly the fields of the v2 document, all of them required. Fields beside `contact_data` are not
/// restricted. A body from [`restore_v2`](crate::restore_v2) need not match: it has the fields of its original.
///
/// ```
/// let schema: serde_json::Value = serde_json::from_str(&deskpro_contact::schema())?;
/// let contacts = &schema["properties"]["contact_data"]["properties"];
/// assert_eq!(contacts["linked_in"]["items"]["required"][0], "url");
/// assert!(contacts.get("phone").is_none()); // the v2 document has no phones
/// # Ok::<(), serde_json::Error>(())
/// ```
#[must_use]
pub fn schema() -> String {
    let types = Kind::ALL.into_iter().filter_map(|kind| {
        let row = table::row(kind);
        let list = json!({ "type": "array", "minItems": 1, "items": item(row) });
        Some((row.name.written(Format::V2)?.to_owned(), list))
    });
    let contacts = object(types.collect());
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Deskpro v2 body, converted from a legacy payload",
        "type": "object",
        "properties": { envelope::CONTACT_DATA: contacts },
        "required": [envelope::CONTACT_DATA],
    });
    format!("{schema:#}\n")
}

/// The schema of an object that has only these members.
fn object(members: Map<String, Value>) -> Value {
    json!({ "type": "object", "properties": members, "additionalProperties": false })
}

/// The schema of an item of a type.
fn item(row: &Row) -> Value {
    let named = || row.columns.iter().filter_map(|column| Some((column.name.written(Format::V2)?, column)));
    let mut item = object(named().map(|(name, column)| (name.to_owned(), value(column))).collect());
    // At least one of these is not empty, because a record in which all are empty is rejected.
    let any_of: Vec<Value> = named()
        .filter(|(_, column)| column.required == Required::AnyOf)
        .map(|(name, _)| json!({ "properties": { name: { "minLength": 1 } } }))
        .collect();
    if let Some(item) = item.as_object_mut() {
        item.insert("required".to_owned(), named().map(|(name, _)| name).collect());
        item.insert("anyOf".to_owned(), Value::Array(any_of));
    }
    item
}

fn value(column: &Column) -> Value {
    match column.value_type {
        ValueType::Text => json!({ "type": "string" }),
        ValueType::Boolean => json!({ "type": "boolean" }),
        ValueType::Service => {
            let names = Service::ALL.into_iter().filter_map(|of| table::service(of).written(Format::V2));
            json!({ "enum": names.collect::<Vec<_>>() })
        }
    }
}
