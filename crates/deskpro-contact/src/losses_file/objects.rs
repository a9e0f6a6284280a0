//! Objects of a losses file: the first line, the last line, the list of losses of a line, and reading of JSON objects
//! by their members.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::fields;
use crate::error::{Error, ErrorKind, shorten};
use crate::loss::{Code, Severity};

/// The members of a JSON object. Reading fails if a name comes twice.
pub(super) struct Object<'a> {
    members: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> Object<'a> {
    pub(super) fn read(json: &'a [u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(json)
    }

    /// A member's JSON text; `None` if it is missing or null.
    pub(super) fn json(&self, name: &str) -> Option<&'a RawValue> {
        let member = self.members.iter().find(|(own, _)| own == name);
        member.map(|(_, json)| *json).filter(|json| json.get() != "null")
    }

    /// A member's value; `None` if it is missing or null.
    pub(super) fn value<T: Deserialize<'a>>(&self, name: &str) -> serde_json::Result<Option<T>> {
        self.json(name).map(|json| serde_json::from_str(json.get())).transpose()
    }

    /// A member that is an object; `None` if it is missing or null.
    pub(super) fn object(&self, name: &str) -> serde_json::Result<Option<Object<'a>>> {
        self.json(name).map(|json| Object::read(json.get().as_bytes())).transpose()
    }

    /// Whether all members have one of these names.
    pub(super) fn has_only(&self, names: &[&str]) -> bool {
        self.members.iter().all(|(own, _)| names.contains(&&**own))
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut members: Vec<(Cow<'de, str>, &RawValue)> = Vec::new();
                while let Some((Name(name), json)) = map.next_entry()? {
                    if members.iter().any(|(other, _)| *other == name) {
                        return Err(serde::de::Error::custom("a member stands twice"));
                    }
                    members.push((name, json));
                }
                Ok(Object { members })
            }
        }
        from.deserialize_map(Members)
    }
}

/// A member's name, borrowed if it has no escape. (serde's own `Cow` always copies.)
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text;

        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }
        from.deserialize_str(Text)
    }
}

/// The first line of a losses file: how the run converted. A restoring run checks it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    /// The version of the file's format: [`VERSION`].
    pub version: u64,
    /// The format of the payloads: the name of a [`Source`](crate::Source). Here and in the next two members, [`read`]
    /// accepts any text; a restoring run rejects texts that are no names.
    ///
    /// [`read`]: super::read
    pub from: String,
    /// The format of the outputs: the name of a [`Target`](crate::Target).
    pub to: String,
    /// The profile of the outputs: the name of a [`Profile`](crate::Profile).
    pub profile: String,
    /// The field of the payloads that holds the person's id, if the run had an id field. Then the file has a line for
    /// each payload.
    pub id_field: Option<String>,
    /// The encoding of texts that are not UTF-8, if the run had an encoding: the name of an
    /// [`Encoding`](crate::Encoding).
    pub encoding: Option<String>,
}

/// The version of the losses file's format that this library reads and writes.
pub const VERSION: u64 = 1;

/// The last line of a losses file. It shows that the file is complete.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct End {
    /// The number of payloads that were read.
    pub lines: u64,
    /// The number of lines of the file that have losses or a rejected payload.
    pub with_losses: u64,
}

/// The list of losses of one line, as JSON text.
#[derive(Clone, Copy, Debug)]
pub struct Losses<'a>(pub(super) &'a RawValue);

impl<'a> Losses<'a> {
    /// The list as JSON text.
    #[must_use]
    pub fn json(self) -> &'a str {
        self.0.get()
    }

    /// Reads the code and the severity of each loss.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotLosses`] if the text is not a list of losses with known codes.
    pub fn codes(self) -> Result<Vec<(Code, Severity)>, Error> {
        let codes = || {
            let losses: Vec<Object<'_>> = serde_json::from_str(self.json()).ok()?;
            let each = losses.iter().map(|loss| {
                let code = loss.value::<String>(fields::CODE).ok()??;
                let severity = loss.value::<String>(fields::SEVERITY).ok()??;
                let severity =
                    [Severity::Data, Severity::Note].into_iter().find(|one| one.name() == severity);
                Some((code.parse().ok()?, severity?))
            });
            each.collect::<Option<Vec<_>>>()
        };
        codes().ok_or_else(|| not_a_line(self.json().as_bytes()))
    }
}

impl PartialEq for Losses<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.json() == other.json()
    }
}

impl Eq for Losses<'_> {}

impl Serialize for Losses<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

pub(super) fn not_a_line(found: &[u8]) -> Error {
    Error::new(ErrorKind::NotLosses, String::new(), 0..0, "a line of a losses file", shorten(found))
}
