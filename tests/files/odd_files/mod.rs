//! Files as they come: cut short, damaged, odd, hostile, changed while they are read. What is read of them is what a
//! slow and obvious reader makes of the whole, or an error that says where and what to do; never a panic.

mod changed;
#[cfg(feature = "compression")]
mod compressed;
mod cut_short;
mod encodings;
#[cfg(unix)]
mod full_disk;
mod fuzz;
mod laws;
mod named;
mod odd;
#[cfg(feature = "compression")]
mod packed;
mod packs;
mod records;
#[cfg(feature = "compression")]
mod spills;
mod twins;

use std::fs;
use std::path::Path;

use chunkfit::data::Chunk;
use chunkfit::data::Text;
use chunkfit::sources::Reading;
use chunkfit::{Result, Runtime};
use tempfile::TempDir;

fn folder_with(name: &str, content: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), content).unwrap();
    folder
}

/// The chunks, if they can be read.
fn read<D: Chunk + Clone>(reading: Result<Reading<D>>) -> Result<Vec<D>> {
    Runtime::new().threads(1).compute(reading?.chunks())
}

/// What is wrong; it names the file.
fn failure<D: Chunk + Clone>(reading: Result<Reading<D>>, file: &Path) -> String {
    let error = read(reading).err().expect("it should not be read");
    assert_eq!(error.place().file.as_deref(), Some(file), "{error}");
    error.full_message()
}

fn documents(chunks: &[Text]) -> Vec<String> {
    chunks.iter().flat_map(|text| text.iter().map(str::to_owned)).collect()
}
