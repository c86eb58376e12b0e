//! The law of every parser: however a file is cut, its rows are those that the twin finds in the whole, and so are its
//! bad records; compressed, too. Over contents made to be odd.

use std::fmt::Debug;

use chunkfit::Runtime;
use chunkfit::data::Chunk;
use chunkfit::data::{Csr, Text};
use chunkfit::sources::{BadRecords, Csv, IndexBase, JsonLines, ReadReport, Reading, Svmlight, TextLines};
use linfa::DatasetBase;
use ndarray::Array1;
use proptest::prelude::*;
use proptest::sample::select;

use super::twins::{self, Found};
use super::{folder_with, packs};

/// How a content lies in its file.
#[derive(Clone, Copy, Debug)]
pub enum Packed {
    Plain,
    Gzip,
    Members,
    BlockGzip,
    Zstandard,
    Frames,
    Bzip2,
    Xz,
}

pub const PACKED: [Packed; 8] = [
    Packed::Plain,
    Packed::Gzip,
    Packed::Members,
    Packed::BlockGzip,
    Packed::Zstandard,
    Packed::Frames,
    Packed::Bzip2,
    Packed::Xz,
];

impl Packed {
    pub fn pack(self, content: &[u8]) -> Vec<u8> {
        match self {
            _ if !cfg!(feature = "compression") => content.to_vec(),
            Packed::Plain => content.to_vec(),
            Packed::Gzip => packs::gzip(content),
            Packed::Members => packs::members(content),
            Packed::BlockGzip => packs::block_gzip(content),
            Packed::Zstandard => packs::zstandard(content),
            Packed::Frames => packs::frames(content),
            Packed::Bzip2 => packs::bzip2(content),
            Packed::Xz => packs::xz(content),
        }
    }
}

/// Content that begins as compressed files and texts in UTF-16 do is none that a plain file can have.
fn looks_packed(content: &[u8]) -> bool {
    let beginnings: [&[u8]; 5] = [b"\x1f\x8b", b"\x1f\x9d", b"\x28\xb5\x2f\xfd", b"\xff\xfe", b"\xfe\xff"];
    beginnings.iter().any(|beginning| content.starts_with(beginning))
}

fn compute<D: Chunk + Clone>(reading: chunkfit::Result<Reading<D>>) -> chunkfit::Result<(Vec<D>, ReadReport)> {
    let (chunks, report) = reading?.chunks_and_report();
    Runtime::new().threads(1).compute((chunks, report))
}

fn assert_found<R: Debug + PartialEq>(rows: Vec<R>, report: &ReadReport, expected: &Found<R>, case: &dyn Debug) {
    let bad: Vec<(u64, u64)> = report.bad.iter().map(|(_, bad)| (bad.line, bad.offset.unwrap())).collect();
    // Of each chunk the first hundred are told of.
    let told = if report.skipped <= 100 { &expected.bad[..] } else { &bad };
    // Debug, as NaN is no equal of itself.
    assert_eq!(format!("{rows:?} {bad:?}"), format!("{:?} {told:?}", expected.rows), "{case:?}");
    let counts = (report.records, report.skipped);
    assert_eq!(counts, (expected.rows.len() as u64, expected.bad.len() as u64), "{case:?}");
}

/// The policy under which nothing but the file as a whole can fail.
fn skipping(folder: &tempfile::TempDir) -> BadRecords {
    BadRecords::skip().set_aside(folder.path().join("rejected"))
}

pub fn text(content: &[u8], chunk_bytes: u64, packed: Packed) {
    let case = (String::from_utf8_lossy(content), chunk_bytes, packed);
    let folder = folder_with("a.txt", &packed.pack(content));
    let lines = TextLines::open(folder.path().join("a.txt")).unwrap().chunk_bytes(chunk_bytes);
    let (chunks, report) = compute(lines.bad_records(skipping(&folder)).documents()).unwrap();
    let rows = chunks.iter().flat_map(|text| text.iter().map(str::to_owned)).collect();
    assert_found(rows, &report, &twins::text(content), &case);
}

fn rows_of<L: Clone>(chunks: &[DatasetBase<Text, Array1<L>>]) -> Vec<(String, L)> {
    let row =
        |chunk: &DatasetBase<Text, Array1<L>>, i: usize| (chunk.records.get(i).to_owned(), chunk.targets[i].clone());
    chunks.iter().flat_map(|chunk| (0..chunk.targets.len()).map(move |i| row(chunk, i))).collect()
}

pub fn json(content: &[u8], chunk_bytes: u64, packed: Packed) {
    let case = (String::from_utf8_lossy(content), chunk_bytes, packed);
    let folder = folder_with("a.jsonl", &packed.pack(content));
    let json = JsonLines::open(folder.path().join("a.jsonl")).unwrap().chunk_bytes(chunk_bytes);
    let (chunks, report) = compute(json.bad_records(skipping(&folder)).text_and_label::<i64>("t", "l")).unwrap();
    assert_found(rows_of(&chunks), &report, &twins::json(content), &case);
}

pub fn svmlight(content: &[u8], chunk_bytes: u64, packed: Packed) {
    let case = (String::from_utf8_lossy(content), chunk_bytes, packed);
    let folder = folder_with("a.svm", &packed.pack(content));
    let svm = Svmlight::open(folder.path().join("a.svm")).unwrap().chunk_bytes(chunk_bytes);
    let reading = svm.bad_records(skipping(&folder)).rows_and_labels::<f64, i64>(7, IndexBase::One);
    let (chunks, report) = compute(reading).unwrap();
    let row = |chunk: &DatasetBase<Csr<f64>, Array1<i64>>, i: usize| {
        let (columns, values) = chunk.records.view().row(i);
        (chunk.targets[i], columns.iter().map(|column| column + 1).zip(values.iter().copied()).collect::<Vec<_>>())
    };
    let rows = chunks.iter().flat_map(|chunk| (0..chunk.targets.len()).map(move |i| row(chunk, i))).collect();
    assert_found(rows, &report, &twins::svmlight(content, 7), &case);
}

