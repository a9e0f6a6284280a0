//! Converts and restores payloads, one after the other.

use std::mem;

use super::reading::Reading;
use super::{Conversion, FORM_LENGTH_FACTOR, MAX_PAYLOAD, Options, Source, Target};
use crate::buffer::Buffer;
use crate::error::{Error, ErrorKind};
use crate::form::{self, Padded};
use crate::json;
use crate::loss::{Input, PendingLoss, View};
use crate::losses_file::OutputDigest;
use crate::model::table::Format;
use crate::payload::Payload;
use crate::reject::Rejection;
use crate::restore::{Matching, SavedLosses};
use crate::sources;
use crate::sources::v2::Body;
use crate::targets;
use crate::tree::Id;

/// Converts many payloads, one after the other, and returns a [`Conversion`] for each.
///
/// A converter reuses its buffers for the next payload. Its results do not depend on earlier payloads. Use one
/// converter per thread.
///
/// ```
/// use deskpro_contact::{Converter, Options, Source, Target};
///
/// let mut converter = Converter::new(Options::new(Source::Form, Target::V2));
/// let mut restorer = Converter::new(Options::new(Source::V2, Target::Form));
/// for payload in ["type=skype&data[username]=ann", "type=twitter&comment=work&data[username]=jo"] {
///     let conversion = converter.convert(payload)?;
///     assert!(restorer.can_restore(&conversion));
/// }
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
#[derive(Debug)]
pub struct Converter {
    options: Options,
    payload: Payload,
    padded: Padded,
    matching: Matching,
    output: Buffer,
    check: CheckBuffers,
}

/// Buffers that only [`Converter::can_restore`] uses.
#[derive(Default, Debug)]
struct CheckBuffers {
    losses: Vec<u8>,
    before: Reading,
    after: Reading,
}

/// A payload that was read: its root, and whether the plain reader read it.
struct Read {
    root: Id,
    is_plain: bool,
}

