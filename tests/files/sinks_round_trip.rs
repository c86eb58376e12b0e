//! What a sink writes, the source of the same format reads back, to the last bit.

use std::fmt::Debug;
use std::path::Path;

use chunkfit::data::{Footprint, Keyed};
use chunkfit::prelude::*;
use chunkfit::sinks::{Column, RowFormat, Sink, SparseRows, Table, Tabular};
use chunkfit::sources::{Csv, IndexBase, JsonLines, Parquet, Svmlight};
use linfa::DatasetBase;
use ndarray::{Array1, Array2};
use proptest::prelude::*;
use serde::Deserialize;

/// Writes chunks that come from no file, one file each, and gives the folder.
fn written<F: RowFormat, D: Tabular + Send + Sync + 'static>(
    sink: impl Fn(&Path) -> Sink<F>,
    chunks: Vec<D>,
) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    sink(folder.path()).rewrite().write(&Chunks::from_memory(chunks), &Runtime::new().threads(2)).unwrap();
    folder
}

fn read<D: Clone + Send + Sync + 'static>(chunks: Chunks<D>) -> Vec<D> {
    Runtime::new().threads(2).compute(chunks).unwrap()
}

/// Texts with all that needs care in JSON and CSV.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,12}",
        "[,\"\n\r\\\\\t{}äß\u{1F980}\u{0}\u{2028}]{0,6}",
        Just("NaN".to_owned()),
        Just(" a ".to_owned())
    ]
}

fn any_f64() -> impl Strategy<Value = f64> {
    any::<u64>().prop_map(f64::from_bits).prop_filter("JSON has finite numbers", |x| x.is_finite())
}

fn any_f32() -> impl Strategy<Value = f32> {
    any::<u32>().prop_map(f32::from_bits).prop_filter("JSON has finite numbers", |x| x.is_finite())
}

type Row = (u64, String, String, f32);
type Documents = DatasetBase<Keyed<Text, u64>, Array1<String>>;

fn documents(rows: &[Row]) -> Documents {
    let text: Text = rows.iter().map(|row| &*row.1).collect();
    let keyed = Keyed::new(text, rows.iter().map(|row| row.0).collect()).unwrap();
    DatasetBase::new(keyed, rows.iter().map(|row| row.2.clone()).collect::<Array1<_>>())
        .with_weights(rows.iter().map(|row| row.3).collect())
}

fn rows(documents: &Documents) -> Vec<Row> {
    let text = documents.records.rows();
    let row =
        |i| (documents.records.keys()[i], text.get(i).to_owned(), documents.targets[i].clone(), documents.weights[i]);
    (0..text.len()).map(row).collect()
}

fn same<T: PartialEq + Debug>(read: &[Vec<T>], written: &[Vec<T>]) -> Result<(), TestCaseError> {
    prop_assert_eq!(read, written);
    Ok(())
}

fn bits_of(data: &DatasetBase<Array2<f64>, Array1<f64>>) -> (Vec<u64>, Vec<u64>) {
    (data.records.iter().map(|x| x.to_bits()).collect(), data.targets.iter().map(|x| x.to_bits()).collect())
}

/// A sparse row as a type of one's own.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Sparse<F> {
    indices: Vec<u32>,
    values: Vec<F>,
    label: i32,
}

impl<F> Footprint for Sparse<F> {}

/// A dense row of two columns.
#[derive(Clone, Debug, Deserialize)]
struct Dense {
    x0: f64,
    x1: f64,
    label: f64,
}

impl Footprint for Dense {}

fn csr<F: chunkfit::data::Float>(rows: &[Sparse<F>]) -> DatasetBase<Csr<F>, Array1<i32>> {
    let mut starts = vec![0];
    rows.iter().for_each(|row| starts.push(starts[starts.len() - 1] + row.indices.len()));
    let (indices, values) =
        (rows.iter().flat_map(|row| row.indices.clone()), rows.iter().flat_map(|row| row.values.clone()));
    let records = Csr::new(100, starts, indices.collect(), values.collect()).unwrap();
    DatasetBase::new(records, rows.iter().map(|row| row.label).collect())
}

fn sparse<F: chunkfit::data::Float>(data: &DatasetBase<Csr<F>, Array1<i32>>) -> Vec<Sparse<F>> {
    let row = |((indices, values), &label): ((&[u32], &[F]), _)| Sparse {
        indices: indices.to_vec(),
        values: values.to_vec(),
        label,
    };
    data.records.view().iter().zip(&data.targets).map(row).collect()
}

