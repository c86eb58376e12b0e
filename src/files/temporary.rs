//! A locked file under a hidden name of our own, which goes with the value that holds it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::entry::{Entry, same_file};
use super::names::part_name;

/// A file that is removed when it is dropped, unless it was renamed before. As long as it is there it is locked, which tells
/// [`sweep`](super::sweep) that its process is alive.
#[derive(Debug)]
pub(super) struct Temporary {
    file: File,
    path: PathBuf,
    renamed: bool,
}

impl Temporary {
    /// A new file in a folder, open for reading and writing, with the permissions that `mode` asks for.
    pub(super) fn create(folder: &Path, mode: impl Fn(&mut OpenOptions)) -> io::Result<Self> {
        let mut options = File::options();
        options.read(true).write(true).create_new(true);
        mode(&mut options);
        // A name that is taken, or that another process sweeps up before it is locked, is not the next one.
        for _ in 0..100 {
            let path = folder.join(part_name());
            let file = match options.open(&path) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                file => file?,
            };
            // Where the file system knows no locks, nothing is swept.
            let lost = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
            if !lost && is_still_there(&path, &file)? {
                return Ok(Temporary { file, path, renamed: false });
            }
        }
        Err(io::Error::other("every name for a file that is being written is taken"))
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    #[cfg(test)]
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file another name, in the place of what bears it; it stays there.
    pub(super) fn rename(mut self, target: &Path) -> io::Result<()> {
        // Where locks keep others from reading (Windows), they must not meet one under the new name.
        #[cfg(windows)]
        let _ = self.file.unlock();
        fs::rename(&self.path, target)?;
        self.renamed = true;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.renamed {
            // What cannot be removed is swept up later.
            let _ = fs::remove_file(&self.path);
        }
        let _ = self.file.unlock();
    }
}

fn is_still_there(path: &Path, file: &File) -> io::Result<bool> {
    Ok(match Entry::at(path)? {
        Entry::File(facts) => same_file(&facts, &file.metadata()?),
        _ => false,
    })
}
