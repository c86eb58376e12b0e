//! Made-up documents of any size, as files of JSON lines.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use chunkfit::data::Text;
use chunkfit::datasets::synthetic::Documents;
use chunkfit::prelude::*;
use linfa::DatasetBase;
use ndarray::Array1;
use serde_json::json;

use crate::label::Label;

/// Documents in a file: about 45 MB.
const ROWS: usize = 50_000;

/// What a document takes, on average, in bytes of a file.
const BYTES_PER_ROW: f64 = 724.0;

/// The labels of the documents.
pub fn classes() -> Vec<Label> {
    ["0", "1"].map(|label| Label(label.to_owned())).into()
}

/// Writes about so many GB (of 10⁹ bytes) to a folder in this one, but for files that are there already. Gives
/// the pattern of the files.
pub fn write(gigabytes: f64, folder: &Path, runtime: &Runtime) -> Result<PathBuf, Error> {
    let files = (gigabytes * 1e9 / BYTES_PER_ROW / ROWS as f64).ceil().max(1.0);
    let rows = (gigabytes * 1e9 / BYTES_PER_ROW / files).ceil() as usize;
    let folder = folder.join(format!("documents-{gigabytes}-gb"));
    fs::create_dir_all(&folder).map_err(|error| Error::io("create the folder", &folder, error))?;
    let named = |c: usize| folder.join(format!("part-{c:05}.jsonl"));
    let missing: Vec<usize> = (0..files as usize).filter(|&c| !named(c).exists()).collect();
    if !missing.is_empty() {
        println!("Writing {} files of documents to {}.", missing.len(), folder.display());
    }
    let documents = Documents::new(42).chunks(files as usize, rows)?;
    let paths: Vec<PathBuf> = (0..files as usize).map(named).collect();
    let written = missing.iter().map(|&c| {
        let path = paths[c].clone();
        let key = chunkfit::graph::Key::unique();
        documents.as_slice()[c].map(chunkfit::graph::Task::new("write", key), move |chunk| {
            write_file(chunk, &path).map_err(|error| Error::io("write", &path, error))
        })
    });
    runtime.compute(written.collect::<Vec<_>>())?;
    Ok(folder.join("part-*.jsonl"))
}

/// Under another name until it is whole.
fn write_file(chunk: &DatasetBase<Text, Array1<usize>>, path: &Path) -> io::Result<()> {
    let part = path.with_extension("part");
    let mut out = BufWriter::with_capacity(1 << 20, File::create(&part)?);
    for (text, label) in chunk.records.iter().zip(&chunk.targets) {
        serde_json::to_writer(&mut out, &json!({ "label": label, "text": text }))?;
        out.write_all(b"\n")?;
    }
    out.into_inner()?;
    fs::rename(part, path)
}
