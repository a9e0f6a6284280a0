//! The files and streams that a run writes. A regular file is put in place when it is complete; a stream is written
//! directly.

mod placing;

use std::fs::{File, FileType, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use self::placing::place;
pub(crate) use self::placing::{Existing, Placed};
use crate::paths::{Identity, folder_of, leads_to_open_file};

/// The start of the names of temporary files.
const TEMP_PREFIX: &str = ".convert-";

/// A file or stream to write to, with its name for messages.
pub(crate) struct Sink {
    name: String,
    destination: Destination,
}

enum Destination {
    Stream(Box<dyn Write + Send>),
    /// A temporary file in the folder of the path, renamed to the path at the end.
    File(BlockWriter, PathBuf, Existing),
}

/// How a path is written.
enum Way {
    Stdout,
    Stderr,
    /// A file that the process has open is appended to.
    Append,
    /// A device, a pipe or a link is written directly.
    Direct,
    /// A regular file or a new name gets a temporary file that is renamed.
    TempFile {
        permissions: Permissions,
        exists: bool,
    },
}

impl Way {
    fn of(path: &Path) -> io::Result<Self> {
        match path.symlink_metadata() {
            Ok(metadata) if !metadata.is_file() && is_same_file(path, &io::stdout()) => Ok(Self::Stdout),
            Ok(metadata) if !metadata.is_file() && is_same_file(path, &io::stderr()) => Ok(Self::Stderr),
            Ok(_) if leads_to_open_file(path) => Ok(Self::Append),
            Ok(metadata) if !metadata.is_file() => Ok(Self::Direct),
            Ok(metadata) => Ok(Self::TempFile { permissions: metadata.permissions(), exists: true }),
            // A name that ends with `/` is a folder's.
            Err(_) if path.as_os_str().as_bytes().ends_with(b"/") => {
                Err(io::Error::from(io::ErrorKind::IsADirectory))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Ok(Self::TempFile { permissions: Permissions::from_mode(0o666), exists: false })
            }
            Err(error) => Err(error),
        }
    }
}

/// A temporary file that is written in large blocks, for speed. A short write goes to the file at once.
struct BlockWriter {
    file: NamedTempFile,
    /// Bytes that are not written yet; less than a block.
    pending: Vec<u8>,
}

impl BlockWriter {
    const BLOCK: usize = 256 << 10;
    /// Writes of fewer bytes are not delayed: such an input is slow, and a person may watch the file.
    const SHORT: usize = 4 << 10;

    fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        let is_short = bytes.len() < Self::SHORT;
        while let Some((fitting, after)) = bytes.split_at_checked(Self::BLOCK - self.pending.len()) {
            self.pending.extend_from_slice(fitting);
            self.flush()?;
            bytes = after;
        }
        self.pending.extend_from_slice(bytes);
        if is_short { self.flush() } else { Ok(()) }
    }

    /// Writes pending bytes and `bytes` to the file.
    fn write_through(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.flush()?;
        self.file.as_file_mut().write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        // An error of `NamedTempFile` would name the temporary file.
        self.file.as_file_mut().write_all(&self.pending)?;
        self.pending.clear();
        Ok(())
    }
}

/// A failed write to the file or stream of this name.
#[derive(Debug)]
pub(crate) struct WriteError {
    pub(crate) name: String,
    pub(crate) error: io::Error,
}

impl Sink {
    pub(crate) fn stdout() -> Self {
        Self { name: "standard output".to_owned(), destination: stream(&io::stdout()) }
    }

    /// Opens a path. `existing` says whether a file with content at the path is replaced.
    pub(crate) fn open(path: &Path, existing: Existing) -> Result<Self, WriteError> {
        let open = || match Way::of(path)? {
            Way::Stdout => Ok(stream(&io::stdout())),
            Way::Stderr => Ok(stream(&io::stderr())),
            Way::Append => Ok(Destination::Stream(Box::new(OpenOptions::new().append(true).open(path)?))),
            Way::Direct => Ok(Destination::Stream(Box::new(open_directly(path, existing)?))),
            Way::TempFile { permissions, exists } => temp_file(path, permissions, exists, existing),
        };
        match open() {
            Ok(destination) => Ok(Self { name: name_of(path), destination }),
            Err(error) => Err(WriteError { name: name_of(path), error }),
        }
    }

    /// Checks that a path can be opened for writing, and changes nothing. A pipe or a device is not opened, because
    /// its reader would notice.
    pub(crate) fn check(path: &Path) -> Result<(), WriteError> {
        let check = || match Way::of(path)? {
            Way::Stdout | Way::Stderr => Ok(()),
            Way::Append => OpenOptions::new().append(true).open(path).map(drop),
            Way::Direct => match path.metadata() {
                Ok(metadata) if is_pipe_or_device(metadata.file_type()) => Ok(()),
                Ok(_) => File::options().write(true).open(path).map(drop),
                // Writing through a link to a missing file creates that file.
                Err(_) => match Identity::of(path) {
                    Some(Identity::New(path)) => check_folder(folder_of(&path)),
                    Some(Identity::Existing { .. }) | None => path.metadata().map(drop),
                },
            },
            Way::TempFile { exists, .. } => {
                if exists {
                    File::options().write(true).open(path)?;
                }
                check_folder(folder_of(path))
            }
        };
        check().map_err(|error| WriteError { name: name_of(path), error })
    }

