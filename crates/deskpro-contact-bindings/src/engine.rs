//! Converts and restores payloads as the options say.

use deskpro_contact::legacy_json::Builder;
use deskpro_contact::{Conversion, Converter, Error, Loss};

use crate::failure::Failure;
use crate::settings::{Input, Settings};

/// A converter of one direction, with the buffers that its results borrow from. It is reused for many payloads, in one
/// thread at a time.
#[derive(Debug)]
pub struct Engine {
    input: Input,
    converter: Converter,
    /// For JSON of the legacy API: the builder, the payload that it built, and the values that the payload does not
    /// hold.
    builder: Builder,
    built: Vec<u8>,
    builder_losses: Vec<Loss>,
}

impl Engine {
    /// Makes an engine for [`Engine::convert`].
    #[must_use]
    pub fn converting(settings: &Settings) -> Self {
        Self::new(settings, Converter::new(settings.converting()))
    }

    /// Makes an engine for [`Engine::restore`].
    #[must_use]
    pub fn restoring(settings: &Settings) -> Self {
        Self::new(settings, Converter::new(settings.restoring()))
    }

    fn new(settings: &Settings, converter: Converter) -> Self {
        Self {
            input: settings.input(),
            converter,
            builder: settings.builder(),
            built: Vec::new(),
            builder_losses: Vec::new(),
        }
    }

    /// Converts a payload, which [`Settings::check_payload`] has accepted.
    ///
    /// # Errors
    ///
    /// The payload is rejected, with a kind of [`Converter::convert`] or, for JSON of the legacy API, of
    /// [`Builder::payload`]. It has no span if a payload could be built from the JSON and is rejected: the caller does not
    /// have that payload.
    pub fn convert<'e>(&'e mut self, payload: &'e [u8]) -> Result<Conversion<'e>, Failure> {
        let Self { input, converter, builder, built, builder_losses } = self;
        match input {
            Input::Form | Input::V2 => Ok(converter.convert(payload)?),
            Input::Json => {
                *builder_losses = builder.payload(payload, built)?;
                match converter.convert(built) {
                    Ok(conversion) => Ok(conversion.with_builder_losses(builder_losses)),
                    Err(error) => Err(Failure { span: None, ..error.into() }),
                }
            }
        }
    }

    /// Restores the payload of an output, which [`Settings::check_output`] has accepted, and its losses.
    ///
    /// # Errors
    ///
    /// The output or the losses cannot be read, or do not belong together. The kinds are those of
    /// [`Converter::restore`].
    pub fn restore<'e>(&'e mut self, output: &'e [u8], losses: &[u8]) -> Result<Conversion<'e>, Error> {
        self.converter.restore(output, losses)
    }
}
