//! Paths on the command line: streams, and whether two paths name one file.

use std::fs::File;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Whether a path stands for standard input or output.
pub(crate) fn is_standard(path: &Path) -> bool {
    path == Path::new("-")
}

/// Whether a path is a file that a process has open, by its number.
pub(crate) fn is_open_already(path: &Path) -> bool {
    ["/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/fd", "/proc"].iter().any(|own| path.starts_with(own))
}

/// Which file a path names, whatever its spelling. Devices and pipes may be named twice.
#[derive(PartialEq, Eq)]
pub(crate) enum Identity {
    There { device: u64, number: u64 },
    New(PathBuf),
}

impl Identity {
    /// The file that a stream was redirected to, or from.
    pub(crate) fn of_stream(stream: &impl AsFd) -> Option<Self> {
        let there = File::from(stream.as_fd().try_clone_to_owned().ok()?).metadata().ok()?;
        there.is_file().then(|| Self::There { device: there.dev(), number: there.ino() })
    }

    /// The file at a path; none where that is a stream, a device or a pipe.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        /// As many links as the system follows, one behind the other.
        const MAX_LINKS: usize = 40;
        if is_standard(path) || is_open_already(path) {
            return None;
        }
        let mut path = path.to_owned();
        for _ in 0..MAX_LINKS {
            match path.metadata() {
                Ok(there) if there.is_file() => {
                    return Some(Self::There { device: there.dev(), number: there.ino() });
                }
                Ok(_) => return None,
                Err(_) => {}
            }
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
            // A link to a file that is not there yet makes that one.
            match path.read_link() {
                Ok(to) => path = folder.join(to),
                Err(_) => return Some(Self::New(folder.join(path.file_name()?))),
            }
        }
        None
    }
}
