//! JSON on one line.

use serde::Serialize;

/// `value` as JSON, with a line end.
pub(crate) fn json_line(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("all keys are strings, and no serializer of the command fails") + "\n"
}
