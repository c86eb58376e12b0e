//! Documents with labels, as the suite wrote them: a folder of JSON lines, one chunk a file.

use std::path::Path;

use chunkfit::prelude::*;
use chunkfit::sources::JsonLines;
use linfa::DatasetBase;
use ndarray::Array1;

/// Documents, and whether each is about acquisitions.
pub type Documents = DatasetBase<Text, Array1<bool>>;

/// Every file's documents, in memory.
pub fn by_file(folder: &Path) -> Result<Vec<Documents>, Error> {
    Runtime::new().compute(&open(folder)?)
}

/// The documents of all files together, in memory.
pub fn whole(folder: &Path) -> Result<Documents, Error> {
    Runtime::new().compute(open(folder)?.gather())
}

fn open(folder: &Path) -> Result<Chunks<Documents>, Error> {
    Ok(JsonLines::open(folder.join("*.jsonl"))?.text_and_label::<bool>("text", "label")?.chunks())
}
