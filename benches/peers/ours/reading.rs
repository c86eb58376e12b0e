//! A file of documents and labels, read once: how many rows there are, the bytes of their text, the mean of the labels.

use std::path::Path;
use std::time::Instant;

use chunkfit::prelude::*;
use chunkfit::sources::{Csv, JsonLines, Parquet};
use serde_json::{Value, json};

/// The format of the file is that of its name.
pub fn run(file: &Path) -> Result<Value, Error> {
    let runtime = Runtime::new().threads(2);
    let started = Instant::now();
    let reading = match file.extension().and_then(|ending| ending.to_str()) {
        Some("parquet") => Parquet::open(file)?.text_and_label::<bool>("text", "label")?,
        Some("csv") => Csv::open(file)?.text_and_label("text", "label")?,
        _ => JsonLines::open(file)?.text_and_label("text", "label")?,
    };
    let sums = reading.chunks().map("sum", |chunk| {
        let bytes: usize = chunk.records.iter().map(str::len).sum();
        ((chunk.targets.len(), bytes), chunk.targets.iter().filter(|label| **label).count())
    });
    let (mut rows, mut bytes, mut positive) = (0, 0, 0);
    for ((n, size), labels) in runtime.compute(sums)? {
        rows += n;
        bytes += size;
        positive += labels;
    }
    let seconds = started.elapsed().as_secs_f64();
    Ok(json!({ "seconds": seconds, "rows": rows, "bytes": bytes, "mean": positive as f64 / rows as f64 }))
}
