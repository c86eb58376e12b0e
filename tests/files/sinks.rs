//! Sinks: what a model says of every row, one whole file for every input, done once.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use chunkfit::calibration::Calibration;
use chunkfit::cluster::MiniBatchKMeans;
use chunkfit::combine::{FittedPipeline, IntoFit};
use chunkfit::estimator::{DecisionFunction, PredictProba};
use chunkfit::linear::{Averaging, LinearRegression, OneVsRest, SgdOneClassSvm, SgdRegressor};
use chunkfit::prelude::*;
use chunkfit::sinks::{Column, Predictions, Sink, Table, WriteReport};
use chunkfit::sources::{IndexBase, JsonLines};
use linfa::DatasetBase;
use linfa::traits::Predict;
use ndarray::{Array1, Array2, array};
use serde_json::Value;
use tempfile::TempDir;

type Model = FittedPipeline<HashingVectorizer<f64>, LogisticRegression<f64, String>>;

const WORDS: [&str; 6] = ["oil", "gas", "wheat", "rye", "gold", "tin"];

/// A folder `in` with files of such lengths: stories with ids, of three topics.
fn corpus(lengths: &[usize]) -> TempDir {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("in")).unwrap();
    lengths.iter().enumerate().for_each(|(file, &rows)| write_input(place.path(), file, rows));
    place
}

fn write_input(place: &Path, file: usize, rows: usize) {
    let story = |i: usize| {
        let (a, b) = (WORDS[(file + i) % 6], WORDS[(file + i + i / 6 % 2) % 6]);
        let topic = ["energy", "grain", "metal"][(file + i) % 6 / 2];
        format!("{{\"id\":\"{file}-{i}\",\"text\":\"{a} and {b}, {i}\",\"topic\":\"{topic}\"}}\n")
    };
    fs::write(place.join(format!("in/{file}.jsonl")), (0..rows).map(story).collect::<String>()).unwrap();
}

fn stories(place: &Path) -> JsonLines {
    JsonLines::open(place.join("in")).unwrap().chunk_bytes(700)
}

fn model(place: &Path, alpha: f64) -> Model {
    let train = stories(place).text_and_label::<String>("text", "topic").unwrap().chunks();
    let text = HashingVectorizer::params().n_features(64);
    let logistic = Averaged::new(LogisticRegression::params().alpha(alpha));
    Runtime::new().compute(Pipeline::new(text, logistic).fit(&train)).unwrap()
}

/// Everything there is to say, as JSON lines.
fn predict(place: &Path, model: &Model, runtime: &Runtime, chunk_bytes: u64) -> WriteReport {
    let chunks = stories(place).chunk_bytes(chunk_bytes);
    let chunks = chunks.keyed_text_and_label::<String, String>("id", "text", "topic").unwrap().chunks();
    let fit = model.clone().into_fit();
    let predictions = Predictions::of(&fit, &chunks).decision_values().probabilities();
    Sink::json_lines(place.join("out")).write(predictions.tables(), runtime).unwrap()
}

/// The files of a folder that sources see, by name, and their content.
pub(super) fn files(folder: &Path) -> Vec<(String, String)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path))
        .filter(|(name, _)| !name.starts_with('.'))
        .map(|(name, path)| (name, fs::read_to_string(path).unwrap()))
        .collect();
    files.sort();
    files
}

/// The slow, obvious twin: each story alone, in a loop.
fn expected(place: &Path, model: &Model) -> Vec<(String, String)> {
    let of_line = |line: &str| {
        let story: Value = serde_json::from_str(line).unwrap();
        let text: Text = [story["text"].as_str().unwrap()].into_iter().collect();
        let rows = model.transformer.transform_text(&text).unwrap();
        let (margins, shares) =
            (model.model.decision_function(&rows).unwrap(), model.model.predict_proba(&rows).unwrap());
        let number = |x: f64| serde_json::to_string(&x).unwrap();
        let mut out = format!(
            "{{\"id\":{},\"label\":{},\"predicted\":\"{}\"",
            story["id"],
            story["topic"],
            model.model.predict(&rows)[0]
        );
        for (what, values) in [("decision", margins), ("probability", shares)] {
            for (class, &value) in ["energy", "grain", "metal"].iter().zip(values.row(0)) {
                out += &format!(",\"{what}_{class}\":{}", number(value));
            }
        }
        out + "}\n"
    };
    let of_file = |(name, text): (String, String)| (name, text.lines().map(of_line).collect());
    files(&place.join("in")).into_iter().map(of_file).collect()
}

