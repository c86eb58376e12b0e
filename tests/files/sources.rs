//! Chunks from files in text formats: however they are cut, the records are those of the whole file.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use chunkfit::data::{Footprint, Keyed, Text};
use chunkfit::sources::{BadRecords, Csv, IndexBase, JsonLines, Reading, Svmlight, TextLines};
use chunkfit::{Error, Runtime};
use linfa::DatasetBase;
use ndarray::Array1;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

type Examples<L> = DatasetBase<Text, Array1<L>>;

fn folder_with(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    files.iter().for_each(|(name, content)| fs::write(folder.path().join(name), content).unwrap());
    folder
}

fn compute<C: chunkfit::graph::Compute>(targets: C) -> C::Output {
    Runtime::new().threads(2).compute(targets).unwrap()
}

fn failure<D: chunkfit::data::Chunk + Clone>(reading: chunkfit::Result<Reading<D>>) -> String {
    reading.and_then(|reading| Runtime::new().compute(reading.chunks())).err().unwrap().to_string()
}

fn documents(chunks: &[Text]) -> Vec<String> {
    chunks.iter().flat_map(|text| text.iter().map(str::to_owned)).collect()
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Paper {
    #[serde(rename = "abstract")]
    text: String,
    category: u8,
    weight: f32,
    id: String,
}

impl Footprint for Paper {
    fn heap_bytes(&self) -> usize {
        self.text.capacity() + self.id.capacity()
    }
}

fn papers() -> impl Strategy<Value = Vec<Paper>> {
    let paper = ("[a-zé\"\\\\\n ]{0,12}", any::<u8>(), 0u8..4, "[a-c]");
    let paper = paper.prop_map(|(text, category, weight, id)| Paper { text, category, weight: weight.into(), id });
    proptest::collection::vec(paper, 0..12)
}

/// The papers that keyed examples were made of.
fn papers_of(chunks: &[DatasetBase<Keyed<Text, String>, Array1<u8>>]) -> Vec<Paper> {
    let row = |chunk: &DatasetBase<Keyed<Text, String>, Array1<u8>>, i: usize| Paper {
        text: chunk.records.rows().get(i).to_owned(),
        category: chunk.targets[i],
        weight: chunk.weights[i],
        id: chunk.records.keys()[i].clone(),
    };
    chunks.iter().flat_map(|chunk| (0..chunk.records.keys().len()).map(move |i| row(chunk, i))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn lines_of_chunks_are_those_of_the_file(text in "([a-zé]{0,5}(\n|\r\n)){0,12}[a-z]{0,3}", chunk_bytes in 1u64..60) {
        let folder = folder_with(&[("a.txt", text.as_bytes()), ("b.txt", b"last")]);
        let chunks = TextLines::open(folder.path()).unwrap().chunk_bytes(chunk_bytes).documents().unwrap().chunks();
        let expected: Vec<&str> = text.lines().chain(["last"]).collect();
        prop_assert_eq!(documents(&compute(chunks)), expected);
    }

    #[test]
    fn json_gives_the_same_by_names_and_by_type_however_it_is_cut(papers in papers(), chunk_bytes in 1u64..200) {
        let lines: String = papers.iter().map(|paper| serde_json::to_string(paper).unwrap() + "\r\n\n").collect();
        let folder = folder_with(&[("papers.jsonl", lines.as_bytes())]);
        let json = JsonLines::open(folder.path()).unwrap().chunk_bytes(chunk_bytes);
        let records = compute(json.records::<Paper>().unwrap().chunks()).concat();
        prop_assert_eq!(&records, &papers);

        let keyed = json.weight("weight").keyed_text_and_label::<String, u8>("id", "abstract", "category").unwrap();
        prop_assert_eq!(papers_of(&compute(keyed.chunks())), papers);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn csv_gives_the_same_by_names_and_by_type_however_it_is_cut(
        papers in papers(),
        chunk_bytes in 1u64..200,
        crlf: bool,
        tabs: bool,
    ) {
        let delimiter = if tabs { b'\t' } else { b',' };
        let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).terminator(terminator).from_writer(Vec::new());
        papers.iter().for_each(|paper| writer.serialize(paper).unwrap());
        let header = b"id,weight,category,abstract\n".map(|byte| if byte == b',' { delimiter } else { byte });
        let other_order = [&header[..], &b"z,2,7,last".map(|byte| if byte == b',' { delimiter } else { byte })].concat();
        // Without records there is no header either.
        let first = if papers.is_empty() { header.to_vec() } else { writer.into_inner().unwrap() };
        let packed = if cfg!(feature = "compression") { gzip(&other_order) } else { other_order.clone() };
        let folder = folder_with(&[("a.csv", &first), ("b.csv", &other_order), ("c.csv.gz", &packed)]);
        let last = || Paper { text: "last".into(), category: 7, weight: 2.0, id: "z".into() };
        let papers: Vec<Paper> = papers.into_iter().chain([last(), last()]).collect();

        let csv = Csv::open(folder.path()).unwrap().delimiter(delimiter).chunk_bytes(chunk_bytes);
        let records = compute(csv.records::<Paper>().unwrap().chunks()).concat();
        prop_assert_eq!(&records, &papers);

        let keyed = csv.weight("weight").keyed_text_and_label::<String, u8>("id", "abstract", "category").unwrap();
        prop_assert_eq!(papers_of(&compute(keyed.chunks())), papers);
    }

    #[test]
    fn svmlight_rows_are_the_same_however_they_are_cut(
        rows in proptest::collection::vec((-2i32..3, proptest::collection::btree_map(1usize..9, -9i32..10, 0..5)), 0..12),
        chunk_bytes in 1u64..60,
    ) {
        let line = |(label, row): &(i32, std::collections::BTreeMap<usize, i32>)| {
            let values: String = row.iter().map(|(column, value)| format!(" {column}:{value}e-1")).collect();
            format!("{label:+}{values} # comment\n\n")
        };
        let folder = folder_with(&[("rows.svm", rows.iter().map(line).collect::<String>().as_bytes())]);
        let svm = Svmlight::open(folder.path()).unwrap().chunk_bytes(chunk_bytes);
        let mut expected = rows.iter();
        for chunk in compute(svm.rows_and_labels::<f64, i32>(8, IndexBase::One).unwrap().chunks()) {
            let dense = chunk.records.to_dense();
            for (found, &label) in dense.rows().into_iter().zip(&chunk.targets) {
                let (expected_label, row) = expected.next().unwrap();
                let expected: Vec<f64> = (1..9).map(|column| f64::from(row.get(&column).copied().unwrap_or(0)) / 10.0).collect();
                prop_assert_eq!((found.to_vec(), label), (expected, *expected_label));
            }
        }
        prop_assert!(expected.next().is_none());
    }
}

/// The numbers of the lines at which the records of a CSV file are bad.
fn bad_lines(csv: &Csv) -> Vec<u64> {
    let (_, report) = csv.text_and_label::<f64>("text", "label").unwrap().chunks_and_report();
    compute(report).bad.iter().map(|(_, bad)| bad.line).collect()
}

#[test]
fn bad_records_of_csv_are_told_of_by_line() {
    let content = "text,label\n\"one\n\",1\n\ntwo,2\nthree\nfour,x\nfive,5,5\n\"six\n\",\nseven,7\n";
    let aside = tempfile::tempdir().unwrap();
    for (content, name) in [(content.to_owned(), "unix.csv"), (content.replace('\n', "\r\n"), "windows.csv")] {
        let folder = folder_with(&[(name, content.as_bytes())]);
        for chunk_bytes in [1, 20, 1000] {
            let csv = Csv::open(folder.path()).unwrap().chunk_bytes(chunk_bytes);
            let message = failure(csv.text_and_label::<f64>("text", "label"));
            assert!(message.contains("a record of 1 fields, where the header has 2"), "{message}");
            assert!(message.contains("line 6, byte "), "{message}");
            let policy = BadRecords::skip().set_aside(aside.path());
            assert_eq!(bad_lines(&csv.bad_records(policy)), [6, 7, 8, 9], "{name} in chunks of {chunk_bytes}");
        }
        let rejected = set_aside(aside.path(), &format!("000000-{name}"));
        assert_eq!(rejected.replace('\r', ""), "three\nfour,x\nfive,5,5\n\"six\n\",\n");
    }
}

#[test]
fn what_is_wrong_with_a_csv_file_is_told_before_it_is_read() {
    let folder = folder_with(&[("a.csv", b"text,label\na,1\n"), ("b.csv", b"text,class\na,1\n")]);
    let error = Csv::open(folder.path()).unwrap().text_and_label::<u8>("text", "label").err().unwrap().to_string();
    assert!(error.contains("no column `label` among `text`, `class`") && error.contains("b.csv"), "{error}");
    let named = Csv::open(folder.path().join("a.csv")).unwrap().columns(["text", "label"]);
    let chunk: Examples<String> = compute(named.text_and_label("text", "label").unwrap().chunks()).remove(0);
    assert_eq!(chunk.targets.to_vec(), ["label", "1"], "without a header, the first line is a record");
}

#[test]
fn csv_that_is_vouched_for_is_cut_at_any_newline_and_held_to_it() {
    let lines: String = (0..20).map(|i| format!("\"number \"\"{i}\"\"\",{}\n", i % 2)).collect();
    let folder = folder_with(&[("a.csv", format!("text,label\n{lines}").as_bytes())]);
    let csv = Csv::open(folder.path()).unwrap().chunk_bytes(50).one_line_records();
    let chunks = compute(csv.text("text").unwrap().chunks());
    assert!(chunks.len() > 4);
    assert_eq!(documents(&chunks), (0..20).map(|i| format!("number \"{i}\"")).collect::<Vec<_>>());

    let folder = folder_with(&[("a.csv", b"text,label\n\"one\ntwo\nthree\",1\n\"four\",0\n")]);
    let csv = Csv::open(folder.path()).unwrap().chunk_bytes(8).bad_records(BadRecords::skip());
    assert_eq!(documents(&compute(csv.text("text").unwrap().chunks())), ["one\ntwo\nthree", "four"]);
    assert!(failure(csv.one_line_records().text("text")).contains("a quoted field does not end"));
}

#[test]
fn lines_that_are_not_svmlight_say_why() {
    let read = |content: &str, base| {
        let folder = folder_with(&[("rows.svm", content.as_bytes())]);
        failure(Svmlight::open(folder.path()).unwrap().rows_and_labels::<f64, f64>(3, base))
    };
    for (content, base, problem) in [
        ("1 0:1 1:2\n1 3:1\n", IndexBase::Zero, "column 3, where there are 3 columns from 0 on"),
        ("1 1:1 3:2\n1 4:1\n", IndexBase::One, "column 4, where there are 3 columns from 1 on"),
        ("1 1:1\n1 0:1\n", IndexBase::One, "is the file's index base zero?"),
        ("1\n1 1:2 qid:3\n", IndexBase::One, "directly after the label"),
        ("1\n1 qid:-3 1:2\n", IndexBase::One, "a query is a whole number"),
        ("1\n1,2 1:2\n", IndexBase::One, "several labels"),
        ("1\n1 2:1 1:2\n", IndexBase::One, "must ascend"),
        ("1\n1 1:1 1:2\n", IndexBase::One, "must ascend"),
        ("1\n1:2\n", IndexBase::One, "not a label of type f64"),
        ("1\n1 1: 2\n", IndexBase::One, "is not a number"),
        ("1\n1 1\n", IndexBase::One, "is not `column:value`"),
        ("1\n1 -1:2\n", IndexBase::Zero, "is not the number of a column"),
    ] {
        let message = read(content, base);
        assert!(message.contains(problem) && message.contains("line 2"), "{message}");
    }
}

#[test]
fn queries_of_svmlight_are_left_out_or_are_the_keys_of_rows() {
    let letor = b"2 qid:10 1:0.5 3:1 #docid = GX029-35-5894638\n\n0 qid:10 2:2 # inc = 1 qid:4\n\
        1 qid:18446744073709551615\n";
    let folder = folder_with(&[("train.txt", letor), ("none.svm", b"1 qid:1 1:1\n0 1:2\n")]);
    for chunk_bytes in [1, 1000] {
        let svm = Svmlight::open(folder.path().join("train.txt")).unwrap().chunk_bytes(chunk_bytes);
        let plain = compute(svm.rows_and_labels::<f64, u8>(3, IndexBase::One).unwrap().chunks());
        let keyed = compute(svm.rows_labels_and_queries::<f64, u8>(3, IndexBase::One).unwrap().chunks());
        assert_eq!(plain.iter().flat_map(|chunk| chunk.targets.to_vec()).collect::<Vec<_>>(), [2, 0, 1]);
        let queries = keyed.iter().flat_map(|chunk| chunk.records.keys().to_vec());
        assert_eq!(queries.collect::<Vec<_>>(), [10, 10, u64::MAX]);
        for (plain, keyed) in plain.iter().zip(&keyed) {
            assert_eq!((&plain.records, &plain.targets), (keyed.records.rows(), &keyed.targets));
        }
    }
    let svm = Svmlight::open(folder.path().join("none.svm")).unwrap();
    assert_eq!(compute(svm.rows_and_labels::<f64, u8>(3, IndexBase::One).unwrap().chunks())[0].targets.len(), 2);
    let message = failure(svm.rows_labels_and_queries::<f64, u8>(3, IndexBase::One));
    assert!(message.contains("line 2") && message.contains("no `qid:`"), "{message}");
    let svm = svm.bad_records(BadRecords::skip());
    let chunk = compute(svm.rows_labels_and_queries::<f64, u8>(3, IndexBase::One).unwrap().chunks()).remove(0);
    assert_eq!((chunk.records.keys(), chunk.targets.to_vec()), (&[1][..], vec![1]));
}

#[test]
fn fields_that_are_not_named_are_passed_over_whatever_they_hold() {
    let lines = br#"{"more":{"text":["x",null]},"label":true,"text":"one","text2":1}
{"text":"two \u00e9","label":false}"#;
    let folder = folder_with(&[("a.jsonl", lines)]);
    let json = JsonLines::open(folder.path().join("*.jsonl")).unwrap();
    let chunk: Examples<bool> = compute(json.text_and_label("text", "label").unwrap().chunks()).remove(0);
    assert_eq!(chunk.records.iter().collect::<Vec<_>>(), ["one", "two é"]);
    assert_eq!(chunk.targets.to_vec(), [true, false]);
    assert_eq!(documents(&compute(json.text("text").unwrap().chunks())), ["one", "two é"]);
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_record() {
    let folder = folder_with(&[("a.txt", b"\xef\xbb\xbfone\ntwo"), ("b.txt", b"\xef\xbb\xbfthree")]);
    let lines = TextLines::open(folder.path()).unwrap().chunk_bytes(4).documents().unwrap();
    assert_eq!(documents(&compute(lines.chunks())), ["one", "two", "three"]);
}

#[test]
fn errors_name_file_line_and_byte() {
    let folder =
        folder_with(&[("a.jsonl", b"{\"t\":\"x\"}\n\n{\"t\":\"y\"}\n{\"t\":5}\n"), ("b.jsonl", b"{\"t\":\"z\"}")]);
    for chunk_bytes in [1, 15, 1000] {
        let json = JsonLines::open(folder.path()).unwrap().chunk_bytes(chunk_bytes);
        let message = failure(json.text("t"));
        assert!(message.contains("expected a string"), "{message}");
        assert!(message.contains("a.jsonl, line 4, byte 21"), "{message}");
        let missing = failure(json.text("u"));
        assert!(missing.contains("the field `u` is missing") && missing.contains("line 1, byte 0"), "{missing}");
    }
    let json = JsonLines::open(folder.path().join("b.jsonl")).unwrap();
    assert!(failure(json.text_and_label::<String>("t", "t")).contains("field = \"t\""));
    assert!(failure(json.clone().weight("w").text("t")).contains("weight"));
    assert!(failure(json.clone().chunk_bytes(0).text("t")).contains("chunk_bytes = 0"));
    assert!(failure(json.bad_records(BadRecords::skip().at_most_share(2.0)).text("t")).contains("at_most_share"));
}

/// 20 lines, of which every fifth is bad, in two files.
fn dirty() -> TempDir {
    let line = |i: usize| if i % 5 == 3 { format!("{{\"t\":\"bad {i}\n") } else { format!("{{\"t\":\"good {i}\"}}\n") };
    let file = |lines: std::ops::Range<usize>| lines.map(line).collect::<String>().into_bytes();
    folder_with(&[("a.jsonl", &file(0..14)), ("b.jsonl", &file(14..20))])
}

#[test]
fn bad_records_are_left_out_counted_and_told_of_by_line() {
    let folder = dirty();
    for chunk_bytes in [1, 40, 1000] {
        let json = JsonLines::open(folder.path()).unwrap().chunk_bytes(chunk_bytes).bad_records(BadRecords::skip());
        let (chunks, report) = json.text("t").unwrap().chunks_and_report();
        let (chunks, report) = compute((chunks, report));
        let good: Vec<String> = (0..20).filter(|i| i % 5 != 3).map(|i| format!("good {i}")).collect();
        assert_eq!(documents(&chunks), good);
        assert_eq!((report.records, report.skipped, report.skipped_share()), (16, 4, 0.2));
        let bad: Vec<_> =
            report.bad.iter().map(|(file, bad)| (file.file_name().unwrap().to_str().unwrap(), bad.line)).collect();
        assert_eq!(bad, [("a.jsonl", 4), ("a.jsonl", 9), ("a.jsonl", 14), ("b.jsonl", 5)]);
        let (file, first) = &report.bad[0];
        assert!(fs::read_to_string(file).unwrap()[first.offset.unwrap() as usize..].starts_with("{\"t\":\"bad 3\n"));
        assert_eq!(documents(&compute(json.text("t").unwrap().chunks())), good);
    }
}

#[test]
fn limits_on_bad_records_hold_for_each_chunk() {
    let folder = dirty();
    let with = |policy: BadRecords| JsonLines::open(folder.path()).unwrap().bad_records(policy).text("t");
    assert_eq!(compute(with(BadRecords::skip().at_most(3)).unwrap().chunks()).len(), 2);
    let message = failure(with(BadRecords::skip().at_most(2)));
    assert!(message.contains("one more bad record than the 2 allowed") && message.contains("line 14"), "{message}");
    assert_eq!(compute(with(BadRecords::skip().at_most_share(0.22)).unwrap().chunks()).len(), 2);
    let message = failure(with(BadRecords::skip().at_most_share(0.2)));
    assert!(message.contains("3 of 14 records are bad") && message.contains("line 4"), "{message}");
    assert!(failure(with(BadRecords::fail())).contains("line 4"));
}

/// The rejected records of the one file in a folder that begins so.
fn set_aside(folder: &Path, beginning: &str) -> String {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let files: Vec<_> =
        files.filter(|file| file.file_name().unwrap().to_str().unwrap().starts_with(beginning)).collect();
    let [file] = &files[..] else { panic!("{files:?}") };
    fs::read_to_string(file).unwrap()
}

#[test]
fn bad_records_are_set_aside_as_they_are_and_once() {
    let (folder, aside) = (dirty(), tempfile::tempdir().unwrap());
    let rejected = aside.path().join("rejected");
    let policy = BadRecords::skip().set_aside(&rejected);
    let reading = JsonLines::open(folder.path()).unwrap().bad_records(policy).text("t").unwrap();
    for _ in 0..2 {
        compute(reading.chunks());
        let read = |name: &str| set_aside(&rejected, name);
        assert_eq!(read("000000-a.jsonl"), "{\"t\":\"bad 3\n{\"t\":\"bad 8\n{\"t\":\"bad 13\n");
        assert_eq!(read("000001-b.jsonl"), "{\"t\":\"bad 18\n");
    }
}

#[test]
fn bytes_that_are_not_utf_8_are_a_bad_line() {
    let folder = folder_with(&[("a.txt", b"one\ncaf\xe9\nthree")]);
    let lines = TextLines::open(folder.path()).unwrap();
    assert!(failure(lines.documents()).contains("not UTF-8"));
    let skipping = lines.bad_records(BadRecords::skip()).documents().unwrap();
    assert_eq!(documents(&compute(skipping.chunks())), ["one", "three"]);
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

#[cfg(feature = "compression")]
#[test]
fn compressed_files_are_told_by_their_content_and_cut_into_chunks() {
    let zstandard = |content: &[u8]| zstd::encode_all(content, 1).unwrap();
    // Several compressed files in a row are one, as `cat a.gz b.gz` makes them.
    let (first, second) = (b"one\ntwo\n".as_slice(), b"three".as_slice());
    let folder = folder_with(&[
        ("a.gz", &[gzip(first), gzip(second)].concat()),
        ("b.txt", &[zstandard(first), zstandard(second)].concat()),
    ]);
    let lines = TextLines::open(folder.path()).unwrap().chunk_bytes(2).documents().unwrap().chunks();
    assert_eq!(lines.len(), 14, "13 bytes each, in chunks of 2");
    assert_eq!(documents(&compute(lines)), ["one", "two", "three", "one", "two", "three"]);

    let cut_short = &gzip(&[b'x'; 5000])[..30];
    let folder = folder_with(&[("a.gz", cut_short)]);
    assert!(failure(TextLines::open(folder.path()).unwrap().documents()).contains("a.gz"));
}

#[test]
fn keys_last_and_tell_files_cuts_and_settings_apart() {
    let folder = dirty();
    let json = |chunk_bytes| JsonLines::open(folder.path()).unwrap().chunk_bytes(chunk_bytes);
    let key = |json: &JsonLines, field: &str| json.text(field).unwrap().chunks().as_slice()[0].key();
    let plain = key(&json(100), "t");
    assert!(plain.is_lasting());
    assert_eq!(plain, key(&json(100), "t"));
    let others = [
        key(&json(50), "t"),
        key(&json(100), "u"),
        key(&json(100).bad_records(BadRecords::skip()), "t"),
        json(100).text_and_label::<String>("t", "u").unwrap().chunks().as_slice()[0].key(),
    ];
    assert!(others.iter().all(|other| *other != plain));
    fs::write(folder.path().join("a.jsonl"), "{}").unwrap();
    assert_ne!(plain, key(&json(100), "t"));
}

/// Chunks of real papers are what a plain loop over the lines gives.
#[test]
#[ignore = "needs the real data, in the folder that CHUNKFIT_DATA names"]
fn real_papers_are_read_as_a_plain_loop_reads_them() -> Result<(), Error> {
    let data = std::env::var_os("CHUNKFIT_DATA").expect("CHUNKFIT_DATA names the folder of the real data");
    let folder: PathBuf = Path::new(&data).join("arxiv");
    let json = JsonLines::open(folder.join("*.json*"))?.chunk_bytes(100_000);
    let chunks = compute(json.text_and_label::<String>("abstract", "categories")?.chunks());
    assert!(chunks.len() > 16);
    let mut rows = chunks.iter().flat_map(|chunk| chunk.records.iter().zip(&chunk.targets));
    for file in chunkfit::sources::Files::find(folder.join("*.json*"))?.paths() {
        for line in fs::read_to_string(file).unwrap().lines() {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            let (text, label) = rows.next().unwrap();
            assert_eq!((Some(text), Some(label.as_str())), (value["abstract"].as_str(), value["categories"].as_str()));
        }
    }
    assert!(rows.next().is_none());
    Ok(())
}