impl Converter {
    /// Makes a converter with these options.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            payload: Payload::default(),
            padded: Padded::default(),
            matching: Matching::default(),
            output: Buffer::default(),
            check: CheckBuffers::default(),
        }
    }

    /// Converts a payload. Losses are part of the result, not errors.
    ///
    /// # Errors
    ///
    /// The payload is rejected: it exceeds a limit, or it cannot be read. The kinds for a form are those of
    /// [`to_v2`](crate::to_v2), the kinds for a body those of [`to_form`](crate::to_form). With [`Options::strict`],
    /// also the kind of the first rejected record; with [`Options::encoding`], also [`ErrorKind::DuplicateKey`].
    pub fn convert<'c>(
        &'c mut self,
        payload: &'c (impl AsRef<[u8]> + ?Sized),
    ) -> Result<Conversion<'c>, Error> {
        self.run(payload.as_ref(), None)
    }

    /// Restores a payload from the output of an earlier conversion and its losses. This converter must have the
    /// opposite direction: its source is the target of that conversion, and its target the source.
    ///
    /// `output` is that output, which may be edited as described below. `losses` is the object that
    /// [`Conversion::write_losses_line`] or [`Conversion::write_losses_json`] wrote; empty if there are no losses. This
    /// object does not name the direction, so the caller must know it. A loss that cannot be put back is a loss of the
    /// result, with the code [`Code::LeftOver`](crate::Code::LeftOver).
    ///
    /// An output gets only its own losses. With [`Options::id_field`], an edited output gets the losses that have the
    /// id of the output. If the output or the losses have no id, the output must be unchanged; but JSON may have other
    /// spaces and escapes. With [`Options::edited`] and without an id field, any output is accepted.
    ///
    /// # Errors
    ///
    /// The errors of [`Converter::convert`] for the output; [`ErrorKind::NotLosses`] if `losses` is not such an
    /// object, or if the options cannot restore ([`Target::Canonical`], or equal source and target);
    /// [`ErrorKind::OtherPayload`] if the losses belong to another output, or if the output must be unchanged and is
    /// not.
    ///
    /// ```
    /// use deskpro_contact::{Converter, Options, Source, Target};
    ///
    /// let payload = "type=website&comment=home&data%5Burl%5D=example.com";
    /// let mut converter = Converter::new(Options::new(Source::Form, Target::V2));
    /// let (mut output, mut losses) = (Vec::new(), Vec::new());
    /// let conversion = converter.convert(payload)?;
    /// output.extend_from_slice(conversion.output());
    /// conversion.write_losses_json(&mut losses);
    ///
    /// let mut restorer = Converter::new(Options::new(Source::V2, Target::Form));
    /// assert_eq!(restorer.restore(&output, &losses)?.output(), payload.as_bytes());
    /// # Ok::<(), deskpro_contact::Error>(())
    /// ```
    pub fn restore<'c>(
        &'c mut self,
        output: &'c (impl AsRef<[u8]> + ?Sized),
        losses: impl AsRef<[u8]>,
    ) -> Result<Conversion<'c>, Error> {
        let (output, losses) = (output.as_ref(), losses.as_ref());
        match (self.options.source(), self.options.target()) {
            (Source::Form, Target::V2) | (Source::V2, Target::Form) => self.run(output, Some(losses)),
            (source, target) => Err(Error::new(
                ErrorKind::NotLosses,
                String::new(),
                0..0,
                "a conversion between form and v2",
                format!("{source} to {target}"),
            )),
        }
    }

    /// Whether `conversion` can be restored without loss. This converter must have the opposite direction.
    ///
    /// Restores a payload from the output and the losses, and compares it with the converted payload as
    /// [`Conversion::reads_like`] does. Returns false if they differ, if restoring fails, or if restoring has a loss
    /// that is data. The losses that [`Conversion::with_builder_losses`] set are ignored.
    pub fn can_restore(&mut self, conversion: &Conversion<'_>) -> bool {
        let mut check = mem::take(&mut self.check);
        let CheckBuffers { losses, before, after } = &mut check;
        losses.clear();
        conversion.write_payload_losses(losses);
        let is_whole = self.restore(conversion.output(), losses).is_ok_and(|restored| {
            !restored.has_data_losses()
                && Reading::are_equal(before, after, conversion.input, restored.output())
        });
        self.check = check;
        is_whole
    }

    fn run<'c>(&'c mut self, bytes: &'c [u8], losses: Option<&[u8]>) -> Result<Conversion<'c>, Error> {
        self.payload.clear();
        self.output.clear();
        check_length(&self.options, bytes.len(), losses.map_or(0, <[u8]>::len))?;
        let input =
            Input { payload: bytes, format: self.options.source().format(), encoding: self.options.encoding };
        let Read { root, is_plain } = self.write(input, losses)?;
        let Self { options, payload, output, .. } = self;
        let mut digest = None;
        if options.pretty && options.target() != Target::Form {
            // A digest is always that of the output on one line. Restoring removes the indentation before it compares.
            digest = Some(OutputDigest::of(output.text()));
            *output = Buffer::from(json::indent(output.text()));
        }
        let id_names = options.id_names(losses.is_some());
        let renamed_from = if losses.is_none() { options.renamed_from() } else { None };
        Ok(Conversion {
            payload,
            root,
            output: output.text(),
            input,
            digest,
            is_plain,
            id_names,
            renamed_from,
            builder_losses: &[],
        })
    }

    /// Reads a payload and writes the output.
    fn write(&mut self, input: Input<'_>, losses: Option<&[u8]>) -> Result<Read, Error> {
        let Self { options, payload, padded, matching, output, .. } = self;
        let (passing, rules) = (options.passing(losses.is_some()), options.rules());
        let (source, target) = (options.source(), options.target());
        let error = |payload: &Payload, why: Rejection| View::new(payload, input).error(why);
        let (read, made) = match source {
            Source::Form => {
                sources::form::check_syntax(input.payload)?;
                // A form is written from a tree.
                let is_general = options.is_general || target == Target::Form;
                let form = sources::form::read(input, is_general, padded, payload)?;
                if options.encoding.is_some() && !form.is_plain() {
                    // Each decoded name is a loss whose path repeats the names above it.
                    let max = options.max_payload.saturating_mul(FORM_LENGTH_FACTOR);
                    if View::new(payload, input).names_exceed(&payload.losses, max) {
                        return Err(Error::paths_too_long(input.payload.len(), max));
                    }
                }
                // When restoring, the form was made from a body, in which fields may have any name.
                if losses.is_none() && target != Target::Form {
                    form.check_names(payload, &options.allowed_fields).map_err(|why| error(payload, why))?;
                }
                let read = Read { root: form.root, is_plain: form.is_plain() };
                let made = match (target, losses) {
                    (Target::V2, None) => {
                        let written = targets::v2::write(payload, form, passing, rules, output);
                        written.map_err(|why| error(payload, why))?;
                        check_records(options, payload, input)?;
                        return Ok(read);
                    }
                    (Target::V2, Some(losses)) => {
                        let saved = read_losses(payload, form.root, input, losses, Format::V2, options)?;
                        targets::v2::restore(payload, form, &saved, Matching::default(), passing, rules)
                    }
                    (Target::Canonical, _) => targets::canonical::make(payload, form, passing),
                    (Target::Form, _) => {
                        // Finds the records for `Conversion::has_records`; rejects none.
                        let _ = form.records(payload);
                        Ok(form.root)
                    }
                };
                (read, made)
            }
            Source::V2 => {
                let read = json::read(&mut payload.tree, input.payload)?;
                let to = Format::Legacy;
                let saved = losses.map(|losses| read_losses(payload, read, input, losses, to, options));
                let saved = saved.transpose()?;
                if let (Some(saved), Some(encoding)) = (&saved, options.encoding) {
                    saved.check_encoding(encoding)?;
                }
                let body = match target {
                    // From v2 to v2, any JSON is accepted and written again.
                    Target::V2 => Body { root: read, envelope: None },
                    Target::Form | Target::Canonical => {
                        let body = Body::find(&payload.tree, read, saved.is_some());
                        let body = body.map_err(|why| error(payload, why))?;
                        // A body that is restored was made of a form, which may have fields of any name.
                        if saved.is_none() {
                            let checked = body.check_names(&payload.tree, &options.allowed_fields);
                            checked.map_err(|why| error(payload, why))?;
                        }
                        body
                    }
                };
                let made = match target {
                    Target::Form => {
                        targets::form::make(payload, body, saved.as_ref(), matching, passing, rules)
                    }
                    Target::Canonical => targets::canonical::make_from_body(payload, body, passing, rules),
                    Target::V2 => {
                        // Finds the items for `Conversion::has_records`; rejects none.
                        if let Ok(body) = Body::find(&payload.tree, read, true) {
                            let _ = body.items(payload, rules.is_extended());
                        }
                        Ok(read)
                    }
                };
                (Read { root: body.root, is_plain: false }, made)
            }
        };
        let made = made.map_err(|why| error(payload, why))?;
        check_records(options, payload, input)?;
        match target {
            Target::Form => {
                // Each pair repeats the names above it, so the form of a body can be very long.
                let max = options.max_payload.saturating_mul(FORM_LENGTH_FACTOR);
                let mut form = mem::take(output).into_vec();
                form.clear();
                let is_complete = form::write(&payload.tree, made, max, &mut form);
                *output = Buffer::from(form);
                if !is_complete {
                    return Err(Error::form_too_long(input.payload.len(), max));
                }
                if View::new(payload, input).names_exceed(&payload.losses, max) {
                    return Err(Error::paths_too_long(input.payload.len(), max));
                }
            }
            Target::V2 | Target::Canonical => json::write(&payload.tree, made, output),
        }
        Ok(read)
    }
}

