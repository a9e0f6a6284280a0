//! The results of a conversion: output, losses and contacts, borrowed from the converter or owned.

use super::reading::Reading;
use crate::buffer::{Buffer, MemberName, append, member_name, written};
use crate::json;
use crate::loss::{Code, Input, Loss, PendingLoss, PhoneReason, Severity, View};
use crate::losses_file::{self, OutputDigest, PersonId, fields};
use crate::model::Contact;
use crate::model::table::Format;
use crate::passthrough::IdNames;
use crate::payload::Payload;
use crate::targets::person::written_id;
use crate::tree::{Id, Node};

/// The borrowed result of a [`Converter`](crate::Converter) for one payload: output, losses and contacts.
///
/// The result borrows the converter, so the converter cannot take the next payload before the result is dropped.
/// [`Conversion::into_owned`] copies the result into a [`Converted`].
///
/// ```
/// use deskpro_contact::{Code, Converter, Options, Severity, Source, Target};
///
/// let mut converter = Converter::new(Options::new(Source::Form, Target::V2));
/// let conversion = converter.convert("type=website&comment=home&data[url]=example.com")?;
/// assert_eq!(conversion.output(), br#"{"contact_data":{"website":[{"url":"example.com"}]}}"#);
/// assert!(conversion.codes().any(|code| code == (Code::Comment, Severity::Data)));
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "the losses are part of the result"]
pub struct Conversion<'c> {
    pub(super) payload: &'c Payload,
    pub(super) root: Id,
    pub(super) output: &'c [u8],
    pub(super) input: Input<'c>,
    /// The digest that the output had on one line, if the output is indented.
    pub(super) digest: Option<OutputDigest>,
    pub(super) is_plain: bool,
    pub(super) id_names: IdNames<'c>,
    /// The format of the payload, if its fields get the names of another format.
    pub(super) renamed_from: Option<Format>,
    /// The losses that the builder of the payload returned: values of the JSON or the rows that the payload does not
    /// hold.
    pub(super) builder_losses: &'c [Loss],
}

