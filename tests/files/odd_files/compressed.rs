//! Compressed files that are damaged, or have something behind them.

use chunkfit::sources::{BadRecords, JsonLines, TextLines};

use super::{documents, failure, folder_with, gzip, read, zstandard};

type Pack = fn(&[u8]) -> Vec<u8>;

const PACKS: [Pack; 2] = [gzip, zstandard];

#[test]
fn files_in_a_row_are_one_and_garbage_behind_is_an_error() {
    for pack in PACKS {
        let parts = [pack(b"one\ntw"), pack(b""), pack(b"o\nthree")];
        let folder = folder_with("a.gz", &parts.concat());
        let lines = || TextLines::open(folder.path().join("a.gz")).unwrap();
        assert_eq!(documents(&read(lines().documents()).unwrap()), ["one", "two", "three"]);
        for garbage in [&b"garbage"[..], b"\n", b"{\"t\":\"four\"}\n", &[0; 300]] {
            let folder = folder_with("a.gz", &[&parts.concat(), garbage].concat());
            let file = folder.path().join("a.gz");
            let lines = TextLines::open(&file).unwrap().bad_records(BadRecords::skip());
            let message = failure(lines.documents(), &file);
            assert!(message.contains("cannot read"), "{message}");
        }
    }
}

/// A byte of every place changed: the rows as they were, or an error, but no other rows.
#[test]
fn damage_is_never_read_as_other_rows() {
    let whole: String = (0..60).map(|i| format!("{{\"t\":\"document {}\",\"l\":{i}}}\n", i * 7919 % 101)).collect();
    let folder = folder_with("a.jsonl", whole.as_bytes());
    let expected = documents(&read(JsonLines::open(folder.path()).unwrap().text("t")).unwrap());
    // Zstandard writes a checksum only if it is asked to, as its program is by default.
    let checked = |content: &[u8]| {
        let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
        encoder.include_checksum(true).unwrap();
        std::io::Write::write_all(&mut encoder, content).unwrap();
        encoder.finish().unwrap()
    };
    for packed in [gzip(whole.as_bytes()), checked(whole.as_bytes())] {
        let mut refused = 0;
        // Without the bytes that tell it is compressed.
        for at in 4..packed.len() {
            let mut bad = packed.clone();
            bad[at] ^= 1 << (at % 8);
            let folder = folder_with("a.jsonl.gz", &bad);
            match read(JsonLines::open(folder.path()).unwrap().text("t")) {
                Ok(chunks) => assert_eq!(documents(&chunks), expected, "byte {at}"),
                Err(error) => {
                    assert_eq!(error.place().file.as_deref(), Some(&*folder.path().join("a.jsonl.gz")));
                    refused += 1;
                }
            }
        }
        assert!(refused > packed.len() / 2, "{refused} of {}", packed.len());
    }
}