    /// The path of the temporary file, for a signal that must remove it.
    pub(crate) fn temp_path(&self) -> Option<PathBuf> {
        match &self.destination {
            Destination::Stream(_) => None,
            Destination::File(BlockWriter { file, .. }, ..) => Some(file.path().to_owned()),
        }
    }

    /// Whether writes go directly to the file or stream, so that its readers see each write at once.
    pub(crate) fn is_stream(&self) -> bool {
        matches!(self.destination, Destination::Stream(_))
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.write_with(|file| file.write(bytes), bytes)
    }

    /// Writes without buffering: when this returns, the bytes are in the file.
    pub(crate) fn write_through(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.write_with(|file| file.write_through(bytes), bytes)
    }

    /// Writes `bytes` to a stream, or calls `write` for a file.
    fn write_with(
        &mut self,
        write: impl FnOnce(&mut BlockWriter) -> io::Result<()>,
        bytes: &[u8],
    ) -> Result<(), WriteError> {
        let written = match &mut self.destination {
            Destination::Stream(stream) => stream.write_all(bytes).and_then(|()| stream.flush()),
            Destination::File(file, ..) => write(file),
        };
        written.map_err(|error| self.failed(error))
    }

    /// Writes buffered bytes.
    pub(crate) fn flush(&mut self) -> Result<(), WriteError> {
        let flushed = match &mut self.destination {
            Destination::Stream(stream) => stream.flush(),
            Destination::File(file, ..) => file.flush(),
        };
        flushed.map_err(|error| self.failed(error))
    }

    /// Puts a file in place.
    pub(crate) fn finish(mut self) -> Result<Placed, WriteError> {
        self.flush()?;
        let Self { name, destination } = self;
        match destination {
            Destination::Stream(_) => Ok(Placed::AsNamed),
            Destination::File(BlockWriter { file, .. }, path, existing) => {
                place(file, &path, existing).map_err(|error| WriteError { name, error })
            }
        }
    }

    fn failed(&self, error: io::Error) -> WriteError {
        WriteError { name: self.name.clone(), error }
    }
}

/// A standard stream. Rust's own type would hide an error such as a closed stream.
fn stream(standard: &impl AsFd) -> Destination {
    match standard.as_fd().try_clone_to_owned() {
        Ok(stream) => Destination::Stream(Box::new(File::from(stream))),
        Err(error) => Destination::Stream(Box::new(ClosedStream(error.kind()))),
    }
}

/// A stream that could not be opened: each write fails with the error.
struct ClosedStream(io::ErrorKind);

impl Write for ClosedStream {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::from(self.0))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether a path names the file that a stream writes to. If it were opened again, the two would overwrite each other.
fn is_same_file(path: &Path, stream: &impl AsFd) -> bool {
    let stream = stream.as_fd().try_clone_to_owned().and_then(|stream| File::from(stream).metadata());
    match (path.metadata(), stream) {
        (Ok(file), Ok(stream)) => (file.dev(), file.ino()) == (stream.dev(), stream.ino()),
        (Ok(_) | Err(_), _) => false,
    }
}

fn name_of(path: &Path) -> String {
    path.display().to_string()
}

fn is_pipe_or_device(file: FileType) -> bool {
    file.is_fifo() || file.is_char_device() || file.is_block_device()
}

/// A device, a pipe, or a regular file to which a link points. Such a file keeps its content until the first write or
/// the end of the run.
struct Direct {
    file: File,
    has_old_content: bool,
}

impl Direct {
    fn truncate(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.has_old_content) { self.file.set_len(0) } else { Ok(()) }
    }
}

impl Write for Direct {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.truncate()?;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.truncate()?;
        self.file.flush()
    }
}

/// Opens a device, a pipe or a link for writing.
fn open_directly(path: &Path, existing: Existing) -> io::Result<Direct> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    let has_old_content = file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() > 0);
    if existing == Existing::Protect && has_old_content {
        return Err(io::Error::from(io::ErrorKind::AlreadyExists));
    }
    Ok(Direct { file, has_old_content })
}

/// A temporary file in the folder of `path`, with the permissions that a shell's redirection would give.
fn temp_file(
    path: &Path,
    permissions: Permissions,
    exists: bool,
    existing: Existing,
) -> io::Result<Destination> {
    if exists {
        // A file without write permission must not be replaced.
        File::options().write(true).open(path)?;
    }
    let folder = folder_of(path);
    // An error of `tempfile` would name the temporary file.
    folder.metadata()?;
    let mut file = tempfile::Builder::new();
    let file = file.prefix(TEMP_PREFIX).permissions(permissions.clone()).tempfile_in(folder);
    let file = file.map_err(|error| io::Error::from(error.kind()))?;
    if exists {
        file.as_file().set_permissions(permissions)?;
    }
    Ok(Destination::File(BlockWriter { file, pending: Vec::new() }, path.to_owned(), existing))
}

/// Checks that a file can be made in a folder. Makes a file without a name, so that the folder does not change.
fn check_folder(folder: &Path) -> io::Result<()> {
    folder.metadata()?;
    tempfile::tempfile_in(folder).map(drop).map_err(|error| io::Error::from(error.kind()))
}
