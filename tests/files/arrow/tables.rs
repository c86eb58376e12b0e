//! Tables of any rows, in parts of any size; what is asked of a file that it does not have.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float32Array, Int64Array, RecordBatch, StringArray};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{DataType, Field, Schema};
use chunkfit::chunks::train_test_split;
use chunkfit::data::{Footprint, Keyed, Rows, Text};
use chunkfit::sources::{ArrowIpc, BadRecords, JsonLines, Parquet, Reading};
use linfa::DatasetBase;
use ndarray::Array1;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;

use super::{all, compute, failure, golden};

pub(crate) fn write_arrow(path: &Path, batches: &[RecordBatch]) {
    let mut writer = FileWriter::try_new(File::create(path).unwrap(), &batches[0].schema()).unwrap();
    batches.iter().for_each(|batch| writer.write(batch).unwrap());
    writer.finish().unwrap();
}

/// Every batch becomes a row group.
pub(crate) fn write_parquet(path: &Path, batches: &[RecordBatch]) {
    let file = File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batches[0].schema(), Some(WriterProperties::new())).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
        writer.flush().unwrap();
    }
    writer.close().unwrap();
}

#[derive(Clone, Debug, serde::Serialize)]
struct Paper {
    text: Option<String>,
    topic: String,
    weight: Option<f32>,
    id: i64,
}

fn papers() -> impl Strategy<Value = Vec<Paper>> {
    let text = proptest::option::weighted(0.9, "[a-zé\"\n ]{0,12}");
    let paper = (text, "[a-c]", proptest::option::weighted(0.9, 0u8..4), any::<i64>());
    let paper = paper.prop_map(|(text, topic, weight, id)| Paper { text, topic, weight: weight.map(f32::from), id });
    proptest::collection::vec(paper, 0..12)
}

fn batch_of(papers: &[Paper]) -> RecordBatch {
    let columns: [(&str, ArrayRef); 4] = [
        ("text", Arc::new(papers.iter().map(|paper| paper.text.as_deref()).collect::<StringArray>())),
        ("topic", Arc::new(papers.iter().map(|paper| Some(&paper.topic)).collect::<StringArray>())),
        ("weight", Arc::new(papers.iter().map(|paper| paper.weight).collect::<Float32Array>())),
        ("id", Arc::new(papers.iter().map(|paper| paper.id).collect::<Int64Array>())),
    ];
    let types = [DataType::Utf8, DataType::Utf8, DataType::Float32, DataType::Int64];
    let fields: Vec<Field> = columns.iter().zip(types).map(|((name, _), kind)| Field::new(*name, kind, true)).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.map(|(_, column)| column).into()).unwrap()
}

type Examples = DatasetBase<Keyed<Text, i64>, Array1<String>>;

