//! Types of columns that pyarrow writes, against what each value is read as; in Parquet, Arrow files and Arrow streams.

use std::fs;
use std::sync::Arc;

use arrow_array::{ArrayRef, BinaryArray, Int64Array, ListArray, RecordBatch, types::Float64Type};
use chunkfit::data::{Footprint, Record, Rows, arrow};
use chunkfit::sources::{ArrowIpc, BadRecords, Field, Parquet};
use ndarray::{Array2, array};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{all, compute, failure, golden};

/// The sources of all three files, in chunks of pieces, of parts and of all.
macro_rules! each_file {
    ($source:ident => $check:expr) => {
        for chunk_bytes in [1, 2_500, 1 << 30] {
            for name in ["column_types.arrow", "column_types.arrows"] {
                let $source = ArrowIpc::open(golden(name)).unwrap().chunk_bytes(chunk_bytes);
                $check;
            }
            let $source = Parquet::open(golden("column_types.parquet")).unwrap().chunk_bytes(chunk_bytes);
            $check;
        }
    };
}

/// One value of each row.
fn expected<T: DeserializeOwned>(column: &str) -> Vec<T> {
    let lines = fs::read_to_string(golden("column_types.jsonl")).unwrap();
    let value = |line| serde_json::from_str::<Value>(line).unwrap()[column].clone();
    lines.lines().map(|line| serde_json::from_value(value(line)).unwrap()).collect()
}

#[track_caller]
fn is_read_as<L: Field + Clone + PartialEq + std::fmt::Debug>(column: &str, expected: Vec<L>)
where
    ndarray::Array1<L>: Footprint,
{
    each_file!(source => {
        let found = all(&source.keyed_text_and_label::<i64, L>("id", "bytes", column).unwrap());
        assert_eq!(found.targets.to_vec(), expected, "{column}");
    });
}

#[test]
fn decimals_dates_times_and_texts_in_bytes_are_read_like_their_texts() {
    for column in ["decimal", "wide", "widest", "day", "moment", "zoned", "clock", "topic", "user.name", "nothing"] {
        is_read_as::<Option<String>>(column, expected(column));
    }
    is_read_as::<Option<String>>("user.place.town", expected("user.place.town"));
    let texts: Vec<String> = expected("bytes");
    each_file!(source => assert_eq!(all(&source.text("bytes").unwrap()).iter().collect::<Vec<_>>(), texts));
    let decimals: Vec<String> = expected("decimal");
    is_read_as("decimal", decimals.iter().map(|text| text.parse::<f64>().unwrap()).collect());
    is_read_as("decimal", decimals.iter().map(|text| text.parse::<f32>().unwrap()).collect());
    is_read_as::<Option<i32>>("user.place.zip", expected("user.place.zip"));
    is_read_as::<i64>("codes", expected("codes"));
    is_read_as::<Option<u8>>("some_codes", expected("some_codes"));
    is_read_as::<Vec<String>>("tags", expected("tags"));
    is_read_as::<Vec<f32>>("vector", expected("vector"));
}

#[test]
fn values_that_are_not_of_the_type_are_refused_by_row_and_column() {
    each_file!(source => {
        for (column, row) in [("decimal", "row 1"), ("day", "row 1"), ("some_codes", "row 3"), ("nothing", "row 1")] {
            let message = failure(source.text_and_label::<i64>("bytes", column));
            assert!(message.contains(row) && message.contains(&format!("`{column}`")), "{message}");
        }
        for name in ["user.age", "user.name.first", "id.x", "user."] {
            let message = failure(source.text_and_label::<i64>("bytes", name));
            assert!(message.contains(&format!("no column `{name}`")), "{message}");
        }
        assert!(failure(source.text("user")).contains("`user` is of type Struct"));
    });
}

