//! Files in object stores: the same chunks as from the disk, and clear errors when a store fails.

mod faults;
mod many;
mod names;
mod watched;

use std::fmt::Debug;
use std::fs;
use std::io::Write;
use std::ops::Range;
use std::path::Path as FilePath;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use chunkfit::data::Chunk;
use chunkfit::sources::{
    ArrowIpc, BadRecords, Csv, Files, IndexBase, JsonLines, Parquet, Reading, Svmlight, TextLines,
};
use chunkfit::{Error, Runtime};
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use tempfile::TempDir;

use self::watched::{Watched, room};

fn wait<T>(work: impl Future<Output = object_store::Result<T>>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work).unwrap()
}

fn put(store: &dyn ObjectStore, name: &str, content: &[u8]) {
    wait(store.put(&Path::parse(name).unwrap(), content.to_vec().into()));
}

/// Files of all formats; those of text with what could be cut wrongly.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| fs::write(folder.path().join(name), content).unwrap();
    let lines: String = (0..40).map(|i| format!("{{\"text\":\"story {i}\",\"label\":{}}}\r\n", i % 3)).collect();
    write("rows.jsonl", lines.as_bytes());
    let quoted: String = (0..40).map(|i| format!("\"two\nlines, \"\"{i}\"\"\",{}\n", i % 3)).collect();
    write("rows.csv", format!("text,label\n{quoted}").as_bytes());
    let sparse: String = (0..40).map(|i| format!("{} {}:0.5 9:{i}\n", i % 3, i % 8 + 1)).collect();
    write("rows.svm", sparse.as_bytes());
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(lines.as_bytes()).unwrap();
    write("rows.jsonl.gz", &gzip.finish().unwrap());
    for name in ["plain.arrow", "snappy.parquet"] {
        write(
            name,
            &fs::read(FilePath::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/formats").join(name)).unwrap(),
        );
    }
    folder
}

/// The same objects in a store.
fn copy_into(store: &dyn ObjectStore, folder: &FilePath) {
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        put(store, path.file_name().unwrap().to_str().unwrap(), &fs::read(&path).unwrap());
    }
}

/// All chunks of all formats, as text.
fn read_all(files: impl Fn(&str) -> Result<Files, Error>, chunk_bytes: u64) -> Result<Vec<String>, Error> {
    fn shown<D: Chunk + Clone + Debug>(reading: Reading<D>) -> Result<String, Error> {
        Runtime::new().threads(2).compute(reading.chunks()).map(|chunks| format!("{chunks:?}"))
    }
    let json = JsonLines::over(files("rows.jsonl*")?).chunk_bytes(chunk_bytes);
    let csv = Csv::over(files("rows.csv")?).chunk_bytes(chunk_bytes);
    let svm = Svmlight::over(files("rows.svm")?).chunk_bytes(chunk_bytes);
    let lines = TextLines::over(files("rows.[js]*")?).chunk_bytes(chunk_bytes);
    let arrow = ArrowIpc::over(files("plain.arrow")?).chunk_bytes(chunk_bytes);
    let parquet = Parquet::over(files("*.parquet")?).chunk_bytes(chunk_bytes);
    Ok(vec![
        shown(json.text_and_label::<u8>("text", "label")?)?,
        shown(csv.text_and_label::<u8>("text", "label")?)?,
        shown(svm.rows_and_labels::<f32, u8>(9, IndexBase::One)?)?,
        shown(lines.documents()?)?,
        shown(arrow.text_and_label::<String>("text_view", "topic")?)?,
        shown(parquet.rows_and_labels::<f64, bool>(&["heat", "count"], "flag")?)?,
    ])
}

#[test]
fn chunks_are_those_of_the_same_files_on_the_disk() {
    let folder = folder();
    let memory = Arc::new(InMemory::new());
    copy_into(&*memory, folder.path());
    let disk = Arc::new(LocalFileSystem::new_with_prefix(folder.path()).unwrap());
    for chunk_bytes in [1, 100, 1_000, 1 << 20] {
        let expected = read_all(|wanted| Files::find(folder.path().join(wanted)), chunk_bytes).unwrap();
        assert_eq!(read_all(|wanted| Files::in_store(memory.clone(), wanted), chunk_bytes).unwrap(), expected);
        assert_eq!(read_all(|wanted| Files::in_store(disk.clone(), wanted), chunk_bytes).unwrap(), expected);
    }
}

