//! The options of a conversion that a byte of the fuzzer's input chooses.

use deskpro_contact::{Options, Profile, Region, Source, Target};

/// The regions that a byte can choose. The first leaves phones without a calling code unwritten.
const REGIONS: [Option<&str>; 4] = [None, Some("GB"), Some("DE"), Some("US")];

/// The profile and the region of a conversion, and whether the person's id is the email.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    profile: Profile,
    region: Option<Region>,
    has_id: bool,
}

impl Setup {
    /// The lowest bit is the profile, the next two are the region, and the fourth is the id. A region needs the
    /// extended profile.
    #[must_use]
    pub fn of(byte: u8) -> Self {
        let profile = if byte & 1 == 0 { Profile::Documented } else { Profile::Extended };
        let region = REGIONS[usize::from(byte >> 1 & 3)].filter(|_| profile == Profile::Extended);
        let region = region.map(|name| name.parse().expect("the name of a region"));
        Self { profile, region, has_id: byte & 8 != 0 }
    }

    /// The setup that the first byte of an input chooses, and the rest of the input.
    #[must_use]
    pub fn split(input: &[u8]) -> Option<(Self, &[u8])> {
        input.split_first().map(|(&byte, rest)| (Self::of(byte), rest))
    }

    #[must_use]
    pub fn profile(self) -> Profile {
        self.profile
    }

    #[must_use]
    pub fn region(self) -> Option<Region> {
        self.region
    }

    pub(crate) fn is_extended(self) -> bool {
        self.profile == Profile::Extended
    }

    /// The options of a conversion. Only one to v2 has a region.
    pub(crate) fn options(self, source: Source, target: Target) -> Options {
        let options = Options::new(source, target).profile(self.profile);
        let options = if target == Target::V2 { options.region(self.region) } else { options };
        if self.has_id { options.id_field("email") } else { options }
    }
}
