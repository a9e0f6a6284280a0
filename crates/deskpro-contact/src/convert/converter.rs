//! Converts one payload after the other.

use std::mem;

use super::reading::Reading;
use super::{Conversion, LONGEST_FORM, MAX_PAYLOAD, Options, Source, Target};
use crate::buffer::Buffer;
use crate::error::{Error, ErrorKind};
use crate::form::{self, Padded};
use crate::json;
use crate::loss::{Input, View};
use crate::losses_file::OutputDigest;
use crate::model::table::Format;
use crate::payload::Payload;
use crate::reject::Rejection;
use crate::restore::{Matching, SavedLosses};
use crate::sources;
use crate::sources::v2::Body;
use crate::targets;
use crate::tree::Id;

/// Converts payloads one after the other, in buffers that are used again. Each thread has one of its own.
///
/// ```
/// use deskpro_contact::{Converter, Options, Source, Target};
///
/// let mut there = Converter::new(Options::new(Source::Form, Target::V2));
/// let mut back = Converter::new(Options::new(Source::V2, Target::Form));
/// for payload in ["type=skype&data[username]=ann", "type=twitter&comment=work&data[username]=jo"] {
///     let conversion = there.convert(payload.as_bytes())?;
///     assert!(back.restores(&conversion));
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
    proof: Proof,
}

/// What [`Converter::restores`] needs besides.
#[derive(Default, Debug)]
struct Proof {
    losses: Vec<u8>,
    before: Reading,
    after: Reading,
}

/// A payload that was converted: its root, and whether the plain reader read it.
struct Read {
    root: Id,
    is_plain: bool,
}

