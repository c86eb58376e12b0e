//! Compressed files that are damaged, or have something behind them.

use chunkfit::sources::{BadRecords, JsonLines, TextLines};

use super::packs::{block_gzip, bzip2, gzip, xz, zstandard};
use super::{documents, failure, folder_with, read};

type Pack = fn(&[u8]) -> Vec<u8>;

const PACKS: [Pack; 4] = [gzip, zstandard, bzip2, xz];

#[test]
fn files_in_a_row_are_one_and_garbage_behind_is_an_error() {
    for pack in PACKS {
        let parts = [pack(b"one\ntw"), pack(b""), pack(b"o\nthree")];
        let folder = folder_with("a.gz", &parts.concat());
        let lines = || TextLines::open(folder.path().join("a.gz")).unwrap();
        assert_eq!(documents(&read(lines().documents()).unwrap()), ["one", "two", "three"]);
        for garbage in [&b"garbage"[..], b"\n", b"{\"t\":\"four\"}\n", b"\0\0\0\0x"] {
            let folder = folder_with("a.gz", &[&parts.concat(), garbage].concat());
            let file = folder.path().join("a.gz");
            for chunk_bytes in [1, 1000] {
                let lines = TextLines::open(&file).unwrap().chunk_bytes(chunk_bytes).bad_records(BadRecords::skip());
                let message = failure(lines.documents(), &file);
                assert!(message.contains("cannot read"), "{message}");
            }
        }
    }
}

/// As `gzip` and `xz` read them; `zstd` and `bzip2` refuse them.
#[test]
fn zeros_behind_a_compressed_file_are_passed_over_where_its_program_does() {
    for (pack, is_read) in PACKS.into_iter().zip([true, false, false, true]) {
        let folder = folder_with("a", &[pack(b"one\ntwo"), vec![0; 1024]].concat());
        for chunk_bytes in [1, 100_000] {
            let lines = TextLines::open(folder.path()).unwrap().chunk_bytes(chunk_bytes);
            match read(lines.documents()) {
                Ok(chunks) => assert!(is_read && documents(&chunks) == ["one", "two"]),
                Err(error) => assert!(!is_read, "{}", error.full_message()),
            }
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
    let whole = whole.as_bytes();
    let packs = [
        (gzip(whole), 4),
        (checked(whole), 4),
        (block_gzip(whole), 4),
        ([checked(&whole[..900]), checked(&whole[900..])].concat(), 4),
        (bzip2(whole), 10),
        (xz(whole), 6),
    ];
    for (packed, first) in packs {
        let mut refused = 0;
        // Without the bytes that tell it is compressed.
        for at in first..packed.len() {
            let mut bad = packed.clone();
            bad[at] ^= 1 << (at % 8);
            let folder = folder_with("a.jsonl.gz", &bad);
            let json = JsonLines::open(folder.path()).unwrap().chunk_bytes(if at % 2 == 0 { 500 } else { 100_000 });
            match read(json.text("t")) {
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
