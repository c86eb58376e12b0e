//! The folder that files are written into.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::files::{Lock, Name, Part, sweep};

/// What a run locks.
const LOCK: &str = ".chunkfit-lock";

/// A folder that only this run writes into: the lock goes with the process, however that ends.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    _lock: Lock,
}

impl Folder {
    /// Creates the folder, unless it is there, and sweeps up what killed runs have left in it: nobody else writes
    /// there now.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let failed = |error| Error::io("write into the folder", path, error);
        fs::create_dir_all(path).map_err(failed)?;
        let lock =
            Lock::take(&path.join(LOCK), Duration::ZERO).map_err(|error| Error::io("lock", path.join(LOCK), error))?;
        let lock = lock.ok_or_else(|| {
            failed(io::Error::other(
                "another run is writing into it: wait until that has ended, or take another folder",
            ))
        })?;
        sweep(path, Duration::ZERO);
        Ok(Folder { path: path.to_owned(), _lock: lock })
    }

    /// A file to be written, which goes when it is dropped before it was renamed to `target`.
    pub(super) fn part(&self, target: &Path, name: Name) -> io::Result<Part> {
        Part::within(&self.path, target, name)
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
        drop(folder.part(&path.join("a.csv"), Name::Given).unwrap());
        assert_eq!(fs::read_dir(&path).unwrap().count(), 1, "nothing but the lock");

        // As a killed run leaves it.
        let left = path.join(".chunkfit-part-0123456789abcdef");
        fs::write(&left, "half").unwrap();
        fs::write(path.join("notes.txt"), "mine").unwrap();
        drop(folder);
        Folder::open(&path).unwrap();
        assert!(!left.exists() && path.join("notes.txt").exists());
    }
}
