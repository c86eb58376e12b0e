//! One rule for reading values: the table of the guide, in every format.

use std::fmt::Debug;
use std::path::Path;

use chunkfit::Runtime;
use chunkfit::sources::{Csv, Field, JsonLines};

/// The labels of rows whose values stand so in a file, or the message of the error.
fn read<L: Field + Clone>(folder: &Path, json: &str, csv: &str) -> [Result<L, String>; 2] {
    let json_file = folder.join("rows.jsonl");
    std::fs::write(&json_file, format!("{{\"text\":\"a\",\"label\":{json}}}\n")).unwrap();
    let csv_file = folder.join("rows.csv");
    std::fs::write(&csv_file, format!("text,label\na,{csv}\n")).unwrap();
    let label = |reading: chunkfit::Result<chunkfit::sources::Reading<_>>| {
        let chunks: Vec<linfa::DatasetBase<chunkfit::data::Text, ndarray::Array1<L>>> = reading
            .and_then(|reading| Runtime::new().threads(1).compute(reading.chunks()))
            .map_err(|e| e.full_message())?;
        Ok(chunks[0].targets[0].clone())
    };
    [
        label(JsonLines::open(&json_file).unwrap().text_and_label::<L>("text", "label")),
        label(Csv::open(&csv_file).unwrap().text_and_label::<L>("text", "label")),
    ]
}

fn is<L: Field + Clone + PartialEq + Debug>(json: &str, csv: &str, expected: L) {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(read::<L>(folder.path(), json, csv), [Ok(expected.clone()), Ok(expected)], "{json} and {csv}");
}

fn is_refused<L: Field + Clone + Debug>(json: &str, csv: &str) {
    let folder = tempfile::tempdir().unwrap();
    for found in read::<L>(folder.path(), json, csv) {
        let message = found.unwrap_err();
        assert!(message.contains("line ") && message.contains("rows."), "{message}");
    }
}

#[test]
fn values_of_json_and_csv_are_read_by_one_rule() {
    // pandas writes True, Spark true, numpy 1 and 1.0.
    for (json, csv) in [("true", "True"), ("\"True\"", "TRUE"), ("1", "1"), ("1.0", "1.0"), ("\"true\"", "true")] {
        is(json, csv, true);
    }
    is("0", "0", false);
    is("false", "False", false);
    // A column of integers with a missing value is one of floats to pandas.
    for (json, csv) in [("7", "7"), ("7.0", "7.0"), ("\"7\"", "7e0"), ("\"7.0\"", "07")] {
        is(json, csv, 7u8);
        is(json, csv, 7i64);
    }
    is("18446744073709551615", "18446744073709551615", u64::MAX);
    is("true", "True", 1u8);
    for (json, csv) in [("1.5", "1.5"), ("\"1.5\"", "1.50"), ("15e-1", "15e-1")] {
        is(json, csv, 1.5f64);
        is(json, csv, 1.5f32);
        is_refused::<i64>(json, csv);
    }
    is("-Infinity", "-inf", f64::NEG_INFINITY);
    is("Infinity", "Infinity", f64::INFINITY);
    // Ids and classes that are numbers may be texts.
    is("7", "7", String::from("7"));
    is("\"7\"", "7", String::from("7"));
    is("-3", "-3", String::from("-3"));
    is("1.5", "1.5", String::from("1.5"));
    is("true", "true", String::from("true"));
    is("null", "", None::<i64>);
    is("3", "3.0", Some(3i64));
    is("\"\"", "\"\"", String::new());
    for (json, csv) in [("2", "2"), ("\"yes\"", "yes"), ("null", ""), ("0.5", "0.5"), ("\"\"", "")] {
        is_refused::<bool>(json, csv);
    }
    for (json, csv) in [("300", "300"), ("-1", "-1"), ("null", ""), ("\"x\"", "x"), ("NaN", "NaN"), ("1e300", "1e300")]
    {
        is_refused::<u8>(json, csv);
    }
    is_refused::<f64>("null", "");
}

#[test]
fn fields_that_are_not_asked_for_do_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.jsonl");
    let lines = [
        r#"{"t":"a","l":1,"score":NaN}"#,
        r#"{"score":[Infinity,-Infinity,{"x":NaN}],"t":"b NaN","l":2}"#,
        r#"{"t":"c","l":3,"score":123456789012345678901234567890}"#,
        r#"{"t":"d","score":"\ud800","l":4,"score":1}"#,
    ];
    std::fs::write(&file, lines.join("\n")).unwrap();
    let reading = JsonLines::open(&file).unwrap().text_and_label::<u8>("t", "l").unwrap();
    let chunk = Runtime::new().compute(reading.chunks()).unwrap().remove(0);
    assert_eq!(chunk.targets.to_vec(), [1, 2, 3, 4]);
    assert_eq!(chunk.records.iter().collect::<Vec<_>>(), ["a", "b NaN", "c", "d"]);

    #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Row {
        t: String,
        l: bool,
    }
    std::fs::write(&file, lines[0]).unwrap();
    let rows = JsonLines::open(&file).unwrap().records::<chunkfit::data::Record<Row>>().unwrap();
    let rows = Runtime::new().compute(rows.chunks()).unwrap().remove(0);
    assert_eq!(*rows[0], Row { t: "a".into(), l: true });
    // A field that is asked for is there once, whatever else the line has.
    std::fs::write(&file, r#"{"t":"a","l":1,"l":2,"score":NaN}"#).unwrap();
    let twice = JsonLines::open(&file).unwrap().text_and_label::<u8>("t", "l").unwrap();
    assert!(Runtime::new().compute(twice.chunks()).is_err());
}

#[test]
fn records_of_csv_are_read_by_the_rule_as_well() {
    #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Row {
        id: String,
        n: Option<u32>,
        left: bool,
        fee: f32,
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.csv");
    std::fs::write(&file, "id,n,left,fee,unused\n7,3.0,True,2,x\n8,,0,1e1,\n").unwrap();
    let rows = Csv::open(&file).unwrap().records::<chunkfit::data::Record<Row>>().unwrap();
    let rows = Runtime::new().compute(rows.chunks()).unwrap().remove(0);
    assert_eq!(*rows[0], Row { id: "7".into(), n: Some(3), left: true, fee: 2.0 });
    assert_eq!(*rows[1], Row { id: "8".into(), n: None, left: false, fee: 10.0 });
}
