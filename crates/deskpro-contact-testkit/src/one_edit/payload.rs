//! A payload as pairs, so that an edit can change a part of a key.

use crate::Rng;

/// A payload as a list of pairs. Writing it gives the bytes that were read.
pub(super) struct Payload {
    pub(super) pairs: Vec<Pair>,
}

#[derive(Clone, Default)]
pub(super) struct Pair {
    /// The name before the first bracket.
    pub(super) first: Vec<u8>,
    pub(super) segments: Vec<Segment>,
    /// The text between the last closed bracket and the `=`.
    pub(super) rest: Vec<u8>,
    /// `None` for a pair without `=`.
    pub(super) value: Option<Vec<u8>>,
}

/// A segment of a key in brackets, as it is spelled.
#[derive(Clone)]
pub(super) struct Segment {
    pub(super) open: &'static [u8],
    pub(super) text: Vec<u8>,
    pub(super) close: &'static [u8],
}

pub(super) const OPEN: [&[u8]; 3] = [b"[", b"%5B", b"%5b"];
pub(super) const CLOSE: [&[u8]; 3] = [b"]", b"%5D", b"%5d"];

impl Payload {
    pub(super) fn read(bytes: &[u8]) -> Self {
        Self { pairs: bytes.split(|&byte| byte == b'&').map(Pair::read).collect() }
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for (n, pair) in self.pairs.iter().enumerate() {
            if n > 0 {
                out.push(b'&');
            }
            pair.write(&mut out);
        }
        out
    }

    pub(super) fn write_line(&self) -> Vec<u8> {
        let mut out = self.write();
        for byte in &mut out {
            if *byte == b'\n' {
                *byte = b'\r';
            }
        }
        out
    }

    /// Inserts the pairs of a text at a random position, most often at the end.
    pub(super) fn insert(&mut self, rng: &mut Rng, text: &[u8]) {
        let at = match rng.below(10) {
            0..4 => self.pairs.len(),
            4 => 0,
            _ => rng.below(self.pairs.len() + 1),
        };
        let pairs = self.spelled(rng, text);
        self.pairs.splice(at..at, pairs);
    }

    /// The pairs of a text. In 70 % of the calls, their brackets are spelled like those of the payload's first record.
    pub(super) fn spelled(&self, rng: &mut Rng, text: &[u8]) -> Vec<Pair> {
        let mut pairs = Self::read(text).pairs;
        let record = self.pairs.iter().find(|pair| pair.group().is_some());
        if let Some(Segment { open, close, .. }) = record.map(|pair| &pair.segments[0])
            && rng.chance(70)
        {
            for segment in pairs.iter_mut().flat_map(|pair| &mut pair.segments) {
                (segment.open, segment.close) = (open, close);
            }
        }
        pairs
    }

    /// The positions of the pairs of records.
    pub(super) fn of_records(&self) -> Vec<usize> {
        (0..self.pairs.len()).filter(|&n| self.pairs[n].group().is_some()).collect()
    }

    /// The group key of a random record.
    pub(super) fn some_group(&self, rng: &mut Rng) -> Option<Vec<u8>> {
        let of_records = self.of_records();
        let n = *of_records.get(rng.below(of_records.len()))?;
        self.pairs[n].group().map(<[u8]>::to_vec)
    }

    /// The positions of the pairs of a group.
    pub(super) fn of_group(&self, group: &[u8]) -> Vec<usize> {
        (0..self.pairs.len()).filter(|&n| self.pairs[n].group() == Some(group)).collect()
    }

    /// The positions of the pairs of a random record, or of all pairs if the payload has no record.
    pub(super) fn of_some_record(&self, rng: &mut Rng) -> Vec<usize> {
        match self.some_group(rng) {
            Some(group) => self.of_group(&group),
            None => (0..self.pairs.len()).collect(),
        }
    }

    /// A random pair, more often one of a record.
    pub(super) fn some_pair(&mut self, rng: &mut Rng) -> &mut Pair {
        let of_records = self.of_records();
        let n = match of_records.len() {
            0 => rng.below(self.pairs.len()),
            _ if rng.chance(20) => rng.below(self.pairs.len()),
            len => of_records[rng.below(len)],
        };
        &mut self.pairs[n]
    }