#[test]
fn a_program_that_is_asynchronous_can_read_too() {
    let folder = folder();
    let memory = Arc::new(InMemory::new());
    copy_into(&*memory, folder.path());
    let read = || read_all(|wanted| Files::in_store(memory.clone(), wanted), 500).unwrap();
    let inside = tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async { read() });
    assert_eq!(inside, read());
}

/// Objects of one name, size and time in two stores are two files, if the stores have names of their own.
#[test]
fn stores_that_call_themselves_alike_are_told_apart_by_names() {
    let memory = Arc::new(InMemory::new());
    put(&*memory, "a.txt", b"x");
    let key = |files: Files| TextLines::over(files).documents().unwrap().chunks().as_slice()[0].key();
    let named = |name: &str| Files::in_store_named(memory.clone(), name, "a.txt").unwrap();
    let path = |files: Files| files.paths().next().unwrap().to_owned();
    assert_eq!(key(Files::in_store(memory.clone(), "a.txt").unwrap()), key(named("InMemory")));
    assert_eq!(key(named("https://one.example")), key(named("https://one.example")));
    assert_ne!(key(named("https://one.example")), key(named("https://two.example")));
    assert_eq!(path(named("https://one.example")), FilePath::new("https://one.example/a.txt"));

    let place = tempfile::tempdir().unwrap();
    let local = |folder: &str, content: &str| {
        fs::create_dir(place.path().join(folder)).unwrap();
        fs::write(place.path().join(folder).join("a.txt"), content).unwrap();
        let file = fs::File::options().write(true).open(place.path().join(folder).join("a.txt")).unwrap();
        file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
        let store = LocalFileSystem::new_with_prefix(place.path().join(folder)).unwrap();
        key(Files::in_store(Arc::new(store), "a.txt").unwrap())
    };
    assert_ne!(local("ra", "aaaa"), local("rb", "bbbb"));
}

/// Wherever it fails, the error names the object, and what could be read was read rightly.
#[test]
fn a_store_that_fails_in_the_middle_gives_an_error_that_names_the_object() {
    let _room = room();
    let folder = folder();
    let store = |fails_after| {
        let store = Watched { fails_after, ..Watched::default() };
        copy_into(&store.objects, folder.path());
        Arc::new(store)
    };
    let whole = read_all(|wanted| Files::find(folder.path().join(wanted)), 1_000).unwrap();
    let mut failures = 0;
    loop {
        let failing = store(Some(failures));
        match read_all(|wanted| Files::in_store(failing.clone(), wanted), 1_000) {
            Ok(read) => {
                assert_eq!(read, whole);
                break;
            }
            Err(error) => {
                let message = error.full_message();
                assert!(message.contains("watched:/") && message.contains("the cable is cut"), "{message}");
                failures += 1;
            }
        }
    }
    // Two for each object that is named, and one for each that a pattern matches.
    assert!(failures >= 12, "only {failures} requests failed");
}

#[test]
fn an_object_that_changes_or_goes_away_is_refused() {
    let memory = Arc::new(InMemory::new());
    put(&*memory, "a.jsonl", b"{\"t\":\"one\"}\n{\"t\":\"two\"}\n");
    let reading = |policy| {
        JsonLines::over(Files::in_store(memory.clone(), "a.jsonl").unwrap()).bad_records(policy).text("t").unwrap()
    };
    let failure = |reading: Reading<_>| Runtime::new().compute(reading.chunks()).err().unwrap().full_message();
    let before = reading(BadRecords::fail());
    put(&*memory, "a.jsonl", b"{\"t\":\"one\"}\n{\"t\":\"six\"}\n");
    assert!(failure(before).contains("it has changed since it was opened"));
    let before = reading(BadRecords::fail());
    wait(memory.delete(&Path::from("a.jsonl")));
    let message = failure(before);
    assert!(message.contains("not found") && message.contains("InMemory/a.jsonl"), "{message}");
    put(&*memory, "a.jsonl", b"{\"t\":\"one\"}\n{\"t\":2}\n");
    let message = failure(reading(BadRecords::fail()));
    assert!(message.contains("file InMemory/a.jsonl, line 2, byte 12"), "{message}");
}

