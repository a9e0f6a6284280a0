//! One payload from its bytes to the bytes of the other format.
//!
//! The stages are the rooms: a syntax reads the payload into the tree, its format finds the records, translation
//! makes contacts of them and names what is lost, and the target is built beside the source and written.
mod notes;
mod payload;

use std::io::Write as _;

use crate::error::Error;
use crate::form::{self, Keys};
use crate::json;
use crate::loss::{Code, Entry, Loss, Severity, Source, View, write_digest, write_error, write_text};
use crate::model::Contact;
use crate::record::Record;
use crate::restore::{Notes, Places};
use crate::table::Format;
use crate::tree::{Held, Id, Tree};

/// The longest payload that any setting allows: places in a payload are 32 bits wide, and mended names double it.
pub const MAX_PAYLOAD: usize = (1 << 31) - 1;
/// The longest payload that is read by default: 16 MiB.
pub const DEFAULT_MAX_PAYLOAD: usize = 16 << 20;

/// How many times [`Options::max_payload`] a form may be long that is made of a body, and the names in its losses.
const LONGEST_FORM: usize = 16;

/// What goes out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Target {
    /// v2 JSON, from a legacy form.
    V2,
    /// A legacy form, from v2 JSON.
    Form,
    /// The contacts themselves, from a legacy form: to look at, with no way back.
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

    /// The format that it is made from.
    const fn source(self) -> Format {
        match self {
            Self::V2 | Self::Canonical => Format::Legacy,
            Self::Form => Format::V2,
        }
    }
}

/// How payloads are converted.
///
/// ```
/// use deskpro_contact::{Converter, Options, Target};
///
/// let options = Options::new(Target::V2).only_contact_data(true);
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
    target: Target,
    only_contact_data: bool,
    strict: bool,
    pretty: bool,
    max_payload: usize,
}

impl Options {
    /// The defaults for a target.
    #[must_use]
    pub fn new(target: Target) -> Self {
        Self {
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

    /// What goes out.
    #[must_use]
    pub fn target(&self) -> Target {
        self.target
    }
}

/// Converts payloads one after the other, in buffers that are used again. Each thread has one of its own.
///
/// ```
/// use deskpro_contact::{Converter, Options, Target};
///
/// let mut there = Converter::new(Options::new(Target::V2));
/// let mut back = Converter::new(Options::new(Target::Form));
/// let mut notes = Vec::new();
/// for payload in ["type=skype&data[username]=ann", "type=twitter&comment=work&data[username]=jo"] {
///     let conversion = there.convert(payload.as_bytes())?;
///     notes.clear();
///     conversion.write_notes(&mut notes);
///     let restored = back.restore(conversion.output(), &notes)?;
///     assert!(conversion.is_same(restored.output()));
/// }
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
#[derive(Debug)]
pub struct Converter {
    options: Options,
    work: Work,
    output: Vec<u8>,
}

/// What one conversion works on.
#[derive(Default, Debug)]
pub(crate) struct Work {
    pub(crate) tree: Tree,
    pub(crate) keys: Keys,
    pub(crate) losses: Vec<Entry>,
    pub(crate) records: Vec<Record>,
    places: Places,
}

impl Converter {
    /// A converter with these options.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self { options, work: Work::default(), output: Vec::new() }
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
    /// none. What finds no place is among the losses of the result, as [`Code::LeftOver`].
    ///
    /// # Errors
    ///
    /// Where the payload is rejected, or `losses` is not such an object.
    pub fn restore<'c>(&'c mut self, payload: &'c [u8], losses: &[u8]) -> Result<Conversion<'c>, Error> {
        self.run(payload, Some(losses))
    }

    fn run<'c>(&'c mut self, payload: &'c [u8], restore: Option<&[u8]>) -> Result<Conversion<'c>, Error> {
        let Self { options, work, output } = self;
        work.tree.clear();
        work.losses.clear();
        work.records.clear();
        output.clear();
        if payload.len() > options.max_payload {
            return Err(Error::too_long(payload.len() as u64, options.max_payload));
        }
        let format = options.target.source();
        let source = Source { payload, format };
        let root = match format {
            Format::Legacy => form::read(&mut work.tree, payload, &mut work.keys, &mut work.losses)?,
            Format::V2 => json::read(&mut work.tree, payload)?,
        };
        let notes = match restore {
            Some(losses) => Some(Notes::read(&mut work.tree, losses)?),
            None => None,
        };
        let made = match (options.target, &notes) {
            (Target::V2, None) => work.write_v2(root, options, output).map(|()| None),
            (Target::V2, Some(notes)) => work.restore_v2(root, notes, options).map(Some),
            (Target::Form, notes) => work.make_form(root, notes.as_ref(), options).map(Some),
            (Target::Canonical, _) => work.make_canonical(root, options).map(Some),
        };
        let target = made.map_err(|why| why.error(&work.tree, source))?;
        if options.strict
            && let Some(why) = work.losses.iter().find_map(|entry| entry.why)
        {
            return Err(why.error(&work.tree, source));
        }
        match (options.target, target) {
            (_, None) => {}
            (Target::Form, Some(target)) => {
                // Each pair repeats the names above it: a body can make a form of any length.
                let max = options.max_payload.saturating_mul(LONGEST_FORM);
                if !form::write(&work.tree, target, max, output) || work.named(max) > max {
                    return Err(Error::too_wide(payload.len(), max));
                }
            }
            (Target::V2 | Target::Canonical, Some(target)) => json::write(&work.tree, target, output),
        }
        if options.pretty && options.target != Target::Form {
            *output = json::indent(output);
        }
        Ok(Conversion { work, root, output, source })
    }
}
/// A converted payload: the output, and what it does not hold. It borrows from its [`Converter`].
#[derive(Debug)]
#[must_use = "the losses are part of the result"]
pub struct Conversion<'c> {
    work: &'c Work,
    root: Id,
    output: &'c [u8],
    source: Source<'c>,
}

impl<'c> Conversion<'c> {
    /// The output: JSON, or a form.
    pub fn output(&self) -> &'c [u8] {
        self.output
    }

