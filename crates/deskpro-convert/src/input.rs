//! The input as bytes: a file or standard input, decompressed where its first bytes say that it is compressed, and
//! counted for whoever wants to know how far it is.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;

/// The first bytes of compressed files.
const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

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
        Some(path) if path != Path::new("-") => {
            let file = open_file(path)?;
            let len = file.metadata().ok().filter(|there| there.is_file()).map(|there| there.len());
            (Box::new(file), path.display().to_string(), len)
        }
        _ => (Box::new(io::stdin()), "standard input".to_owned(), None),
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
    first.starts_with(GZIP) || first.starts_with(ZSTD)
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

/// An input that is found out about when it is first read, so that opening never waits.
enum Decoded {
    Untouched(Box<dyn Read + Send>),
    Known(Box<dyn Read + Send>),
    Failed,
}

impl Decoded {
    fn open(mut input: Box<dyn Read + Send>) -> io::Result<Box<dyn Read + Send>> {
        // No further than it takes to tell: a pipe may pause behind its first byte.
        let mut first = Vec::new();
        while [GZIP, ZSTD].iter().any(|magic| magic.len() > first.len() && magic.starts_with(&first)) {
            let mut byte = [0];
            match input.read(&mut byte) {
                Ok(0) => break,
                Ok(_) => first.extend_from_slice(&byte),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let is_gzip = first == GZIP;
        let is_zstd = first == ZSTD;
        let whole = Cursor::new(first).chain(input);
        Ok(match (is_gzip, is_zstd) {
            (true, _) => Box::new(MultiGzDecoder::new(whole)),
            (_, true) => Box::new(zstd::Decoder::new(whole)?),
            (false, false) => Box::new(whole),
        })
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
