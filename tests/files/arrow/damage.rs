//! Files that are cut short, damaged or none at all: an error that says so, never a panic of a task.

use std::fs;
use std::path::Path;

use chunkfit::data::{Keyed, Text};
use chunkfit::sources::{ArrowIpc, Parquet};
use chunkfit::{ErrorKind, Runtime};
use linfa::DatasetBase;
use ndarray::Array1;
use proptest::prelude::*;

use super::golden;

type Chunks = Vec<DatasetBase<Keyed<Text, i64>, Array1<String>>>;

/// What a file of either format gives: its rows, or the error it is refused with.
fn read(path: &Path) -> Result<Chunks, chunkfit::Error> {
    let runtime = Runtime::new().threads(1);
    let read = if path.extension().unwrap() == "arrow" {
        let source = ArrowIpc::open(path)?.weight("weight").chunk_bytes(1);
        runtime.compute(source.keyed_text_and_label("id", "text_codes", "topic")?.chunks())
    } else {
        let source = Parquet::open(path)?.weight("weight").chunk_bytes(1);
        runtime.compute(source.keyed_text_and_label("id", "text_codes", "topic")?.chunks())
    };
    if let Err(error) = &read {
        assert!(!matches!(error.kind(), ErrorKind::Panicked { .. }), "{error}");
        assert!(error.to_string().contains(path.file_name().unwrap().to_str().unwrap()), "{error}");
    }
    read
}

const FILES: [&str; 6] = ["plain.arrow", "lz4.arrow", "zstd.arrow", "plain.parquet", "snappy.parquet", "zstd.parquet"];

#[test]
fn files_cut_short_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for name in FILES {
        let path = folder.path().join(name);
        let whole = fs::read(golden(name)).unwrap();
        for length in (0..whole.len()).step_by(97).chain(whole.len() - 20..whole.len()) {
            fs::write(&path, &whole[..length]).unwrap();
            assert!(read(&path).is_err(), "{name} cut to {length} bytes");
        }
        fs::write(&path, &whole).unwrap();
        assert_eq!(read(&path).unwrap(), read(&golden(name)).unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 64, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn damaged_files_are_refused_or_read(
        name in prop::sample::select(FILES.to_vec()),
        damages in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        in_footer: bool,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let mut bytes = fs::read(golden(name)).unwrap();
        // Footers are small and hold what is most easily misunderstood.
        let start = if in_footer { bytes.len() - 4_000 } else { 0 };
        for (at, byte) in &damages {
            let at = start + at.index(bytes.len() - start);
            bytes[at] = *byte;
        }
        fs::write(&path, &bytes).unwrap();
        let _ = read(&path);
    }

    /// pyarrow wrote checksums of its pages, so that what they hold is not read wrongly.
    #[test]
    fn pages_with_checksums_are_refused_or_read_as_they_were(at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("snappy.parquet");
        let mut bytes = fs::read(golden("snappy.parquet")).unwrap();
        let footer_bytes = u32::from_le_bytes(bytes[bytes.len() - 8..bytes.len() - 4].try_into().unwrap()) as usize;
        let at = at.index(bytes.len() - 8 - footer_bytes);
        bytes[at] ^= 1 << bit;
        fs::write(&path, &bytes).unwrap();
        if let Ok(found) = read(&path) {
            prop_assert_eq!(found, read(&golden("snappy.parquet")).unwrap());
        }
    }
}

/// Sizes that no file has, each of them possible by itself.
#[test]
fn impossible_sizes_in_a_footer_are_added_up_without_harm() {
    use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader, ParquetMetaDataWriter};

    let whole = fs::read(golden("plain.parquet")).unwrap();
    let file = fs::File::open(golden("plain.parquet")).unwrap();
    let footer = ParquetMetaDataReader::new().parse_and_finish(&file).unwrap();
    let groups = footer.row_groups().iter().map(|group| {
        let columns = group
            .columns()
            .iter()
            .map(|column| column.clone().into_builder().set_total_uncompressed_size(i64::MAX).build().unwrap());
        group.clone().into_builder().set_column_metadata(columns.collect()).build().unwrap()
    });
    let forged = ParquetMetaData::new(footer.file_metadata().clone(), groups.collect());
    let mut bytes = whole.clone();
    ParquetMetaDataWriter::new(&mut bytes, &forged).finish().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("forged.parquet");
    fs::write(&path, bytes).unwrap();
    assert_eq!(read(&path).unwrap(), read(&golden("plain.parquet")).unwrap());
    let together = Parquet::open(&path).unwrap().chunk_bytes(u64::MAX).text("text").unwrap();
    assert_eq!(super::all(&together).len(), 40);
}

#[test]
fn other_files_are_told_by_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let with = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    };
    let arrow = |path: &Path| ArrowIpc::open(path).and_then(|source| source.text("id")).err().unwrap().to_string();
    let parquet = |path: &Path| Parquet::open(path).and_then(|source| source.text("id")).err().unwrap().to_string();
    assert!(arrow(&golden("plain.parquet")).contains("does not end with `ARROW1`"));
    assert!(arrow(&with("feather.arrow", b"FEA1 and more")).contains("Feather of version 1"));
    assert!(arrow(&with("cut.arrow", &fs::read(golden("plain.arrow")).unwrap()[..9_000])).contains("cut short"));
    assert!(arrow(&with("empty.arrow", b"")).contains("does not end with `ARROW1`"));
    assert!(parquet(&golden("plain.arrow")).contains("not valid Parquet"));
    assert!(parquet(&with("empty.parquet", b"")).contains("at least 8 bytes"));
}
