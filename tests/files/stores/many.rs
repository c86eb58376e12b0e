//! Many small objects: one request each, many at once, whatever the format and the threads.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use chunkfit::Runtime;
use chunkfit::sources::{Csv, Files, JsonLines, Parquet};
use parquet::arrow::ArrowWriter;

use super::put;
use super::watched::{Watched, room};

/// A small object with ten rows.
pub fn object(format: &str, number: usize) -> Vec<u8> {
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

/// Reading 1,000 of them from a store that answers in 50 ms took 117 s with four threads, when threads asked for one after
/// the other: 3,000 requests for CSV.
#[test]
fn objects_are_asked_for_once_and_many_at_a_time() {
    let _room = room();
    for (format, n) in [("jsonl", 1_000), ("csv", 200), ("parquet", 200)] {
        let store = store(format, n, Duration::from_millis(50));
        let seconds = read(&store, format, 2);
        assert_eq!(store.requests.load(Relaxed), n as u64, "{format}");
        assert_eq!(store.lists.load(Relaxed), 1);
        assert_eq!(store.most_at_once.load(Relaxed), 32, "{format}");
        let content: usize = (0..n).map(|i| object(format, i).len()).sum();
        assert_eq!(store.bytes.load(Relaxed), content as u64, "{format}");
        // Two seconds for 1,000 on an idle machine; one after the other they would take 50.
        assert!(seconds < n as f64 * 0.05 / 4.0, "{format}: {seconds} s");
    }
}

#[test]
fn each_pass_asks_once() {
    let _room = room();
    let store = store("jsonl", 50, Duration::ZERO);
    let texts = JsonLines::over(Files::in_store(store.clone(), "*.jsonl").unwrap()).text("t").unwrap();
    for pass in 1..4 {
        Runtime::new().threads(3).compute(texts.chunks()).unwrap();
        assert_eq!(store.requests.load(Relaxed), 50 * pass);
    }
}

#[test]
fn a_chunk_alone_asks_for_nothing_else() {
    let _room = room();
    let store = store("jsonl", 50, Duration::ZERO);
    let texts = JsonLines::over(Files::in_store(store.clone(), "*.jsonl").unwrap()).text("t").unwrap();
    Runtime::new().compute(&texts.chunks().as_slice()[20]).unwrap();
    std::thread::sleep(Duration::from_millis(20));
    assert_eq!(store.requests.load(Relaxed), 1);
}

/// Of objects that are read in pieces, several pieces are asked for at once, and each once.
#[test]
fn pieces_of_a_large_object_are_asked_for_at_once() {
    let _room = room();
    let store = Watched { latency: Duration::from_millis(20), ..Watched::default() };
    let line = format!("{{\"t\":\"{}\"}}\n", "x".repeat(1_000));
    let content = line.repeat(20_000);
    put(&store.objects, "large.jsonl", content.as_bytes());
    let store = Arc::new(store);
    let files = Files::in_store(store.clone(), "large.jsonl").unwrap();
    let texts = JsonLines::over(files).chunk_bytes(64 << 20).text("t").unwrap();
    let chunks = Runtime::new().threads(1).compute(texts.chunks()).unwrap();
    assert_eq!(chunks[0].len(), 20_000);
    assert_eq!(store.bytes.load(Relaxed), content.len() as u64);
    // The first one is for its size and state.
    assert_eq!(store.requests.load(Relaxed), 1 + content.len().div_ceil(4 << 20) as u64);
    assert_eq!(store.most_at_once.load(Relaxed), 4);
}

/// More than is kept: what has no room is asked for when it is read.
#[test]
fn what_is_asked_for_ahead_is_bounded() {
    let _room = room();
    let store = Watched { latency: Duration::from_millis(5), ..Watched::default() };
    let line = format!("{{\"t\":\"{}\"}}\n", "x".repeat(1_000));
    let content = line.repeat(3_000);
    (0..20).for_each(|i| put(&store.objects, &format!("{i:02}.jsonl"), content.as_bytes()));
    let store = Arc::new(store);
    let texts = JsonLines::over(Files::in_store(store.clone(), "*.jsonl").unwrap()).text("t").unwrap();
    let lines = texts.chunks().map("lines", |chunk| vec![chunk.len()]);
    assert_eq!(Runtime::new().threads(2).compute(lines).unwrap(), [[3_000]; 20]);
    assert_eq!(store.bytes.load(Relaxed), 20 * content.len() as u64);
    // Two are being read, and at most 16 MiB are asked for ahead: five of 3 MB.
    let most = store.most_at_once.load(Relaxed);
    assert!((3..=7).contains(&most), "{most} at once");
}
