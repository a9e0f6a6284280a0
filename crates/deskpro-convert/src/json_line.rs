//! One JSON text on one line.

use serde::Serialize;

/// `value` as JSON, with a line end.
pub(crate) fn json_line(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("the command's structs have names for keys and no foreign serializer")
        + "\n"
}
