//! One payload from its bytes to the bytes of the other format.
//!
//! The stages are the rooms: a syntax reads the payload into the tree, its format finds the records, translation
//! makes contacts of them and names what is lost, and the target is built beside the source and written.
mod conversion;
mod notes;
mod payload;

pub use self::conversion::{Conversion, Converted};

use std::mem;

use crate::error::{Error, ErrorKind};
use crate::form::{self, Keys};
use crate::json;
use crate::loss::Entry;
use crate::losses_file::OutputDigest;
use crate::odds::{rare, seldom};
use crate::record::Record;
use crate::restore::{Notes, Places};
use crate::table::Format;
use crate::translate::Layouts;
use crate::tree::{Id, Tree};
use crate::writer::Writer;

/// The longest payload that any setting allows: places in a payload are 32 bits wide, and mended names double it.
pub const MAX_PAYLOAD: usize = (1 << 31) - 1;
/// The longest payload that is read by default: 16 MiB.
pub const DEFAULT_MAX_PAYLOAD: usize = 16 << 20;

/// How many times [`Options::max_payload`] a form may be long that is made of a body, and the names in its losses.
/// Whoever restores such forms reads as much.
pub const LONGEST_FORM: usize = 16;

/// The format that a payload is read as.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Source {
    /// A legacy form payload.
    Form,
    /// A v2 JSON body.
    V2,
}

impl Source {
    /// Its name in options and losses files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::V2 => "v2",
        }
    }

    const fn format(self) -> Format {
        match self {
            Self::Form => Format::Legacy,
            Self::V2 => Format::V2,
        }
    }
}

/// The format that is written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Target {
    /// v2 JSON.
    V2,
    /// A legacy form payload.
    Form,
    /// The contacts as the model holds them: to look at, with no way back.
    Canonical,
}

impl Target {
    /// Its name in options and losses files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::V2 => "v2",
            Self::Form => "form",
            Self::Canonical => "canonical",
        }
    }
}

/// How payloads are converted.
///
/// ```
/// use deskpro_contact::{Converter, Options, Source, Target};
///
/// let options = Options::new(Source::Form, Target::V2).only_contact_data(true);
/// let mut converter = Converter::new(options);
/// let conversion = converter.convert(b"name=Ann&contact_data[1][type]=skype&contact_data[1][data][username]=ann")?;
/// assert_eq!(
///     conversion.output(),
///     br#"{"contact_data":{"instant_message":[{"service":"skype","username":"ann"}]}}"#,
/// );
/// assert!(conversion.loses_data()); // the name
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    source: Source,
    target: Target,
    only_contact_data: bool,
    strict: bool,
    pretty: bool,
    max_payload: usize,
}

impl Options {
    /// The defaults for a source and a target.
    #[must_use]
    pub fn new(source: Source, target: Target) -> Self {
        Self {
            source,
            target,
            only_contact_data: false,
            strict: false,
            pretty: false,
            max_payload: DEFAULT_MAX_PAYLOAD,
        }
    }

    /// Whether the fields that are not contact data are left out, as losses. Default: they go through.
    #[must_use]
    pub fn only_contact_data(self, yes: bool) -> Self {
        Self { only_contact_data: yes, ..self }
    }

    /// Whether one rejected record rejects its payload. Default: the rest of the payload goes on.
    #[must_use]
    pub fn strict(self, yes: bool) -> Self {
        Self { strict: yes, ..self }
    }

    /// Whether JSON is written on several lines, for a person. Default: on one.
    #[must_use]
    pub fn pretty(self, yes: bool) -> Self {
        Self { pretty: yes, ..self }
    }

    /// The longest payload that is read, in bytes; at most [`MAX_PAYLOAD`]. Default: [`DEFAULT_MAX_PAYLOAD`].
    #[must_use]
    pub fn max_payload(self, bytes: usize) -> Self {
        Self { max_payload: bytes.min(MAX_PAYLOAD), ..self }
    }

    /// The format that a payload is read as.
    #[must_use]
    pub fn source(&self) -> Source {
        self.source
    }

    /// The format that is written.
    #[must_use]
    pub fn target(&self) -> Target {
        self.target
    }
}

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
    work: Work,
    /// It stays from payload to payload: a new one begins with a buffer of zeros.
    output: Writer,
    proof: Proof,
}

/// What one conversion works on.
#[derive(Default, Debug)]
pub(crate) struct Work {
    pub(crate) tree: Tree,
    pub(crate) keys: Keys,
    pub(crate) losses: Vec<Entry>,
    pub(crate) records: Vec<Record>,
    layouts: Layouts,
    places: Places,
}

/// What [`Converter::restores`] works on beside.
#[derive(Default, Debug)]
struct Proof {
    notes: Vec<u8>,
    reading: Reading,
}

/// A payload that is read only to be compared.
#[derive(Default, Debug)]
struct Reading {
    tree: Tree,
    keys: Keys,
    thrown: Vec<Entry>,
}

