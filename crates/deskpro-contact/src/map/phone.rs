//! Changes a phone to one that the target can hold.
//!
//! To v2, in the extended profile: the calling code and the number become one number, if there is no doubt which number
//! is meant. A note holds the sent texts and the written number, so that restoring parses nothing. To the legacy
//! format: the whole number is written, and the extension after it.

use super::{Mapper, Mode, Unwritten};
use crate::loss::{Code, LostValue, PendingLoss, PhoneReason, Severity};
use crate::model::table::{COMMENT, Format, phone_type, row};
use crate::model::{Contact, Field, Kind, PhoneType};
use crate::phone::{self, EXTENSION_MARK, PhoneNumber};
use crate::place::{Part, Place};
use crate::record::Value;
use crate::tree::{Array, Node, Shape, Text};

/// The member of a note that holds the number that was written, with its extension.
pub(crate) const WRITTEN: &str = "written";

impl Mapper<'_> {
    /// Changes a phone to one that the target can hold. `has_alias` says whether its type comes from an alias (`fax`).
    pub(super) fn phone(
        &mut self,
        n: u32,
        has_alias: bool,
        fields_at: u32,
        contact: &mut Contact<Value>,
    ) -> Result<(), Unwritten> {
        match self.mode {
            Mode::Convert(Format::V2) | Mode::Restore(Format::V2) => {
                self.write_to_v2(n, has_alias, fields_at, contact)
            }
            Mode::Convert(Format::Legacy) | Mode::Restore(Format::Legacy) => {
                self.write_to_legacy(n, contact);
                Ok(())
            }
            Mode::Inspect => Ok(()),
        }
    }

    fn write_to_v2(
        &mut self,
        n: u32,
        has_alias: bool,
        fields_at: u32,
        contact: &mut Contact<Value>,
    ) -> Result<(), Unwritten> {
        if self.rules.is_list_taken {
            return Err(PhoneReason::NameTaken.into());
        }
        let [code, number, sent_type] =
            [Field::CallingCode, Field::Number, Field::PhoneType].map(|field| contact.get(field).copied());
        let number = number.filter(|number| !number.text.is_empty()).ok_or(PhoneReason::NoNumber)?;
        if matches!(self.mode, Mode::Restore(_)) && code.is_none() && sent_type.is_none() {
            // Conversion to the legacy format writes such phones. The number is restored as it is.
            return Ok(());
        }
        let sent_code = code.map_or("", |code| self.utf8(code.text));
        let read = phone::read(sent_code, self.utf8(number.text), self.rules.region)?;
        if matches!(self.mode, Mode::Convert(_)) {
            if is_longer(read.extension.as_deref(), longest(Field::Extension)) {
                return Err(PhoneReason::LongExtension.into());
            }
            self.lose_long_comment(n, contact);
        }
        self.note_sent_number(n, fields_at, code, number, &read);
        if let Some(sent_type) = sent_type {
            self.lose_phone_type(n, has_alias, sent_type);
        }
        let mut value = |text: &str| Value { text: self.tree.intern(text.as_bytes()), ..number };
        let (number, extension) = (value(&read.number), read.extension.as_deref().map(value));
        contact.remove(Field::CallingCode);
        contact.remove(Field::PhoneType);
        contact.set(Field::Number, number);
        if let Some(extension) = extension {
            contact.set(Field::Extension, extension);
        }
        Ok(())
    }

    fn utf8(&self, text: Text) -> &str {
        std::str::from_utf8(&self.tree[text]).expect("a record that was read is UTF-8")
    }

    /// Removes a comment that is longer than v2 accepts, and adds its loss.
    fn lose_long_comment(&mut self, n: u32, contact: &mut Contact<Value>) {
        let list = row(Kind::Phone).extended.expect("v2 has a list of phones");
        let text = contact.comment.map(|comment| self.utf8(comment.text));
        if let Some(comment) = contact.comment.take_if(|_| is_longer(text, Some(list.longest_comment))) {
            self.lose_value(COMMENT.loss_code(), Severity::Data, n, Part::Comment, comment);
        }
    }

    /// Notes the calling code and the number as they were sent, unless the written number is the sent one.
    fn note_sent_number(
        &mut self,
        n: u32,
        fields_at: u32,
        code: Option<Value>,
        number: Value,
        read: &PhoneNumber,
    ) {
        let mut written = read.number.clone();
        if let Some(extension) = &read.extension {
            written += EXTENSION_MARK;
            written += extension;
        }
        if code.is_none() && self.tree[number.text] == *written.as_bytes() {
            return;
        }
        let note = self.tree.new_node(Text::EMPTY, Node::Array(Array::new(Shape::Object)), fields_at);
        let written = self.tree.intern(written.as_bytes());
        self.tree.append_named(note, WRITTEN, Node::Text(written), fields_at);
        for (field, value) in [(Field::CallingCode, code), (Field::Number, Some(number))] {
            if let Some(value) = value {
                self.tree.append_named(note, field.name(), Node::Text(value.text), value.at);
            }
        }
        self.losses.push(PendingLoss {
            code: Code::PhoneNumber,
            severity: if read.has_code { Severity::Note } else { Severity::Data },
            place: Place::Record(n, Part::Data),
            value: LostValue::Tree(note),
            at: number.at,
            why: None,
        });
    }

    /// Adds the loss of a phone's type, in place of the note of its alias if the alias gave it.
    fn lose_phone_type(&mut self, n: u32, has_alias: bool, sent: Value) {
        let text = &self.tree[sent.text];
        let plain = phone_type(PhoneType::Phone).anywhere(Format::Legacy);
        let is_plain = text.is_empty() || text.eq_ignore_ascii_case(plain.as_bytes());
        let severity = if is_plain { Severity::Note } else { Severity::Data };
        if !has_alias {
            return self.lose_value(Code::PhoneType, severity, n, Part::Field(Field::PhoneType), sent);
        }
        let is_spelling = |loss: &&mut PendingLoss| loss.code == Code::TypeName;
        // Earlier losses belong to other records.
        let note = self.losses.iter_mut().rev().find(is_spelling).expect("the spelling of an alias is noted");
        (note.code, note.severity) = (Code::PhoneType, severity);
    }

    /// Writes the extension after the number, and notes it.
    fn write_to_legacy(&mut self, n: u32, contact: &mut Contact<Value>) {
        let Some(&extension) = contact.get(Field::Extension) else { return };
        if matches!(self.mode, Mode::Convert(_)) {
            self.lose_value(Code::Extension, Severity::Note, n, Part::Field(Field::Extension), extension);
            self.note_json_type(n, Part::Field(Field::Extension), extension);
        }
        let number = contact.get(Field::Number).copied().expect("an item without a number is rejected");
        let mut joined = self.tree[number.text].to_vec();
        if !extension.text.is_empty() {
            joined.extend_from_slice(EXTENSION_MARK.as_bytes());
            joined.extend_from_slice(&self.tree[extension.text]);
        }
        let number = Value { text: self.tree.intern(&joined), ..number };
        contact.set(Field::Number, number);
        contact.remove(Field::Extension);
    }
}

/// The maximum number of characters that v2 accepts in a field of a phone; `None` if there is no limit.
fn longest(field: Field) -> Option<usize> {
    row(Kind::Phone).columns.iter().find(|column| column.field == field)?.longest
}

fn is_longer(text: Option<&str>, longest: Option<usize>) -> bool {
    text.zip(longest).is_some_and(|(text, longest)| text.chars().count() > longest)
}
