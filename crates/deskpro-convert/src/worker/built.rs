//! Builds payloads from lines of another format, or from rows.

use deskpro_contact::rows::{self, Builder};
use deskpro_contact::{Error, Loss, legacy_json};

use crate::args::{Args, InputFormat};
use crate::source::Rows;

/// Builds payloads, and reuses its buffers.
pub(super) struct PayloadBuilder {
    source: LibraryBuilder,
    pub(super) payload: Vec<u8>,
    /// The losses of the last line: the values and facts of its JSON that the payload does not hold.
    losses: Vec<Loss>,
    /// Whether a payload could be built.
    pub(super) is_built: bool,
    /// The losses and lines of the payload, if it was built from rows.
    rows: Option<rows::Built>,
}

/// The library's builder for the format of the source.
enum LibraryBuilder {
    LegacyJson(legacy_json::Builder),
    Rows(Builder),
}

impl PayloadBuilder {
    /// `None` if the lines are payloads.
    pub(super) fn new(args: &Args) -> Option<Self> {
        let source = match args.input_format() {
            InputFormat::Json => {
                let builder = legacy_json::Builder::new();
                let builder = args.allow_field.iter().fold(builder, legacy_json::Builder::allow_field);
                LibraryBuilder::LegacyJson(match args.encoding {
                    Some(encoding) => builder.encoding(encoding),
                    None => builder,
                })
            }
            InputFormat::Dump | InputFormat::Rows => {
                LibraryBuilder::Rows(Builder::new(&args.plan().expect("the options were checked")))
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
        let LibraryBuilder::LegacyJson(builder) = &mut self.source else {
            unreachable!("these lines hold rows")
        };
        self.is_built = false;
        self.losses = builder.payload(line, &mut self.payload)?;
        self.is_built = true;
        Ok(())
    }

    /// Builds the payload of a person's rows. The inner error rejects the payload.
    ///
    /// # Errors
    ///
    /// The rows contradict each other, so the source cannot be read.
    pub(super) fn build_rows(&mut self, rows: Rows<'_>) -> Result<Result<(), Error>, rows::Error> {
        let LibraryBuilder::Rows(builder) = &mut self.source else { unreachable!("these lines are no rows") };
        self.is_built = false;
        let built = self.rows.insert(builder.payload(rows, &mut self.payload)?);
        self.is_built = true;
        Ok(built.rejection().map_or(Ok(()), |rejection| Err(rejection.clone())))
    }

    /// The losses of the builder: the values and facts of the JSON, or of the rows, that the payload does not hold.
    pub(super) fn losses(&self) -> &[Loss] {
        self.rows.as_ref().map_or(&self.losses, rows::Built::losses)
    }

    /// The payload that was built from rows, with the losses of these rows. Messages are about this payload, and a
    /// rejected one is kept in the losses file. `None` if the payload was built from a line of JSON: messages and the
    /// losses file have that line instead.
    pub(super) fn of_rows(&self) -> Option<(&[u8], &[Loss])> {
        self.rows.as_ref().map(|built| (&*self.payload, built.losses()))
    }

    /// The line of the dump, or of the file of rows, from which the value at a path of the payload was built. `None` if
    /// the payload was not built from rows.
    pub(super) fn line_at(&self, path: &str) -> Option<u64> {
        self.rows.as_ref().map(|built| built.line_at(path))
    }
}