impl Reading {
    fn read(&mut self, format: Format, payload: &[u8]) -> Result<Id, Error> {
        self.tree.clear();
        self.thrown.clear();
        match format {
            Format::Legacy => form::read(&mut self.tree, payload, &mut self.keys, &mut self.thrown),
            Format::V2 => json::read(&mut self.tree, payload),
        }
    }
}

impl Converter {
    /// A converter with these options.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self { options, work: Work::default(), output: Writer::new(Vec::new()), proof: Proof::default() }
    }

    /// Converts a payload. Losses are part of the result; an error rejects the payload whole.
    ///
    /// # Errors
    ///
    /// Where the payload is over a limit or cannot be read at all: see [`ErrorKind`](crate::ErrorKind).
    pub fn convert<'c>(&'c mut self, payload: &'c [u8]) -> Result<Conversion<'c>, Error> {
        self.run(payload, None)
    }

    /// Converts a payload that [`Converter::convert`] wrote the other way, and puts its losses back. `losses` is
    /// the object of its line in a losses file, as [`Conversion::write_losses`] writes it; empty where there was
    /// none. What finds no place is among the losses of the result, as [`Code::LeftOver`](crate::Code::LeftOver). They do not say which way they
    /// were kept: that is for the caller to know.
    ///
    /// # Errors
    ///
    /// Where the payload is rejected, or `losses` is not such an object; and always with [`Target::Canonical`], which has
    /// no way back.
    pub fn restore<'c>(&'c mut self, payload: &'c [u8], losses: &[u8]) -> Result<Conversion<'c>, Error> {
        if self.options.target == Target::Canonical {
            return Err(Error::new(
                ErrorKind::NotLosses,
                String::new(),
                0..0,
                "a target with a way back",
                Target::Canonical.name(),
            ));
        }
        self.run(payload, Some(losses))
    }

    /// Whether `conversion`, made the other way, is restored whole: its output and its losses are put together by this
    /// converter, and read again, and compared with its payload as [`Conversion::is_same`] does.
    pub fn restores(&mut self, conversion: &Conversion<'_>) -> bool {
        let mut proof = mem::take(&mut self.proof);
        let Proof { notes, reading } = &mut proof;
        notes.clear();
        conversion.write_notes(notes);
        let is_whole = self.restore(conversion.output(), notes).is_ok_and(|restored| {
            !restored.loses_data() && conversion.is_read_from(restored.output(), reading)
        });
        self.proof = proof;
        is_whole
    }

    fn run<'c>(&'c mut self, payload: &'c [u8], restore: Option<&[u8]>) -> Result<Conversion<'c>, Error> {
        let Self { options, work, output, .. } = self;
        work.tree.clear();
        work.losses.clear();
        work.records.clear();
        output.clear();
        if seldom(payload.len() > options.max_payload) {
            return Err(Error::too_long(payload.len() as u64, options.max_payload));
        }
        let format = options.source.format();
        let source = crate::loss::Source { payload, format };
        let root = match format {
            Format::Legacy => form::read(&mut work.tree, payload, &mut work.keys, &mut work.losses),
            Format::V2 => json::read(&mut work.tree, payload),
        };
        let root = root.map_err(rare)?;
        match (options.target, restore) {
            // Straight from what was read.
            (Target::V2, None) => {
                let written = work.write_v2(root, options, output);
                written.map_err(|why| rare(why).error(&work.tree, source))?;
                work.accept(options, source)?;
            }
            (_, losses) => work.write_tree(root, losses, options, source, output)?,
        }
        let mut digest = None;
        if seldom(options.pretty) && options.target != Target::Form {
            // Whoever restores it has put it on one line again.
            digest = Some(OutputDigest::of(output.bytes()));
            let output = output.done();
            *output = json::indent(output);
        }
        Ok(Conversion { work, root, output: output.bytes(), source, digest })
    }
}

impl Work {
    /// Writes what is made as a tree first.
    #[inline(never)]
    fn write_tree(
        &mut self,
        root: Id,
        losses: Option<&[u8]>,
        options: &Options,
        source: crate::loss::Source,
        output: &mut Writer,
    ) -> Result<(), Error> {
        let notes = losses.map(|losses| Notes::read(&mut self.tree, losses)).transpose()?;
        let made = self.make(root, notes.as_ref(), options);
        let target = made.map_err(|why| why.error(&self.tree, source))?;
        self.accept(options, source)?;
        match options.target {
            Target::Form => {
                // Each pair repeats the names above it: a body can make a form of any length.
                let max = options.max_payload.saturating_mul(LONGEST_FORM);
                if !form::write(&self.tree, target, max, output.done()) || self.named(max) > max {
                    return Err(Error::too_wide(source.payload.len(), max));
                }
            }
            Target::V2 | Target::Canonical => json::write(&self.tree, target, output),
        }
        Ok(())
    }

    /// Rejects the payload for one of its records, where that is asked for.
    fn accept(&self, options: &Options, source: crate::loss::Source) -> Result<(), Error> {
        if seldom(options.strict)
            && let Some(why) = self.losses.iter().find_map(|entry| entry.why)
        {
            return Err(why.error(&self.tree, source));
        }
        Ok(())
    }
}
