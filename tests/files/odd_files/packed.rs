//! Compressed files cut into chunks: by their frames or by spill files, or decompressed when they are read.

use chunkfit::sources::{Csv, TextLines};

use super::laws::{PACKED, Packed};
use super::packs::{frame, frames, gzip, zstandard};
use super::{documents, failure, folder_with, read};

/// 20,000 lines.
fn content() -> String {
    (0..20_000).map(|i| format!("line {i} of {}\n", i * 7919 % 10_007)).collect()
}

fn lines(folder: &tempfile::TempDir, chunk_bytes: u64) -> TextLines {
    TextLines::open(folder.path()).unwrap().chunk_bytes(chunk_bytes)
}

#[test]
fn a_large_content_is_cut_as_the_same_file_uncompressed() {
    let content = content();
    let expected: Vec<&str> = content.lines().collect();
    for chunk_bytes in [10_000, 70_000] {
        for packed in PACKED {
            let folder = folder_with("a", &packed.pack(content.as_bytes()));
            let reading = lines(&folder, chunk_bytes).documents().unwrap();
            let is_read_in_place = matches!(packed, Packed::Plain | Packed::BlockGzip | Packed::Frames);
            let spilled = if is_read_in_place { 0 } else { content.len() as u64 };
            assert_eq!(reading.spilled_bytes(), spilled, "{packed:?}");
            let plan = chunkfit::Runtime::new().explain(reading.chunks()).unwrap();
            assert_eq!(plan.spilled_bytes as u64, spilled, "{packed:?}");
            assert_eq!(plan.to_string().contains("decoded on disk: "), spilled > 0, "{plan}");
            assert_eq!(reading.chunks().len() as u64, (content.len() as u64).div_ceil(chunk_bytes), "{packed:?}");
            assert_eq!(documents(&read(Ok(reading)).unwrap()), expected, "{packed:?}");
        }
    }
}

/// Thousands of small files are not unpacked before they are read.
#[test]
fn a_content_that_fits_into_a_chunk_is_one_and_is_not_spilled() {
    let content = content();
    for packed in PACKED {
        let folder = folder_with("a", &packed.pack(content.as_bytes()));
        for name in ["b.gz", "c.txt"] {
            std::fs::write(folder.path().join(name), packed.pack(b"one\ntwo\n")).unwrap();
        }
        let reading = lines(&folder, 4 << 20).documents().unwrap();
        assert_eq!((reading.spilled_bytes(), reading.chunks().len()), (0, 3), "{packed:?}");
        assert_eq!(documents(&read(Ok(reading)).unwrap()).len(), 20_004);
    }
}

/// The size at the end of a gzip file is that of its last member.
#[test]
fn a_gzip_file_that_states_less_than_it_holds_is_read_whole() {
    let (large, small) = (gzip(content().as_bytes()), gzip(b"last"));
    let folder = folder_with("a.gz", &[large, small].concat());
    for chunk_bytes in [100_000, 1_000_000, 2_000_000] {
        let found = documents(&read(lines(&folder, chunk_bytes).documents()).unwrap());
        assert_eq!((found.len(), found[20_000].as_str()), (20_001, "last"));
    }
}

#[test]
fn csv_with_newlines_in_quotes_is_cut_between_records() {
    let rows: String = (0..3000).map(|i| format!("\"two\nlines, \"\"{i}\"\"\",{i}\n")).collect();
    let expected: Vec<String> = (0..3000).map(|i| format!("two\nlines, \"{i}\"")).collect();
    for packed in PACKED {
        let folder = folder_with("a.csv", &packed.pack(format!("\u{feff}t,l\n{rows}").as_bytes()));
        let csv = Csv::open(folder.path()).unwrap().chunk_bytes(5000);
        let chunks = read(csv.text("t")).unwrap();
        assert!(chunks.len() > 10);
        assert_eq!(documents(&chunks), expected, "{packed:?}");
    }
}

