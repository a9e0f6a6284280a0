//! Where a run writes: files that are in place when they are whole, and streams that are written through.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::paths::is_open_already;

/// Something to write to, with the name that messages give it.
pub(crate) struct Sink {
    name: String,
    to: To,
}

enum To {
    Stream(Box<dyn Write + Send>),
    /// A temporary file beside the path, renamed to it at the end.
    Renamed(Blocks, PathBuf),
}

/// A file that is written in whole blocks where there is much to write: the system takes them sooner.
struct Blocks {
    file: NamedTempFile,
    /// The bytes that make no whole block yet.
    rest: Vec<u8>,
}

impl Blocks {
    const LEN: usize = 256 << 10;
    /// Fewer bytes are written at once: somebody may be waiting for them.
    const LITTLE: usize = 4 << 10;

    fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        let is_little = bytes.len() < Self::LITTLE;
        while let Some((fitting, behind)) = bytes.split_at_checked(Self::LEN - self.rest.len()) {
            self.rest.extend_from_slice(fitting);
            self.flush()?;
            bytes = behind;
        }
        self.rest.extend_from_slice(bytes);
        if is_little { self.flush() } else { Ok(()) }
    }

    /// Writes all at once, as it is.
    fn write_through(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.flush()?;
        self.file.as_file_mut().write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        // The error of the `NamedTempFile` would name the temporary file, which nobody asked for.
        self.file.as_file_mut().write_all(&self.rest)?;
        self.rest.clear();
        Ok(())
    }
}

/// A write that failed, and where.
#[derive(Debug)]
pub(crate) struct WriteError {
    pub(crate) name: String,
    pub(crate) error: io::Error,
}

impl Sink {
    pub(crate) fn stdout() -> Self {
        Self { name: "standard output".to_owned(), to: stream(&io::stdout()) }
    }

    /// Opens a file: a regular file or a new name is written beside and renamed, anything else (a device, a pipe,
    /// a link) is written through, and what was opened already goes on where it is.
    pub(crate) fn open(path: &Path) -> Result<Self, WriteError> {
        let name = path.display().to_string();
        let open = || match path.symlink_metadata() {
            Ok(there) if !there.is_file() && is_stream(path, &io::stdout()) => Ok(stream(&io::stdout())),
            Ok(there) if !there.is_file() && is_stream(path, &io::stderr()) => Ok(stream(&io::stderr())),
            Ok(_) if is_open_already(path) => {
                Ok(To::Stream(Box::new(OpenOptions::new().append(true).open(path)?)))
            }
            Ok(there) if !there.is_file() => {
                let file = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
                Ok(To::Stream(Box::new(file)))
            }
            Ok(there) => temp_file(path, there.permissions(), true),
            // A folder, by its name.
            Err(_) if path.as_os_str().as_bytes().ends_with(b"/") => {
                Err(io::Error::from(io::ErrorKind::IsADirectory))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                temp_file(path, Permissions::from_mode(0o666), false)
            }
            Err(error) => Err(error),
        };
        match open() {
            Ok(to) => Ok(Self { name, to }),
            Err(error) => Err(WriteError { name, error }),
        }
    }

    /// The temporary file that is to be renamed, for a run that must remove it in a hurry.
    pub(crate) fn temp_path(&self) -> Option<PathBuf> {
        match &self.to {
            To::Stream(_) => None,
            To::Renamed(Blocks { file, .. }, _) => Some(file.path().to_owned()),
        }
    }

    /// Whether what is written is seen at once, and cannot be taken back.
    pub(crate) fn is_seen_at_once(&self) -> bool {
        matches!(self.to, To::Stream(_))
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.put(|blocks| blocks.write(bytes), bytes)
    }

    /// Writes and keeps nothing back: when this returns, the bytes are in the file.
    pub(crate) fn write_through(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.put(|blocks| blocks.write_through(bytes), bytes)
    }

    fn put(
        &mut self,
        write: impl FnOnce(&mut Blocks) -> io::Result<()>,
        bytes: &[u8],
    ) -> Result<(), WriteError> {
        let written = match &mut self.to {
            To::Stream(stream) => stream.write_all(bytes).and_then(|()| stream.flush()),
            To::Renamed(blocks, _) => write(blocks),
        };
        written.map_err(|error| self.failed(error))
    }

    /// Writes the bytes that make no whole block.
    pub(crate) fn flush(&mut self) -> Result<(), WriteError> {
        let flushed = match &mut self.to {
            To::Stream(stream) => stream.flush(),
            To::Renamed(blocks, _) => blocks.flush(),
        };
        flushed.map_err(|error| self.failed(error))
    }

    /// Puts a file in place.
    pub(crate) fn finish(mut self) -> Result<(), WriteError> {
        self.flush()?;
        let Self { name, to } = self;
        match to {
            To::Stream(_) => Ok(()),
            To::Renamed(Blocks { file, .. }, path) => {
                file.persist(path).map(drop).map_err(|error| WriteError { name, error: error.error })
            }
        }
    }

    fn failed(&self, error: io::Error) -> WriteError {
        WriteError { name: self.name.clone(), error }
    }
}

/// A stream as the process got it. The standard library's own says nothing of one that takes no writes.
fn stream(own: &impl AsFd) -> To {
    match own.as_fd().try_clone_to_owned() {
        Ok(own) => To::Stream(Box::new(File::from(own))),
        Err(error) => To::Stream(Box::new(Failing(error.kind()))),
    }
}

/// A stream that there is none of.
struct Failing(io::ErrorKind);

impl Write for Failing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::from(self.0))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether a path leads to what a stream writes to: opened anew, they would write over each other.
fn is_stream(path: &Path, own: &impl AsFd) -> bool {
    let own = own.as_fd().try_clone_to_owned().and_then(|own| File::from(own).metadata());
    match (path.metadata(), own) {
        (Ok(there), Ok(own)) => (there.dev(), there.ino()) == (own.dev(), own.ino()),
        (Ok(_) | Err(_), _) => false,
    }
}

/// A temporary file beside the one that it will replace, with the permissions that a plain redirect would give.
fn temp_file(path: &Path, permissions: Permissions, is_there: bool) -> io::Result<To> {
    if is_there {
        // What may not be written is not replaced either.
        File::options().write(true).open(path)?;
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // The errors of `tempfile` would name the temporary file, which nobody asked for.
    folder.metadata()?;
    let mut file = tempfile::Builder::new();
    let file = file.prefix(".convert-").permissions(permissions.clone()).tempfile_in(folder);
    let file = file.map_err(|error| io::Error::from(error.kind()))?;
    if is_there {
        file.as_file().set_permissions(permissions)?;
    }
    Ok(To::Renamed(Blocks { file, rest: Vec::new() }, path.to_owned()))
}
