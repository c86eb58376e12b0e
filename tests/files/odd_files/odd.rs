//! Whole files with odd content: what is said of it.

use chunkfit::sources::{BadRecords, Csv, IndexBase, JsonLines, Svmlight, TextLines};
use serde::Deserialize;

use super::{documents, failure, folder_with, read};

#[test]
fn a_line_larger_than_many_chunks_is_one_row_of_the_chunk_it_begins_in() {
    let huge = "word ".repeat(60_000);
    let json = format!("{{\"t\":\"a\"}}\n{{\"t\":\"{huge}\"}}\n{{\"t\":\"z\"}}\n");
    let csv = format!("t\na\n\"{}\"\nz\n", huge.replace("word word", "word\nword"));
    let text = format!("a\n{huge}\nz");
    let svm = format!("1\n2 {} # {huge}\n3", (1..2000).map(|j| format!("{j}:1")).collect::<Vec<_>>().join(" "));
    for (chunk_bytes, chunks) in [(1000, 200), (100_000, 3), (1 << 20, 1)] {
        let folder = folder_with("a.jsonl", json.as_bytes());
        let found = read(JsonLines::open(folder.path()).unwrap().chunk_bytes(chunk_bytes).text("t")).unwrap();
        assert!(found.len() >= chunks, "{} chunks", found.len());
        assert_eq!(documents(&found), ["a", huge.as_str(), "z"]);
        assert_eq!(found[0].len(), if chunks == 1 { 3 } else { 2 }, "it belongs to the first chunk");
        let folder = folder_with("a.csv", csv.as_bytes());
        let found = read(Csv::open(folder.path()).unwrap().chunk_bytes(chunk_bytes).text("t")).unwrap();
        assert_eq!(documents(&found), ["a", &*huge.replace("word word", "word\nword"), "z"]);
        let folder = folder_with("a.txt", text.as_bytes());
        let found = read(TextLines::open(folder.path()).unwrap().chunk_bytes(chunk_bytes).documents()).unwrap();
        assert_eq!(documents(&found), ["a", &huge, "z"]);
        let folder = folder_with("a.svm", svm.as_bytes());
        let rows = Svmlight::open(folder.path()).unwrap().chunk_bytes(chunk_bytes);
        let found = read(rows.rows_and_labels::<f64, u8>(2000, IndexBase::One)).unwrap();
        assert_eq!(found.iter().flat_map(|chunk| chunk.targets.to_vec()).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(found.iter().map(|chunk| chunk.records.nnz()).sum::<usize>(), 1999);
    }
}

/// Recursion that goes as deep as the data would end the process.
#[test]
fn deep_nesting_is_passed_over_or_a_bad_record() {
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let objects = format!("{}1{}", "{\"a\":".repeat(200_000), "}".repeat(200_000));
    for nested in [deep(200_000), objects, deep(100)] {
        let content = format!("{{\"x\":{nested},\"t\":\"passed over\"}}\n{{\"t\":{nested}}}\n{{\"t\":\"fine\"}}\n");
        let folder = folder_with("a.jsonl", content.as_bytes());
        let file = folder.path().join("a.jsonl");
        let json = JsonLines::open(&file).unwrap();
        let message = failure(json.text("t"), &file);
        assert!(message.contains("line 2, byte") && message.contains("expected a string"), "{message:.300}");
        let found = read(json.clone().bad_records(BadRecords::skip()).text("t")).unwrap();
        assert_eq!(documents(&found), ["passed over", "fine"]);
    }

    #[derive(Clone, Deserialize)]
    struct Anything(#[allow(dead_code)] serde_json::Value);
    impl chunkfit::data::Footprint for Anything {
        fn heap_bytes(&self) -> usize {
            0
        }
    }
    let folder = folder_with("a.jsonl", format!("1\n{}\n2\n", deep(200_000)).as_bytes());
    let file = folder.path().join("a.jsonl");
    let json = JsonLines::open(&file).unwrap();
    let message = failure(json.records::<Anything>(), &file);
    assert!(message.contains("recursion limit") && message.contains("line 2"), "{message:.300}");
    assert_eq!(read(json.bad_records(BadRecords::skip()).records::<Anything>()).unwrap().concat().len(), 2);
}

#[test]
fn wrong_types_are_named_with_their_column_and_line() {
    let folder = folder_with("a.jsonl", b"{\"t\":\"a\",\"l\":1,\"w\":1}\n{\"t\":\"b\",\"l\":\"one\",\"w\":-1}\n");
    let file = folder.path().join("a.jsonl");
    let json = JsonLines::open(&file).unwrap();
    let message = failure(json.text_and_label::<u8>("t", "l"), &file);
    assert!(message.contains("invalid type: string \"one\"") && message.contains("line 2"), "{message}");
    // 1 stands for true.
    let message = failure(json.text_and_label::<bool>("t", "l"), &file);
    assert!(message.contains("invalid type: string \"one\", expected a boolean"), "{message}");
    assert!(message.contains("line 2"), "{message}");
    let message = failure(json.weight("w").text_and_label::<u8>("t", "x"), &file);
    assert!(message.contains("the field `x` is missing") && message.contains("line 1"), "{message}");

    let folder = folder_with("a.csv", b"t,l,w\na,1,1\nb,1.5,1\nc,3,-1\nd,,1\n");
    let file = folder.path().join("a.csv");
    let csv = Csv::open(&file).unwrap().weight("w");
    let message = failure(csv.text_and_label::<u8>("t", "l"), &file);
    assert!(message.contains("column l: invalid digit") && message.contains("line 3, byte 12"), "{message}");
    let message = failure(csv.text_and_label::<f32>("t", "l"), &file);
    assert!(
        message.contains("the weight -1 is not a finite number of at least 0") && message.contains("line 4"),
        "{message}"
    );
    let report = csv.bad_records(BadRecords::skip()).text_and_label::<f32>("t", "l").unwrap().chunks_and_report().1;
    let report = chunkfit::Runtime::new().compute(report).unwrap();
    assert_eq!(report.bad.iter().map(|(_, bad)| bad.line).collect::<Vec<_>>(), [4, 5]);
}

#[test]
fn names_that_come_twice_are_refused() {
    let folder = folder_with("a.jsonl", b"{\"t\":\"a\",\"x\":1,\"x\":2}\n{\"t\":\"a\",\"t\":\"b\"}\n");
    let file = folder.path().join("a.jsonl");
    let message = failure(JsonLines::open(&file).unwrap().text("t"), &file);
    assert!(message.contains("the field `t` is there twice") && message.contains("line 2"), "{message}");

    let folder = folder_with("a.csv", b"t,x,t,x\na,1,b,2\n");
    let file = folder.path().join("a.csv");
    let csv = Csv::open(&file).unwrap();
    let message = failure(csv.text("t"), &file);
    assert!(message.contains("two columns `t` among `t`, `x`, `t`, `x`: rename one"), "{message}");
    let named = csv.columns(["a", "b", "c", "d"]).text("c");
    assert_eq!(documents(&read(named).unwrap()), ["t", "b"], "names of one's own are a way out");
    let named = Csv::open(&file).unwrap().columns(["a", "b", "a", "d"]).text("a");
    assert!(failure(named, &file).contains("two columns `a`"));
    #[derive(Clone, Deserialize)]
    struct Row {
        #[allow(dead_code)]
        t: String,
    }
    impl chunkfit::data::Footprint for Row {
        fn heap_bytes(&self) -> usize {
            0
        }
    }
    assert!(failure(Csv::open(&file).unwrap().records::<Row>(), &file).contains("duplicate field `t`"));
}

#[test]
fn quotes_that_never_close_are_an_error_whatever_the_policy() {
    let content = "t,l\n\"one\",1\n\"two,2\nthree,3\nfour,4\n";
    let folder = folder_with("a.csv", content.as_bytes());
    let file = folder.path().join("a.csv");
    for chunk_bytes in 1..=content.len() as u64 {
        for policy in [BadRecords::fail(), BadRecords::skip()] {
            let csv = Csv::open(&file).unwrap().chunk_bytes(chunk_bytes).bad_records(policy);
            let message = failure(csv.text("t"), &file);
            // By the first policy the record that is not closed is a bad one before that is known.
            assert!(message.contains("line 3, byte 12"), "chunks of {chunk_bytes}: {message}");
            assert!(message.contains("a quoted field does not end") || message.contains("of 1 fields"), "{message}");
        }
    }
}

#[test]
fn nul_and_invalid_bytes_are_kept_or_told_of() {
    let folder = folder_with("a.csv", b"t,l\n\"a\0b\",1\n\xff,2\n\"c\n\",3\n");
    let file = folder.path().join("a.csv");
    let csv = Csv::open(&file).unwrap();
    assert!(failure(csv.text("t"), &file).contains("column t is not UTF-8"));
    assert_eq!(documents(&read(csv.bad_records(BadRecords::skip()).text("t")).unwrap()), ["a\0b", "c\n"]);
    // Columns that nobody asks for may be in any encoding.
    let folder = folder_with("a.csv", b"t,x\na,\xff\n");
    assert_eq!(documents(&read(Csv::open(folder.path()).unwrap().text("t")).unwrap()), ["a"]);
    let folder = folder_with("a.svm", b"1 1:1 # caf\xe9\n");
    assert_eq!(
        read(Svmlight::open(folder.path()).unwrap().rows_and_labels::<f64, u8>(1, IndexBase::One)).unwrap().len(),
        1
    );
    let folder = folder_with("a.csv", b"t,\xff\na,b\n");
    assert!(
        failure(Csv::open(folder.path()).unwrap().text("t"), &folder.path().join("a.csv")).contains("invalid UTF-8")
    );
}

#[test]
fn a_delimiter_that_is_none_is_refused() {
    let folder = folder_with("a.csv", b"t\na\n");
    for delimiter in [b'"', b'\n', b'\r'] {
        let csv = Csv::open(folder.path()).unwrap().delimiter(delimiter);
        assert!(csv.text("t").err().unwrap().to_string().contains("delimiter = "));
    }
}