#[test]
fn predictions_are_the_models_own_however_files_are_cut_and_on_any_number_of_threads() {
    let place = corpus(&[40, 7, 1, 23]);
    let model = model(place.path(), 1e-3);
    let expected = expected(place.path(), &model);
    for (threads, memory_limit, chunk_bytes) in
        [(1, 1 << 30, 1 << 20), (2, 1 << 30, 300), (4, 20_000, 299), (2, 5000, 57)]
    {
        let runtime = Runtime::new().threads(threads).memory_limit(memory_limit);
        let report = predict(place.path(), &model, &runtime, chunk_bytes);
        assert_eq!(files(&place.path().join("out")), expected, "{threads} threads, chunks of {chunk_bytes}");
        assert_eq!((report.written(), report.skipped(), report.rows()), (4, 0, 71));
        assert_eq!(report.bytes() as usize, expected.iter().map(|(_, text)| text.len()).sum::<usize>());
        fs::remove_dir_all(place.path().join("out")).unwrap();
    }
}

#[test]
fn what_is_done_is_skipped_until_something_changes() {
    let place = corpus(&[20, 20, 20]);
    let (one, two) = (model(place.path(), 1e-3), model(place.path(), 1e-2));
    let run = |model: &Model| {
        let report = predict(place.path(), model, &Runtime::new(), 700);
        assert_eq!(files(&place.path().join("out")), expected(place.path(), model));
        report.files.iter().map(|file| file.skipped).collect::<Vec<_>>()
    };
    let out = |file: usize| place.path().join(format!("out/{file}.jsonl"));
    assert_eq!(run(&one), [false; 3]);
    assert_eq!(run(&one), [true; 3]);
    assert_eq!(run(&two), [false; 3], "another model");
    assert_eq!(run(&two), [true; 3]);
    write_input(place.path(), 1, 30);
    assert_eq!(run(&two), [true, false, true], "another input");
    fs::rename(place.path().join("in/0.jsonl"), place.path().join("zero")).unwrap();
    fs::rename(out(0), place.path().join("out zero")).unwrap();
    assert_eq!(run(&two), [true, true], "fewer inputs");
    fs::rename(place.path().join("zero"), place.path().join("in/0.jsonl")).unwrap();
    fs::rename(place.path().join("out zero"), out(0)).unwrap();
    // A file that was moved may be another one with its size and time: that it has changed is all that the system tells.
    assert_eq!(run(&two), [cfg!(not(unix)), true, true], "more inputs");
    fs::remove_file(out(0)).unwrap();
    assert_eq!(run(&two), [false, true, true], "a file that is gone");
    fs::write(out(2), "edited\n").unwrap();
    assert_eq!(run(&two), [true, true, false], "a file that was edited");
    fs::remove_file(place.path().join("out/.0.jsonl.written")).unwrap();
    assert_eq!(run(&two), [false, true, true], "a file without a receipt");

    // A model that was saved and loaded is the same one.
    let file = place.path().join("model.safetensors");
    chunkfit::persist::Persist::save(&two, &file).unwrap();
    assert_eq!(run(&chunkfit::persist::Persist::load(&file).unwrap()), [true; 3]);

    // What is skipped is not read.
    let chunks = stories(place.path()).text("text").unwrap().chunks();
    let written = Sink::csv(place.path().join("text")).write(&chunks, &Runtime::new()).unwrap();
    assert_eq!((written.written(), written.rows()), (3, 70));
    let ran = Runtime::new().run(Sink::csv(place.path().join("text")).plan(&chunks).unwrap()).unwrap();
    assert_eq!((ran.summary.runs("parse"), ran.values.skipped(), ran.values.files[1].rows), (0, 3, 30));
    let sink = Sink::csv(place.path().join("text"));
    assert_eq!(sink.clone().rewrite().write(&chunks, &Runtime::new()).unwrap().written(), 3);
    let tabs = Sink::new(place.path().join("text"), chunkfit::sinks::Csv::default().delimiter(b'\t'));
    assert_eq!(tabs.write(&chunks, &Runtime::new()).unwrap().written(), 3, "other settings");
}