#[test]
fn keys_last_and_tell_states_of_an_object_apart() {
    let folder = folder();
    let key = || {
        let store = Arc::new(LocalFileSystem::new_with_prefix(folder.path()).unwrap());
        let texts = JsonLines::over(Files::in_store(store, "rows.jsonl").unwrap()).text("text").unwrap();
        texts.chunks().as_slice()[0].key()
    };
    let first = key();
    assert!(first.is_lasting());
    assert_eq!(first, key());
    fs::write(folder.path().join("rows.jsonl"), "{\"text\":\"other\"}").unwrap();
    assert_ne!(first, key());
}

/// Of a large object the parts that are wanted are fetched, and little else.
#[test]
fn no_more_is_fetched_than_is_needed() {
    let _room = room();
    let store = Arc::new(Watched::default());
    let fetched = |work: &dyn Fn()| {
        let before = store.bytes.load(Relaxed);
        work();
        store.bytes.load(Relaxed) - before
    };
    let lines: String = (0..300_000).map(|i| format!("{{\"t\":\"story {i:06}\"}}\n")).collect();
    put(&store.objects, "large.jsonl", lines.as_bytes());
    let files = Files::in_store(store.clone(), "large.jsonl").unwrap();
    let chunks = JsonLines::over(files).chunk_bytes(1 << 20).text("t").unwrap().chunks();
    let n = chunks.len() as u64;
    assert_eq!(n, lines.len().div_ceil(1 << 20) as u64);
    let all = fetched(&|| drop(Runtime::new().threads(2).compute(chunks.clone()).unwrap()));
    let Range { start, end } = lines.len() as u64..lines.len() as u64 + n * (65 << 10);
    assert!((start..=end).contains(&all), "{all} bytes of {start}");

    let numbers = wide_table();
    put(&store.objects, "wide.parquet", &numbers);
    let files = Files::in_store(store.clone(), "wide.parquet").unwrap();
    let some = fetched(&|| {
        let rows = Parquet::over(files.clone()).rows_and_labels::<f64, u64>(&["x3"], "x5").unwrap().chunks();
        assert_eq!(Runtime::new().compute(rows).unwrap()[0].records.nrows(), 100_000);
    });
    // Two columns of ten, which do not lie side by side, and the end of the object with the footer.
    assert!(some < numbers.len() as u64 * 35 / 100, "{some} bytes of {}", numbers.len());
}

/// There may be thousands of them.
#[test]
fn small_objects_are_asked_for_once_they_are_read() {
    let _room = room();
    let store = Arc::new(Watched::default());
    (0..5).for_each(|i| put(&store.objects, &format!("{i}.jsonl"), b"{\"t\":\"x\"}\n"));
    let files = Files::in_store(store.clone(), "*.jsonl").unwrap();
    let before = store.requests.load(Relaxed);
    let chunks = JsonLines::over(files).text("t").unwrap().chunks();
    assert_eq!(store.requests.load(Relaxed), before);
    assert_eq!(Runtime::new().compute(chunks).unwrap().len(), 5);
    assert_eq!(store.requests.load(Relaxed), before + 5);
}

/// A Parquet file of ten columns of numbers that do not compress.
fn wide_table() -> Vec<u8> {
    use arrow_array::{ArrayRef, RecordBatch, UInt64Array};
    let column = |j: u64| (0..100_000).map(|i: u64| i.wrapping_mul(0x9e37_79b9_7f4a_7c15 + j)).collect::<UInt64Array>();
    let columns = (0..10).map(|j| (format!("x{j}"), Arc::new(column(j)) as ArrayRef));
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}
