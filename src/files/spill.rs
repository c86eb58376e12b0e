//! A spill file: bytes that are too many for memory, in a private file that goes when nobody reads it any more.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use super::mode::create_private;
use super::temporary::Temporary;

/// A file of our own that is written once, from its beginning on, and then read in any order. Only its owner may read it;
/// it is removed when this value is dropped, and [swept up](super::sweep) if the process is killed before.
#[derive(Debug)]
pub(crate) struct Spill(Temporary);

impl Spill {
    /// A new, empty file in a folder, which must be there.
    pub(crate) fn create(folder: &Path) -> io::Result<Self> {
        Temporary::create(folder, create_private).map(Spill)
    }

    /// Adds bytes at the end.
    pub(crate) fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.file().write_all(bytes)
    }

    /// Reads from an offset on, up to as many bytes as the buffer has room for; none at the end.
    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        read_at(self.0.file(), buffer, offset)
    }
}

/// Readers do not share a position.
#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

/// Readers do not share a position.
#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

#[cfg(not(any(unix, windows)))]
fn read_at(_: &File, _: &mut [u8], _: u64) -> io::Result<usize> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "this system reads files from their position only"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{ABANDONED, sweep};
    use std::fs;

    #[test]
    fn a_spill_is_private_read_anywhere_and_gone_at_the_end() {
        let place = tempfile::tempdir().unwrap();
        let mut spill = Spill::create(place.path()).unwrap();
        spill.write_all(b"one, ").unwrap();
        spill.write_all(b"two").unwrap();
        let entry = fs::read_dir(place.path()).unwrap().next().unwrap().unwrap();
        assert!(crate::files::is_part_name(&entry.file_name()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        let mut buffer = [0; 4];
        assert_eq!((spill.read_at(&mut buffer, 4).unwrap(), &buffer), (4, b" two"));
        assert_eq!((spill.read_at(&mut buffer, 7).unwrap(), buffer[0]), (1, b'o'));
        assert_eq!(spill.read_at(&mut buffer, 8).unwrap(), 0);
        drop(spill);
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
        assert!(Spill::create(&place.path().join("none")).is_err());
    }

    #[test]
    fn a_spill_of_a_killed_process_is_swept_up_and_none_in_use() {
        let place = tempfile::tempdir().unwrap();
        let hours_ago = std::time::SystemTime::now() - 2 * ABANDONED;
        let age = |path: &Path| File::options().write(true).open(path).unwrap().set_modified(hours_ago).unwrap();
        let in_use = Spill::create(place.path()).unwrap();
        age(in_use.0.path());
        // Its process unlocked it when it ended.
        let left = place.path().join(".chunkfit-part-0123456789abcdef");
        fs::write(&left, "left").unwrap();
        age(&left);
        sweep(place.path(), ABANDONED);
        assert!(in_use.0.path().exists() && !left.exists());
    }
}
