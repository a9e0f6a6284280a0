//! The input as bytes: a file or standard input, decompressed where its first bytes say that it is compressed, and
//! counted to show the progress.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Cursor, Read};
use std::os::fd::AsFd as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::GzDecoder;

use crate::paths::is_standard;

/// The kind of an input by its first bytes.
enum Looks {
    Gzip,
    Zstd,
    Plain,
    /// More of them are needed to tell.
    Unknown,
}

impl Looks {
    fn of(first: &[u8]) -> Self {
        match first {
            [] | [0x1f] | [0x28] | [0x28, 0xb5] | [0x28, 0xb5, 0x2f] => Self::Unknown,
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            // A frame that is skipped may stand before the others.
            [0x50..=0x5f] | [0x50..=0x5f, 0x2a] | [0x50..=0x5f, 0x2a, 0x4d] => Self::Unknown,
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            _ => Self::Plain,
        }
    }
}

/// An input that was opened.
pub(crate) struct Input {
    pub(crate) bytes: Box<dyn Read + Send>,
    pub(crate) name: String,
    /// How many bytes the file has, compressed or not; none for a pipe.
    pub(crate) len: Option<u64>,
    /// How many of them were read.
    pub(crate) read: Arc<AtomicU64>,
}

/// Opens a file, or standard input where there is no path or `-`.
pub(crate) fn open(path: Option<&Path>) -> io::Result<Input> {
    let read = Arc::new(AtomicU64::new(0));
    let (bytes, name, len): (Box<dyn Read + Send>, String, Option<u64>) = match path {
        Some(path) if !is_standard(path) => {
            let file = open_file(path)?;
            let len = file.metadata().ok().filter(|there| there.is_file()).map(|there| there.len());
            (Box::new(file), path.display().to_string(), len)
        }
        // The standard library's own is empty where it cannot be read.
        _ => (
            Box::new(File::from(io::stdin().as_fd().try_clone_to_owned()?)),
            "standard input".to_owned(),
            None,
        ),
    };
    let counted = Counted { bytes, read: Arc::clone(&read) };
    Ok(Input { bytes: Box::new(Decoded::Untouched(Box::new(counted))), name, len, read })
}

/// A file, decompressed where it is compressed.
pub(crate) fn decompressed(file: File) -> Box<dyn Read + Send> {
    Box::new(Decoded::Untouched(Box::new(file)))
}

/// Whether a file begins as a compressed one.
pub(crate) fn is_compressed(first: &[u8]) -> bool {
    matches!(Looks::of(first), Looks::Gzip | Looks::Zstd)
}

/// Opens a file that is no folder.
pub(crate) fn open_file(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    if file.metadata().is_ok_and(|there| there.is_dir()) {
        return Err(io::Error::from(io::ErrorKind::IsADirectory));
    }
    Ok(file)
}

struct Counted {
    bytes: Box<dyn Read + Send>,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let len = self.bytes.read(space)?;
        self.read.fetch_add(len as u64, Ordering::Relaxed);
        Ok(len)
    }
}

/// An input whose kind is found out at the first read, so that opening never waits.
enum Decoded {
    Untouched(Box<dyn Read + Send>),
    Known(Box<dyn Read + Send>),
    Failed,
}

impl Decoded {
    fn open(mut input: Box<dyn Read + Send>) -> io::Result<Box<dyn Read + Send>> {
        // No further than it takes to tell: a pipe may pause behind its first byte.
        let mut first = Vec::new();
        while let Looks::Unknown = Looks::of(&first) {
            let mut byte = [0];
            match input.read(&mut byte) {
                Ok(0) => break,
                Ok(_) => first.extend_from_slice(&byte),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let looks = Looks::of(&first);
        let whole = Cursor::new(first).chain(input);
        Ok(match looks {
            Looks::Gzip => Box::new(Gzip::new(Box::new(whole))),
            Looks::Zstd => Box::new(zstd::Decoder::new(whole)?),
            Looks::Plain | Looks::Unknown => Box::new(whole),
        })
    }
}

/// The members of a gzip file, one behind the other, and the zeros to which something filled its last block.
struct Gzip {
    /// None at the end.
    member: Option<GzDecoder<BufReader<Box<dyn Read + Send>>>>,
    has_zeros: bool,
}

impl Gzip {
    fn new(input: Box<dyn Read + Send>) -> Self {
        let input = BufReader::with_capacity(32 << 10, input);
        Self { member: Some(GzDecoder::new(input)), has_zeros: false }
    }
}

impl Read for Gzip {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let len = member.read(space)?;
            if len > 0 || space.is_empty() {
                return Ok(len);
            }
            let rest = member.get_mut().fill_buf()?;
            match rest.first() {
                None => self.member = None,
                Some(0) => {
                    let zeros = rest.iter().take_while(|&&byte| byte == 0).count();
                    member.get_mut().consume(zeros);
                    self.has_zeros = true;
                }
                Some(_) if self.has_zeros => {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, "more follows behind its zeros"));
                }
                Some(_) => self.member = self.member.take().map(|member| GzDecoder::new(member.into_inner())),
            }
        }
        Ok(0)
    }
}

impl Read for Decoded {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        if let Self::Untouched(_) = self
            && let Self::Untouched(input) = std::mem::replace(self, Self::Failed)
        {
            *self = Self::Known(Self::open(input)?);
        }
        match self {
            Self::Known(bytes) => bytes.read(space),
            Self::Untouched(_) | Self::Failed => Ok(0),
        }
    }
}
