//! Row groups and record batches larger than a chunk are cut by rows.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use chunkfit::data::Footprint;
use chunkfit::sources::{ArrowIpc, BadRecords, Parquet};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use super::{all, compute, failure};

/// Rows of `texts` different texts of so many bytes, and a label that is null in one row.
fn rows(n: usize, texts: usize, bytes: usize, null: Option<usize>) -> RecordBatch {
    let text = |i: usize| format!("{:0bytes$}", i * 7 % texts);
    let texts: ArrayRef = Arc::new(StringArray::from_iter_values((0..n).map(text)));
    let labels: ArrayRef = Arc::new(Int64Array::from_iter((0..n).map(|i| (Some(i) != null).then_some(i as i64))));
    RecordBatch::try_from_iter_with_nullable([("text", texts, false), ("label", labels, true)]).unwrap()
}

fn write(file: &Path, batch: &RecordBatch, properties: WriterProperties) {
    let mut writer = ArrowWriter::try_new(File::create(file).unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

/// Without the size of texts, which older writers do not state, and with small pages or without a bound.
fn properties(dictionary: bool, sizes: bool, page_rows: usize) -> WriterProperties {
    WriterProperties::builder()
        .set_dictionary_enabled(dictionary)
        .set_statistics_enabled(if sizes { EnabledStatistics::Page } else { EnabledStatistics::None })
        .set_offset_index_disabled(!sizes)
        .set_data_page_row_count_limit(page_rows)
        .set_write_batch_size(page_rows.min(1024))
        .build()
}

/// A few long texts, each there many times, take kilobytes in a dictionary and hundred times as much as values.
#[test]
fn chunks_of_a_dictionary_are_as_large_as_their_values() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.parquet");
    let batch = rows(6_000, 40, 2_000, None);
    let open = || Parquet::open(&file).unwrap().chunk_bytes(500_000);
    for (dictionary, sizes, page_rows) in
        [(true, true, 100), (true, true, usize::MAX), (true, false, usize::MAX), (false, false, 50), (false, true, 50)]
    {
        write(&file, &batch, properties(dictionary, sizes, page_rows));
        let reading = open().text_and_label::<i64>("text", "label").unwrap();
        let chunks = compute(reading.chunks());
        let most = chunks.iter().map(|chunk| chunk.records.heap_bytes()).max().unwrap();
        assert!(chunks.len() >= 20 && most < 800_000, "{} chunks of up to {most} bytes", chunks.len());
        let whole = open().chunk_bytes(1 << 30).text_and_label::<i64>("text", "label").unwrap();
        assert_eq!(whole.chunks().len(), 1);
        assert_eq!(all(&reading), all(&whole), "{dictionary} {sizes} {page_rows}");
        let labels: Vec<i64> = all(&reading).targets.to_vec();
        assert_eq!(labels, (0..6_000).collect::<Vec<_>>());
    }
}

/// Files of more than 4 MiB are read by their index of pages.
#[test]
fn pieces_of_a_large_row_group_are_found_by_the_index_of_pages_and_without() {
    let folder = tempfile::tempdir().unwrap();
    let batch = rows(40_000, 40_000, 150, None);
    for (name, sizes) in [("with.parquet", true), ("without.parquet", false)] {
        let file = folder.path().join(name);
        write(&file, &batch, properties(false, sizes, 500));
        assert!(std::fs::metadata(&file).unwrap().len() > 4 << 20);
        let reading =
            Parquet::open(&file).unwrap().chunk_bytes(400_000).text_and_label::<i64>("text", "label").unwrap();
        assert!(reading.chunks().len() > 10);
        let found = all(&reading);
        assert_eq!(found.targets.to_vec(), (0..40_000).collect::<Vec<_>>());
        let texts = batch.column(0).as_any().downcast_ref::<StringArray>().unwrap();
        assert!(found.records.iter().zip(texts).all(|(found, text)| Some(found) == text));
    }
}

#[test]
fn rows_of_pieces_are_numbered_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let batch = rows(5_000, 40, 100, Some(3_210));
    let parquet = folder.path().join("rows.parquet");
    write(&parquet, &batch, properties(true, true, usize::MAX));
    let arrow = folder.path().join("rows.arrow");
    let mut writer = arrow_ipc::writer::FileWriter::try_new(File::create(&arrow).unwrap(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();

    let parquet = Parquet::open(&parquet).unwrap().chunk_bytes(60_000);
    let arrow = ArrowIpc::open(&arrow).unwrap().chunk_bytes(60_000);
    let message = failure(parquet.text_and_label::<i64>("text", "label"));
    assert!(message.contains("row 3211"), "{message}");
    let message = failure(arrow.text_and_label::<i64>("text", "label"));
    assert!(message.contains("row 3211"), "{message}");

    let skipping = arrow.bad_records(BadRecords::skip()).text_and_label::<i64>("text", "label").unwrap();
    let (chunks, report) = skipping.chunks_and_report();
    let (chunks, report) = compute((chunks, report));
    assert_eq!((chunks.len(), report.records, report.skipped), (8, 4_999, 1));
    assert_eq!(report.bad[0].1.line, 3_211);
}

/// Folders as pandas (`partition_cols`) and Spark (`partitionBy`) write them.
#[test]
fn partitions_in_names_of_folders_are_columns() {
    #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Row {
        text: String,
        l: Option<u8>,
        day: String,
    }
    let folder = tempfile::tempdir().unwrap();
    for (place, label) in [("l=0/day=mo%20n", 0), ("l=1/day=tue", 1), ("l=__HIVE_DEFAULT_PARTITION__/day=wed", 2)] {
        std::fs::create_dir_all(folder.path().join(place)).unwrap();
        write(
            &folder.path().join(place).join("part-0.parquet"),
            &rows(2, 9, label + 1, None),
            properties(true, true, 9),
        );
    }
    let open = || Parquet::open(folder.path()).unwrap();
    let rows = all(&open().records::<chunkfit::data::Record<Row>>().unwrap());
    let rows: Vec<_> = rows.iter().map(|row| (row.text.as_str(), row.l, row.day.as_str())).collect();
    let expected = [("0", Some(0), "mo n"), ("7", Some(0), "mo n"), ("00", Some(1), "tue"), ("07", Some(1), "tue")];
    assert_eq!(rows[..4], expected);
    assert_eq!(rows[4..], [("000", None, "wed"), ("007", None, "wed")]);
    let examples = open().bad_records(BadRecords::skip()).text_and_label::<u8>("text", "l").unwrap();
    assert_eq!(all(&examples).targets.to_vec(), [0, 0, 1, 1]);
    // The file's own column goes first.
    let own = all(&open().text_and_label::<u8>("text", "label").unwrap());
    assert_eq!(own.targets.to_vec(), [0, 1, 0, 1, 0, 1]);
    let batches = compute(open().whole_batches().unwrap().chunks());
    let names: Vec<_> = batches[0].schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(names, ["text", "label", "l", "day"]);
    let message = failure(open().text_and_label::<u8>("text", "month"));
    assert!(message.contains("no column `month` among `text`, `label`, `l`, `day`"), "{message}");
}