impl<'c> Conversion<'c> {
    /// The output without a line end: JSON or a form, in UTF-8. The type is bytes, because checking for UTF-8 again
    /// would cost time for each payload.
    pub fn output(&self) -> &'c [u8] {
        self.output
    }

    /// The payload that was converted, or the output that was restored.
    pub fn payload(&self) -> &'c [u8] {
        self.input.payload
    }

    /// Sets the losses that a builder returned with the payload: those of
    /// [`legacy_json::Builder`](crate::legacy_json::Builder) or [`rows::Builder`](crate::rows::Builder). They are the
    /// values of the JSON or the rows that the payload does not hold, and their codes begin with `source-`.
    ///
    /// The methods of this type, and the line of the losses file, then have these losses before those of the payload.
    /// Their spans are not positions in the payload: a loss of JSON has a position in that JSON, and a loss of a row
    /// has an empty span.
    ///
    /// ```
    /// use deskpro_contact::{Converter, Options, Source, Target, legacy_json};
    ///
    /// let mut payload = Vec::new();
    /// let losses = legacy_json::payload(r#"{"person":{"id":7,"contact_data":[]},"status":"ok"}"#, &mut payload)?;
    /// let mut converter = Converter::new(Options::new(Source::Form, Target::V2));
    /// let conversion = converter.convert(&payload)?.with_builder_losses(&losses);
    /// assert_eq!(conversion.output(), br#"{"id":"7","contact_data":{}}"#);
    /// assert!(conversion.has_data_losses()); // the status
    /// # Ok::<(), deskpro_contact::Error>(())
    /// ```
    pub fn with_builder_losses(self, losses: &'c [Loss]) -> Self {
        Self { builder_losses: losses, ..self }
    }

    /// The losses that [`Conversion::with_builder_losses`] set. Empty by default.
    #[must_use]
    pub fn builder_losses(&self) -> &'c [Loss] {
        self.builder_losses
    }

    /// The losses, in the order in which they were found. The iterator makes the path and the value of each, so
    /// [`Conversion::codes`] is cheaper.
    pub fn losses(&self) -> impl Iterator<Item = Loss> + '_ {
        let own = self.payload.losses.iter().map(|entry| self.view().loss(entry));
        self.builder_losses.iter().cloned().chain(own)
    }

    /// The code and the severity of each loss, in the order of [`Conversion::losses`].
    pub fn codes(&self) -> impl Iterator<Item = (Code, Severity)> + '_ {
        let own = self.payload.losses.iter().map(|entry| (entry.code, entry.severity));
        self.builder_losses.iter().map(|loss| (loss.code(), loss.severity())).chain(own)
    }

    /// The reason for the loss of each phone that the extended profile does not write.
    pub fn phone_reasons(&self) -> impl Iterator<Item = PhoneReason> + '_ {
        self.payload.losses.iter().filter_map(PendingLoss::reason)
    }

    /// The loss at position `n` of [`Conversion::losses`], counted from 0. `None` if there are fewer losses.
    #[must_use]
    pub fn loss(&self, n: usize) -> Option<Loss> {
        match n.checked_sub(self.builder_losses.len()) {
            None => self.builder_losses.get(n).cloned(),
            Some(n) => self.payload.losses.get(n).map(|entry| self.view().loss(entry)),
        }
    }

    /// Whether reading `restored` gives the same result as reading the converted payload: equal names, values and
    /// order, and in JSON equal types. Ignores empty arrays of a form: PHP makes them only if it drops a pair such as
    /// `a[__Host-x]=1`.
    ///
    /// ```
    /// use deskpro_contact::{Converter, Options, Source, Target};
    ///
    /// let mut converter = Converter::new(Options::new(Source::Form, Target::V2));
    /// let conversion = converter.convert("labels[]=a&name=Ann")?;
    /// assert!(conversion.reads_like("labels%5B0%5D=a&name=Ann")); // another spelling
    /// assert!(!conversion.reads_like("name=Ann&labels[]=a")); // another order
    /// # Ok::<(), deskpro_contact::Error>(())
    /// ```
    #[must_use]
    pub fn reads_like(&self, restored: impl AsRef<[u8]>) -> bool {
        let (mut before, mut after) = (Reading::default(), Reading::default());
        Reading::are_equal(&mut before, &mut after, self.input, restored.as_ref())
    }

    /// Whether the plain reader read the payload's records. Tests use it to measure how many payloads it accepts.
    #[doc(hidden)]
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// Whether there are losses, notes included.
    #[must_use]
    pub fn has_losses(&self) -> bool {
        !self.payload.losses.is_empty() || !self.builder_losses.is_empty()
    }

    /// Whether there are losses that are data ([`Severity::Data`]), which a person would miss.
    #[must_use]
    pub fn has_data_losses(&self) -> bool {
        self.payload.losses.iter().any(|entry| entry.severity == Severity::Data)
            || self.builder_losses.iter().any(|loss| loss.severity() == Severity::Data)
    }

    /// Whether the payload has records of contact data, rejected records included.
    #[must_use]
    pub fn has_records(&self) -> bool {
        !self.payload.records.is_empty()
    }

    /// The contacts that were read, in the payload's order, also those that the output does not have. Empty if the
    /// source and the target of the converter are equal, because contacts are not read then.
    pub fn contacts(&self) -> impl Iterator<Item = Contact<&'c str>> + '_ {
        let text =
            |text| std::str::from_utf8(&self.payload.tree[text]).expect("a record that was read is UTF-8");
        self.payload.records.iter().filter_map(move |record| Some(record.read?.map(|value| text(value.text))))
    }

    /// Appends the payload's line of a [losses file](losses_file) to `out`, without a line end:
    /// `{"line":17,"id":"ann","output":"3f07c1a9d2e4","losses":[…]}`.
    ///
    /// `line` is the number of the payload in the input, from 1; in a file with one payload per line, it is the number
    /// of that line. `output` is the [`OutputDigest`] of the output, without indentation. The object has no `id` if the
    /// payload has none, and no `losses` if there are none.
    pub fn write_losses_line(&self, line: u64, out: &mut Vec<u8>) {
        let id = self.id();
        let id = id.as_deref().and_then(PersonId::from_json);
        append(out, |out| self.write_object(Some(line), id, out));
    }

    /// Writes the losses of the payload as [`Conversion::write_losses_json`] does, but without those of its builder,
    /// which are not needed to restore the payload.
    pub(super) fn write_payload_losses(&self, out: &mut Vec<u8>) {
        Self { builder_losses: &[], ..*self }.write_losses_json(out);
    }

    /// Appends the losses to `out` for [`Converter::restore`](crate::Converter::restore): the object that
    /// [`Conversion::write_losses_line`] writes, without `line`. Appends nothing if there are no losses.
    pub fn write_losses_json(&self, out: &mut Vec<u8>) {
        if self.has_losses() {
            let id = self.id();
            let id = id.as_deref().and_then(PersonId::from_json);
            append(out, |out| self.write_object(None, id, out));
        }
    }

    fn write_object(&self, line: Option<u64>, id: Option<PersonId<'_>>, out: &mut Buffer) {
        const LOSSES: MemberName = member_name(fields::LOSSES);
        let digest = self.digest.unwrap_or_else(|| OutputDigest::of(self.output));
        losses_file::begin_payload(line, id, digest, out);
        if self.has_losses() {
            let view = self.view();
            out.piece(b',', &LOSSES);
            let mut mark = b'[';
            for loss in self.builder_losses {
                out.push(std::mem::replace(&mut mark, b','));
                out.extend(&serde_json::to_vec(loss).expect("a loss is JSON"));
            }
            for entry in &self.payload.losses {
                view.write(std::mem::replace(&mut mark, b','), entry, out);
            }
            out.push(b']');
        }
        out.push(b'}');
    }

    /// The person's id as JSON: the value of [`Options::id_field`](crate::Options::id_field) in the payload. `None` if
    /// the option is not set, or if the field is missing, empty, null, an array, an object, or not UTF-8.
    ///
    /// ```
    /// use deskpro_contact::{Converter, Options, Source, Target};
    ///
    /// let mut converter = Converter::new(Options::new(Source::Form, Target::V2).id_field("email"));
    /// let conversion = converter.convert(b"email=ann@example.com&name=Ann")?;
    /// assert_eq!(conversion.id().as_deref(), Some("\"ann@example.com\""));
    /// # Ok::<(), deskpro_contact::Error>(())
    /// ```
    #[must_use]
    pub fn id(&self) -> Option<String> {
        let is_id = |id: &String| PersonId::from_json(id).is_some();
        match self.renamed_from {
            Some(from) => {
                let field = written_id(&self.payload.tree, self.root, from, self.id_names)?;
                self.scalar(field).filter(is_id)
            }
            None => self.id_names.into_iter().flatten().find_map(|name| self.field(name).filter(is_id)),
        }
    }

    /// Copies the result into one that borrows nothing.
    pub fn into_owned(self) -> Converted {
        let mut losses_json = Vec::new();
        self.write_losses_json(&mut losses_json);
        Converted {
            output: self.output.to_vec(),
            losses: self.losses().collect(),
            contacts: self.contacts().map(|contact| contact.map(str::to_owned)).collect(),
            losses_json,
        }
    }

    fn view(&self) -> View<'c> {
        View::new(self.payload, self.input)
    }

    /// A field at the top of the payload, as JSON: a text, a number, `true` or `false`. `None` if it is missing, null,
    /// an array, an object, or not UTF-8.
    ///
    /// ```
    /// use deskpro_contact::{Converter, Options, Source, Target};
    ///
    /// let mut converter = Converter::new(Options::new(Source::Form, Target::V2));
    /// assert_eq!(converter.convert(b"id=4711&name=Ann")?.field("id").as_deref(), Some("\"4711\""));
    /// # Ok::<(), deskpro_contact::Error>(())
    /// ```
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        self.scalar(self.payload.tree.child(self.root, name.as_bytes())?)
    }

    fn scalar(&self, field: Id) -> Option<String> {
        if matches!(
            self.payload.tree.node(field),
            Node::Array(_) | Node::Null | Node::Link(_) | Node::Removed
        ) || !self.payload.tree.holds_utf8(field)
        {
            return None;
        }
        Some(
            String::from_utf8(written(|out| json::write(&self.payload.tree, field, out)))
                .expect("JSON is UTF-8"),
        )
    }
}

