//! Records that are longer than they may be: an error before memory is full of them.

use chunkfit::sources::{BadRecords, Csv, JsonLines, TextLines};

use super::{documents, failure, folder_with, read};

#[test]
fn a_line_that_is_too_long_is_named_however_the_file_is_cut() {
    let content = format!("one\n{}\ntwo\n", "x".repeat(200_000));
    let folder = folder_with("a", content.as_bytes());
    let file = folder.path().join("a");
    for chunk_bytes in [1000, 150_000, 1 << 20] {
        let lines = TextLines::open(&file).unwrap().chunk_bytes(chunk_bytes).bad_records(BadRecords::skip());
        let message = failure(lines.clone().max_record_bytes(199_999).documents(), &file);
        assert!(
            message.contains("a line of more than 199999 bytes") && message.contains("`max_record_bytes`"),
            "{message}"
        );
        assert!(message.contains("line 2, byte 4"), "{message}");
        assert_eq!(documents(&read(lines.max_record_bytes(200_000).documents()).unwrap()).len(), 3);
        let json = JsonLines::open(&file).unwrap().chunk_bytes(chunk_bytes).max_record_bytes(100_000);
        assert!(failure(json.text("t"), &file).contains("max_record_bytes"));
    }
}

/// No more is read than it takes to know.
#[test]
fn a_file_without_newlines_is_not_read_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a");
    // A hole: it takes no room on most disks.
    std::fs::File::create(&file).unwrap().set_len(4 << 30).unwrap();
    let lines = TextLines::open(&file).unwrap().max_record_bytes(1 << 20);
    let first = lines.clone().chunk_bytes(1 << 20).documents().unwrap().chunks().as_slice()[0].clone();
    let message = chunkfit::Runtime::new().compute(&first).err().unwrap().full_message();
    assert!(message.contains("line 1") && message.contains("max_record_bytes"), "{message}");
    let csv = Csv::open(&file).unwrap().max_record_bytes(1 << 20);
    assert!(failure(csv.clone().text("t"), &file).contains("a header of more than 1048576 bytes"));
    let message = failure(csv.columns(["t"]).chunk_bytes(1 << 20).text("t"), &file);
    assert!(message.contains("a record of more than 1048576 bytes"), "{message}");
}

#[test]
fn a_quote_that_is_never_closed_is_named() {
    let rows = "a,1\n".repeat(100_000);
    let folder = folder_with("a.csv", format!("t,l\na,1\n\"open,1\n{rows}").as_bytes());
    let file = folder.path().join("a.csv");
    for chunk_bytes in [1000, 200_000, 1 << 20] {
        let csv = Csv::open(&file).unwrap().chunk_bytes(chunk_bytes).bad_records(BadRecords::skip());
        let message = failure(csv.max_record_bytes(100_000).text("t"), &file);
        assert!(message.contains("a record of more than 100000 bytes"), "{message}");
        assert!(message.contains("are its quotes closed?") && message.contains("line "), "{message}");
    }
}
