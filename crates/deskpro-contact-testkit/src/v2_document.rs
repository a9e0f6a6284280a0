//! The types of the v2 document, written independently of the program's table, so that errors in the table are found.

use serde_json::Value;

/// Each type with its fields.
pub const V2: [(&str, &[&str]); 9] = [
    ("address", &["address", "city", "state", "zip"]),
    ("website", &["url"]),
    ("instant_message", &["service", "username"]),
    ("twitter", &["username", "display_feed"]),
    ("linked_in", &["url"]),
    ("facebook", &["url"]),
    ("apple", &["username"]),
    ("trust_pilot", &["username"]),
    ("instagram", &["username", "instagram_id"]),
];
const SERVICES: [&str; 7] = ["whatsapp", "aim", "msn", "icq", "skype", "gtalk", "other"];

/// Checks an output against the document.
///
/// # Errors
///
/// The first difference.
pub fn is_v2(output: &Value) -> Result<(), String> {
    let contact_data = output["contact_data"].as_object().ok_or("contact_data is not an object")?;
    for (kind, items) in contact_data {
        let (_, fields) = V2.iter().find(|(name, _)| name == kind).ok_or(format!("type {kind}"))?;
        let items = items.as_array().filter(|items| !items.is_empty()).ok_or("no items")?;
        for item in items {
            let item = item.as_object().ok_or("an item is not an object")?;
            if item.len() != fields.len() || !fields.iter().all(|field| item.contains_key(*field)) {
                return Err(format!("{kind}: {item:?}"));
            }
            for (name, value) in item {
                let is_right = match name.as_str() {
                    "display_feed" => value.is_boolean(),
                    "service" => value.as_str().is_some_and(|service| SERVICES.contains(&service)),
                    _ => value.is_string(),
                };
                if !is_right {
                    return Err(format!("{kind}, {name}: {value}"));
                }
            }
        }
    }
    Ok(())
}