#[test]
fn a_fit_that_is_still_to_be_computed_is_not_computed_when_all_is_done() {
    let place = corpus(&[20, 20]);
    let run = || {
        let data = stories(place.path()).text_and_label::<String>("text", "topic").unwrap().chunks();
        let fit = Pipeline::new(HashingVectorizer::params().n_features(64), Chained::new(SgdClassifier::params()));
        let fit = fit.fit(&data);
        let predictions = Predictions::of(&fit, &data).decision_values();
        Runtime::new().run(Sink::csv(place.path().join("out")).plan(predictions.tables()).unwrap()).unwrap().summary
    };
    assert!(run().runs("partial_fit") > 0);
    let lines = files(&place.path().join("out"));
    let text: Vec<&str> = lines[1].1.lines().collect();
    assert_eq!(text[0], "file,row,label,predicted,decision_energy,decision_grain,decision_metal");
    // Rows are numbered over the chunks of a file.
    (0..20).for_each(|row| assert!(text[row + 1].starts_with(&format!("1.jsonl,{row},")), "{}", text[row + 1]));
    let again = run();
    assert_eq!((again.runs("partial_fit"), again.runs("parse")), (0, 0));
}

#[test]
fn regressors_and_two_classes_have_columns_of_their_own() {
    let place = tempfile::tempdir().unwrap();
    let chunk = || DatasetBase::new(array![[0.0], [1.0], [2.0]], array![false, true, true]);
    let fit = Chained::new(SgdClassifier::params()).fit(&Chunks::from_memory([chunk()]));
    let model = Runtime::new().compute(fit).unwrap();
    let chunks = Chunks::from_memory([chunk()]).identified("three rows");
    let margins = model.decision_function(&chunk().records).unwrap();
    let fit = model.clone().into_fit();
    Sink::csv(place.path()).write(Predictions::of(&fit, &chunks).decision_values().tables(), &Runtime::new()).unwrap();
    let row = |i: usize| format!("{i},{},{},{:?}\n", i > 0, model.predict(&chunk().records)[i], margins[(i, 0)]);
    let expected = format!("row,label,predicted,decision\n{}{}{}", row(0), row(1), row(2));
    assert_eq!(files(place.path()), [("part-00000.csv".to_owned(), expected)]);

    let line = || DatasetBase::new(array![[0.0f32], [1.0]], array![0.5f32, 2.5]);
    let fit = Averaged::new(LinearRegression::params()).fit(&Chunks::from_memory([line()]));
    let model = Runtime::new().compute(fit).unwrap();
    let predicted = model.predict(&line().records);
    let chunks = Chunks::from_memory([line().records]).identified("two rows");
    let place = tempfile::tempdir().unwrap();
    Sink::json_lines(place.path())
        .write(Predictions::of(&model.into_fit(), &chunks).tables(), &Runtime::new())
        .unwrap();
    let expected =
        format!("{{\"row\":0,\"predicted\":{:?}}}\n{{\"row\":1,\"predicted\":{:?}}}\n", predicted[0], predicted[1]);
    assert_eq!(files(place.path()), [("part-00000.jsonl".to_owned(), expected)]);
}