    /// The losses, in the order in which they were met.
    pub fn losses(&self) -> impl Iterator<Item = Loss> + '_ {
        self.work.losses.iter().map(|entry| self.view().loss(entry))
    }

    /// The code of each loss and whether a person would miss it, without the cost of [`Conversion::losses`].
    pub fn codes(&self) -> impl Iterator<Item = (Code, Severity)> + '_ {
        self.work.losses.iter().map(|entry| (entry.code, entry.severity))
    }

    /// One of the losses, by its place among them.
    #[must_use]
    pub fn loss(&self, n: usize) -> Option<Loss> {
        self.work.losses.get(n).map(|entry| self.view().loss(entry))
    }

    /// Whether `restored` is read as the payload was: the same names, values and order, and in JSON the same
    /// types. An empty array, which PHP reads from a form where it drops a `__Host-` name, is outside the law of
    /// restoring and does not count.
    #[must_use]
    pub fn is_same(&self, restored: &[u8]) -> bool {
        let mut tree = Tree::default();
        tree.clear();
        let root = match self.source.format {
            Format::Legacy => form::read(&mut tree, restored, &mut Keys::default(), &mut Vec::new()),
            Format::V2 => json::read(&mut tree, restored),
        };
        root.is_ok_and(|root| self.work.tree.equal(self.root, &tree, root))
    }

    /// The losses as one JSON object, as [`Converter::restore`] takes them; nothing where there are none.
    pub fn write_notes(&self, out: &mut Vec<u8>) {
        if !self.work.losses.is_empty() {
            out.push(b'{');
            self.write_list(out);
            out.push(b'}');
        }
    }

    /// Whether something that a person would miss is not in the output.
    #[must_use]
    pub fn loses_data(&self) -> bool {
        self.work.losses.iter().any(|entry| entry.severity == Severity::Data)
    }

    /// The contacts that were read, written or not.
    pub fn contacts(&self) -> impl Iterator<Item = Contact<&'c str>> + '_ {
        let text = |text| std::str::from_utf8(self.work.tree.bytes(text)).unwrap_or_default();
        self.work.records.iter().filter_map(move |record| Some(record.read?.map(|slot| text(slot.text))))
    }

    /// Writes the payload's object of a losses file, without a line end:
    /// `{"line":17,"output":"3f07c1a9d2e4","losses":[…]}`, where `output` is [`digest_of_output`]. Writes nothing
    /// where there are no losses.
    pub fn write_losses(&self, line: u64, out: &mut Vec<u8>) {
        if self.work.losses.is_empty() {
            return;
        }
        out.extend_from_slice(b"{\"line\":");
        // A Vec takes all that is written.
        let _ = write!(out, "{line}");
        out.extend_from_slice(b",\"output\":\"");
        write_digest(output_digest(self.output), out);
        out.extend_from_slice(b"\",");
        self.write_list(out);
        out.push(b'}');
    }

    fn write_list(&self, out: &mut Vec<u8>) {
        let view = self.view();
        out.extend_from_slice(b"\"losses\":[");
        for (n, entry) in self.work.losses.iter().enumerate() {
            if n > 0 {
                out.push(b',');
            }
            view.write(entry, out);
        }
        out.push(b']');
    }

    /// The conversion in a form that borrows from nothing, at the price of copies.
    pub fn into_owned(self) -> Converted {
        let mut notes = Vec::new();
        self.write_notes(&mut notes);
        Converted {
            output: self.output.to_vec(),
            losses: self.losses().collect(),
            contacts: self.contacts().map(|contact| contact.map(str::to_owned)).collect(),
            notes,
        }
    }

    fn view(&self) -> View<'c> {
        View { tree: &self.work.tree, records: &self.work.records, source: self.source }
    }

    /// A field at the top of the payload as JSON, so that a payload can be known by its number or name: a text, a
    /// number, `true` or `false`. None where it is missing, null, an array or not UTF-8.
    ///
    /// ```
    /// use deskpro_contact::{Converter, Options, Target};
    ///
    /// let mut converter = Converter::new(Options::new(Target::V2));
    /// assert_eq!(converter.convert(b"id=4711&name=Ann")?.field("id").as_deref(), Some("\"4711\""));
    /// # Ok::<(), deskpro_contact::Error>(())
    /// ```
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        let field = self.work.tree.child(self.root, name.as_bytes())?;
        if matches!(self.work.tree.held(field), Held::Array(_) | Held::Null | Held::Link(_) | Held::Gone)
            || !self.work.tree.holds_utf8(field)
        {
            return None;
        }
        let mut json = Vec::new();
        json::write(&self.work.tree, field, &mut json);
        String::from_utf8(json).ok()
    }
}

