//! Arrow and Parquet: the rows of a table are the same whatever file holds it and however it is cut.

mod arrays;
mod bad_rows;
mod column_types;
mod damage;
mod golden;
mod pieces;
pub(crate) mod tables;

use std::path::{Path, PathBuf};

use chunkfit::Runtime;
use chunkfit::data::Chunk;
use chunkfit::data::Rows;
use chunkfit::sources::Reading;

/// Where the files lie that pyarrow wrote.
fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/formats").join(name)
}

fn compute<C: chunkfit::graph::Compute>(targets: C) -> C::Output {
    Runtime::new().threads(2).compute(targets).unwrap()
}

/// The rows of all chunks together.
fn all<D: Chunk + Rows + Clone>(reading: &Reading<D>) -> D {
    let chunks = compute(reading.chunks());
    D::concat_rows(&chunks.iter().collect::<Vec<_>>()).unwrap()
}

fn failure<D: Chunk + Clone>(reading: chunkfit::Result<Reading<D>>) -> String {
    reading.and_then(|reading| Runtime::new().threads(1).compute(reading.chunks())).err().unwrap().full_message()
}
