//! Recognises input of a wrong format by its first line, so that it is not converted to nonsense.
//!
//! Only the first line that is not empty is judged, and at most [`MAX_JUDGED`] bytes of it. So a stream that pauses
//! after its first line is not held up.

mod json;
mod text;

use self::json::Json;
use self::text::Text;

/// The maximum number of bytes of the first line that are judged.
pub(crate) const MAX_JUDGED: usize = 4 << 10;

/// The expected format of the lines of an input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Expected {
    /// Form payloads.
    Forms,
    /// Form payloads that a run wrote: a rejected body may have an error line.
    WrittenForms,
    /// v2 bodies.
    Bodies,
    /// v2 bodies that a run wrote: their fields may have any names.
    WrittenBodies,
    /// An SQL dump that could not be read.
    Dump,
    /// Exported rows that could not be read.
    Rows,
}

/// Judges the first line that is not empty, given without its line end. If `is_cut`, only its start is given.
///
/// For an input of a wrong format, returns a clause that follows the name of the input in a message: what it looks
/// like, and what helps.
pub(crate) fn judge(line: &[u8], is_cut: bool, expected: Expected) -> Option<String> {
    if let Some(clause) = judge_start(line).or_else(|| line.contains(&0).then(|| Binary::Nul.clause())) {
        return Some(clause);
    }
    match Json::of(line, is_cut) {
        Some(json) => json.clause(expected),
        None => text::judge(line, is_cut, expected),
    }
}

/// Judges the first bytes of an input, before a line end is found.
///
/// For a binary format, returns a clause as [`judge`] does.
pub(crate) fn judge_start(start: &[u8]) -> Option<String> {
    Binary::of(start).map(Binary::clause)
}

/// Judges the first line of a file that should be a losses file.
///
/// For a file that looks like another known format, returns a clause as [`judge`] does.
pub(crate) fn judge_losses(line: &[u8]) -> Option<String> {
    let line = &line[..line.len().min(MAX_JUDGED)];
    let kind = match Json::of(line, true) {
        _ if Binary::of(line).is_some() => return judge_start(line),
        Some(Json::Losses) => return None,
        Some(Json::Body | Json::SeveralLines | Json::ListOfBodies) => "v2 bodies",
        Some(Json::ErrorLine) => "an output with error lines",
        Some(Json::LegacyBody | Json::LegacyReply | Json::Row | Json::Har | Json::Batch) => "JSON",
        None if Text::of(line, true) == Text::Form => "form payloads",
        None => return None,
    };
    Some(format!("looks like {kind}, not like losses: give --restore the file that --losses wrote"))
}

/// A binary format, or an encoding that is not UTF-8.
#[derive(Clone, Copy, Debug)]
enum Binary {
    Utf32,
    /// With a byte order mark.
    Utf16,
    Utf16LittleEndian,
    Utf16BigEndian,
    Gzip,
    Zstd,
    Zip,
    Bzip2,
    Xz,
    SevenZip,
    /// Text with a NUL that is none of the above.
    Nul,
}

impl Binary {
    fn of(start: &[u8]) -> Option<Self> {
        let binary = match start {
            [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Self::Utf32,
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Self::Utf16,
            [1..=0xff, 0, 1..=0xff, 0, ..] => Self::Utf16LittleEndian,
            [0, 1..=0xff, 0, 1..=0xff, ..] => Self::Utf16BigEndian,
            [0x1f, 0x8b, 8, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Self::Zip,
            [b'B', b'Z', b'h', b'1'..=b'9', b'1', b'A', b'Y', ..] => Self::Bzip2,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            [b'7', b'z', 0xbc, 0xaf, ..] => Self::SevenZip,
            _ => return None,
        };
        Some(binary)
    }

    fn clause(self) -> String {
        let clause = match self {
            Self::Utf32 => "is text in UTF-32: convert it with `iconv -f UTF-32 -t UTF-8` first",
            Self::Utf16 => "is text in UTF-16: convert it with `iconv -f UTF-16 -t UTF-8` first",
            Self::Utf16LittleEndian => {
                "looks like text in UTF-16: convert it with `iconv -f UTF-16LE -t UTF-8` first"
            }
            Self::Utf16BigEndian => {
                "looks like text in UTF-16: convert it with `iconv -f UTF-16BE -t UTF-8` first"
            }
            Self::Gzip => "was compressed twice: decompress it with `gzip -dc` once more first",
            Self::Zstd => "was compressed twice: decompress it with `zstd -dc` once more first",
            Self::Zip => "is a zip archive: unpack it with `unzip -p` first",
            Self::Bzip2 => "is compressed with bzip2: decompress it with `bzip2 -dc` first",
            Self::Xz => "is compressed with xz: decompress it with `xz -dc` first",
            Self::SevenZip => "is a 7z archive: unpack it with `7z e -so` first",
            Self::Nul => {
                "looks like binary data: its first line holds a NUL; convert reads text, one payload per line"
            }
        };
        clause.to_owned()
    }
}