/// A short digest of an output line, by which a losses file knows its lines again: whoever restores a stream can tell
/// lines that were edited from lines that changed places. FNV-1a over words of eight bytes, the last one filled with
/// zeros, and the length; the upper 48 bits in hexadecimal.
///
/// ```
/// assert_eq!(deskpro_contact::digest_of_output(b"a").len(), 12);
/// ```
#[must_use]
pub fn digest_of_output(output: &[u8]) -> String {
    let mut digest = Vec::new();
    write_digest(output_digest(output), &mut digest);
    String::from_utf8_lossy(&digest).into_owned()
}

fn output_digest(output: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |word: u64| hash = (hash ^ word).wrapping_mul(0x0100_0000_01b3).rotate_left(29);
    let (words, rest) = output.as_chunks::<8>();
    words.iter().for_each(|word| add(u64::from_le_bytes(*word)));
    let mut last = [0; 8];
    last.iter_mut().zip(rest).for_each(|(last, byte)| *last = *byte);
    add(u64::from_le_bytes(last));
    add(output.len() as u64);
    hash >> 16
}

/// A converted payload: the output, and what it does not hold.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use = "the losses are part of the result"]
pub struct Converted {
    output: Vec<u8>,
    losses: Vec<Loss>,
    contacts: Vec<Contact<String>>,
    notes: Vec<u8>,
}

impl Converted {
    /// The output: JSON, or a form. Both are text.
    #[must_use]
    pub fn output(&self) -> &str {
        std::str::from_utf8(&self.output).unwrap_or_default()
    }

    /// The losses, in the order in which they were met.
    #[must_use]
    pub fn losses(&self) -> &[Loss] {
        &self.losses
    }

    /// The contacts that were read, written or not.
    #[must_use]
    pub fn contacts(&self) -> &[Contact<String>] {
        &self.contacts
    }

    /// The losses as one JSON object, as [`Converter::restore`] takes them; empty where there are none.
    #[must_use]
    pub fn notes(&self) -> &[u8] {
        &self.notes
    }
}

/// Writes the line that stands in the output for a rejected payload, without a line end: `{"error":{…}}`.
///
/// ```
/// let error = deskpro_contact::to_form(b"7").unwrap_err();
/// let mut line = Vec::new();
/// deskpro_contact::write_error_line(&error, &mut line);
/// assert_eq!(line, br#"{"error":{"code":"not-a-body","message":"expected an object or a list, found 7"}}"#);
/// ```
pub fn write_error_line(error: &Error, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"error\":");
    write_error(error, out);
    out.push(b'}');
}

/// Writes the object of a losses file for a rejected payload, without a line end.
///
/// `payload` is the payload's text; none where it was never held whole. `emitted` says whether it has a line in
/// the output.
///
/// ```
/// let error = deskpro_contact::to_form(b"7").unwrap_err();
/// let mut line = Vec::new();
/// deskpro_contact::write_rejected(17, &error, false, Some(b"7"), &mut line);
/// assert!(line.starts_with(br#"{"line":17,"error":{"code":"not-a-body""#));
/// assert!(line.ends_with(br#","emitted":false,"value":"7"}"#));
/// ```
pub fn write_rejected(line: u64, error: &Error, emitted: bool, payload: Option<&[u8]>, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("{{\"line\":{line},\"error\":").as_bytes());
    write_error(error, out);
    out.extend_from_slice(format!(",\"emitted\":{emitted}").as_bytes());
    match payload {
        Some(payload) => write_text(payload, out),
        None => out.extend_from_slice(format!(",\"length\":{}", error.span().len()).as_bytes()),
    }
    out.push(b'}');
}
