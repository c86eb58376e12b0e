//! Rows that lack a value, or whose value does not fit.

use std::fs;

use chunkfit::data::{Footprint, Rows};
use chunkfit::sources::{ArrowIpc, BadRecords, Parquet, ReadReport};
use serde::Deserialize;

use super::{all, compute, failure, golden};

/// Both sources over the same rows with nulls.
macro_rules! both {
    ($source:ident => $check:expr) => {
        for chunk_bytes in [1, 1 << 30] {
            let $source = ArrowIpc::open(golden("nulls.arrow")).unwrap().chunk_bytes(chunk_bytes);
            $check;
            let $source = Parquet::open(golden("nulls.parquet")).unwrap().chunk_bytes(chunk_bytes);
            $check;
        }
    };
}

/// The rows, counted from 1, of which one of these columns is null: every nth, as `make.py` has it.
fn null_rows(every: &[u64]) -> Vec<u64> {
    (1..=40).filter(|row| every.iter().any(|every| row % every == 0)).collect()
}

fn lines(report: &ReadReport) -> Vec<u64> {
    report.bad.iter().map(|(_, bad)| bad.line).collect()
}

#[test]
fn rows_with_nulls_are_left_out_counted_and_told_of_by_number() {
    both!(source => {
        let reading = source.bad_records(BadRecords::skip()).text_and_label::<String>("text", "topic").unwrap();
        let (chunks, report) = compute(reading.chunks_and_report());
        let bad = null_rows(&[7, 11]);
        assert_eq!((report.records, report.skipped), (40 - bad.len() as u64, bad.len() as u64));
        assert_eq!(lines(&report), bad);
        assert!(report.bad.iter().all(|(_, bad)| bad.offset.is_none() && bad.problem.contains("it is null")));
        assert_eq!(chunks.iter().map(Rows::n_rows).sum::<usize>() as u64, report.records);
    });
}

#[test]
fn the_first_bad_row_fails_its_chunk_unless_bad_rows_are_allowed() {
    both!(source => {
        let message = failure(source.rows_and_labels::<f32, u8>(&["depth"], "id"));
        assert!(message.contains("column `depth`: it is null") && message.contains("row 9 of the file"), "{message}");
        // Of the first part, or of the file: one of 13, or five of 40.
        let message = failure(source.bad_records(BadRecords::skip().at_most_share(0.05)).text("text"));
        assert!(message.contains("records are bad") && message.contains("row 7 of the file"), "{message}");
    });
}

/// A label that reads ids up to 1018.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "u16")]
struct Below1019(#[expect(dead_code, reason = "it is read, and never asked for")] u16);

impl TryFrom<u16> for Below1019 {
    type Error = String;

    fn try_from(id: u16) -> Result<Self, String> {
        if id < 1019 { Ok(Below1019(id)) } else { Err(format!("{id} is too large")) }
    }
}

impl Footprint for Below1019 {}

#[test]
fn rows_are_counted_on_from_part_to_part_of_a_file() {
    for chunk_bytes in [1, 1 << 30] {
        let arrow = ArrowIpc::open(golden("plain.arrow")).unwrap().chunk_bytes(chunk_bytes);
        let parquet = Parquet::open(golden("plain.parquet")).unwrap().chunk_bytes(chunk_bytes);
        for message in [
            failure(arrow.text_and_label::<Below1019>("text", "id")),
            failure(parquet.text_and_label::<Below1019>("text", "id")),
        ] {
            assert!(message.contains("column `id`: 1019 is too large"), "{message}");
            assert!(message.contains("row 20 of the file"), "{message}");
        }
    }
}

/// What is good is read right beside what is not.
#[test]
fn dense_and_sparse_rows_are_those_without_nulls() {
    both!(source => {
        let source = source.bad_records(BadRecords::skip());
        let dense = all(&source.rows_and_labels::<f64, u64>(&["heat", "depth"], "id").unwrap());
        let bad = null_rows(&[5, 9]);
        let ids: Vec<u64> = (0..40).filter(|id| !bad.contains(&(id + 1))).collect();
        assert_eq!(dense.targets.to_vec(), ids);
        assert_eq!(dense.records.dim(), (ids.len(), 2));
        assert!(dense.records.iter().all(|value| value.is_finite()));

        let (sparse, report) =
            compute(source.sparse_rows_and_labels::<f32, u64>("indices", "values", 50, "id").unwrap().chunks_and_report());
        assert_eq!(lines(&report), null_rows(&[8]));
        assert!(report.bad[0].1.problem.contains("the list of values is null"));
        assert_eq!(sparse.iter().map(|chunk| chunk.records.n_rows()).sum::<usize>(), 35);
    });
}

#[test]
fn bad_rows_are_set_aside_as_a_file_of_record_batches() {
    let aside = tempfile::tempdir().unwrap();
    let policy = BadRecords::skip().set_aside(aside.path());
    both!(source => {
        for _ in 0..2 {
            compute(source.clone().bad_records(policy.clone()).text_and_label::<String>("text", "topic").unwrap().chunks());
        }
        let written = ArrowIpc::open(aside.path()).unwrap();
        assert_eq!(all(&written.whole_batches().unwrap()).num_columns(), 2);
        // What can be read of them are the rows that lack the other column.
        let (texts, report) = compute(written.bad_records(BadRecords::skip()).text("text").unwrap().chunks_and_report());
        let (without_text, bad) = (null_rows(&[7]).len(), null_rows(&[7, 11]).len());
        assert_eq!((texts.iter().map(Rows::n_rows).sum::<usize>(), report.skipped as usize), (bad - without_text, without_text));
        fs::read_dir(aside.path()).unwrap().for_each(|file| fs::remove_file(file.unwrap().path()).unwrap());
    });
}
