//! The two formats, and the names that a type, a field or a service has in each.

use super::super::kind::Profile;
use crate::loss::Code;

use Spelling::{Aliased, Extended, ExtendedOnly, LegacyOnly, Renamed, Same, V2Only};

/// One of the two formats.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Format {
    /// Form payloads of the legacy API.
    Legacy,
    /// JSON bodies of the v2 API.
    V2,
}

/// The names of a type, field or service in each format, and the code of its loss if one format lacks it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Spelling {
    Same(&'static str),
    Renamed {
        legacy: &'static str,
        v2: &'static str,
    },
    /// The first legacy name is written; all are read.
    Aliased {
        legacy: &'static [&'static str],
        v2: &'static str,
    },
    /// The code is that of the loss if the target is v2.
    LegacyOnly(&'static [&'static str], Code),
    /// The code is that of the loss if the target is legacy.
    V2Only(&'static str, Code),
    /// Both formats have the name, but v2 only in the extended profile. The code is that of the loss in the documented
    /// profile. Observed: the v2 document does not have the name.
    Extended(&'static str, Code),
    /// Only v2 in the extended profile has the name. The code is that of the loss if the target is legacy.
    ExtendedOnly(&'static str, Code),
}

impl Format {
    /// The other format.
    #[must_use]
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Legacy => Self::V2,
            Self::V2 => Self::Legacy,
        }
    }
}

impl Spelling {
    /// All names in a format, the one that is written first. Empty if the format has none.
    pub(crate) fn names(&self, format: Format) -> &[&'static str] {
        use std::slice::from_ref;
        match (format, self) {
            (Format::Legacy, Same(name) | Renamed { legacy: name, .. } | Extended(name, _))
            | (
                Format::V2,
                Same(name) | Renamed { v2: name, .. } | Aliased { v2: name, .. } | V2Only(name, _),
            ) => from_ref(name),
            (Format::Legacy, Aliased { legacy, .. } | LegacyOnly(legacy, _)) => legacy,
            (Format::Legacy, V2Only(..) | ExtendedOnly(..))
            | (Format::V2, LegacyOnly(..) | Extended(..) | ExtendedOnly(..)) => &[],
        }
    }

    /// The name that is written in a format; `None` if the format has none.
    pub(crate) fn written(&self, format: Format) -> Option<&'static str> {
        self.names(format).first().copied()
    }

    /// The name in a format, or the name in the other format if this one has none. Reading accepts this name, and
    /// restoring writes it.
    pub(crate) fn anywhere(&self, format: Format) -> &'static str {
        match (self, format) {
            (Same(name) | V2Only(name, _) | Extended(name, _) | ExtendedOnly(name, _), _)
            | (Renamed { legacy: name, .. }, Format::Legacy)
            | (Renamed { v2: name, .. } | Aliased { v2: name, .. }, Format::V2) => name,
            (Aliased { legacy: names, .. }, Format::Legacy) | (LegacyOnly(names, _), _) => names[0],
        }
    }

    /// Whether a format has a name.
    pub(crate) const fn is_in(&self, format: Format) -> bool {
        match self {
            Same(_) | Renamed { .. } | Aliased { .. } => true,
            LegacyOnly(..) | Extended(..) => matches!(format, Format::Legacy),
            V2Only(..) => matches!(format, Format::V2),
            ExtendedOnly(..) => false,
        }
    }

    /// Whether a format has a name in a profile.
    pub(crate) const fn is_in_profile(&self, format: Format, profile: Profile) -> bool {
        match (self, format, profile) {
            (Extended(..) | ExtendedOnly(..), Format::V2, Profile::Extended) => true,
            _ => self.is_in(format),
        }
    }

    /// The name that is written in a format in a profile; `None` if there is none.
    pub(crate) fn written_in(&self, format: Format, profile: Profile) -> Option<&'static str> {
        self.is_in_profile(format, profile).then(|| self.anywhere(format))
    }

    /// The name by which a field is read in a format: also a name that its document does not have, but not the names of
    /// a legacy phone in v2, nor of a v2 extension in the legacy format.
    pub(crate) fn read(&self, format: Format) -> Option<&'static str> {
        match (self, format) {
            (Same(name) | V2Only(name, _) | Extended(name, _), _)
            | (Renamed { legacy: name, .. }, Format::Legacy)
            | (Renamed { v2: name, .. } | Aliased { v2: name, .. } | ExtendedOnly(name, _), Format::V2) => {
                Some(name)
            }
            (Aliased { legacy: names, .. } | LegacyOnly(names, _), Format::Legacy) => Some(names[0]),
            (LegacyOnly(..), Format::V2) | (ExtendedOnly(..), Format::Legacy) => None,
        }
    }

    /// The code of the loss if the target has no name.
    pub(crate) fn loss_code(&self) -> Code {
        match self {
            LegacyOnly(_, code) | V2Only(_, code) | Extended(_, code) | ExtendedOnly(_, code) => *code,
            Same(_) | Renamed { .. } | Aliased { .. } => Code::UnknownField,
        }
    }
}
