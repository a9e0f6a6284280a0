//! Losses on their way from one losses file into another: their payload was rejected, and waits to be mended.

use deskpro_contact::Severity;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The losses of a line of a losses file, on their way into another one.
#[derive(Deserialize)]
pub(super) struct Carried<'a> {
    #[serde(borrow)]
    losses: &'a RawValue,
}

/// One of them, as far as it is counted.
#[derive(Deserialize)]
pub(super) struct CarriedLoss {
    pub(super) code: String,
    pub(super) severity: String,
}

impl<'a> Carried<'a> {
    /// Those of a line, where it has some.
    pub(super) fn of(line: &'a [u8]) -> Option<Self> {
        if line.is_empty() { None } else { serde_json::from_slice(line).ok() }
    }

    /// Each of them.
    pub(super) fn each(&self) -> Vec<CarriedLoss> {
        serde_json::from_str(self.losses.get()).unwrap_or_default()
    }

    /// Whether one of them is of what a person would miss.
    pub(super) fn has_data(&self) -> bool {
        self.each().iter().any(|loss| loss.severity != Severity::Note.name())
    }

    /// Takes them into the object that was written last.
    pub(super) fn join(&self, object: &mut Vec<u8>) {
        object.pop();
        object.extend_from_slice(b",\"losses\":");
        object.extend_from_slice(self.losses.get().as_bytes());
        object.push(b'}');
    }
}
