//! What an output file was made of, kept in a small hidden file beside it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::folder::Folder;
use crate::error::{Error, Result};
use crate::graph::Key;

/// The version of the crate: another may write the same rows otherwise.
const LIBRARY: &str = concat!("chunkfit ", env!("CARGO_PKG_VERSION"));

/// What is known of an output file that was finished. Whatever is wrong with a receipt, the file can be written
/// again: there are no errors in reading, only receipts that do not count.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Receipt {
    library: String,
    /// The input's state, the model and all settings, hashed.
    key: String,
    pub rows: u64,
    pub bytes: u64,
    /// When the output was changed last, since 1970.
    changed: Duration,
}

impl Receipt {
    /// The receipt for a file, if it holds what the key stands for and was not touched since.
    pub fn read(output: &Path, key: Key) -> Option<Self> {
        let receipt: Receipt = serde_json::from_slice(&fs::read(place(output)).ok()?).ok()?;
        let now = Receipt::of(output, key, receipt.rows).ok()?;
        (receipt == now).then_some(receipt)
    }

    /// Writes the receipt for a file that was just finished.
    pub fn write(output: &Path, key: Key, rows: u64, folder: &Folder) -> Result<()> {
        let failed = |error| Error::io("write the receipt of", output, error);
        let receipt = Receipt::of(output, key, rows).map_err(failed)?;
        let content = serde_json::to_vec(&receipt).map_err(|error| failed(error.into()))?;
        let mut part = folder.part().map_err(failed)?;
        part.write_all(&content).map_err(failed)?;
        part.persist(place(output)).map_err(|error| failed(error.error))?;
        Ok(())
    }

    /// Takes the receipt of a file away, if there is one: the file will be another.
    pub fn remove(output: &Path) -> Result<()> {
        match fs::remove_file(place(output)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::io("remove the receipt of", output, error))
            }
            _ => Ok(()),
        }
    }

    /// As the file is now.
    fn of(output: &Path, key: Key, rows: u64) -> std::io::Result<Self> {
        let facts = fs::metadata(output)?;
        let changed = facts.modified()?.duration_since(UNIX_EPOCH).map_err(std::io::Error::other)?;
        let key = format!("{:032x}", key.bits());
        Ok(Receipt { library: LIBRARY.into(), key, rows, bytes: facts.len(), changed })
    }
}

/// `.a.csv.written` beside `a.csv`: sources leave out names that begin with a dot.
fn place(output: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(output.file_name().unwrap_or_default());
    name.push(".written");
    output.with_file_name(name)
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

        let file = fs::File::options().write(true).open(&output).unwrap();
        let written = file.metadata().unwrap().modified().unwrap();
        file.set_modified(written + Duration::from_nanos(1000)).unwrap();
        assert!(!counts(key), "touched since");
        file.set_modified(written).unwrap();
        file.set_len(3).unwrap();
        file.set_modified(written).unwrap();
        assert!(!counts(key), "cut since");

        Receipt::write(&output, key, 1, &folder).unwrap();
        Receipt::remove(&output).unwrap();
        Receipt::remove(&output).unwrap();
        assert!(!counts(key));
    }
}
