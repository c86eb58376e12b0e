//! The file of one value: in a slot of a checkpoint, or in a chunk cache.
//!
//! | bytes | what |
//! |---|---|
//! | 0..8 | `chunkfit` |
//! | 8..16 | version of this layout: 1 |
//! | 16..24 | xxh3 of the crate's version: its models' fields may differ in the next |
//! | 24..40 | key of the value's task |
//! | 40..48 | length of the content |
//! | 48..64 | xxh3 of the content, 128 bits |
//! | 64.. | content: the value, encoded |
//!
//! Numbers are little-endian. A file is written aside and renamed, so that what has its name is
//! whole; what was damaged since is found out by the checksum. Whatever is wrong with a file, its
//! value can be made again: there are no errors in reading, only files that do not count. What bears such a name and is
//! no regular file is neither read nor replaced.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::key::Key;
use crate::files::{Durability, Name, Part, open_regular};

/// The bytes of a file besides its content.
pub(super) const HEADER: usize = 64;
/// The bytes before the key.
const PREFIX: usize = 24;
const KEY_END: usize = PREFIX + 16;
const LENGTH_END: usize = KEY_END + 8;

/// The task whose value the file seems to hold, from a look at its header.
pub(super) fn key(file: &Path) -> Option<Key> {
    read_header(&mut open(file).ok()?).map(|header| key_of(&header))
}

/// True if the file holds the whole value of this task. Reads all of it, and keeps nothing.
pub(super) fn is_whole(file: &Path, key: Key) -> bool {
    let whole = || {
        let mut file = open(file).ok()?;
        let header = expected_header(&mut file, key)?;
        let mut hash = xxhash_rust::xxh3::Xxh3::new();
        let mut buffer = vec![0; 1 << 18];
        loop {
            match file.read(&mut buffer) {
                Ok(0) => return Some(hash.digest128() == checksum(&header)),
                Ok(n) => hash.update(&buffer[..n]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
    };
    whole() == Some(true)
}

/// The encoded value of this task, if the file holds all of it.
pub(super) fn read(file: &Path, key: Key) -> Option<Vec<u8>> {
    match read_or_tell(file, key) {
        Content::Whole(content) => Some(content),
        Content::Damaged | Content::Unreadable => None,
    }
}

/// The content of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// The encoded value of the task.
    Whole(Vec<u8>),
    /// Something else, in a regular file that could be read.
    Damaged,
    /// Unknown: it is not there, no regular file, that of another user, or the disk fails.
    Unreadable,
}

/// The encoded value of this task, or why there is none.
pub(super) fn read_or_tell(file: &Path, key: Key) -> Content {
    let read = || -> io::Result<Option<Vec<u8>>> {
        let mut file = open(file)?;
        let Some(header) = expected_header(&mut file, key) else { return Ok(None) };
        let mut content = Vec::with_capacity(length(&header) as usize);
        file.read_to_end(&mut content)?;
        Ok(Some(content).filter(|content| xxh3_128(content) == checksum(&header)))
    };
    match read() {
        Ok(Some(content)) => Content::Whole(content),
        Ok(None) => Content::Damaged,
        Err(_) => Content::Unreadable,
    }
}

fn open(file: &Path) -> io::Result<File> {
    open_regular(file, File::options().read(true))
}

/// Writes the encoded value of a task to a file, in the place of what was there.
pub(super) fn write(file: &Path, key: Key, content: &[u8]) -> io::Result<()> {
    let part = Part::beside(file, Name::Own)?;
    let mut to = part.file();
    let mut header = prefix().to_vec();
    header.extend_from_slice(&key.bits().to_le_bytes());
    header.extend_from_slice(&(content.len() as u64).to_le_bytes());
    header.extend_from_slice(&xxh3_128(content).to_le_bytes());
    to.write_all(&header)?;
    to.write_all(content)?;
    part.commit(Durability::Cache)
}

/// The first bytes of every file of this version of the crate.
fn prefix() -> [u8; PREFIX] {
    let mut prefix = [0; PREFIX];
    prefix[..8].copy_from_slice(b"chunkfit");
    prefix[8..16].copy_from_slice(&1u64.to_le_bytes());
    prefix[16..].copy_from_slice(&xxh3_64(env!("CARGO_PKG_VERSION").as_bytes()).to_le_bytes());
    prefix
}

/// The header of a file of ours that is as long as it says.
fn read_header(file: &mut File) -> Option<[u8; HEADER]> {
    let mut header = [0; HEADER];
    file.read_exact(&mut header).ok()?;
    let total = length(&header).checked_add(HEADER as u64)?;
    (header[..PREFIX] == prefix() && file.metadata().ok()?.len() == total).then_some(header)
}

fn expected_header(file: &mut File, key: Key) -> Option<[u8; HEADER]> {
    read_header(file).filter(|header| key_of(header) == key)
}

fn key_of(header: &[u8; HEADER]) -> Key {
    Key::from_bits(u128::from_le_bytes(field(header, PREFIX)))
}

fn length(header: &[u8; HEADER]) -> u64 {
    u64::from_le_bytes(field(header, KEY_END))
}

fn checksum(header: &[u8; HEADER]) -> u128 {
    u128::from_le_bytes(field(header, LENGTH_END))
}

fn field<const N: usize>(header: &[u8; HEADER], at: usize) -> [u8; N] {
    std::array::from_fn(|i| header[at + i])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn only_the_whole_value_of_the_very_task_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("slot");
        let (key, other) = (Key::of("a").finish(), Key::of("b").finish());
        let counts = || (super::key(&file).is_some(), is_whole(&file, key), read(&file, key).is_some());
        assert_eq!(counts(), (false, false, false), "no file");
        write(&file, other, b"earlier").unwrap();
        write(&file, key, b"later").unwrap();
        assert_eq!(read(&file, key).unwrap(), b"later");
        assert_eq!((super::key(&file), is_whole(&file, key)), (Some(key), true));
        assert_eq!((read(&file, other), is_whole(&file, other)), (None, false), "another task's");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left behind");

        let good = fs::read(&file).unwrap();
        for damaged in 0..good.len() {
            let mut bad = good.clone();
            bad[damaged] ^= 1;
            fs::write(&file, &bad).unwrap();
            assert_eq!((is_whole(&file, key), read(&file, key)), (false, None), "byte {damaged} differs");
            fs::write(&file, &good[..damaged]).unwrap();
            assert_eq!((is_whole(&file, key), read(&file, key)), (false, None), "cut to {damaged} bytes");
        }
        fs::write(&file, [&good[..], b"x"].concat()).unwrap();
        assert_eq!(counts(), (false, false, false), "too long");
        let mut huge = good.clone();
        huge[KEY_END..LENGTH_END].copy_from_slice(&u64::MAX.to_le_bytes());
        fs::write(&file, &huge).unwrap();
        assert_eq!(counts(), (false, false, false), "a length that is not to be believed");
        fs::write(&file, &good).unwrap();
        assert_eq!(counts(), (true, true, true));
        write(&file, key, b"").unwrap();
        assert_eq!(read(&file, key).unwrap(), b"", "a value may need no bytes");
    }

    #[test]
    fn a_failed_write_leaves_the_earlier_value() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("slot");
        let key = Key::of("a").finish();
        write(&file, key, b"earlier").unwrap();
        assert!(write(&folder.path().join("gone/slot"), key, b"later").is_err());
        assert_eq!(read(&file, key).unwrap(), b"earlier");
    }
}
