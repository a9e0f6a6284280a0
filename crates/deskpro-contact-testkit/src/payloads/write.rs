//! A payload as a list of fields, and the ways in which clients encode it.

/// A name, split at its brackets, and its value.
#[derive(Clone)]
pub(super) struct Field {
    pub(super) path: Vec<Vec<u8>>,
    pub(super) value: Vec<u8>,
    /// Whether the field is written without `=` and value.
    pub(super) is_bare: bool,
}

/// How a client writes brackets: raw, or percent-encoded with upper or lower case digits.
#[derive(Clone, Copy)]
pub(super) enum Brackets {
    Raw,
    Upper,
    Lower,
}

/// How a client percent-encodes.
#[derive(Clone, Copy)]
pub(super) enum Encoding {
    /// Like browsers and PHP: a space is `+`.
    Form,
    /// Like URLs: a space is `%20`, hex digits are in lower case.
    Url,
    /// Only the bytes that must be encoded.
    Sparse,
}

pub(super) struct Form {
    pub(super) fields: Vec<Field>,
    pub(super) brackets: Brackets,
    pub(super) encoding: Encoding,
}

impl Form {
    pub(super) fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for field in &self.fields {
            if !out.is_empty() {
                out.push(b'&');
            }
            for (depth, segment) in field.path.iter().enumerate() {
                if depth > 0 {
                    out.extend_from_slice(match self.brackets {
                        Brackets::Raw => b"[",
                        Brackets::Upper => b"%5B",
                        Brackets::Lower => b"%5b",
                    });
                }
                self.encode(segment, &mut out);
                if depth > 0 {
                    out.extend_from_slice(match self.brackets {
                        Brackets::Raw => b"]",
                        Brackets::Upper => b"%5D",
                        Brackets::Lower => b"%5d",
                    });
                }
            }
            if !field.is_bare {
                out.push(b'=');
                self.encode(&field.value, &mut out);
            }
        }
        out
    }

    fn encode(&self, text: &[u8], out: &mut Vec<u8>) {
        for &byte in text {
            let is_plain = match self.encoding {
                Encoding::Form | Encoding::Url => {
                    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b' ')
                }
                Encoding::Sparse => {
                    !matches!(byte, b'&' | b'=' | b'%' | b'+' | b'[' | b']' | b' ' | b'\n' | b'\r' | 0)
                }
            };
            match (self.encoding, byte) {
                (Encoding::Url, b' ') => out.extend_from_slice(b"%20"),
                (Encoding::Form, b' ') => out.push(b'+'),
                (Encoding::Form | Encoding::Url | Encoding::Sparse, _) if is_plain => out.push(byte),
                (Encoding::Form | Encoding::Sparse, _) => {
                    out.extend_from_slice(format!("%{byte:02X}").as_bytes());
                }
                (Encoding::Url, _) => out.extend_from_slice(format!("%{byte:02x}").as_bytes()),
            }
        }
    }

    pub(super) fn add(&mut self, path: &[&str], value: &str) {
        let path = path.iter().map(|segment| segment.as_bytes().to_vec()).collect();
        self.fields.push(Field { path, value: value.as_bytes().to_vec(), is_bare: false });
    }
}