/// Reads the losses of a payload that is restored to the format `to`, and checks that they belong to the payload.
fn read_losses(
    payload: &mut Payload,
    root: Id,
    input: Input<'_>,
    losses: &[u8],
    to: Format,
    options: &Options,
) -> Result<SavedLosses, Error> {
    let saved = SavedLosses::read(&mut payload.tree, losses, to)?;
    if saved.has_losses() {
        let id_names = options.id_names(true);
        saved.owner.check(&payload.tree, root, input.payload, id_names, options.is_edited)?;
    }
    Ok(saved)
}

/// Rejects the payload if it has a rejected record and the options are strict.
fn check_records(options: &Options, payload: &Payload, input: Input<'_>) -> Result<(), Error> {
    match payload.losses.iter().find_map(PendingLoss::rejection) {
        Some(why) if options.strict => Err(View::new(payload, input).error(why)),
        Some(_) | None => Ok(()),
    }
}

/// Rejects a payload, or an output with its losses, that is too long. Later stages store positions in 32 bits. The
/// arguments are lengths in bytes.
fn check_length(options: &Options, payload: usize, losses: usize) -> Result<(), Error> {
    let max = options.max_payload;
    if payload > max {
        return Err(Error::too_long(payload as u64, max));
    }
    // Losses count twice, because the names in their paths are stored a second time.
    if payload + 2 * losses > MAX_PAYLOAD {
        return Err(Error::losses_too_long(payload, losses, (MAX_PAYLOAD - payload) / 2));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_that_are_too_long_are_named() {
        let options = Options::new(Source::V2, Target::Form).max_payload(9);
        let most = (MAX_PAYLOAD - 9) / 2;
        assert_eq!(check_length(&options, 9, most), Ok(()));
        let error = check_length(&options, 9, most + 1).unwrap_err();
        let message =
            "expected losses of at most 1073741819 bytes beside this output, found 1073741820 bytes";
        assert_eq!((error.kind(), error.to_string()), (ErrorKind::TooLong, message.to_owned()));
        let error = check_length(&options, 10, 0).unwrap_err();
        assert_eq!(error.to_string(), "expected at most 9 bytes, found 10 bytes");
    }
}