/// The owned result of a conversion: output, losses and contacts of one payload.
///
/// [`to_v2`](crate::to_v2), [`to_form`](crate::to_form), [`restore_form`](crate::restore_form),
/// [`restore_v2`](crate::restore_v2) and [`Conversion::into_owned`] return it.
///
/// ```
/// let converted = deskpro_contact::to_v2("type=website&comment=home&data[url]=example.com")?;
/// assert_eq!(converted.output(), r#"{"contact_data":{"website":[{"url":"example.com"}]}}"#);
/// assert_eq!(converted.losses()[0].path(), "comment");
/// # Ok::<(), deskpro_contact::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use = "the losses are part of the result"]
pub struct Converted {
    output: Vec<u8>,
    losses: Vec<Loss>,
    contacts: Vec<Contact<String>>,
    losses_json: Vec<u8>,
}

impl Converted {
    /// The output without a line end: JSON or a form.
    #[must_use]
    pub fn output(&self) -> &str {
        std::str::from_utf8(&self.output).expect("JSON and forms are UTF-8")
    }

    /// Consumes the result and returns the output.
    #[must_use]
    pub fn into_output(self) -> String {
        String::from_utf8(self.output).expect("JSON and forms are UTF-8")
    }

    /// The losses, in the order in which they were found.
    #[must_use]
    pub fn losses(&self) -> &[Loss] {
        &self.losses
    }

    /// The contacts that were read, in the payload's order, also those that the output does not have. See
    /// [`Conversion::contacts`].
    #[must_use]
    pub fn contacts(&self) -> &[Contact<String>] {
        &self.contacts
    }

    /// The losses as one JSON object, for [`Converter::restore`](crate::Converter::restore). Empty if there are no
    /// losses.
    #[must_use]
    pub fn losses_json(&self) -> &[u8] {
        &self.losses_json
    }
}