    /// A random pair whose key has the last name `leaf`.
    pub(super) fn some_ending(&mut self, rng: &mut Rng, leaf: &[u8]) -> Option<&mut Pair> {
        let found: Vec<usize> = (0..self.pairs.len()).filter(|&n| self.pairs[n].leaf() == leaf).collect();
        let n = *found.get(rng.below(found.len()))?;
        self.pairs.get_mut(n)
    }

    /// The start of the keys of a random record; empty if the payload has no record with a group.
    pub(super) fn some_base(&self, rng: &mut Rng) -> Vec<u8> {
        self.some_group(rng).map_or_else(Vec::new, |group| base(&group))
    }
}

pub(super) fn base(group: &[u8]) -> Vec<u8> {
    [b"contact_data[", group, b"]"].concat()
}

/// Appends names such as `[a][b]` to the start of a record's key. With an empty start, they become `a[b]`.
pub(super) fn below(base: &[u8], names: &str) -> Vec<u8> {
    if base.is_empty() {
        names.replacen('[', "", 1).replacen(']', "", 1).into_bytes()
    } else {
        [base, names.as_bytes()].concat()
    }
}

/// The bracket at the start of a text, as it is spelled.
pub(super) fn bracket(text: &[u8], spellings: [&'static [u8]; 3]) -> Option<&'static [u8]> {
    spellings.into_iter().find(|bracket| text.starts_with(bracket))
}

/// The position of the first bracket, and its spelling.
pub(super) fn find(text: &[u8], spellings: [&'static [u8]; 3]) -> Option<(usize, &'static [u8])> {
    (0..text.len()).find_map(|at| Some((at, bracket(&text[at..], spellings)?)))
}

impl Pair {
    pub(super) fn read(bytes: &[u8]) -> Self {
        let equals = bytes.iter().position(|&byte| byte == b'=');
        let (mut key, value) = match equals {
            Some(at) => (&bytes[..at], Some(bytes[at + 1..].to_vec())),
            None => (bytes, None),
        };
        let mut pair = Self { value, ..Self::default() };
        let first = find(key, OPEN).map_or(key.len(), |(at, _)| at);
        pair.first = key[..first].to_vec();
        key = &key[first..];
        while let Some(open) = bracket(key, OPEN)
            && let Some((end, close)) = find(&key[open.len()..], CLOSE)
        {
            let text = &key[open.len()..][..end];
            pair.segments.push(Segment { open, text: text.to_vec(), close });
            key = &key[open.len() + end + close.len()..];
        }
        pair.rest = key.to_vec();
        pair
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.first);
        for segment in &self.segments {
            out.extend_from_slice(segment.open);
            out.extend_from_slice(&segment.text);
            out.extend_from_slice(segment.close);
        }
        out.extend_from_slice(&self.rest);
        if let Some(value) = &self.value {
            out.push(b'=');
            out.extend_from_slice(value);
        }
    }

    /// The group key, if the pair belongs to a record.
    pub(super) fn group(&self) -> Option<&[u8]> {
        let is_field = self.first == b"contact_data" && self.segments.len() > 1;
        is_field.then(|| &*self.segments[0].text)
    }

    /// The last name of the key.
    pub(super) fn leaf(&self) -> &[u8] {
        self.segments.last().map_or(&self.first, |segment| &segment.text)
    }

    pub(super) fn leaf_mut(&mut self) -> &mut Vec<u8> {
        self.segments.last_mut().map_or(&mut self.first, |segment| &mut segment.text)
    }

    /// A random name of the key.
    pub(super) fn some_name(&mut self, rng: &mut Rng) -> &mut Vec<u8> {
        match rng.below(self.segments.len() + 1) {
            0 => &mut self.first,
            n => &mut self.segments[n - 1].text,
        }
    }

    pub(super) fn value_mut(&mut self) -> &mut Vec<u8> {
        self.value.get_or_insert_default()
    }

    /// Spells all brackets in one of the three ways.
    pub(super) fn spell(&mut self, n: usize) {
        for segment in &mut self.segments {
            (segment.open, segment.close) = (OPEN[n], CLOSE[n]);
        }
    }

    pub(super) fn respell(&mut self, rng: &mut Rng) {
        for segment in &mut self.segments {
            segment.open = rng.pick(&OPEN);
            segment.close = rng.pick(&CLOSE);
        }
    }
}
