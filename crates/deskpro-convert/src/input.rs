//! The bytes of a file or of standard input. Compressed inputs are recognised by their first bytes and decompressed;
//! the bytes read are counted for the progress.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Cursor, Read, Seek as _, Write as _};
use std::os::fd::AsFd as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::GzDecoder;

use crate::paths::{is_open_already, is_standard};

/// The compression of an input, by its first bytes.
enum Compression {
    Gzip,
    Zstd,
    None,
    /// More bytes are needed.
    Undecided,
}

impl Compression {
    fn detect(first: &[u8]) -> Self {
        match first {
            [] | [0x1f] | [0x28] | [0x28, 0xb5] | [0x28, 0xb5, 0x2f] => Self::Undecided,
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            // A zstd file may begin with a skippable frame.
            [0x50..=0x5f] | [0x50..=0x5f, 0x2a] | [0x50..=0x5f, 0x2a, 0x4d] => Self::Undecided,
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            _ => Self::None,
        }
    }
}

/// An open input.
pub(crate) struct Input {
    pub(crate) bytes: Box<dyn Read + Send>,
    pub(crate) name: String,
    /// The length of the file in bytes, before decompression; `None` for a pipe.
    pub(crate) len: Option<u64>,
    /// The number of bytes read, before decompression.
    pub(crate) read: Arc<AtomicU64>,
}

/// Opens a file; standard input if there is no path or the path is `-`.
pub(crate) fn open(path: Option<&Path>) -> io::Result<Input> {
    let read = Arc::new(AtomicU64::new(0));
    let (bytes, name, len): (Box<dyn Read + Send>, String, Option<u64>) = match path {
        Some(path) if !is_standard(path) => {
            let file = open_file(path)?;
            let len =
                file.metadata().ok().filter(|metadata| metadata.is_file()).map(|metadata| metadata.len());
            (Box::new(file), path.display().to_string(), len)
        }
        // `io::stdin` would hide an error such as a closed standard input.
        _ => (
            Box::new(File::from(io::stdin().as_fd().try_clone_to_owned()?)),
            "standard input".to_owned(),
            None,
        ),
    };
    let counted = Counted { bytes, read: Arc::clone(&read), has_ended: false };
    Ok(Input { bytes: Box::new(Decoder::Unread(Box::new(counted))), name, len, read })
}

/// The bytes of a file, decompressed if it is compressed.
pub(crate) fn decompressed(file: File) -> Box<dyn Read + Send> {
    Box::new(Decoder::Unread(Box::new(file)))
}

/// A file whose content can be read from any position: the file itself if it is regular and not compressed, otherwise a
/// temporary file with its decompressed content. The temporary file has no name.
pub(crate) fn seekable(mut file: File) -> io::Result<File> {
    if file.metadata()?.is_file() {
        let mut first = Vec::new();
        Read::by_ref(&mut file).take(4).read_to_end(&mut first)?;
        file.rewind()?;
        if !matches!(Compression::detect(&first), Compression::Gzip | Compression::Zstd) {
            return Ok(file);
        }
    }
    spool(decompressed(file))
}

/// The number of bytes that are copied at once.
const COPIED: usize = 64 << 10;

