//! A file that processes lock, in a folder that may be the user's.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::entry::{Entry, open_regular};

/// Opens the file that is to be locked, and creates it if nothing is there. What lies there is not changed: it is neither
/// truncated nor written to, and must be a regular file; links are not followed.
pub(crate) fn lock_file(path: &Path) -> io::Result<File> {
    // Somebody may create or remove it between the look and the opening; not for ever.
    for _ in 0..100 {
        let opened = match Entry::at(path)? {
            Entry::Nothing => File::options().write(true).create_new(true).open(path),
            _ => open_existing(path),
        };
        match opened {
            Err(error) if matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::NotFound) => {}
            opened => return opened,
        }
    }
    open_existing(path)
}

/// For locking it is enough to read it: another user of a shared folder may own it.
fn open_existing(path: &Path) -> io::Result<File> {
    open_regular(path, File::options().read(true).write(true)).or_else(|error| match error.kind() {
        ErrorKind::PermissionDenied => open_regular(path, File::options().read(true)),
        _ => Err(error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn what_lies_there_is_not_changed() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("lock");
        let first = lock_file(&path).unwrap();
        first.lock().unwrap();
        assert!(lock_file(&path).unwrap().try_lock().is_err(), "it is locked");
        drop(first);
        fs::write(&path, "mine").unwrap();
        lock_file(&path).unwrap().try_lock().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"mine");
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(lock_file(&path).unwrap_err().to_string().contains("a folder is in its place"));
        assert!(lock_file(&place.path().join("none/lock")).is_err());
    }
}
