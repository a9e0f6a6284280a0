//! Hints for messages about unknown names: the names that are known at that place, and the closest of them.

use super::view::View;
use crate::error::shorten;
use crate::model::Kind;
use crate::model::lookup::{FIELD_NAMES, type_of};
use crate::model::table::{Format, comment_name, envelope, row};
use crate::place::{Part, Place};
use crate::reject::Rejection;
use crate::tree::Id;

impl View<'_> {
    /// A hint for an unknown field of a record: the known name that is probably meant, or all names known in that
    /// array.
    pub(super) fn known_beside(&self, place: Place) -> Option<String> {
        match place {
            Place::Record(n, part) => {
                let unknown = match part {
                    Part::OtherField(name) => &self.tree[name],
                    Part::FieldOfOtherKind(name) => FIELD_NAMES.text(name).as_bytes(),
                    Part::Whole | Part::Type | Part::Comment | Part::Data | Part::Field(_) => return None,
                };
                let known: Vec<&str> = fields(self.records[n as usize].kind?, Format::Legacy).collect();
                let is_there = |name: &str| {
                    self.pairs_of(n).any(|pair| self.field_name(pair.name) == Some(name.as_bytes()))
                };
                Some(known_names(unknown, &known, is_there))
            }
            Place::Tree(id) => {
                let array = self.tree.parent(id)?;
                let is_there = |name: &str| self.tree.child(array, name.as_bytes()).is_some();
                Some(known_names(self.tree.name(id), &self.names_of(array)?, is_there))
            }
            Place::Under(..) | Place::Path(_) => None,
        }
    }

    /// The names that an array of a record may have.
    fn names_of(&self, array: Id) -> Option<Vec<&'static str>> {
        let text =
            |id: Id, name: &str| Some(&self.tree[self.tree.text(self.tree.child(id, name.as_bytes())?)?]);
        let format = self.input.format;
        let kind = |name: &[u8]| type_of(format, name).ok().map(|found| found.kind);
        let above = self.tree.parent(array);
        match format {
            Format::V2 => {
                let named = above.and_then(|list| kind(self.tree.name(list)));
                let is_phone = above.is_some_and(|list| {
                    // The list is at the top of the body.
                    self.tree.name(list) == envelope::PHONE_NUMBERS.as_bytes()
                        && self
                            .tree
                            .parent(list)
                            .is_some_and(|root| self.tree.name(root) != envelope::CONTACT_DATA.as_bytes())
                });
                let named = if is_phone { Some(Kind::Phone) } else { named };
                let kind = named.or_else(|| kind(text(array, envelope::CONTACT_TYPE)?))?;
                Some(fields(kind, format).chain([comment_name(kind, format)]).collect())
            }
            Format::Legacy => {
                let is_data = self.tree.name(array) == envelope::DATA.as_bytes();
                let record = above.filter(|_| is_data);
                let kind = record.and_then(|record| kind(text(record, envelope::TYPE)?));
                Some(match kind {
                    Some(kind) => fields(kind, format).collect(),
                    None => vec![envelope::TYPE, envelope::COMMENT, envelope::DATA],
                })
            }
        }
    }

    /// A hint for a record that lacks a required field: the unknown names in the array that should have the field.
    pub(super) fn unknown_beside(&self, why: Rejection) -> Option<String> {
        const SHOWN: usize = 3;
        let kind = why.of?;
        let format = self.input.format;
        let is_unknown = |name: &&[u8]| {
            let is_of_item = [comment_name(kind, format), envelope::ID, envelope::CONTACT_TYPE]
                .iter()
                .any(|own| format == Format::V2 && own.as_bytes() == *name);
            !is_of_item && row(kind).column(format, name).is_none()
        };
        let names: Vec<&[u8]> = match why.place {
            Place::Record(n, Part::Field(_)) => {
                let names = self.pairs_of(n).filter_map(|pair| self.field_name(pair.name));
                names.filter(is_unknown).take(SHOWN).collect()
            }
            Place::Under(array, _) => {
                let names = self.tree.children(array).map(|child| self.tree.name(child));
                names.filter(is_unknown).take(SHOWN).collect()
            }
            // The kind requires one of several fields, and the message lists them.
            Place::Record(..) | Place::Tree(_) | Place::Path(_) => return None,
        };
        (!names.is_empty()).then(|| format!("unknown here: {}", quoted(names.into_iter())))
    }

    /// A hint for an unknown type: the type that is probably meant.
    pub(super) fn type_meant(&self, why: Rejection) -> Option<String> {
        let unknown = match why.place {
            Place::Tree(id) => self.tree.text(id).map_or(self.tree.name(id), |text| &self.tree[text]),
            Place::Record(n, part) => &self.tree[self.pair(n, part)?.text],
            Place::Under(..) | Place::Path(_) => return None,
        };
        let names = Kind::ALL.into_iter().flat_map(|kind| row(kind).name.names(self.input.format));
        let name = closest(unknown, &names.copied().collect::<Vec<_>>())?;
        Some(format!("did you mean `{name}`?"))
    }
}

