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
/// It borrows the converter, which cannot take the next payload before the result is dropped.
/// [`Conversion::into_owned`] copies it into a [`Converted`].
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
    /// The losses of the source from which the payload was built: the values that the payload does not hold.
    pub(super) source_losses: &'c [Loss],
}

impl<'c> Conversion<'c> {
    /// The output without a line end: JSON or a form, in UTF-8. The type is bytes, because checking for UTF-8 again
    /// would cost time for each payload.
    pub fn output(&self) -> &'c [u8] {
        self.output
    }

    /// The payload that was converted.
    pub fn payload(&self) -> &'c [u8] {
        self.input.payload
    }

    /// Adds the losses of the JSON or the rows from which the payload was built: values that the payload does not hold,
    /// for example those that [`legacy_json::payload`](crate::legacy_json::payload) returns. Their codes begin with
    /// `source-`. All methods and the line of the losses file give them before the losses of the payload. Their spans
    /// are not positions in the payload: losses of JSON have positions in that JSON, losses of rows have empty spans.
    ///
    /// ```
    /// use deskpro_contact::{Converter, Options, Source, Target, legacy_json};
    ///
    /// let mut payload = Vec::new();
    /// let losses = legacy_json::payload(r#"{"person":{"id":7,"contact_data":[]},"status":"ok"}"#, &mut payload)?;
    /// let mut converter = Converter::new(Options::new(Source::Form, Target::V2));
    /// let conversion = converter.convert(&payload)?.with_source_losses(&losses);
    /// assert_eq!(conversion.output(), br#"{"id":"7","contact_data":{}}"#);
    /// assert!(conversion.has_data_losses()); // the status
    /// # Ok::<(), deskpro_contact::Error>(())
    /// ```
    pub fn with_source_losses(self, losses: &'c [Loss]) -> Self {
        Self { source_losses: losses, ..self }
    }

    /// The losses that [`Conversion::with_source_losses`] added.
    #[must_use]
    pub fn source_losses(&self) -> &'c [Loss] {
        self.source_losses
    }

    /// The losses, in the order in which they were found. The iterator makes the path and value of each;
    /// [`Conversion::codes`] is cheaper.
    pub fn losses(&self) -> impl Iterator<Item = Loss> + '_ {
        let own = self.payload.losses.iter().map(|entry| self.view().loss(entry));
        self.source_losses.iter().cloned().chain(own)
    }

    /// The code and the severity of each loss.
    pub fn codes(&self) -> impl Iterator<Item = (Code, Severity)> + '_ {
        let own = self.payload.losses.iter().map(|entry| (entry.code, entry.severity));
        self.source_losses.iter().map(|loss| (loss.code(), loss.severity())).chain(own)
    }

    /// The reason for the loss of each phone that the extended profile does not write.
    pub fn phone_reasons(&self) -> impl Iterator<Item = PhoneReason> + '_ {
        self.payload.losses.iter().filter_map(PendingLoss::reason)
    }

    /// The loss at a position, counted from 0.
    #[must_use]
    pub fn loss(&self, n: usize) -> Option<Loss> {
        match n.checked_sub(self.source_losses.len()) {
            None => self.source_losses.get(n).cloned(),
            Some(n) => self.payload.losses.get(n).map(|entry| self.view().loss(entry)),
        }
    }

    /// Whether `restored` is read as the converted payload was read: equal names, values and order, and in JSON equal
    /// types. Empty arrays of a form are ignored: PHP makes them only if it drops a pair such as `a[__Host-x]=1`.
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
        !self.payload.losses.is_empty() || !self.source_losses.is_empty()
    }

    /// Whether there are losses that are data ([`Severity::Data`]), which a person would miss.
    #[must_use]
    pub fn has_data_losses(&self) -> bool {
        self.payload.losses.iter().any(|entry| entry.severity == Severity::Data)
            || self.source_losses.iter().any(|loss| loss.severity() == Severity::Data)
    }

    /// Whether the payload has records of contact data, rejected records included.
    #[must_use]
    pub fn has_records(&self) -> bool {
        !self.payload.records.is_empty()
    }

    /// The contacts that were read, in the payload's order, also those that the output does not have.
    pub fn contacts(&self) -> impl Iterator<Item = Contact<&'c str>> + '_ {
        let text =
            |text| std::str::from_utf8(&self.payload.tree[text]).expect("a record that was read is UTF-8");
        self.payload.records.iter().filter_map(move |record| Some(record.read?.map(|value| text(value.text))))
    }

    /// Writes the payload's line of a [losses file](losses_file), without a line end:
    /// `{"line":17,"id":"ann","output":"3f07c1a9d2e4","losses":[…]}`. `line` is the number of the payload's line in the
    /// input, from 1; `output` is the [`OutputDigest`] of the output, without indentation. The object has no `id` if the
    /// payload has none, and no `losses` if there are none.
    pub fn write_losses_line(&self, line: u64, out: &mut Vec<u8>) {
        let id = self.id();
        let id = id.as_deref().and_then(PersonId::from_json);
        append(out, |out| self.write_object(Some(line), id, out));
    }

    /// Writes the losses of the payload as [`Conversion::write_losses_json`] does, but without the losses of the
    /// source from which the payload was built: these are not needed to restore the payload.
    pub(super) fn write_payload_losses(&self, out: &mut Vec<u8>) {
        Self { source_losses: &[], ..*self }.write_losses_json(out);
    }

    /// Writes the losses for [`Converter::restore`](crate::Converter::restore): the object that
    /// [`Conversion::write_losses_line`] writes, without `line`. Writes nothing if there are no losses.
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
            for loss in self.source_losses {
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

    /// Copies the result into one that borrows from nothing.
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

/// The owned result of [`to_v2`](crate::to_v2), [`to_form`](crate::to_form), [`restore_form`](crate::restore_form) or
/// [`restore_v2`](crate::restore_v2): output, losses and contacts of one payload.
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

    /// The contacts that were read, in the payload's order, also those that the output does not have.
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