#[test]
fn rows_with_several_labels_have_columns_for_each() {
    let chunk = || {
        DatasetBase::new(array![[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], array![[true, false], [false, true], [true, true]])
    };
    let fit = Chained::new(OneVsRest::params(SgdClassifier::params())).fit(&Chunks::from_memory([chunk()]));
    let model = Runtime::new().compute(fit).unwrap();
    let margins = model.decision_function(&chunk().records).unwrap();
    let chunks = Chunks::from_memory([chunk()]).identified("three rows");
    let place = tempfile::tempdir().unwrap();
    let fit = model.into_fit();
    let named = |names: &[&str]| {
        let predictions = Predictions::of_labels(&fit, &chunks, names.iter().copied());
        Sink::csv(place.path()).write(predictions.tables(), &Runtime::new())
    };
    named(&["tea", "rye"]).unwrap();
    let row = |i: usize| {
        let ([tea, rye], truth) = ([margins[(i, 0)], margins[(i, 1)]], chunk().targets.row(i).to_vec());
        format!("{i},{},{},{},{},{tea:?},{rye:?}\n", truth[0], truth[1], tea > 0.0, rye > 0.0)
    };
    let header = "row,label_tea,label_rye,predicted_tea,predicted_rye,decision_tea,decision_rye\n";
    let expected = format!("{header}{}{}{}", row(0), row(1), row(2));
    assert_eq!(files(place.path()), [("part-00000.csv".to_owned(), expected)]);
    assert!(named(&["tea"]).unwrap_err().to_string().contains("expected 2 names of labels, found 1"));
}

/// A key that ends with the process would have a sink write everything anew.
#[test]
fn models_in_memory_are_known_again_by_their_content() {
    let yes = || {
        Chunks::from_memory([DatasetBase::new(array![[0.0, 1.0], [1.0, 0.0], [2.0, 1.0]], array![false, true, true])])
    };
    let number =
        || Chunks::from_memory([DatasetBase::new(array![[0.0, 1.0], [1.0, 0.0], [2.0, 1.0]], array![0.5, 1.5, 2.0])]);
    let runtime = Runtime::new();
    macro_rules! same {
        ($fit:expr) => {{
            let model = runtime.compute($fit).unwrap();
            let (one, other) = (model.clone().into_fit(), model.into_fit());
            assert_eq!(one.key(), other.key(), stringify!($fit));
            assert!(one.key().is_lasting(), stringify!($fit));
            one.key()
        }};
    }
    let keys = [
        same!(Chained::new(SgdClassifier::params()).fit(&yes())),
        same!(Chained::new(SgdClassifier::params().average(Averaging::From(1))).fit(&yes())),
        same!(Averaged::new(LogisticRegression::params()).fit(&yes())),
        same!(Averaged::new(MultinomialNb::params()).fit(&yes())),
        same!(Averaged::new(GaussianNb::params()).fit(&yes())),
        same!(Chained::new(SgdRegressor::params()).fit(&number())),
        same!(Averaged::new(LinearRegression::params()).fit(&number())),
        same!(Chained::new(SgdOneClassSvm::params()).fit(&number())),
        same!(Chained::new(MiniBatchKMeans::params().n_clusters(2)).fit(&number())),
    ];
    assert_eq!(keys.iter().collect::<std::collections::HashSet<_>>().len(), keys.len());
    let calibrated = Chained::new(SgdClassifier::params()).fit(&yes()).calibrated(&yes(), Calibration::Sigmoid);
    same!(calibrated);
}

#[test]
fn transformed_chunks_are_written_under_the_names_of_their_inputs() {
    let place = corpus(&[30, 5]);
    fs::create_dir(place.path().join("in/deep")).unwrap();
    fs::rename(place.path().join("in/1.jsonl"), place.path().join("in/deep/0.jsonl")).unwrap();
    let found = JsonLines::open(place.path().join("in/**/*.jsonl")).unwrap().chunk_bytes(500);
    let data = found.text_and_label::<String>("text", "topic").unwrap().chunks();
    let text = Pipeline::new(HashingVectorizer::params().n_features(32), Chained::new(SgdClassifier::params()));
    let rows = Fitted::examples(&text.fit(&data), &data);
    let report = Sink::json_lines(place.path().join("out")).write(&rows, &Runtime::new()).unwrap();
    let paths: Vec<PathBuf> = report.files.iter().map(|file| file.path.clone()).collect();
    assert_eq!(paths, ["out/0.jsonl", "out/deep/0.jsonl"].map(|path| place.path().join(path)));
    let whole = Runtime::new().compute(&rows).unwrap();
    let lines: Vec<Value> = paths
        .iter()
        .flat_map(|path| {
            fs::read_to_string(path)
                .unwrap()
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect::<Vec<_>>()
        })
        .collect();
    let rows = whole.iter().flat_map(|chunk| chunk.records.view().iter().zip(&chunk.targets));
    assert_eq!(lines.len(), 35);
    for (line, ((indices, values), label)) in lines.iter().zip(rows) {
        assert_eq!(*line, serde_json::json!({"indices": indices, "values": values, "label": label}));
    }
}

#[test]
fn a_thousand_files_and_one_large_one_stay_within_the_memory_limit() {
    let made = Arc::new(AtomicUsize::new(0));
    let counted = made.clone();
    let chunks = Chunks::from_fn("rows", 1000, move |c| {
        counted.fetch_add(1, SeqCst);
        Ok(DatasetBase::new(Array2::from_elem((2, 2), c as f64), Array1::from_elem(2, c)))
    });
    let place = tempfile::tempdir().unwrap();
    let chunks = chunks.identified("small");
    let report = Sink::csv(place.path()).write(&chunks, &Runtime::new().threads(2)).unwrap();
    assert_eq!((report.written(), report.rows(), made.load(SeqCst)), (1000, 2000, 1000));
    assert_eq!(
        fs::read_to_string(place.path().join("part-00999.csv")).unwrap(),
        "x0,x1,label\n999.0,999.0,999\n999.0,999.0,999\n"
    );

    assert_eq!(Sink::csv(place.path()).write(&chunks, &Runtime::new()).unwrap().skipped(), 1000);

    let place = corpus(&[20_000]);
    let chunks = stories(place.path()).chunk_bytes(20_000).text("text").unwrap().chunks();
    let writing = Sink::json_lines(place.path().join("out")).plan(&chunks).unwrap();
    let ran = Runtime::new().threads(2).memory_limit(400_000).run(writing).unwrap();
    assert!(ran.values.bytes() > 600_000 && ran.summary.peak_bytes < 400_000, "{}", ran.summary.peak_bytes);
}

#[test]
fn tables_made_by_hand_are_checked() {
    let two = || Table::new(2).with("a", Column::Bool(vec![true, false])).unwrap();
    assert!(two().with("b", Column::Int(vec![1])).unwrap_err().to_string().contains("expected 2 rows, found 1"));
    assert!(two().with("a", Column::Int(vec![1, 2])).unwrap_err().to_string().contains("a name of its own"));
    assert!(two().beside(two()).is_err());
    let place = tempfile::tempdir().unwrap();
    let other = Table::new(2).with("b", Column::Int(vec![1, 2])).unwrap();
    let chunks = Chunks::from_files("tables", [file!(), file!()], move |_| Ok(two())).unwrap();
    let chunks = chunks.concat(&Chunks::from_files("others", [file!()], move |_| Ok(other.clone())).unwrap());
    let error = Sink::csv(place.path()).write(&chunks, &Runtime::new()).unwrap_err();
    assert!(error.to_string().contains("columns differ from those of the file's first chunk"), "{error}");
    assert_eq!(
        Sink::svmlight(place.path(), IndexBase::Zero).write(&chunks, &Runtime::new()).unwrap_err().place().chunk,
        Some(0)
    );
    assert_eq!(files(place.path()), []);
}
