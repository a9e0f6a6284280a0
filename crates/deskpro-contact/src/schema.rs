//! The JSON Schema of a v2 output, generated from the [`table`], and that of the lines of a losses file (`losses`).

mod losses;

pub use self::losses::losses_schema;

use serde_json::{Map, Value, json};

use crate::model::table::person::{FieldShape, PERSON_FIELDS};
use crate::model::table::{self, COMMENT, Column, Format, Required, ValueType, comment_name, envelope};
use crate::model::{Kind, Profile, Service};

/// Returns the JSON Schema (2020-12) of the output of [`to_v2`](crate::to_v2) in a profile, indented.
///
/// In [`Profile::Documented`], each type has exactly the fields of the v2 document, all of them required. Fields beside
/// `contact_data` are not restricted. A body from [`restore_v2`](crate::restore_v2) need not match the schema: it has
/// the fields of its original.
///
/// In [`Profile::Extended`], items may also have a comment, addresses a country, and the body a list of phones.
/// `emails`, `labels` and `user_groups` must be lists, `fields` an object. An output can break the rules for phones if
/// the payload has a field of its own with the name `phone_numbers`, because this field passes in any shape.
///
/// ```
/// use deskpro_contact::{Profile, schema};
///
/// let schema: serde_json::Value = serde_json::from_str(&schema(Profile::Documented))?;
/// let contacts = &schema["properties"]["contact_data"]["properties"];
/// assert_eq!(contacts["linked_in"]["items"]["required"][0], "url");
/// assert!(contacts.get("phone").is_none()); // the v2 document has no phones
/// # Ok::<(), serde_json::Error>(())
/// ```
#[must_use]
pub fn schema(profile: Profile) -> String {
    let list = |kind| json!({ "type": "array", "minItems": 1, "items": item(kind, profile) });
    let types = Kind::ALL.into_iter().filter_map(|kind| {
        let name = table::row(kind).name.written(Format::V2)?;
        Some((name.to_owned(), list(kind)))
    });
    let mut members = Map::new();
    if profile == Profile::Extended {
        let top =
            Kind::ALL.into_iter().filter_map(|kind| Some((table::row(kind).extended?.name, list(kind))));
        let shapes = PERSON_FIELDS.iter().filter_map(|field| match field.shape {
            FieldShape::Any | FieldShape::Id => None,
            FieldShape::List => Some((field.v2, json!({ "type": "array" }))),
            FieldShape::ByNumber => Some((field.v2, json!({ "type": "object" }))),
        });
        members.extend(shapes.chain(top).map(|(name, schema)| (name.to_owned(), schema)));
    }
    members.insert(envelope::CONTACT_DATA.to_owned(), object(types.collect()));
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Deskpro v2 body, converted from a legacy payload",
        "type": "object",
        "properties": members,
        "required": [envelope::CONTACT_DATA],
    });
    format!("{schema:#}\n")
}

/// The schema of an object that has only these members.
fn object(members: Map<String, Value>) -> Value {
    json!({ "type": "object", "properties": members, "additionalProperties": false })
}

/// The schema of an item of a kind.
fn item(kind: Kind, profile: Profile) -> Value {
    let row = table::row(kind);
    let named = || {
        row.columns
            .iter()
            .filter_map(move |column| Some((column.name.written_in(Format::V2, profile)?, column)))
    };
    let mut members: Map<String, Value> =
        named().map(|(name, column)| (name.to_owned(), value(column))).collect();
    if COMMENT.is_in_profile(Format::V2, profile) {
        let longest = row.extended.map(|list| list.longest_comment);
        members.insert(comment_name(kind, Format::V2).to_owned(), text(longest));
    }
    let mut item = object(members);
    // At least one of these is not empty, because a record in which all are empty is rejected.
    let any_of: Vec<Value> = named()
        .filter(|(_, column)| matches!(column.required, Required::AnyOf | Required::InV2))
        .map(|(name, _)| json!({ "required": [name], "properties": { name: { "minLength": 1 } } }))
        .collect();
    // The v2 document requires its fields. Fields that only the extended profile has may be missing.
    let is_required = |column: &Column| column.name.is_in(Format::V2) || column.required == Required::InV2;
    if let Some(item) = item.as_object_mut() {
        item.insert(
            "required".to_owned(),
            named().filter(|(_, column)| is_required(column)).map(|(name, _)| name).collect(),
        );
        item.insert("anyOf".to_owned(), Value::Array(any_of));
    }
    item
}

fn value(column: &Column) -> Value {
    match column.value_type {
        ValueType::Text => text(column.longest),
        ValueType::Boolean => json!({ "type": "boolean" }),
        ValueType::Service => {
            let names = Service::ALL.into_iter().filter_map(|of| table::service(of).written(Format::V2));
            json!({ "enum": names.collect::<Vec<_>>() })
        }
    }
}

/// The schema of a text of at most `longest` characters.
fn text(longest: Option<usize>) -> Value {
    match longest {
        Some(longest) => json!({ "type": "string", "maxLength": longest }),
        None => json!({ "type": "string" }),
    }
}