/// A hint for an unknown name: the known name that is probably meant, if it is not there too, or all known names.
fn known_names(unknown: &[u8], known: &[&str], is_there: impl Fn(&str) -> bool) -> String {
    match closest(unknown, known) {
        Some(name) if !is_there(name) => format!("did you mean `{name}`?"),
        Some(_) | None => format!("known here: {}", quoted(known.iter().map(|name| name.as_bytes()))),
    }
}

/// The names of a kind's fields.
fn fields(kind: Kind, format: Format) -> impl Iterator<Item = &'static str> {
    row(kind).columns.iter().filter_map(move |column| column.name.read(format))
}

fn quoted<'n>(names: impl Iterator<Item = &'n [u8]>) -> String {
    names.map(|name| format!("`{}`", shorten(name))).collect::<Vec<_>>().join(", ")
}

/// The known name that is probably meant: at most a third of it differs, or one of the two names contains the other.
pub(crate) fn closest<'n>(unknown: &[u8], known: &[&'n str]) -> Option<&'n str> {
    const LONGEST: usize = 40;
    const SHORTEST_PART: usize = 3;
    let unknown = std::str::from_utf8(unknown).ok().filter(|name| name.len() <= LONGEST)?;
    let unknown = unknown.to_ascii_lowercase().replace(['-', ' '], "_");
    let differences = |name: &&&str| distance(unknown.as_bytes(), name.as_bytes());
    let is_near = |name: &&&str| differences(name) <= name.len().min(unknown.len()) / 3;
    let is_part = |name: &&&str| {
        name.len().min(unknown.len()) >= SHORTEST_PART
            && (name.contains(&unknown) || unknown.contains(**name))
    };
    let near = known.iter().filter(is_near).min_by_key(differences);
    near.or_else(|| known.iter().find(is_part)).copied()
}

/// The number of bytes to insert, remove or replace to turn one name into the other (Levenshtein distance).
fn distance(one: &[u8], other: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (n, byte) in one.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], n + 1);
        for (m, own) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(byte != own);
            diagonal = row[m + 1];
            row[m + 1] = replaced.min(row[m] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[track_caller]
    fn check(unknown: &str, known: &[&str], expected: Option<&str>) {
        assert_eq!(closest(unknown.as_bytes(), known), expected, "{unknown}");
    }

    #[test]
    fn the_name_that_is_meant_is_found() {
        let types = ["address", "website", "instant_message", "twitter", "linked_in", "facebook", "apple"];
        check("websites", &types, Some("website"));
        check("Web Site", &types, Some("website"));
        check("instantMessage", &types, Some("instant_message"));
        check("linked-in", &types, Some("linked_in"));
        check("apply", &types, Some("apple"));
        check("website (home)", &types, Some("website"));
        check("url", &["profile_url"], Some("profile_url"));
        check("user_name", &["service", "username"], Some("username"));
        check("zipcode", &["city", "zip"], Some("zip"));
    }

    #[test]
    fn no_name_is_found_for_another_word() {
        let types = ["address", "website", "im", "fax"];
        for unknown in ["pager", "", "0", "email", "a", "ax", &"website".repeat(9)] {
            check(unknown, &types, None);
        }
    }
}
