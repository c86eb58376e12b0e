//! Files that pyarrow wrote, against the same rows as JSON lines.

use std::collections::BTreeMap;
use std::fs;

use chunkfit::data::{Csr, Keyed, Rows, Text};
use chunkfit::sources::{ArrowIpc, JsonLines, Parquet, Reading};
use linfa::DatasetBase;
use ndarray::{Array1, Array2, Axis};
use serde::Deserialize;

use super::{all, compute, failure, golden};

const FORMATS: [&str; 3] = ["plain", "lz4", "zstd"];
const PARQUETS: [&str; 5] = ["plain", "snappy", "zstd", "gzip", "lz4"];

/// Both sources over every file, in chunks of one part, of some and of all.
macro_rules! each_file {
    ($source:ident => $check:expr) => {
        for chunk_bytes in [1, 2_500, 1 << 30] {
            for name in FORMATS {
                let $source = ArrowIpc::open(golden(&format!("{name}.arrow"))).unwrap().chunk_bytes(chunk_bytes);
                $check;
            }
            for name in PARQUETS {
                let $source = Parquet::open(golden(&format!("{name}.parquet"))).unwrap().chunk_bytes(chunk_bytes);
                $check;
            }
        }
    };
}

fn json() -> JsonLines {
    JsonLines::open(golden("rows.jsonl")).unwrap()
}

fn json_values() -> Vec<serde_json::Value> {
    let lines = fs::read_to_string(golden("rows.jsonl")).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

type KeyedExamples = DatasetBase<Keyed<Text, i64>, Array1<String>>;

#[test]
fn documents_labels_weights_and_keys_are_those_of_the_json_lines() {
    let read = |reading: chunkfit::Result<Reading<KeyedExamples>>| all(&reading.unwrap());
    let expected = read(json().weight("weight").keyed_text_and_label("id", "text", "topic"));
    each_file!(source => {
        for text in ["text", "large_text", "text_view", "text_codes"] {
            let found = read(source.clone().weight("weight").keyed_text_and_label("id", text, "topic"));
            assert_eq!(found, expected);
        }
    });
}

/// A label may be of any type that serde reads from what the column holds.
#[test]
fn labels_are_read_as_the_type_that_is_asked_for() {
    #[derive(Clone, Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Topic {
        Acq,
        Earn,
        Grain,
    }
    impl chunkfit::data::Footprint for Topic {}

    let expected: Vec<_> = json_values();
    each_file!(source => {
        let topics = all(&source.text_and_label::<Topic>("text", "topic").unwrap()).targets;
        let names = topics.map(|topic| match topic { Topic::Acq => "acq", Topic::Earn => "earn", Topic::Grain => "grain" });
        assert!(names.iter().zip(&expected).all(|(name, row)| row["topic"] == **name));
        let flags = all(&source.text_and_label::<bool>("text", "flag").unwrap()).targets;
        assert!(flags.iter().zip(&expected).all(|(flag, row)| row["flag"] == *flag));
        let counts = all(&source.text_and_label::<Option<f64>>("text", "count").unwrap()).targets;
        assert!(counts.iter().zip(&expected).all(|(count, row)| row["count"].as_f64() == *count));
    });
}

#[test]
fn dense_rows_are_those_of_the_json_lines() {
    let rows = json_values();
    let number = |row: &serde_json::Value, name: &str| match &row[name] {
        serde_json::Value::Bool(flag) => f64::from(u8::from(*flag)),
        number => number.as_f64().unwrap(),
    };
    let names = ["depth", "count", "flag", "heat"];
    let expected = Array2::from_shape_fn((rows.len(), 4), |(i, j)| number(&rows[i], names[j]));
    each_file!(source => {
        let found = all(&source.weight("weight").rows_and_labels::<f64, i64>(&names, "id").unwrap());
        assert_eq!(found.records, expected);
        assert!(found.targets.iter().zip(&rows).all(|(id, row)| row["id"] == *id));
        assert!(found.weights.iter().zip(&rows).all(|(weight, row)| row["weight"] == f64::from(*weight)));
    });
    let narrow = all(&Parquet::open(golden("snappy.parquet"))
        .unwrap()
        .rows_and_labels::<f32, bool>(&["depth"], "flag")
        .unwrap());
    assert_eq!(narrow.records, expected.column(0).map(|&depth| depth as f32).insert_axis(Axis(1)));
}

