//! Many small objects: one request each, many at once, whatever the format and the threads.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use chunkfit::Runtime;
use chunkfit::sources::{Csv, Files, JsonLines, Parquet};
use parquet::arrow::ArrowWriter;

use super::put;
use super::watched::Watched;

/// A small object with ten rows.
fn object(format: &str, number: usize) -> Vec<u8> {
    let rows = (0..10).map(|row| (format!("story {row} of {number}"), row));
    match format {
        "jsonl" => rows.map(|(t, l)| format!("{{\"t\":\"{t}\",\"l\":{l}}}\n")).collect::<String>().into(),
        "csv" => {
            let rows: String = rows.map(|(t, l)| format!("{t},{l}\n")).collect();
            format!("t,l\n{rows}").into()
        }
        _ => {
            let (texts, labels): (Vec<_>, Vec<i64>) = rows.unzip();
            let columns: [(_, ArrayRef); 2] =
                [("t", Arc::new(StringArray::from(texts))), ("l", Arc::new(Int64Array::from(labels)))];
            let batch = RecordBatch::try_from_iter(columns).unwrap();
            let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
            writer.write(&batch).unwrap();
            writer.into_inner().unwrap()
        }
    }
}

/// A store with so many small objects.
fn store(format: &str, n: usize, latency: Duration) -> Arc<Watched> {
    let store = Watched { latency, ..Watched::default() };
    (0..n).for_each(|i| put(&store.objects, &format!("{i:04}.{format}"), &object(format, i)));
    Arc::new(store)
}

/// Reads them all. The seconds that it took.
fn read(store: &Arc<Watched>, format: &str, threads: usize) -> f64 {
    let start = Instant::now();
    let files = Files::in_store(store.clone(), &format!("*.{format}")).unwrap();
    let n = files.len();
    let reading = match format {
        "jsonl" => JsonLines::over(files).text_and_label::<i64>("t", "l"),
        "csv" => Csv::over(files).text_and_label::<i64>("t", "l"),
        _ => Parquet::over(files).text_and_label::<i64>("t", "l"),
    };
    let chunks = Runtime::new().threads(threads).compute(reading.unwrap().chunks()).unwrap();
    assert_eq!(chunks.len(), n);
    for (i, chunk) in chunks.iter().enumerate() {
        assert_eq!(chunk.records.get(9), format!("story 9 of {i}"));
        assert_eq!(chunk.targets.to_vec(), (0..10).collect::<Vec<_>>());
    }
    start.elapsed().as_secs_f64()
}

const FORMATS: [&str; 3] = ["jsonl", "csv", "parquet"];

/// The table of requests and seconds, for `CHUNKFIT_STORES=200,1000`.
#[test]
fn the_table_of_requests_and_seconds() {
    let Ok(sizes) = std::env::var("CHUNKFIT_STORES") else { return };
    for n in sizes.split(',').map(|n| n.parse().unwrap()) {
        for format in FORMATS {
            for threads in [1, 2, 4] {
                let store = store(format, n, Duration::from_millis(50));
                let seconds = read(&store, format, threads);
                let requests = store.requests.load(Relaxed);
                println!("{n} {format} {threads} threads: {requests} requests, {seconds:.1} s");
            }
        }
    }
}
