//! Checks outputs and files against the program's JSON Schemas with an independent validator.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use deskpro_contact::Profile;
use jsonschema::{Draft, Validator};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

static OUTPUTS: LazyLock<[Schema; Profile::ALL.len()]> =
    LazyLock::new(|| Profile::ALL.map(|profile| Schema::new(&deskpro_contact::schema(profile))));

static LOSSES: LazyLock<Schema> = LazyLock::new(|| Schema::new(&deskpro_contact::losses_schema()));

/// A JSON Schema.
#[derive(Debug)]
pub struct Schema(Validator);

impl Schema {
    /// Reads a schema. Panics if it is not a schema.
    #[must_use]
    pub fn new(json: &str) -> Self {
        let schema = serde_json::from_str(json).unwrap();
        assert!(jsonschema::meta::is_valid(&schema), "{json}");
        Self(jsonschema::options().with_draft(Draft::Draft202012).build(&schema).unwrap())
    }

    /// Checks a JSON text.
    ///
    /// # Errors
    ///
    /// The first violation, and the text.
    pub fn check(&self, json: &[u8]) -> Result<(), String> {
        let value = std::str::from_utf8(json)
            .map_err(|why| why.to_string())
            .and_then(|json| parse(json).map_err(|why| why.to_string()));
        let value = value.map_err(|why| format!("{why}: {}", String::from_utf8_lossy(json)))?;
        self.0.validate(&value).map_err(|why| format!("{why}: {value}"))
    }
}

/// A JSON value. Values that `Value` cannot hold, because they are nested too deeply or are too large numbers, become
/// null and 0: a losses file keeps such values of the input.
fn parse(json: &str) -> serde_json::Result<Value> {
    if let Ok(value) = serde_json::from_str(json) {
        return Ok(value);
    }
    match json.trim_start().as_bytes().first() {
        Some(b'{') => {
            let members: BTreeMap<String, &RawValue> = serde_json::from_str(json)?;
            let members = members.into_iter().map(|(name, value)| match &*name {
                // The value of a loss is any JSON. Its parts need no checks.
                "value" => Ok((name, serde_json::from_str(value.get()).unwrap_or_default())),
                _ => Ok((name, parse(value.get())?)),
            });
            members.collect::<serde_json::Result<Map<_, _>>>().map(Value::Object)
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(json)?;
            items
                .into_iter()
                .map(|item| parse(item.get()))
                .collect::<serde_json::Result<Vec<_>>>()
                .map(Value::Array)
        }
        Some(b'0'..=b'9' | b'-') => serde_json::from_str::<&RawValue>(json).map(|_| json!(0)),
        Some(_) | None => serde_json::from_str(json),
    }
}

/// Checks a line of a losses file against its schema.
///
/// # Errors
///
/// The first violation, and the line.
pub fn check_losses_line(line: &[u8]) -> Result<(), String> {
    LOSSES.check(line)
}

/// Checks an output of the documented profile against its schema.
///
/// # Errors
///
/// The first violation, and the output.
pub fn check(output: &[u8]) -> Result<(), String> {
    check_profile(output, Profile::Documented)
}

/// Checks an output against the schema of its profile.
///
/// # Errors
///
/// The first violation, and the output.
pub fn check_profile(output: &[u8], profile: Profile) -> Result<(), String> {
    OUTPUTS[profile as usize].check(output)
}

/// A JSON value with one damage.
#[derive(Debug)]
pub struct Damaged {
    /// The JSON pointer of the damaged object.
    pub object: String,
    /// The member that was added, removed, or replaced by a value of another type.
    pub member: String,
    /// The change of the member.
    pub damage: Damage,
    /// The whole value.
    pub value: Value,
}

/// A change of a member of an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Damage {
    /// It was added.
    Added,
    /// It was removed.
    Removed,
    /// Its value is one of a type that no schema has there.
    Retyped,
}

/// A value with each damage that one member of one of its objects can have.
#[must_use]
pub fn damaged(value: &Value) -> Vec<Damaged> {
    let mut objects = Vec::new();
    find_objects(value, "", &mut objects);
    let mut all = Vec::new();
    for object in objects {
        let mut damage = |member: &str, damage, change: &dyn Fn(&mut Map<String, Value>)| {
            let mut value = value.clone();
            change(value.pointer_mut(&object).unwrap().as_object_mut().unwrap());
            all.push(Damaged { object: object.clone(), member: member.to_owned(), damage, value });
        };
        let wrong = json!([[]]);
        damage("later", Damage::Added, &|members| drop(members.insert("later".to_owned(), wrong.clone())));
        for member in value.pointer(&object).unwrap().as_object().unwrap().keys() {
            damage(member, Damage::Removed, &|members| drop(members.remove(member)));
            damage(member, Damage::Retyped, &|members| drop(members.insert(member.clone(), wrong.clone())));
        }
    }
    all
}

/// Collects the JSON pointers of all objects.
fn find_objects(value: &Value, at: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            out.push(at.to_owned());
            for (name, value) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                find_objects(value, &format!("{at}/{name}"), out);
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, item)| find_objects(item, &format!("{at}/{n}"), out));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