#[test]
fn sparse_rows_are_those_of_the_json_lines() {
    let numbers =
        |value: &serde_json::Value| value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect::<Vec<_>>();
    let mut dense = Array2::<f32>::zeros((40, 50));
    for (i, row) in json_values().iter().enumerate() {
        for (column, value) in numbers(&row["indices"]).into_iter().zip(numbers(&row["values"])) {
            dense[(i, column as usize)] = value as f32;
        }
    }
    let expected = Csr::from_dense(&dense).unwrap();
    each_file!(source => {
        for indices in ["indices", "large_indices"] {
            let found = all(&source.sparse_rows_and_labels::<f32, bool>(indices, "values", 50, "flag").unwrap());
            assert_eq!(found.records, expected);
        }
        let wide = all(&source.sparse_rows_and_labels::<f64, bool>("indices", "values", 60, "flag").unwrap());
        assert_eq!(wide.records.to_dense().slice_axis(Axis(1), (..50).into()), dense.mapv(f64::from));
        let problem = failure(source.sparse_rows_and_labels::<f32, bool>("indices", "values", 49, "flag"));
        assert!(problem.contains("column 49, where there are 49 columns from 0 on"), "{problem}");
    });
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Row {
    id: u64,
    #[serde(rename = "topic")]
    label: String,
    heat: Option<f32>,
    count: i16,
    #[serde(default)]
    not_there: u8,
}

impl chunkfit::data::Footprint for Row {}

#[test]
fn records_are_those_of_the_json_lines() {
    let expected = all(&json().records::<Row>().unwrap());
    each_file!(source => assert_eq!(all(&source.records::<Row>().unwrap()), expected));
    // A map takes all columns.
    let expected = all(&json().records::<AnyRow>().unwrap());
    each_file!(source => assert_eq!(all(&source.records::<AnyRow>().unwrap()), expected));
}

/// All columns of a row.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct AnyRow(BTreeMap<String, serde_json::Value>);

impl chunkfit::data::Footprint for AnyRow {}

#[test]
fn batches_have_the_columns_in_the_order_in_which_they_are_asked_for() {
    each_file!(source => {
        let names = ["topic", "values", "id"];
        let batch = all(&source.batches(&names).unwrap());
        assert_eq!(batch.schema().fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>(), names);
        assert_eq!(batch, all(&source.whole_batches().unwrap()).project(&[6, 12, 0]).unwrap());
        assert_eq!(batch.n_rows(), 40);
    });
}

#[test]
fn small_parts_are_put_together_up_to_the_size_of_a_chunk() {
    let chunks = |chunk_bytes| {
        let arrow = ArrowIpc::open(golden("plain.arrow")).unwrap().chunk_bytes(chunk_bytes).text("text").unwrap();
        let parquet = Parquet::open(golden("plain.parquet")).unwrap().chunk_bytes(chunk_bytes).text("text").unwrap();
        let lengths = |reading: Reading<Text>| compute(reading.chunks()).iter().map(Text::len).collect::<Vec<_>>();
        (lengths(arrow), lengths(parquet))
    };
    // Record batches are cut into 8 pieces at most, row groups into rows.
    let (arrow, parquet) = chunks(1);
    assert_eq!((arrow.len(), arrow.iter().sum::<usize>(), arrow.iter().max()), (25, 40, Some(&2)));
    assert_eq!(parquet, [1; 40]);
    assert_eq!(chunks(1 << 20), (vec![40], vec![40]));
    // Of Parquet the wanted columns count, of which there is one here; Arrow's batches are read whole.
    let (arrow, parquet) = chunks(700);
    assert_eq!((arrow.len(), arrow.iter().sum::<usize>()), (19, 40));
    assert_eq!(parquet, [26, 14]);
}
