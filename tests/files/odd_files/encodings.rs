//! Texts in other encodings than UTF-8.

use super::{failure, folder_with};
use chunkfit::sources::TextLines;

#[test]
fn a_text_in_utf_32_is_named() {
    let folder = folder_with("a", b"\xff\xfe\0\0a\0\0\0");
    let message = failure(TextLines::open(folder.path()).unwrap().documents(), &folder.path().join("a"));
    assert!(message.contains("UTF-32") && message.contains("convert it to UTF-8"), "{message}");
}

#[cfg(not(feature = "encodings"))]
#[test]
fn without_the_feature_an_encoding_names_it() {
    let folder = folder_with("a", b"\xff\xfea\0");
    let message = failure(TextLines::open(folder.path()).unwrap().documents(), &folder.path().join("a"));
    assert!(message.contains("it is a text in UTF-16LE") && message.contains("the feature encodings"), "{message}");
    let error = TextLines::open(folder.path()).unwrap().encoding("latin1").documents().err().unwrap().to_string();
    assert!(error.contains("encoding") && error.contains("the feature encodings"), "{error}");
    assert!(TextLines::open(folder.path()).unwrap().encoding("UTF-8").documents().is_ok());
}

#[cfg(feature = "encodings")]
mod read {
    use chunkfit::sources::{Csv, IndexBase, JsonLines, Svmlight, TextLines};

    use crate::odd_files::{documents, failure, folder_with, read};

    const TEXTS: [&str; 4] = ["na\u{ef}ve", "\u{df}tra\u{df}e", "", "caf\u{e9} \u{fc}ber"];

    /// The form of a text in its file: with the mark that tells it, or without.
    fn utf_16(text: &str, big_endian: bool, mark: bool) -> Vec<u8> {
        let marked = if mark { format!("\u{feff}{text}") } else { text.to_owned() };
        let bytes = |unit: u16| if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() };
        marked.encode_utf16().flat_map(bytes).collect()
    }

    /// The file's bytes, and the encoding to be named.
    fn variants(text: &str) -> Vec<(Vec<u8>, Option<&'static str>)> {
        let latin = text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
        vec![
            (text.as_bytes().to_vec(), None),
            (text.as_bytes().to_vec(), Some("UTF8")),
            (format!("\u{feff}{text}").into_bytes(), Some("windows-1252")),
            (utf_16(text, false, true), None),
            (utf_16(text, true, true), None),
            (utf_16(text, false, true), Some("utf-8")),
            (utf_16(text, true, true), Some("latin1")),
            (utf_16(text, false, false), Some("utf-16le")),
            (utf_16(text, true, false), Some("UTF-16BE")),
            (latin, Some("latin1")),
        ]
    }

    fn packed(content: &[u8]) -> Vec<Vec<u8>> {
        let mut all = vec![content.to_vec()];
        if cfg!(feature = "compression") {
            all.extend([crate::odd_files::packs::gzip(content), crate::odd_files::packs::frames(content)]);
        }
        all
    }

    /// Every format reads every encoding, in one chunk and in many.
    #[test]
    fn texts_are_those_of_the_same_file_in_utf_8() {
        let repeated = || (0..40).flat_map(|_| TEXTS);
        let lines: String = repeated().map(|text| format!("{text}\r\n")).collect();
        let json: String = repeated().map(|text| format!("{{\"t\":\"{text}\"}}\n")).collect();
        let csv: String = repeated().map(|text| format!("\"{text}\",1\n")).collect();
        let svm: String = repeated().map(|text| format!("1 1:2 # {text}\n")).collect();
        let expected: Vec<&str> = repeated().collect();
        macro_rules! files {
            ($format:ident, $content:expr, $check:expr) => {
                for (content, encoding) in variants($content) {
                    for content in packed(&content) {
                        let folder = folder_with("a", &content);
                        for chunk_bytes in [50, 100_000] {
                            let source = $format::open(folder.path()).unwrap().chunk_bytes(chunk_bytes);
                            let source = encoding.into_iter().fold(source, $format::encoding);
                            let n_chunks = $check(source);
                            assert_eq!(n_chunks > 1, chunk_bytes == 50, "{encoding:?}");
                        }
                    }
                }
            };
        }
        let check = |chunks: Vec<chunkfit::data::Text>| {
            assert_eq!(documents(&chunks), expected);
            chunks.len()
        };
        files!(TextLines, &lines, |source: TextLines| check(read(source.documents()).unwrap()));
        files!(JsonLines, &json, |source: JsonLines| check(read(source.text("t")).unwrap()));
        files!(Csv, &format!("t,l\n{csv}"), |source: Csv| check(read(source.text("t")).unwrap()));
        files!(Svmlight, &svm, |source: Svmlight| {
            let chunks = read(source.rows_and_labels::<f64, u8>(3, IndexBase::One)).unwrap();
            assert_eq!(chunks.iter().map(|chunk| chunk.targets.len()).sum::<usize>(), 160);
            chunks.len()
        });
    }

    #[test]
    fn bytes_that_are_not_in_the_encoding_are_an_error_that_says_where() {
        for (content, encoding, at) in [
            (utf_16("one\ntwo\n", false, true)[..15].to_vec(), None, "from 14 on are not UTF-16LE"),
            (b"one\n\x81\xff\n".to_vec(), Some("shift_jis"), "from 4 on are not Shift_JIS"),
        ] {
            let folder = folder_with("a", &content);
            for chunk_bytes in [1, 1000] {
                let lines = TextLines::open(folder.path()).unwrap().chunk_bytes(chunk_bytes);
                let lines = encoding.into_iter().fold(lines, TextLines::encoding);
                let message = failure(lines.documents(), &folder.path().join("a"));
                assert!(message.contains(at), "{message}");
            }
        }
    }

    #[test]
    fn an_encoding_that_nobody_knows_is_refused_and_another_one_is_another_chunk() {
        let folder = folder_with("a", b"one\n");
        let lines = || TextLines::open(folder.path()).unwrap();
        let error = lines().encoding("klingon").documents().err().unwrap().to_string();
        assert!(error.contains("klingon") && error.contains("windows-1252"), "{error}");
        let key = |lines: TextLines| lines.documents().unwrap().chunks().as_slice()[0].key();
        assert_ne!(key(lines()), key(lines().encoding("latin1")));
        assert_ne!(key(lines().encoding("koi8-r")), key(lines().encoding("latin1")));
    }
}
