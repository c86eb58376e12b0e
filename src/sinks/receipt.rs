//! Receipts: a small hidden file beside an output file that says what it was made of.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::folder::Folder;
use crate::error::{Error, Result};
use crate::files::{Durability, Name, State, open_regular, remove_own};
use crate::graph::Key;

/// The version of the crate: another may write the same rows otherwise.
const LIBRARY: &str = concat!("chunkfit ", env!("CARGO_PKG_VERSION"));

/// What the content of every receipt begins with, of any version. A file of that name that begins otherwise is not ours.
const BEGINNING: &[u8] = b"{\"library\":\"chunkfit ";

/// What is known of an output file that was finished. Whatever is wrong with a receipt, the file can be written
/// again: there are no errors in reading, only receipts that do not count.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Receipt {
    /// The first, for [`BEGINNING`].
    library: String,
    /// The input's state, the model and all settings, hashed.
    key: String,
    pub rows: u64,
    /// Of the output, when it was finished.
    state: State,
}

impl Receipt {
    /// The receipt for a file, if it holds what the key stands for and was not touched since.
    pub(super) fn read(output: &Path, key: Key) -> Option<Self> {
        let mut content = Vec::new();
        open_regular(&place(output), File::options().read(true)).ok()?.read_to_end(&mut content).ok()?;
        let receipt: Receipt = serde_json::from_slice(&content).ok()?;
        let now = Receipt::of(output, key, receipt.rows).ok()?;
        (receipt == now).then_some(receipt)
    }

    /// How many bytes the output has.
    pub(super) fn bytes(&self) -> u64 {
        self.state.bytes
    }

    /// Writes the receipt for a file that was just finished. Where something that is not ours bears its name, there is
    /// none, and the file will be written again.
    pub(super) fn write(output: &Path, key: Key, rows: u64, folder: &Folder) -> Result<()> {
        let place = place(output);
        let write = || {
            if !may_be_replaced(&place)? {
                return Ok(());
            }
            let content = serde_json::to_vec(&Receipt::of(output, key, rows)?)?;
            let part = folder.part(&place, Name::Own)?;
            part.file().write_all(&content)?;
            // A power cut that damages it costs writing the output again.
            part.commit(Durability::Cache)
        };
        write().map_err(|error| Error::io("write the receipt of", output, error))
    }

    /// Takes the receipt of a file away, if there is one: the file will be another.
    pub(super) fn remove(output: &Path) -> Result<()> {
        let place = place(output);
        let remove = || if may_be_replaced(&place)? { remove_own(&place) } else { Ok(()) };
        remove().map_err(|error| Error::io("remove the receipt of", output, error))
    }

    /// As the file is now.
    fn of(output: &Path, key: Key, rows: u64) -> io::Result<Self> {
        let key = format!("{:032x}", key.bits());
        Ok(Receipt { library: LIBRARY.into(), key, rows, state: State::of(&fs::metadata(output)?) })
    }
}

/// `.a.csv.written` beside `a.csv`: sources leave out names that begin with a dot.
fn place(output: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(output.file_name().unwrap_or_default());
    name.push(".written");
    output.with_file_name(name)
}

/// Whether nothing is there or a receipt, of whatever file and version.
fn may_be_replaced(place: &Path) -> io::Result<bool> {
    let mut beginning = Vec::new();
    match open_regular(place, File::options().read(true)) {
        Ok(file) => file.take(BEGINNING.len() as u64).read_to_end(&mut beginning)?,
        Err(error) => return Ok(error.kind() == io::ErrorKind::NotFound),
    };
    Ok(beginning == BEGINNING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_counts_for_the_very_file_and_key_only() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(place.path()).unwrap();
        let output = place.path().join("a.csv");
        let (key, other) = (Key::of("a").finish(), Key::of("b").finish());
        let counts = |key| Receipt::read(&output, key).is_some();
        assert!(!counts(key), "nothing is there");
        fs::write(&output, "x\n1\n").unwrap();
        assert!(!counts(key), "no receipt");
        Receipt::write(&output, key, 1, &folder).unwrap();
        assert_eq!(Receipt::read(&output, key).unwrap().rows, 1);
        assert!(!counts(other), "another key");

        let whole = fs::read(super::place(&output)).unwrap();
        for damaged in 0..whole.len() {
            fs::write(super::place(&output), &whole[..damaged]).unwrap();
            assert!(!counts(key), "cut to {damaged} bytes");
        }
        let older = String::from_utf8(whole.clone()).unwrap().replace(LIBRARY, "chunkfit 0.0.1");
        fs::write(super::place(&output), older).unwrap();
        assert!(!counts(key), "of another version");
        fs::write(super::place(&output), &whole).unwrap();
        assert!(counts(key));

        let file = File::options().write(true).open(&output).unwrap();
        let written = file.metadata().unwrap().modified().unwrap();
        file.set_modified(written + std::time::Duration::from_nanos(1000)).unwrap();
        assert!(!counts(key), "touched since");
        file.set_modified(written).unwrap();
        file.set_len(3).unwrap();
        file.set_modified(written).unwrap();
        assert!(!counts(key), "cut since");

        Receipt::write(&output, key, 1, &folder).unwrap();
        Receipt::remove(&output).unwrap();
        Receipt::remove(&output).unwrap();
        assert!(!counts(key) && !super::place(&output).exists());

        for content in ["", "{", "mine", "{\"library\":\"of mine\"}"] {
            fs::write(super::place(&output), content).unwrap();
            Receipt::write(&output, key, 1, &folder).unwrap();
            Receipt::remove(&output).unwrap();
            assert_eq!(fs::read_to_string(super::place(&output)).unwrap(), content, "not ours");
            assert!(!counts(key));
        }
    }
}
