//! Payloads that are built from lines of another format, or from rows.

use deskpro_contact::rows::{self, Builder};
use deskpro_contact::{Error, Loss, legacy_json};

use crate::args::{Args, InputFormat};
use crate::source::Rows;

/// Builds payloads, in buffers that are used again.
pub(super) struct Built {
    source: Source,
    pub(super) payload: Vec<u8>,
    /// What the source holds and the payload does not.
    losses: Vec<Loss>,
    /// Whether a payload could be built.
    pub(super) is_built: bool,
    /// The losses and lines of the payload, if it was built from rows.
    rows: Option<rows::Built>,
}

/// The builder of payloads, by the format of the source.
enum Source {
    LegacyJson(legacy_json::Reader),
    Rows(Builder),
}

impl Built {
    /// None if the lines are payloads.
    pub(super) fn new(args: &Args) -> Option<Self> {
        let source = match args.input_format() {
            InputFormat::Json => {
                let reader = legacy_json::Reader::new();
                let reader = args.allow_field.iter().fold(reader, legacy_json::Reader::allow_field);
                Source::LegacyJson(match args.encoding {
                    Some(encoding) => reader.encoding(encoding),
                    None => reader,
                })
            }
            InputFormat::Dump | InputFormat::Rows => {
                Source::Rows(Builder::new(&args.plan().expect("the options were checked")))
            }
            InputFormat::Form | InputFormat::V2 => return None,
        };
        Some(Self { source, payload: Vec::new(), losses: Vec::new(), is_built: false, rows: None })
    }

    /// Builds the payload of a line.
    ///
    /// # Errors
    ///
    /// The line is rejected.
    pub(super) fn build(&mut self, line: &[u8]) -> Result<(), Error> {
        let Source::LegacyJson(reader) = &mut self.source else { unreachable!("these lines hold rows") };
        self.is_built = false;
        self.losses = reader.payload(line, &mut self.payload)?;
        self.is_built = true;
        Ok(())
    }

    /// Builds the payload of a person's rows. The inner error rejects the payload.
    ///
    /// # Errors
    ///
    /// The rows contradict each other, so the source cannot be read.
    pub(super) fn build_rows(&mut self, rows: Rows<'_>) -> Result<Result<(), Error>, rows::Error> {
        let Source::Rows(builder) = &mut self.source else { unreachable!("these lines are no rows") };
        self.is_built = false;
        let built = self.rows.insert(builder.payload(rows, &mut self.payload)?);
        self.is_built = true;
        Ok(built.rejection().map_or(Ok(()), |rejection| Err(rejection.clone())))
    }

    /// What the source holds and the payload does not.
    pub(super) fn losses(&self) -> &[Loss] {
        self.rows.as_ref().map_or(&self.losses, rows::Built::losses)
    }

    /// The payload and the losses of the rows that it was built from: messages are about this payload, and it is kept
    /// when it is rejected. None if the source was a line, which is kept itself.
    pub(super) fn of_rows(&self) -> Option<(&[u8], &[Loss])> {
        self.rows.as_ref().map(|built| (&*self.payload, built.losses()))
    }

    /// The line of the source from which a place of the payload was built. None if it is that of the payload.
    pub(super) fn line_of(&self, path: &str) -> Option<u64> {
        self.rows.as_ref().map(|built| built.line_of(path))
    }
}
