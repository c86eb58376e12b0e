//! The folder that files are written into.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Error, Result};

/// How the names of files that are being written end; they begin with a dot, so that sources leave them out, and
/// are random between. No output and no receipt ends so.
const PART_ENDING: &str = ".chunkfit-part";

/// What a run locks.
const LOCK: &str = ".chunkfit-lock";

/// A folder that only this run writes into: the lock goes with the process, however that ends.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Creates the folder, unless it is there, and sweeps up what killed runs have left in it: nobody else writes
    /// there now.
    pub fn open(path: &Path) -> Result<Self> {
        let failed = |error| Error::io("write into the folder", path, error);
        fs::create_dir_all(path).map_err(failed)?;
        let lock = File::options().create(true).truncate(false).write(true).open(path.join(LOCK)).map_err(failed)?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => failed(io::Error::other(
                "another run is writing into it: wait until that has ended, or take another folder",
            )),
            TryLockError::Error(error) => failed(error),
        })?;
        for entry in fs::read_dir(path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.file_name().as_encoded_bytes().ends_with(PART_ENDING.as_bytes()) {
                fs::remove_file(entry.path()).map_err(|error| Error::io("remove", entry.path(), error))?;
            }
        }
        Ok(Folder { path: path.to_owned(), _lock: lock })
    }

    /// A file to be written, which goes when it is dropped before it was renamed.
    pub fn part(&self) -> io::Result<NamedTempFile> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".").suffix(PART_ENDING);
        // As private as any new file, not as a temporary one.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        builder.tempfile_in(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_run_at_a_time_writes_into_a_folder_and_sweeps_it() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("a/b");
        let folder = Folder::open(&path).unwrap();
        let error = Folder::open(&path).unwrap_err().full_message();
        assert!(error.contains("another run is writing into it"), "{error}");
        drop(folder.part().unwrap());
        assert_eq!(fs::read_dir(&path).unwrap().count(), 1, "nothing but the lock");

        // As a killed run leaves it.
        let (_, left) = folder.part().unwrap().keep().unwrap();
        fs::write(path.join("notes.txt"), "mine").unwrap();
        drop(folder);
        Folder::open(&path).unwrap();
        assert!(!left.exists() && path.join("notes.txt").exists());
    }
}