fn any_sparse<F: chunkfit::data::Float>(value: impl Strategy<Value = F>) -> impl Strategy<Value = Vec<Sparse<F>>> {
    let row = (proptest::collection::btree_map(0u32..100, value, 0..6), any::<i32>());
    let sparse = |(features, label): (std::collections::BTreeMap<u32, F>, i32)| Sparse {
        indices: features.keys().copied().collect(),
        values: features.values().copied().collect(),
        label,
    };
    proptest::collection::vec(row.prop_map(sparse), 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn documents_with_ids_labels_and_weights(
        chunks in proptest::collection::vec(
            proptest::collection::vec((any::<u64>(), any_text(), any_text(), any_f32().prop_map(f32::abs)), 1..5), 1..4),
    ) {
        let data = || chunks.iter().map(|chunk| documents(chunk)).collect::<Vec<_>>();
        let folder = written(|folder| Sink::json_lines(folder), data());
        let json = JsonLines::open(folder.path()).unwrap().weight("weight");
        let found = read(json.keyed_text_and_label::<u64, String>("id", "text", "label").unwrap().chunks());
        same(&found.iter().map(rows).collect::<Vec<_>>(), &chunks)?;

        let folder = written(|folder| Sink::csv(folder), data());
        let csv = Csv::open(folder.path()).unwrap().weight("weight");
        let found = read(csv.keyed_text_and_label::<u64, String>("id", "text", "label").unwrap().chunks());
        same(&found.iter().map(rows).collect::<Vec<_>>(), &chunks)?;

        let folder = written(|folder| Sink::parquet(folder), data());
        let parquet = Parquet::open(folder.path()).unwrap().weight("weight");
        let found = read(parquet.keyed_text_and_label::<u64, String>("id", "text", "label").unwrap().chunks());
        same(&found.iter().map(rows).collect::<Vec<_>>(), &chunks)?;
    }

    #[test]
    fn sparse_rows_of_64_bits(rows in any_sparse(any_f64())) {
        let folder = written(|folder| Sink::json_lines(folder), vec![csr(&rows)]);
        let found = read(JsonLines::open(folder.path()).unwrap().records::<Sparse<f64>>().unwrap().chunks());
        same(&found, std::slice::from_ref(&rows))?;
        let folder = written(|folder| Sink::parquet(folder), vec![csr(&rows)]);
        let parquet = Parquet::open(folder.path()).unwrap();
        let found = parquet.sparse_rows_and_labels::<f64, i32>("indices", "values", 100, "label").unwrap();
        same(&read(found.chunks()).iter().map(sparse).collect::<Vec<_>>(), std::slice::from_ref(&rows))?;
        for base in [IndexBase::Zero, IndexBase::One] {
            let folder = written(|folder| Sink::svmlight(folder, base), vec![csr(&rows)]);
            let found = Svmlight::open(folder.path()).unwrap().rows_and_labels::<f64, i32>(100, base).unwrap();
            same(&read(found.chunks()).iter().map(sparse).collect::<Vec<_>>(), std::slice::from_ref(&rows))?;
        }
    }

    #[test]
    fn sparse_rows_of_32_bits(rows in any_sparse(any_f32())) {
        let folder = written(|folder| Sink::json_lines(folder), vec![csr(&rows)]);
        let found = read(JsonLines::open(folder.path()).unwrap().records::<Sparse<f32>>().unwrap().chunks());
        same(&found, std::slice::from_ref(&rows))?;
        let folder = written(|folder| Sink::parquet(folder), vec![csr(&rows)]);
        let parquet = Parquet::open(folder.path()).unwrap();
        let found = parquet.sparse_rows_and_labels::<f32, i32>("indices", "values", 100, "label").unwrap();
        same(&read(found.chunks()).iter().map(sparse).collect::<Vec<_>>(), std::slice::from_ref(&rows))?;
        let folder = written(|folder| Sink::svmlight(folder, IndexBase::Zero), vec![csr(&rows)]);
        let found = Svmlight::open(folder.path()).unwrap().rows_and_labels::<f32, i32>(100, IndexBase::Zero).unwrap();
        same(&read(found.chunks()).iter().map(sparse).collect::<Vec<_>>(), std::slice::from_ref(&rows))?;
    }

    #[test]
    fn dense_rows_with_any_numbers(bits in proptest::collection::vec(any::<[u64; 3]>(), 1..6)) {
        let number = |i: usize, j: usize| f64::from_bits(bits[i][j]);
        let x = Array2::from_shape_fn((bits.len(), 2), |(i, j)| number(i, j));
        let y = Array1::from_shape_fn(bits.len(), |i| number(i, 2));
        let data = DatasetBase::new(x, y);
        let folder = written(|folder| Sink::parquet(folder), vec![data.clone()]);
        let parquet = Parquet::open(folder.path()).unwrap();
        let found = read(parquet.rows_and_labels::<f64, f64>(&["x0", "x1"], "label").unwrap().chunks());
        prop_assert_eq!(bits_of(&found[0]), bits_of(&data));
        let folder = written(|folder| Sink::csv(folder), vec![data]);
        let found = read(Csv::open(folder.path()).unwrap().records::<Dense>().unwrap().chunks()).concat();
        prop_assert_eq!(found.len(), bits.len());
        for (i, row) in found.iter().enumerate() {
            for (j, &value) in [row.x0, row.x1, row.label].iter().enumerate() {
                // A NaN has many bits, and text has one.
                prop_assert!(value.to_bits() == bits[i][j] || value.is_nan() && number(i, j).is_nan());
            }
        }
    }
}

#[test]
fn the_text_of_each_format_is_this() {
    let text = |folder: tempfile::TempDir, name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let rows = [
        Sparse { indices: vec![0, 7], values: vec![0.1f32, -2.0], label: -1 },
        Sparse { indices: vec![], values: vec![], label: 1 },
    ];
    let json = "{\"indices\":[0,7],\"values\":[0.1,-2.0],\"label\":-1}\n{\"indices\":[],\"values\":[],\"label\":1}\n";
    assert_eq!(text(written(|folder| Sink::json_lines(folder), vec![csr(&rows)]), "part-00000.jsonl"), json);
    let svmlight = written(|folder| Sink::svmlight(folder, IndexBase::One), vec![csr(&rows)]);
    assert_eq!(text(svmlight, "part-00000.svmlight"), "-1 1:0.1 8:-2.0\n1\n");

    let dense = || {
        let x = ndarray::array![[1.5, f64::NAN], [f64::INFINITY, -0.0]];
        let y = ndarray::array!["a \"b\"".to_owned(), "c,\nd".to_owned()];
        DatasetBase::new(x, y).with_feature_names(vec!["height", "width"])
    };
    let csv = "height,width,label\n1.5,NaN,\"a \"\"b\"\"\"\ninf,-0.0,\"c,\nd\"\n";
    assert_eq!(text(written(|folder| Sink::csv(folder), vec![dense()]), "part-00000.csv"), csv);
    let tabs = written(|folder| Sink::new(folder, chunkfit::sinks::Csv::default().delimiter(b'\t')), vec![dense()]);
    assert_eq!(text(tabs, "part-00000.csv").lines().next(), Some("height\twidth\tlabel"));
    // No rows are a file with a header, or an empty one.
    let none = || DatasetBase::new(Array2::<f64>::zeros((0, 2)), ());
    assert_eq!(text(written(|folder| Sink::csv(folder), vec![none()]), "part-00000.csv"), "x0,x1\n");
    assert_eq!(text(written(|folder| Sink::json_lines(folder), vec![none()]), "part-00000.jsonl"), "");
    let yes = DatasetBase::new(Csr::from_dense(&ndarray::array![[2.0], [0.0]]).unwrap(), ndarray::array![true, false]);
    let folder = written(|folder| Sink::svmlight(folder, IndexBase::Zero), vec![yes]);
    assert_eq!(text(folder, "part-00000.svmlight"), "1 0:2.0\n0\n");
}

/// Chunks of one file are row groups of one file, in their order, whatever thread they were encoded on.
#[test]
fn a_file_of_many_chunks_becomes_one_parquet_file_of_as_many_row_groups() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.jsonl");
    let line = |i: usize| format!("{{\"text\": \"row {i}\", \"label\": {}}}\n", i % 7);
    std::fs::write(&input, (0..300).map(line).collect::<String>()).unwrap();
    let json = JsonLines::open(&input).unwrap().chunk_bytes(700);
    let chunks = json.text_and_label::<i64>("text", "label").unwrap().chunks();
    let expected = Runtime::new().compute(chunks.gather()).unwrap();
    for threads in [1, 4] {
        let out = folder.path().join(format!("out{threads}"));
        let report = Sink::parquet(&out).write(&chunks, &Runtime::new().threads(threads)).unwrap();
        assert_eq!((report.written(), report.rows()), (1, 300));
        assert_eq!(report.files[0].bytes, std::fs::metadata(&report.files[0].path).unwrap().len());
        let file = std::fs::File::open(out.join("in.parquet")).unwrap();
        let file = parquet::file::serialized_reader::SerializedFileReader::new(file).unwrap();
        assert_eq!(parquet::file::reader::FileReader::num_row_groups(&file), chunks.len());
        let found = Parquet::open(out.join("in.parquet")).unwrap().chunk_bytes(1_000);
        let found = found.text_and_label::<i64>("text", "label").unwrap().chunks();
        let found = Runtime::new().compute(found.gather()).unwrap();
        assert_eq!((found.records, found.targets), (expected.records.clone(), expected.targets.clone()));
        assert_eq!(Sink::parquet(&out).write(&chunks, &Runtime::new()).unwrap().skipped(), 1);
    }
    let bytes = |threads: usize| std::fs::read(folder.path().join(format!("out{threads}/in.parquet"))).unwrap();
    assert_eq!(bytes(1), bytes(4));
}

#[test]
fn parquet_refuses_what_it_cannot_hold() {
    let folder = tempfile::tempdir().unwrap();
    let error = |chunks: Vec<Table>| {
        let chunks = Chunks::from_memory(chunks);
        Sink::parquet(folder.path()).rewrite().write(&chunks, &Runtime::new()).unwrap_err().to_string()
    };
    assert!(error(vec![Table::new(3)]).contains("rows of no columns"));
    let sparse = SparseRows::Float64(Csr::from_dense(&ndarray::array![[1.0]]).unwrap());
    let clash = Table::new(1).with("values", Column::Int(vec![1])).unwrap().with_sparse(sparse).unwrap();
    assert!(error(vec![clash]).contains("a column is called values"));
}