impl Converter {
    /// A converter with these options.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            payload: Payload::default(),
            padded: Padded::default(),
            matching: Matching::default(),
            output: Buffer::default(),
            proof: Proof::default(),
        }
    }

    /// Converts a payload. Losses are part of the result; an error rejects the payload whole.
    ///
    /// # Errors
    ///
    /// Where the payload is over a limit or cannot be read at all: see [`ErrorKind`](crate::ErrorKind).
    pub fn convert<'c>(
        &'c mut self,
        payload: &'c (impl AsRef<[u8]> + ?Sized),
    ) -> Result<Conversion<'c>, Error> {
        self.run(payload.as_ref(), None)
    }

    /// Converts a payload that [`Converter::convert`] wrote the other way, and puts its losses back. `losses` is the
    /// object of its line in a losses file, as [`Conversion::write_losses_line`] writes it; empty where there was none. A
    /// loss that finds no place is among the losses of the result, as [`Code::LeftOver`](crate::Code::LeftOver). The
    /// losses do not say which way they were kept: that is for the caller to know.
    ///
    /// A payload gets only its own losses: it must have the id that the losses name, under [`Options::id_field`]. If either
    /// has no id, the payload must be the output that was written with the losses. JSON may have been written again, with
    /// other spaces and escapes. [`Options::edited`] takes any payload, unless there is an id field.
    ///
    /// # Errors
    ///
    /// Where the payload is rejected, `losses` is not such an object ([`ErrorKind::NotLosses`]), or the losses are
    /// another payload's ([`ErrorKind::OtherPayload`]); and always where the options have no way back: with
    /// [`Target::Canonical`], and where source and target are one format.
    pub fn restore<'c>(
        &'c mut self,
        payload: &'c (impl AsRef<[u8]> + ?Sized),
        losses: impl AsRef<[u8]>,
    ) -> Result<Conversion<'c>, Error> {
        let (payload, losses) = (payload.as_ref(), losses.as_ref());
        match (self.options.source(), self.options.target()) {
            (Source::Form, Target::V2) | (Source::V2, Target::Form) => self.run(payload, Some(losses)),
            (_, target) => Err(Error::new(
                ErrorKind::NotLosses,
                String::new(),
                0..0,
                "a target with a way back",
                target.name(),
            )),
        }
    }

    /// Whether `conversion`, made the other way, is restored whole: this converter puts its output and its losses
    /// together, and the general reader reads the result and the payload, to compare them as [`Conversion::is_same`]
    /// does.
    pub fn restores(&mut self, conversion: &Conversion<'_>) -> bool {
        let mut proof = mem::take(&mut self.proof);
        let Proof { losses, before, after } = &mut proof;
        losses.clear();
        conversion.write_losses_json(losses);
        let is_whole = self.restore(conversion.output(), losses).is_ok_and(|restored| {
            !restored.loses_data() && Reading::are_equal(before, after, conversion.input, restored.output())
        });
        self.proof = proof;
        is_whole
    }

    fn run<'c>(&'c mut self, bytes: &'c [u8], losses: Option<&[u8]>) -> Result<Conversion<'c>, Error> {
        self.payload.clear();
        self.output.clear();
        check_length(&self.options, bytes, losses.unwrap_or_default())?;
        let input =
            Input { payload: bytes, format: self.options.source().format(), encoding: self.options.encoding };
        let Read { root, is_plain } = self.write(input, losses)?;
        let Self { options, payload, output, .. } = self;
        let mut digest = None;
        if options.pretty && options.target() != Target::Form {
            // A restoring run gets it on one line again.
            digest = Some(OutputDigest::of(output.text()));
            *output = Buffer::from(json::indent(output.text()));
        }
        let id_field = options.id_field.as_deref();
        Ok(Conversion { payload, root, output: output.text(), input, digest, is_plain, id_field })
    }

    /// Reads a payload and writes the output.
    fn write(&mut self, input: Input<'_>, losses: Option<&[u8]>) -> Result<Read, Error> {
        let Self { options, payload, padded, matching, output, .. } = self;
        let passing = options.passing();
        let (source, target) = (options.source(), options.target());
        let error = |payload: &Payload, why: Rejection| View::new(payload, input).error(why);
        let (read, made) = match source {
            Source::Form => {
                sources::form::check_syntax(input.payload)?;
                let form = sources::form::read(input, options.is_general, padded, payload)?;
                if options.encoding.is_some() && !form.is_plain() {
                    // Each name of a key may be decoded, and each has the names above it in its path.
                    let max = options.max_payload.saturating_mul(LONGEST_FORM);
                    if View::new(payload, input).names_exceed(&payload.losses, max) {
                        return Err(Error::too_many_names(input.payload.len(), max));
                    }
                }
                // A form that is restored was made of a body, which may have fields of any name.
                if losses.is_none() && target != Target::Form {
                    form.check_names(payload, &options.allowed_fields).map_err(|why| error(payload, why))?;
                }
                let read = Read { root: form.root, is_plain: form.is_plain() };
                let made = match (target, losses) {
                    (Target::V2, None) => {
                        let written = targets::v2::write(payload, form, passing, output);
                        written.map_err(|why| error(payload, why))?;
                        check_records(options, payload, input)?;
                        return Ok(read);
                    }
                    (Target::V2, Some(losses)) => {
                        let saved = read_losses(payload, form.root, input, losses, Format::V2, options)?;
                        targets::v2::restore(payload, form, &saved, Matching::default(), passing)
                    }
                    (Target::Canonical, _) => targets::canonical::make(payload, form, passing),
                    (Target::Form, _) => Ok(form.root),
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
                    // It is written as it is, whatever it holds.
                    Target::V2 => Body { root: read, envelope: None },
                    Target::Form | Target::Canonical => {
                        Body::find(&payload.tree, read, saved.is_some()).map_err(|why| error(payload, why))?
                    }
                };
                let made = match target {
                    Target::Form => targets::form::make(payload, body, saved.as_ref(), matching, passing),
                    Target::Canonical => targets::canonical::make_from_body(payload, body, passing),
                    Target::V2 => Ok(read),
                };
                (Read { root: body.root, is_plain: false }, made)
            }
        };
        let made = made.map_err(|why| error(payload, why))?;
        check_records(options, payload, input)?;
        match target {
            Target::Form => {
                // Each pair repeats the names above it: a body can make a form of any length.
                let max = options.max_payload.saturating_mul(LONGEST_FORM);
                let mut form = mem::take(output).into_vec();
                form.clear();
                let is_complete = form::write(&payload.tree, made, max, &mut form);
                *output = Buffer::from(form);
                if !is_complete || View::new(payload, input).names_exceed(&payload.losses, max) {
                    return Err(Error::too_wide(input.payload.len(), max));
                }
            }
            Target::V2 | Target::Canonical => json::write(&payload.tree, made, output),
        }
        Ok(read)
    }
}

/// Reads losses to put back into a payload that becomes the format `to`, and checks that they are those of the payload.
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
        let Options { id_field, is_edited, .. } = options;
        saved.owner.check(&payload.tree, root, input.payload, id_field.as_deref(), *is_edited)?;
    }
    Ok(saved)
}

/// Rejects a payload for a rejected record, where the options say so.
fn check_records(options: &Options, payload: &Payload, input: Input<'_>) -> Result<(), Error> {
    match payload.losses.iter().find_map(|loss| loss.why) {
        Some(why) if options.strict => Err(View::new(payload, input).error(why)),
        Some(_) | None => Ok(()),
    }
}

/// Rejects a payload that is too long. Later steps store positions in 32 bits.
fn check_length(options: &Options, payload: &[u8], losses: &[u8]) -> Result<(), Error> {
    let max = options.max_payload;
    if payload.len() > max {
        return Err(Error::too_long(payload.len() as u64, max));
    }
    // The names of their paths are copied once more.
    let with_losses = payload.len() + 2 * losses.len();
    if with_losses > MAX_PAYLOAD {
        return Err(Error::too_long(with_losses as u64, MAX_PAYLOAD));
    }
    Ok(())
}