/// Copies bytes to a temporary file.
fn spool(mut bytes: Box<dyn Read + Send>) -> io::Result<File> {
    // Only the errors of the copy name its folder.
    let of_copy = |error: io::Error| {
        let folder = std::env::temp_dir();
        io::Error::new(error.kind(), format!("no temporary copy in {} (TMPDIR): {error}", folder.display()))
    };
    let mut file = tempfile::tempfile().map_err(of_copy)?;
    let mut piece = vec![0; COPIED];
    loop {
        match bytes.read(&mut piece) {
            Ok(0) => break,
            Ok(len) => file.write_all(&piece[..len]).map_err(of_copy)?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    file.rewind().map_err(of_copy)?;
    Ok(file)
}

/// The second reading of an input.
pub(crate) enum Again {
    Unread(Box<dyn Read + Send>),
    Spooled(File),
}

impl Again {
    /// The bytes from the start.
    pub(crate) fn bytes(self) -> io::Result<Box<dyn Read + Send>> {
        match self {
            Self::Unread(bytes) => Ok(bytes),
            Self::Spooled(mut file) => {
                file.rewind()?;
                Ok(Box::new(file))
            }
        }
    }
}

/// Reads an input twice. `bytes` are its content, read from `path`. If `path` is not a regular file, they are copied to
/// a temporary file. The second reading must begin after the first has ended.
pub(crate) fn twice(
    bytes: Box<dyn Read + Send>,
    path: Option<&Path>,
) -> io::Result<(Box<dyn Read + Send>, Again)> {
    let is_regular = |path: &&Path| {
        !is_standard(path)
            && !is_open_already(path)
            && path.metadata().is_ok_and(|metadata| metadata.is_file())
    };
    if let Some(path) = path.filter(is_regular) {
        return Ok((decompressed(open_file(path)?), Again::Unread(bytes)));
    }
    let file = spool(bytes)?;
    Ok((Box::new(file.try_clone()?), Again::Spooled(file)))
}

/// Opens a file. A folder is an error.
pub(crate) fn open_file(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return Err(io::Error::from(io::ErrorKind::IsADirectory));
    }
    Ok(file)
}

/// Counts the bytes that are read. Its end is final: a terminal would go on after the first Ctrl-D, and wait for a
/// second.
struct Counted {
    bytes: Box<dyn Read + Send>,
    read: Arc<AtomicU64>,
    has_ended: bool,
}

impl Read for Counted {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        if self.has_ended {
            return Ok(0);
        }
        let len = self.bytes.read(space)?;
        self.read.fetch_add(len as u64, Ordering::Relaxed);
        self.has_ended = len == 0 && !space.is_empty();
        Ok(len)
    }
}

/// An input that is decompressed if it is compressed. This is decided at the first read, so that opening never waits.
enum Decoder {
    Unread(Box<dyn Read + Send>),
    Open(Box<dyn Read + Send>),
    Failed,
}

impl Decoder {
    fn open(mut input: Box<dyn Read + Send>) -> io::Result<Box<dyn Read + Send>> {
        // Only as many bytes as needed are read: a pipe may pause after its first byte.
        let mut first = Vec::new();
        while let Compression::Undecided = Compression::detect(&first) {
            let mut byte = [0];
            match input.read(&mut byte) {
                Ok(0) => break,
                Ok(_) => first.extend_from_slice(&byte),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let compression = Compression::detect(&first);
        let whole = Cursor::new(first).chain(input);
        Ok(match compression {
            Compression::Gzip => Box::new(Decompressed(Gzip::new(Box::new(whole)))),
            Compression::Zstd => Box::new(Decompressed(zstd::Decoder::new(whole)?)),
            Compression::None | Compression::Undecided => Box::new(whole),
        })
    }
}

/// Decompressed bytes. If the input ends too early, the error says so in plain words.
struct Decompressed<R>(R);

impl<R: Read> Read for Decompressed<R> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        match self.0.read(space) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Err(io::Error::new(error.kind(), "the compressed data end too early"))
            }
            result => result,
        }
    }
}

/// The members of a gzip file, in sequence. Zeros after the last member are padding.
struct Gzip {
    /// The current member; `None` at the end.
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
                    return Err(io::Error::new(
                        io::ErrorKind::InvalidData,
                        "data follows after the zeros at the end",
                    ));
                }
                Some(_) => self.member = self.member.take().map(|member| GzDecoder::new(member.into_inner())),
            }
        }
        Ok(0)
    }
}

impl Read for Decoder {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        if let Self::Unread(_) = self
            && let Self::Unread(input) = std::mem::replace(self, Self::Failed)
        {
            *self = Self::Open(Self::open(input)?);
        }
        match self {
            Self::Open(bytes) => bytes.read(space),
            Self::Unread(_) | Self::Failed => Ok(0),
        }
    }
}
