//! Files cut at every byte, and every way to cut files into chunks.

use chunkfit::sources::{Csv, IndexBase, JsonLines, Svmlight, TextLines};

use super::laws::{self, PACKED, Packed};
#[cfg(feature = "compression")]
use super::packs::{bzip2, frame, gzip, xz, zstandard};
use super::{documents, folder_with, read};

const TEXT: &[u8] = "\u{feff}one\r\n\ntwo é\nthree".as_bytes();
const JSON: &[u8] =
    "{\"t\":\"one\",\"l\":1}\r\n\n{\"l\":-2,\"x\":[{}],\"t\":\"zwei \\u00fc ü\"}\n{\"t\":\"\",\"l\":3}".as_bytes();
const SVMLIGHT: &[u8] = b"1 1:0.5 7:-2e1 # first\r\n\n-1\n2 2:1 3:1";
const CSV: &[u8] = "\u{feff}\"t\",l\r\n\"one\n\r\n1\",1\r\n\"say \"\"ü\"\",\",2\n,\n\n\"\"\"\n\"\"\",4".as_bytes();

/// What a crash of the writer leaves: rows, bad rows or an error, as the twin says, but no panic.
#[test]
fn files_cut_at_every_byte_are_what_is_left_of_them() {
    for chunk_bytes in [1, 7, 1000] {
        for end in 0..=TEXT.len() {
            laws::text(&TEXT[..end], chunk_bytes, Packed::Plain);
        }
        for end in 0..=JSON.len() {
            laws::json(&JSON[..end], chunk_bytes, Packed::Plain);
        }
        for end in 0..=SVMLIGHT.len() {
            laws::svmlight(&SVMLIGHT[..end], chunk_bytes, Packed::Plain);
        }
        for end in 0..=CSV.len() {
            laws::csv(&CSV[..end], chunk_bytes, Packed::Plain);
        }
    }
}

/// Quotes, newlines in quotes, the two bytes of an end of line, those of a letter: each is at a border once.
#[test]
fn every_size_of_chunks_gives_the_rows_of_the_whole() {
    for chunk_bytes in 1..=CSV.len() as u64 + 1 {
        laws::text(TEXT, chunk_bytes, Packed::Plain);
        laws::json(JSON, chunk_bytes, Packed::Plain);
        laws::svmlight(SVMLIGHT, chunk_bytes, Packed::Plain);
        laws::csv(CSV, chunk_bytes, Packed::Plain);
        // Without a header, and with a mark before the first quote.
        let folder = folder_with("a.csv", CSV);
        let csv = Csv::open(folder.path()).unwrap().columns(["t", "l"]).chunk_bytes(chunk_bytes);
        let expected: Vec<String> = super::twins::csv_records(CSV)
            .0
            .into_iter()
            .map(|(_, _, fields)| String::from_utf8(fields[0].clone()).unwrap())
            .collect();
        assert_eq!(documents(&read(csv.text("t")).unwrap()), expected, "chunks of {chunk_bytes}");
        assert_eq!(expected.len(), 5, "a header that is a record, and four others");
    }
}

/// The caller vouches that no field holds a newline; ends of lines may still be of any kind.
#[test]
fn records_of_one_line_are_all_there_whatever_ends_the_lines() {
    for end in ["\n", "\r\n", "\r"] {
        for header in ["t,l", "\"t\",\"l\"", "\u{feff}t,l"] {
            let rows: Vec<String> = (0..12).map(|i| format!("row {i}")).collect();
            let content =
                format!("{header}{end}{}", rows.iter().map(|row| format!("{row},{row}{end}")).collect::<String>());
            let folder = folder_with("a.csv", content.as_bytes());
            for chunk_bytes in 1..content.len() as u64 {
                let csv = Csv::open(folder.path()).unwrap().one_line_records().chunk_bytes(chunk_bytes);
                assert_eq!(documents(&read(csv.text("t")).unwrap()), rows, "{content:?} in chunks of {chunk_bytes}");
            }
        }
    }
}

#[test]
fn a_file_without_anything_has_no_rows_or_no_header() {
    for content in [&b""[..], b"\n", b"\r\n\r\n", b"\xef\xbb\xbf"] {
        let folder = folder_with("a", content);
        let file = folder.path().join("a");
        let json = read(JsonLines::open(&file).unwrap().text_and_label::<u8>("t", "l")).unwrap();
        assert!(json.len() == 1 && json[0].targets.is_empty());
        let rows = read(Svmlight::open(&file).unwrap().rows_and_labels::<f64, u8>(3, IndexBase::One)).unwrap();
        assert!(rows.len() == 1 && rows[0].targets.is_empty());
        let lines = documents(&read(TextLines::open(&file).unwrap().documents()).unwrap());
        let newlines = content.iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(lines, vec![""; newlines], "every line is a document, empty ones too");
        let message = super::failure(Csv::open(&file).unwrap().text("t"), &file);
        assert!(message.contains("no header: the file is empty"), "{message}");
    }
}

/// Cut into chunks smaller than a line, and into one; by spill files, by frames and when they are read.
#[test]
fn every_compression_gives_the_rows_of_the_whole() {
    for packed in PACKED {
        for chunk_bytes in [1, 7, 23, 1000] {
            laws::text(TEXT, chunk_bytes, packed);
            laws::json(JSON, chunk_bytes, packed);
            laws::svmlight(SVMLIGHT, chunk_bytes, packed);
            laws::csv(CSV, chunk_bytes, packed);
            // The mark is a frame by itself.
            laws::csv("\u{feff}t,l\n".as_bytes(), chunk_bytes, packed);
        }
    }
}

#[cfg(feature = "compression")]
#[test]
fn compressed_files_cut_at_every_byte_are_errors_that_name_them() {
    let whole: String = (0..40).map(|i| format!("document number {}\n", i * i)).collect();
    let packs = [(gzip as fn(&[u8]) -> Vec<u8>, 4), (zstandard, 4), (frame, 4), (bzip2, 10), (xz, 6)];
    for (pack, first) in packs {
        let packed = pack(whole.as_bytes());
        let mut refused = 0;
        // Cut below the bytes that tell it is compressed, it is a text of that many odd letters.
        for end in first..packed.len() {
            let folder = folder_with("a.txt", &packed[..end]);
            let file = folder.path().join("a.txt");
            for chunk_bytes in [10, 100_000] {
                let lines = TextLines::open(&file)
                    .unwrap()
                    .chunk_bytes(chunk_bytes)
                    .bad_records(chunkfit::sources::BadRecords::skip());
                match read(lines.documents()) {
                    // Cut between two streams or among the zeros behind them, it is a whole file.
                    Ok(chunks) => assert!((1..=40).contains(&documents(&chunks).len()), "cut to {end} bytes"),
                    Err(error) => {
                        let message = error.full_message();
                        assert!(message.contains("cannot read"), "cut to {end} bytes: {message}");
                        refused += 1;
                    }
                }
            }
        }
        // Of xz there are up to 5 such places, of 4 bytes each; of the others one at most.
        assert!(refused + 2 * 6 >= 2 * (packed.len() - first), "{refused} of {}", packed.len());
    }
}
