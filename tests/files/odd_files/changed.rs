//! Files that change between being found and being read: an error that says so, and never a mixture of both.

use std::fs;
use std::path::{Path, PathBuf};

use chunkfit::Runtime;
use chunkfit::data::Footprint;
use chunkfit::sources::{Csv, IndexBase, JsonLines, Svmlight, TextLines};
use serde::Deserialize;

use super::packs::gzip;
use super::{failure, folder_with};

const JSON: &str = "{\"t\":\"one\",\"l\":1}\n{\"t\":\"two\",\"l\":2}\n{\"t\":\"three\",\"l\":3}\n";

fn assert_told<D: chunkfit::data::Chunk + Clone>(
    reading: chunkfit::Result<chunkfit::sources::Reading<D>>,
    file: &Path,
) {
    let message = failure(reading, file);
    assert!(message.contains("it has changed since it was opened; open it again"), "{message}");
}

#[test]
fn a_file_that_changed_since_it_was_found_is_told_of_by_every_format() {
    let changes: [(&str, &[u8]); 4] = [
        ("grown", b"t,l\none,1\ntwo,2\nthree,3\nfour,4\n"),
        ("cut", b"t,l\n"),
        ("empty", b""),
        ("a longer header", b"t,l,and,many,other,columns,than,there,were,before\n1,2,3,4,5,6,7,8,9,0\n"),
    ];
    for (what, changed) in changes {
        for chunk_bytes in [1, 1000] {
            let folder = folder_with("a", b"t,l\none,1\ntwo,2\nthree,3\n");
            let file = folder.path().join("a");
            let (csv, lines) = (Csv::open(&file).unwrap(), TextLines::open(&file).unwrap());
            let (json, svm) = (JsonLines::open(&file).unwrap(), Svmlight::open(&file).unwrap());
            let cut_before = csv.clone().chunk_bytes(chunk_bytes).text("t");
            fs::write(&file, changed).unwrap();
            assert_told(csv.clone().chunk_bytes(chunk_bytes).text("t"), &file);
            assert_told(csv.chunk_bytes(chunk_bytes).one_line_records().text("t"), &file);
            assert_told(cut_before, &file);
            assert_told(lines.chunk_bytes(chunk_bytes).documents(), &file);
            assert_told(json.chunk_bytes(chunk_bytes).text("t"), &file);
            assert_told(svm.chunk_bytes(chunk_bytes).rows_and_labels::<f64, u8>(9, IndexBase::One), &file);
            assert!(what == "empty" || !changed.is_empty());
        }
    }
    let folder = folder_with("a.gz", &gzip(JSON.as_bytes()));
    let file = folder.path().join("a.gz");
    let json = JsonLines::open(&file).unwrap();
    fs::write(&file, &gzip(JSON.as_bytes())[..20]).unwrap();
    assert_told(json.text("t"), &file);
    fs::remove_file(&file).unwrap();
    assert!(failure(json.text("t"), &file).contains("cannot open"));
}

/// A record that, when it is read, does something to a file: named in it with what is to be written there.
#[derive(Clone, Deserialize)]
#[serde(from = "Told")]
struct Meddler;

#[derive(Deserialize)]
struct Told {
    write: Option<(PathBuf, String)>,
}

impl From<Told> for Meddler {
    fn from(told: Told) -> Self {
        if let Some((file, content)) = told.write {
            fs::write(file, content).unwrap();
        }
        Meddler
    }
}

impl Footprint for Meddler {
    fn heap_bytes(&self) -> usize {
        0
    }
}

#[test]
fn a_file_that_changes_in_the_middle_of_a_run_fails_the_chunks_after_that() {
    for content in
        ["", "{}\n", "{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n"]
    {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.jsonl");
        let order = serde_json::json!({ "write": [&file, content] });
        fs::write(&file, format!("{{}}\n{{}}\n{{}}\n{order}\n{{}}\n{{}}\n")).unwrap();
        let reading = JsonLines::open(&file).unwrap().chunk_bytes(1).records::<Meddler>().unwrap();
        let chunks: Vec<_> = reading.chunks().iter().map(chunkfit::graph::Lazy::caught).collect();
        let found = Runtime::new().threads(1).compute(chunks).unwrap();
        let read = found.iter().take_while(|chunk| chunk.is_ok()).count();
        assert!(read > 0 && read < found.len(), "{read} of {} chunks", found.len());
        for error in found[read..].iter().map(|chunk| chunk.as_ref().err().unwrap()) {
            assert!(error.full_message().contains("it has changed since it was opened"), "{error}");
            assert_eq!(error.place().file.as_ref(), Some(&file));
        }
    }
}

/// The worst moment: somebody writes while the bytes of one chunk are read. It ends as an error, or with the bytes of
/// one state.
#[test]
fn what_is_read_while_somebody_writes_is_of_one_state() {
    let state = |letter: char, n: usize| format!("{}\n", letter.to_string().repeat(50)).repeat(n);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.txt");
    let (mut whole, mut told) = (0, 0);
    for round in 0..60 {
        fs::write(&file, state('a', 4000)).unwrap();
        let lines = TextLines::open(&file).unwrap().documents();
        let writer = {
            let (file, state) = (file.clone(), state('b', 3000 + round));
            std::thread::spawn(move || {
                std::thread::sleep(std::time::Duration::from_micros(40 * round as u64));
                fs::write(file, state).unwrap();
            })
        };
        match super::read(lines) {
            Ok(chunks) => {
                let documents = super::documents(&chunks);
                assert!(documents.len() == 4000 && documents.iter().all(|line| line.starts_with('a')));
                whole += 1;
            }
            Err(error) => {
                assert!(error.full_message().contains("it has changed since it was opened"), "{error}");
                told += 1;
            }
        }
        writer.join().unwrap();
    }
    assert!(whole + told == 60 && told > 0, "{whole} read whole, {told} told of");
}