pub fn csv(content: &[u8], chunk_bytes: u64, packed: Packed) {
    let case = (String::from_utf8_lossy(content), chunk_bytes, packed);
    let folder = folder_with("a.csv", &packed.pack(content));
    let csv = Csv::open(folder.path().join("a.csv")).unwrap().chunk_bytes(chunk_bytes);
    let found = compute(csv.bad_records(skipping(&folder)).text_and_label::<String>("t", "l"));
    match (found, twins::csv(content)) {
        (Ok((chunks, report)), Some(expected)) => assert_found(rows_of(&chunks), &report, &expected, &case),
        (Ok(_), None) => panic!("what cannot be read was: {case:?}"),
        (Err(error), Some(_)) => panic!("{error}: {case:?}"),
        (Err(_), None) => {}
    }
}

/// Pieces in any order: most are what a writer would write, some are what none should.
fn soup(pieces: &'static [&'static [u8]]) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(select(pieces), 0..24).prop_map(|pieces| pieces.concat())
}

fn packed() -> impl Strategy<Value = Packed> {
    prop_oneof![1 => Just(Packed::Plain), 1 => select(&PACKED[..])]
}

const MARK: &[u8] = b"\xef\xbb\xbf";
const TEXT: &[&[u8]] =
    &[b"\n", b"\r\n", b"\r", b"a", b"\0", "é".as_bytes(), b"\xff", b"\xc3", MARK, b"two words", "\u{2028}".as_bytes()];
const JSON: &[&[u8]] = &[
    b"{\"t\":\"a\",\"l\":1}\n",
    b"{\"l\":-2,\"t\":\"\\u00e9\\n\"}\r\n",
    b"{\"x\":[[{\"t\":1}]],\"t\":\"\",\"l\":0}\n",
    b"\n",
    b"\r\n",
    b" ",
    b"{\"t\":\"a\",\"l\":1",
    b"}",
    b"{",
    b"\"",
    b"\\",
    b"\"t\":",
    b"\"l\":",
    b",",
    b"1",
    b"1e400",
    b"null",
    b"[\"a\",1]\n",
    MARK,
    b"\0",
    b"\xff",
    b"{\"t\":\"\\ud800\",\"l\":1}\n",
    b"{\"t\":\"a\",\"t\":\"b\",\"l\":1}\n",
    b"{\"t\":5,\"l\":1}\n",
    b"{\"t\":\"a\",\"l\":1.5}\n",
    b"{\"t\":\"a\",\"l\":1} x\n",
];
const SVMLIGHT: &[&[u8]] = &[
    b"1 1:2 3:0.5\n",
    b"-1 7:1e-3 # note\r\n",
    b"+0\n",
    b"\n",
    b"\r\n",
    b"1",
    b" ",
    b"\t",
    b":",
    b"#",
    b"2:3",
    b"qid:1",
    b"1,2 ",
    b"8:1",
    b"0:1",
    b"3:nan",
    b"4:-inf",
    b"5:1e400",
    b"6:0x1",
    b"-",
    b"\xff",
    b"\0",
    MARK,
    b"99999999999999999999:1",
    b"x",
];
const CSV: &[&[u8]] = &[
    b"\"",
    b"\"",
    b"\"",
    b",",
    b",",
    b"\n",
    b"\n",
    b"\r",
    b"a",
    b"\"\"",
    b"one,1\n",
    b"\"two\n2\",2\r\n",
    b"\"say \"\"hi\"\"\",3\n",
    MARK,
    b"\0",
    b"\xff",
    "é".as_bytes(),
    b" ",
    b"t,l\n",
];
const HEADERS: &[&[u8]] = &[
    b"t,l\n",
    b"l,x,t\r\n",
    b"\n\n\"t\",\"l\"\n",
    b"\xef\xbb\xbft,l\n",
    b"t,t,l\n",
    b"t,\xff,l\n",
    b"\"t\",\"l\n\"\n",
    b"t,l\r",
    b"",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn lines_of_text(content in soup(TEXT), chunk_bytes in 1u64..40, packed in packed()) {
        text(&content, chunk_bytes, packed);
    }

    #[test]
    fn lines_of_json(content in soup(JSON), chunk_bytes in 1u64..120, packed in packed()) {
        json(&content, chunk_bytes, packed);
    }

    #[test]
    fn lines_of_svmlight(content in soup(SVMLIGHT), chunk_bytes in 1u64..60, packed in packed()) {
        svmlight(&content, chunk_bytes, packed);
    }

    #[test]
    fn records_of_csv(header in select(HEADERS), content in soup(CSV), chunk_bytes in 1u64..60, packed in packed()) {
        csv(&[header, &content].concat(), chunk_bytes, packed);
    }

    #[test]
    fn any_bytes_at_all(content in proptest::collection::vec(any::<u8>(), 0..80), chunk_bytes in 1u64..90) {
        all(&content, chunk_bytes, Packed::Plain);
    }
}

/// Every parser on the same content.
pub fn all(content: &[u8], chunk_bytes: u64, packed: Packed) {
    if looks_packed(content) {
        return;
    }
    text(content, chunk_bytes, packed);
    json(content, chunk_bytes, packed);
    svmlight(content, chunk_bytes, packed);
    csv(content, chunk_bytes, packed);
    csv(&[b"t,l\n", content].concat(), chunk_bytes, packed);
}
