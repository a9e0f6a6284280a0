//! Paths on the command line: standard streams, open files, and whether two paths name the same file.

use std::fs::File;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// The maximum number of links that are followed in sequence. Linux has the same limit.
const MAX_LINKS: usize = 40;

/// Whether a path is `-`, which means standard input or output.
pub(crate) fn is_standard(path: &Path) -> bool {
    path == Path::new("-")
}

/// Whether a path names a file that a process has open: `/dev/stdout`, `/dev/fd/3`, `/proc/…`.
pub(crate) fn is_open_already(path: &Path) -> bool {
    ["/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/fd", "/proc"]
        .iter()
        .any(|prefix| path.starts_with(prefix))
}

/// Whether a path, after links are followed, names a file that a process has open.
pub(crate) fn leads_to_open_file(path: &Path) -> bool {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        match path.read_link() {
            _ if is_open_already(&path) => return true,
            Ok(to) => path = folder_of(&path).join(to),
            Err(_) => return false,
        }
    }
    false
}

/// Whether a path names a regular file that is not empty, after links are followed. False for a file that a process
/// has open.
pub(crate) fn has_content(path: &Path) -> bool {
    !leads_to_open_file(path)
        && path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() > 0)
}

/// The folder of a path.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The identity of a regular file, whatever path names it. Devices and pipes have none: they may be named twice.
#[derive(PartialEq, Eq)]
pub(crate) enum Identity {
    Existing {
        device: u64,
        inode: u64,
    },
    /// A file that does not exist yet, by its folder's canonical path and its name.
    New(PathBuf),
}

impl Identity {
    /// The file that a stream is redirected to or from.
    pub(crate) fn of_stream(stream: &impl AsFd) -> Option<Self> {
        let metadata = File::from(stream.as_fd().try_clone_to_owned().ok()?).metadata().ok()?;
        metadata.is_file().then(|| Self::Existing { device: metadata.dev(), inode: metadata.ino() })
    }

    /// The file at a path. `None` for a stream, a device or a pipe.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        if is_standard(path) || is_open_already(path) {
            return None;
        }
        let mut path = path.to_owned();
        for _ in 0..MAX_LINKS {
            match path.metadata() {
                Ok(metadata) if metadata.is_file() => {
                    return Some(Self::Existing { device: metadata.dev(), inode: metadata.ino() });
                }
                Ok(_) => return None,
                Err(_) => {}
            }
            let folder = folder_of(&path).canonicalize().ok()?;
            // Writing through a link to a missing file creates that file.
            match path.read_link() {
                Ok(to) => path = folder.join(to),
                Err(_) => return Some(Self::New(folder.join(path.file_name()?))),
            }
        }
        None
    }
}
