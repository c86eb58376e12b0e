//! A file that processes lock, in a folder that may be the user's.

use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::entry::{Entry, open_regular};

/// A locked file. The lock ends with this value, or with the process, however that ends.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Lock {
    /// The lock, once nobody else has it; `None` if somebody has had it for all of `patience`: whoever that is may be
    /// suspended.
    pub(crate) fn take(path: &Path, patience: Duration) -> io::Result<Option<Self>> {
        let (file, started) = (lock_file(path)?, Instant::now());
        let mut pause = Duration::from_millis(1);
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Lock(file))),
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) if started.elapsed() < patience => thread::sleep(pause),
                Err(TryLockError::WouldBlock) => return Ok(None),
            }
            pause = (pause * 2).min(Duration::from_millis(20));
        }
    }
}

impl Drop for Lock {
    /// Closing the file is not enough: a process that was forked off meanwhile has it open as well.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// Opens the file that is to be locked, and creates it if nothing is there. What lies there is not changed: it is neither
/// truncated nor written to, and must be a regular file; links are not followed.
fn lock_file(path: &Path) -> io::Result<File> {
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
    fn nobody_waits_for_ever() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("lock");
        let first = Lock::take(&path, Duration::ZERO).unwrap();
        assert!(first.is_some());
        assert!(Lock::take(&path, Duration::ZERO).unwrap().is_none());
        assert!(Lock::take(&path, Duration::from_millis(30)).unwrap().is_none());
        thread::scope(|scope| {
            let second = scope.spawn(|| Lock::take(&path, Duration::from_secs(60)).unwrap());
            thread::sleep(Duration::from_millis(10));
            drop(first);
            assert!(second.join().unwrap().is_some());
        });
    }

    #[test]
    fn what_lies_there_is_not_changed() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("lock");
        let first = lock_file(&path).unwrap();
        first.lock().unwrap();
        let (forked, first) = (first.try_clone().unwrap(), Lock(first));
        assert!(lock_file(&path).unwrap().try_lock().is_err(), "it is locked");
        drop(first);
        assert!(lock_file(&path).unwrap().try_lock().is_ok(), "whoever has it open still");
        drop(forked);
        fs::write(&path, "mine").unwrap();
        lock_file(&path).unwrap().try_lock().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"mine");
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(lock_file(&path).unwrap_err().to_string().contains("a folder is in its place"));
        assert!(lock_file(&place.path().join("none/lock")).is_err());
    }
}
