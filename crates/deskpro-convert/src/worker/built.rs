//! Payloads that are built from lines of another format.

use deskpro_contact::{Error, Loss, legacy_json};

use crate::args::{Args, InputFormat};

/// Builds payloads from lines of another format, in buffers that are used again.
pub(super) struct Built {
    reader: legacy_json::Reader,
    pub(super) payload: Vec<u8>,
    /// What the line holds and the payload does not.
    pub(super) losses: Vec<Loss>,
    /// Whether a payload could be built from the current line.
    pub(super) is_built: bool,
}

impl Built {
    /// None if the lines are payloads.
    pub(super) fn new(args: &Args) -> Option<Self> {
        match args.input_format() {
            InputFormat::Json => {
                let reader = legacy_json::Reader::new();
                let reader = args.allow_field.iter().fold(reader, legacy_json::Reader::allow_field);
                Some(Self { reader, payload: Vec::new(), losses: Vec::new(), is_built: false })
            }
            InputFormat::Form | InputFormat::V2 => None,
        }
    }

    pub(super) fn build(&mut self, line: &[u8]) -> Result<(), Error> {
        self.is_built = false;
        self.losses = self.reader.payload(line, &mut self.payload)?;
        self.is_built = true;
        Ok(())
    }
}
