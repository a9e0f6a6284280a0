//! Puts a complete temporary file in its place.

use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, PersistError};

use super::TEMP_PREFIX;
use crate::paths::folder_of;

/// The treatment of a file with content at the path of a sink.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Existing {
    /// It is replaced.
    Replace,
    /// It stays.
    Protect,
}

/// Where a complete file is.
#[derive(Debug)]
pub(crate) enum Placed {
    /// Where it should be.
    AsNamed,
    /// At another path, because a file of the first name appeared during the run.
    Elsewhere { named: PathBuf, path: PathBuf },
}

/// Gives a temporary file the name `path`. If a protected file has that name, gives it the next free name instead.
pub(super) fn place(file: NamedTempFile, path: &Path, existing: Existing) -> io::Result<Placed> {
    match existing {
        Existing::Replace => {
            file.persist(path).map_err(|error| error.error)?;
            return Ok(Placed::AsNamed);
        }
        Existing::Protect => {}
    }
    remove_empty(path)?;
    let Err(mut file) = place_new(file, path)? else { return Ok(Placed::AsNamed) };
    for number in 1_u64.. {
        let mut name = OsString::from(path);
        name.push(format!(".{number}"));
        match place_new(file, Path::new(&name))? {
            Ok(()) => return Ok(Placed::Elsewhere { named: path.to_owned(), path: name.into() }),
            Err(back) => file = back,
        }
    }
    unreachable!("a folder has fewer files than numbers")
}

/// Gives a temporary file the name `path` if no file has that name. Otherwise returns it unchanged in the inner `Err`.
fn place_new(file: NamedTempFile, path: &Path) -> io::Result<Result<(), NamedTempFile>> {
    let PersistError { error, file } = match file.persist_noclobber(path) {
        Ok(_) => return Ok(Ok(())),
        Err(error) => error,
    };
    if error.kind() == ErrorKind::AlreadyExists {
        return Ok(Err(file));
    }
    // Some file systems can do this neither by renaming nor by linking. There, a file may appear between the two calls.
    match path.symlink_metadata() {
        Err(missing) if missing.kind() == ErrorKind::NotFound => match file.persist(path) {
            Ok(_) => Ok(Ok(())),
            Err(_) => Err(error),
        },
        Ok(_) | Err(_) => Err(error),
    }
}

/// Removes a file if it is empty.
///
/// Renames the file before it looks at its length, so that a file that another program puts at the path meanwhile is
/// not removed.
fn remove_empty(path: &Path) -> io::Result<()> {
    if !path.symlink_metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() == 0) {
        return Ok(());
    }
    let aside = tempfile::Builder::new().prefix(TEMP_PREFIX).tempfile_in(folder_of(path))?.into_temp_path();
    match fs::rename(path, &aside) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    }
    if aside.metadata()?.len() == 0 {
        return Ok(());
    }
    aside.persist_noclobber(path).map_err(|error| {
        // The name is taken again: the file keeps its temporary name.
        let kind = error.error.kind();
        let _ = error.path.keep();
        io::Error::from(kind)
    })
}