/// The rows that can be read, and the numbers of those that cannot.
fn read(reading: chunkfit::Result<Reading<Examples>>) -> (Option<Examples>, Vec<u64>) {
    let (chunks, report) = compute(reading.unwrap().chunks_and_report());
    let chunks: Vec<&Examples> = chunks.iter().filter(|chunk| chunk.n_rows() > 0).collect();
    let rows = (!chunks.is_empty()).then(|| Examples::concat_rows(&chunks).unwrap());
    (rows, report.bad.iter().map(|(_, bad)| bad.line).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A null is a bad record, as it is in JSON.
    #[test]
    fn any_table_gives_the_rows_of_its_json_lines(
        parts in proptest::collection::vec(papers(), 1..5),
        chunk_bytes in prop_oneof![1u64..3_000, Just(1 << 30)],
    ) {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let lines: String = parts.iter().flatten().map(|paper| serde_json::to_string(paper).unwrap() + "\n").collect();
        fs::write(at("papers.jsonl"), lines).unwrap();
        let batches: Vec<RecordBatch> = parts.iter().map(|papers| batch_of(papers)).collect();
        write_arrow(&at("papers.arrow"), &batches);
        write_parquet(&at("papers.parquet"), &batches);

        let skip = BadRecords::skip;
        let json = JsonLines::open(at("papers.jsonl")).unwrap().bad_records(skip()).weight("weight");
        let arrow = ArrowIpc::open(at("papers.arrow")).unwrap().bad_records(skip()).weight("weight");
        let parquet = Parquet::open(at("papers.parquet")).unwrap().bad_records(skip()).weight("weight");
        let expected = read(json.keyed_text_and_label("id", "text", "topic"));
        let found = read(arrow.chunk_bytes(chunk_bytes).keyed_text_and_label("id", "text", "topic"));
        prop_assert_eq!(&found, &expected);
        let found = read(parquet.chunk_bytes(chunk_bytes).keyed_text_and_label("id", "text", "topic"));
        prop_assert_eq!(&found, &expected);
    }
}

/// Where all other columns are overwritten, the ones that are named are read as before.
#[test]
fn only_the_columns_that_are_named_are_read_of_parquet() {
    use parquet::file::reader::{FileReader, SerializedFileReader};

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.parquet");
    let mut bytes = fs::read(golden("snappy.parquet")).unwrap();
    let reader = SerializedFileReader::new(File::open(golden("snappy.parquet")).unwrap()).unwrap();
    for group in reader.metadata().row_groups() {
        for column in
            group.columns().iter().filter(|column| !["text", "flag"].contains(&column.column_path().string().as_str()))
        {
            let (start, length) = column.byte_range();
            bytes[start as usize..(start + length) as usize].fill(0xa5);
        }
    }
    fs::write(&path, bytes).unwrap();
    let read = |path: &Path, text: &str| Parquet::open(path).unwrap().text_and_label::<bool>(text, "flag");
    assert_eq!(all(&read(&path, "text").unwrap()), all(&read(&golden("snappy.parquet"), "text").unwrap()));
    assert!(failure(read(&path, "large_text")).contains("not valid Parquet"));
}

#[test]
fn batches_can_be_split_filtered_and_measured() {
    let chunks = ArrowIpc::open(golden("plain.arrow")).unwrap().batches(&["id", "text_view"]).unwrap().chunks();
    let (train, test) = train_test_split(&chunks, 0.25, 7);
    let (all, train, test) = compute((chunks, train, test));
    for ((whole, train), test) in all.iter().zip(&train).zip(&test) {
        assert_eq!(train.n_rows() + test.n_rows(), whole.n_rows());
        assert!((0..test.n_rows()).all(|i| (0..whole.n_rows()).any(|j| whole.row(j) == test.row(i))));
        assert_eq!((whole.row_count(), whole.heap_bytes() > 13 * 8), (whole.num_rows(), true));
    }
}

#[test]
fn what_a_file_does_not_have_is_told_when_it_is_opened() {
    let parquet = Parquet::open(golden("plain.parquet")).unwrap();
    let arrow = ArrowIpc::open(golden("plain.arrow")).unwrap();
    let told = |problem: Option<chunkfit::Error>, words: [&str; 2]| {
        let message = problem.unwrap().to_string();
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
    };
    told(parquet.text("body").err(), ["no column `body` among `id`, `text`", "plain.parquet"]);
    told(arrow.text("id").err(), ["column `id` is of type Int64, where strings are wanted", "plain.arrow"]);
    let listed = failure(parquet.text_and_label::<u8>("text", "values"));
    assert!(listed.contains("column `values`: ") && listed.contains("sequence"), "{listed}");
    told(arrow.rows_and_labels::<f64, u8>(&["id", "text"], "flag").err(), ["column `text` is of type Utf8", "numbers"]);
    told(arrow.sparse_rows_and_labels::<f64, u8>("values", "values", 9, "flag").err(), ["column = \"values\"", "once"]);
    told(
        parquet.sparse_rows_and_labels::<f64, u8>("values", "heat", 9, "flag").err(),
        ["`values`", "lists of integers"],
    );
    told(parquet.rows_and_labels::<f64, u8>(&[], "flag").err(), ["features", "at least one column"]);
    told(parquet.rows_and_labels::<f64, u8>(&["id", "id"], "flag").err(), ["column = \"id\"", "once"]);
    told(parquet.batches(&["id", "id"]).err(), ["column = \"id\"", "once"]);
    told(parquet.clone().weight("heat").text("text").err(), ["weight", "no weights"]);
    told(arrow.clone().chunk_bytes(0).text("text").err(), ["chunk_bytes = 0", "at least 1"]);

    let folder = tempfile::tempdir().unwrap();
    let flags = Arc::new(BooleanArray::from(vec![true])) as ArrayRef;
    let twice = RecordBatch::try_from_iter([("a", flags.clone()), ("a", flags.clone()), ("b", flags)]).unwrap();
    write_arrow(&folder.path().join("twice.arrow"), &[twice]);
    let twice = ArrowIpc::open(folder.path()).unwrap();
    told(twice.batches(&["a"]).err(), ["there are several columns `a`", "twice.arrow"]);
    assert_eq!(all(&twice.batches(&["b"]).unwrap()).num_columns(), 1);
}

#[test]
fn keys_last_and_tell_files_parts_columns_and_types_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.parquet");
    fs::copy(golden("plain.parquet"), &path).unwrap();
    let parquet = |chunk_bytes| Parquet::open(&path).unwrap().chunk_bytes(chunk_bytes);
    let texts = |source: Parquet, column: &str| source.text(column).unwrap().chunks().as_slice()[0].key();
    let plain = texts(parquet(1), "text");
    assert!(plain.is_lasting());
    assert_eq!(plain, texts(parquet(1), "text"));
    let rows = |features: &[&str]| {
        parquet(1).rows_and_labels::<f32, u8>(features, "flag").unwrap().chunks().as_slice()[0].key()
    };
    let keys = [
        plain,
        texts(parquet(1 << 20), "text"),
        texts(parquet(1), "large_text"),
        texts(parquet(1).bad_records(BadRecords::skip()), "text"),
        parquet(1).text("text").unwrap().chunks().as_slice()[1].key(),
        parquet(1).text_and_label::<bool>("text", "flag").unwrap().chunks().as_slice()[0].key(),
        parquet(1).batches(&["text"]).unwrap().chunks().as_slice()[0].key(),
        parquet(1).whole_batches().unwrap().chunks().as_slice()[0].key(),
        rows(&["heat", "depth"]),
        rows(&["depth", "heat"]),
    ];
    assert_eq!(keys.iter().collect::<std::collections::HashSet<_>>().len(), keys.len());

    let reading = parquet(1).text("text").unwrap();
    fs::copy(golden("zstd.parquet"), &path).unwrap();
    assert_ne!(plain, texts(parquet(1), "text"));
    assert!(failure(Ok(reading)).contains("it has changed since it was opened"));
}