#[test]
fn rows_of_numbers_come_from_decimals_dictionaries_and_lists() {
    let vectors: Vec<[f64; 3]> = expected("vector");
    let vectors = Array2::from(vectors);
    let decimals: Vec<String> = expected("decimal");
    let codes: Vec<f64> = expected("codes");
    let columns = decimals.iter().zip(codes).map(|(text, code)| [text.parse().unwrap(), code]);
    let columns = Array2::from(columns.collect::<Vec<[f64; 2]>>());
    each_file!(source => {
        for name in ["vector", "fixed"] {
            let found = all(&source.vectors_and_labels::<f64, i64>(name, 3, "id").unwrap());
            assert_eq!((found.records, found.targets), (vectors.clone(), (0..12).collect()));
            let message = failure(source.vectors_and_labels::<f64, i64>(name, 4, "id"));
            assert!(message.contains("3 values, where 4 are wanted") && message.contains("row 1"), "{message}");
        }
        let found = all(&source.rows_and_labels::<f64, i64>(&["decimal", "codes"], "id").unwrap());
        assert_eq!(found.records, columns);
        let message = failure(source.rows_and_labels::<f32, i64>(&["codes", "some_codes"], "id"));
        assert!(message.contains("row 3") && message.contains("`some_codes`"), "{message}");
        assert!(failure(source.vectors_and_labels::<f32, i64>("tags", 3, "id")).contains("lists of numbers"));
        assert!(failure(source.rows_and_labels::<f32, i64>(&["day"], "id")).contains("of type Date32"));
    });
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Place {
    town: String,
    zip: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct User {
    name: String,
    place: Place,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Row {
    decimal: String,
    day: String,
    tags: Vec<String>,
    vector: [f32; 3],
    fixed: Vec<f64>,
    user: Option<User>,
}

#[test]
fn records_have_vectors_and_structs() {
    let lines = fs::read_to_string(golden("column_types.jsonl")).unwrap();
    let expected: Vec<Row> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    each_file!(source => {
        let found = compute(source.records::<Record<Row>>().unwrap().chunks()).concat();
        assert_eq!(found.iter().map(|row| (**row).clone()).collect::<Vec<Row>>(), expected);
    });
}

#[test]
fn whole_batches_of_a_stream_are_those_of_the_file() {
    let read = |name: &str| all(&ArrowIpc::open(golden(name)).unwrap().chunk_bytes(1).whole_batches().unwrap());
    let (file, stream) = (read("column_types.arrow"), read("column_types.arrows"));
    assert_eq!(file.num_rows(), 12);
    let without_topic = |batch: RecordBatch| {
        let others: Vec<usize> =
            (0..batch.num_columns()).filter(|&i| batch.schema().field(i).name() != "topic").collect();
        batch.project(&others).unwrap()
    };
    assert_eq!(without_topic(file), without_topic(stream));
}

#[test]
fn bytes_that_are_no_text_and_null_items_are_bad_records() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.parquet");
    let lists =
        [Some(vec![Some(1.0)]), Some(vec![None]), None, Some(vec![Some(2.0), Some(3.0)]), Some(vec![Some(4.0)])];
    let columns: [(&str, ArrayRef); 3] = [
        ("text", Arc::new(BinaryArray::from_opt_vec(vec![Some(b"a"), Some(&[0xff]), None, Some(b"d"), Some(b"e")]))),
        ("id", Arc::new(Int64Array::from_iter_values(0..5))),
        ("vector", Arc::new(ListArray::from_iter_primitive::<Float64Type, _, _>(lists))),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    super::tables::write_parquet(&path, std::slice::from_ref(&batch));
    let source = Parquet::open(&path).unwrap();
    let message = failure(source.text_and_label::<i64>("text", "id"));
    assert!(message.contains("row 2") && message.contains("not UTF-8"), "{message}");
    assert!(failure(source.text_and_label::<String>("id", "text")).contains("of type Int64, where strings are wanted"));
    let skipping = source.bad_records(BadRecords::skip());
    let texts = all(&skipping.text("text").unwrap());
    assert_eq!(texts.iter().collect::<Vec<_>>(), ["a", "d", "e"]);
    let vectors = all(&skipping.vectors_and_labels::<f64, i64>("vector", 1, "id").unwrap());
    assert_eq!((vectors.records, vectors.targets), (array![[1.0], [4.0]], array![0, 4]));

    let error = arrow::text(batch.column(0).slice(0, 2)).unwrap_err();
    assert!(error.full_message().contains("row 1") && error.full_message().contains("not UTF-8"), "{error}");
    assert_eq!(arrow::values::<Option<String>>(&batch.column(0).slice(2, 3)).unwrap()[1].as_deref(), Some("d"));
}

/// A stream that was cut short anywhere, or that has other bytes between its messages, is an error, or has fewer rows.
#[test]
fn streams_that_were_cut_short_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(golden("column_types.arrows")).unwrap();
    let path = folder.path().join("cut.arrows");
    let read = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let reading = ArrowIpc::open(&path)?.text_and_label::<i64>("bytes", "id")?;
        chunkfit::Runtime::new().threads(1).compute(reading.chunks())
    };
    let rows = |bytes: &[u8]| read(bytes).map(|chunks| chunks.iter().map(Rows::n_rows).sum::<usize>());
    assert_eq!(rows(&whole).unwrap(), 12);
    // The mark of the end may lack.
    assert_eq!(rows(&whole[..whole.len() - 8]).unwrap(), 12);
    let mut refused = 0;
    for length in (1..whole.len() - 8).step_by(97) {
        match rows(&whole[..length]) {
            Ok(found) => assert!([0, 5, 10].contains(&found), "{found} rows of {length} bytes"),
            Err(error) => {
                refused += 1;
                assert!(error.full_message().contains("cut.arrows"), "{}", error.full_message());
            }
        }
    }
    assert!(refused > 50);
    let mut other = whole.clone();
    other.splice(whole.len() - 8.., *b"garbage!");
    assert!(rows(&other).unwrap_err().full_message().contains("no message begins"));
}