/// A chunk cache, a checkpoint and a cluster know chunks again wherever the content was spilled.
#[test]
fn keys_are_those_of_the_file_and_the_cut() {
    let content = content();
    for packed in PACKED {
        let folder = folder_with("a", &packed.pack(content.as_bytes()));
        let keys = |chunk_bytes| {
            let elsewhere = tempfile::tempdir().unwrap();
            let lines = lines(&folder, chunk_bytes).spill_folder(elsewhere.path());
            lines.documents().unwrap().chunks().iter().map(|chunk| chunk.key()).collect::<Vec<_>>()
        };
        let first = keys(10_000);
        assert!(first.iter().all(|key| key.is_lasting()));
        assert_eq!(first, keys(10_000), "{packed:?}");
        assert_ne!(first[0], keys(20_000)[0], "{packed:?}");
    }
}

/// 690 KB that hold 6.3 GB.
fn bomb() -> Vec<u8> {
    let line = "{\"t\":\"a line as any other, over and over again, four megabytes of it\"}\n";
    frame(line.repeat((4 << 20) / line.len()).as_bytes()).repeat(1500)
}

#[test]
fn a_bomb_is_refused_before_it_is_unpacked_unless_it_is_wanted() {
    let bomb = bomb();
    assert!(bomb.len() < 1_000_000);
    let folder = folder_with("a.zst", &bomb);
    let file = folder.path().join("a.zst");
    let message = failure(TextLines::open(&file).unwrap().documents(), &file);
    assert!(message.contains(&format!("its {} bytes hold a content of 629", bomb.len())), "{message}");
    assert!(message.contains("more than 1200 times") && message.contains("max_compression_ratio"), "{message}");
    let wanted = TextLines::open(&file).unwrap().max_compression_ratio(100_000).chunk_bytes(8 << 20);
    let chunks = wanted.clone().documents().unwrap().chunks();
    assert_eq!(chunks.len(), 750);
    let middle = chunkfit::Runtime::new().compute(&chunks.as_slice()[400]).unwrap();
    assert!(
        (110_000..125_000).contains(&middle.len()) && middle.iter().all(|line| line.starts_with("{\"t\":\"a line"))
    );
    let message = failure(wanted.max_content_bytes(6_000_000_000).documents(), &file);
    assert!(message.contains("max_content_bytes of the source allows 6000000000"), "{message}");
}

#[test]
fn a_content_is_held_to_its_limit_however_it_is_read() {
    let content = content();
    for packed in &PACKED[1..] {
        let folder = folder_with("a", &packed.pack(content.as_bytes()));
        let file = folder.path().join("a");
        for chunk_bytes in [10_000, 10 << 20] {
            let lines = TextLines::open(&file).unwrap().chunk_bytes(chunk_bytes);
            let all = content.len() as u64;
            let message = failure(lines.clone().max_content_bytes(all - 1).documents(), &file);
            assert!(message.contains("max_content_bytes"), "{packed:?}: {message}");
            assert_eq!(documents(&read(lines.max_content_bytes(all).documents()).unwrap()).len(), 20_000);
        }
    }
    let folder = folder_with("a", b"");
    for (lines, name) in [
        (lines(&folder, 1).max_content_bytes(0), "max_content_bytes"),
        (lines(&folder, 1).max_compression_ratio(0), "max_compression_ratio"),
        (lines(&folder, 1).max_record_bytes(0), "max_record_bytes"),
    ] {
        let error = lines.documents().err().unwrap().to_string();
        assert!(error.contains(name) && error.contains("at least 1"), "{error}");
    }
}

#[test]
fn a_window_that_takes_too_much_memory_is_named() {
    let mut packed = zstandard(content().as_bytes());
    packed[5] = 18 << 3; // 2^28
    let folder = folder_with("a", &packed);
    for chunk_bytes in [1000, 10 << 20] {
        let message = failure(lines(&folder, chunk_bytes).documents(), &folder.path().join("a"));
        assert!(message.contains("its window is larger than 128 MiB") && message.contains("--long"), "{message}");
    }
}

#[test]
fn frames_to_be_skipped_may_be_all_there_is() {
    let skipped = frames(b"");
    let folder = folder_with("a", &skipped);
    assert_eq!(documents(&read(lines(&folder, 4).documents()).unwrap()), [""; 0]);
}
