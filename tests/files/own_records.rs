//! Records of a user's own types, by serde alone: from files through all that takes rows, and into files.

use std::fs;
use std::path::Path;

use chunkfit::data::{Record, Rows};
use chunkfit::estimator::{LearnRows, Learned, PipelineStep, TransformRows};
use chunkfit::graph::{Checkpoint, ChunkCache, Key};
use chunkfit::metrics::Scorer;
use chunkfit::model_selection::{Grid, KFold, Search};
use chunkfit::prelude::*;
use chunkfit::preprocessing::FunctionTransformer;
use chunkfit::sinks::Sink;
use chunkfit::sources::{BadRecords, Csv, JsonLines};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, array};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

/// It has no impl.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Customer {
    city: String,
    age: f64,
    fee: Option<f64>,
    left: bool,
}

type Customers = Chunks<Vec<Record<Customer>>>;

/// Three files of customers: the older ones left.
fn customers() -> TempDir {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("in")).unwrap();
    for file in 0..3 {
        let row = |i: usize| {
            let age = 20 + (i * 7 + file) % 60;
            let fee = if i.is_multiple_of(4) { String::new() } else { format!("{}.5", i % 9) };
            format!("{},{age},{fee},{}\n", ["Rome", "Oslo", "Bern"][i % 3], age > 50)
        };
        let rows: String = (0..40).map(row).collect();
        fs::write(place.path().join(format!("in/{file}.csv")), format!("city,age,fee,left\n{rows}")).unwrap();
    }
    place
}

fn source(place: &Path) -> Csv {
    Csv::open(place.join("in")).unwrap()
}

fn records(place: &Path) -> Customers {
    source(place).records::<Record<Customer>>().unwrap().chunks()
}

fn columns(customer: Customer) -> ([f64; 2], bool) {
    ([customer.age / 40.0 - 1.25, customer.fee.unwrap_or(0.0) / 10.0], customer.left)
}

#[test]
fn records_go_through_splits_groups_and_columns_into_files_and_back() {
    let place = customers();
    let all = records(place.path());
    let (train, test) = train_test_split(&all, 0.25, 42);
    let (train, test, all) = Runtime::new().compute((train.gather(), test.gather(), all.gather())).unwrap();
    assert_eq!((all.len(), train.len() + test.len()), (120, 120));
    assert!(test.len() > 15 && test.len() < 45 && test.iter().all(|row| all.contains(row)));
    let runtime = Runtime::new();
    let folder = |name| place.path().join(name);
    Sink::csv(folder("csv")).write(&records(place.path()), &runtime).unwrap();
    Sink::json_lines(folder("json")).write(&records(place.path()), &runtime).unwrap();
    let csv = Csv::open(folder("csv")).unwrap().records::<Record<Customer>>().unwrap().chunks();
    let json = JsonLines::open(folder("json")).unwrap().records::<Record<Customer>>().unwrap().chunks();
    let (csv, json) = runtime.compute((csv.gather(), json.gather())).unwrap();
    assert!(csv == all && json == all);
    let ages = records(place.path()).with_column("months", |row| row.age * 12.0);
    assert_eq!(runtime.compute(ages.gather()).unwrap().values()[0], all[0].age * 12.0);
    let examples = records(place.path()).examples("label", |row| (row.clone(), row.left));
    let grouped = runtime.compute(examples.group_by("city", |row, _| row.city.clone())).unwrap();
    assert_eq!(grouped[0].records.keys()[..3], ["Rome", "Oslo", "Bern"]);
}

#[test]
fn examples_of_records_are_those_made_by_hand() {
    let place = customers();
    let by_hand = records(place.path()).map("columns", |customers| {
        let (rows, labels): (Vec<_>, Vec<_>) = customers.iter().map(|row| columns(row.0.clone())).unzip();
        DatasetBase::new(Array2::from(rows), Array1::from(labels))
    });
    let direct = source(place.path()).records::<Customer>().unwrap().examples("columns", columns).chunks();
    let of_chunks = records(place.path()).examples("columns", |row| columns(row.0.clone()));
    let (by_hand, direct, of_chunks) = Runtime::new().compute((by_hand, direct, of_chunks)).unwrap();
    assert_eq!(by_hand.len(), 3);
    for ((by_hand, direct), of_chunks) in by_hand.iter().zip(&direct).zip(&of_chunks) {
        assert_eq!((&by_hand.records, &by_hand.targets), (&direct.records, &direct.targets));
        assert_eq!((&by_hand.records, &by_hand.targets), (&of_chunks.records, &of_chunks.targets));
    }
    let text = source(place.path()).records::<Customer>().unwrap();
    let text = text.examples("city", |customer| (format!("in {}", customer.city), customer.left)).chunks();
    assert_eq!(Runtime::new().compute(text).unwrap()[0].records.get(1), "in Oslo");
}

#[test]
fn a_function_that_fails_names_the_row_and_bad_records_are_reported() {
    let place = customers();
    fs::write(place.path().join("in/1.csv"), "city,age,fee,left\nRome,1,,true\nOslo,old,,true\nBern,-3,,false\n")
        .unwrap();
    let source = source(place.path()).bad_records(BadRecords::skip());
    let age = |customer: Customer| match customer.age {
        age if age < 0.0 => Err(Error::parameter("age", age, "0 or more")),
        age => Ok(([age], customer.left)),
    };
    let reading = source.records::<Customer>().unwrap();
    let error = Runtime::new().compute(reading.try_examples("age", age).chunks()).unwrap_err();
    let place_of = error.place();
    assert_eq!((place_of.row, place_of.file.as_deref()), (Some(1), Some(&*place.path().join("in/1.csv"))), "{error}");
    let (chunks, report) = reading.examples("age", |customer| ([customer.age], customer.left)).chunks_and_report();
    let (chunks, report) = Runtime::new().compute((chunks, report)).unwrap();
    assert_eq!((chunks[1].records.nrows(), report.skipped), (2, 1));
    let ragged = Chunks::from_memory([vec![1, 2]]).examples("ragged", |&n| (vec![0.5; n], ()));
    let error = Runtime::new().compute(ragged).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::ShapeMismatch { .. }) && error.place().row == Some(1), "{error}");
}

/// A transformer of records that learns: ages less their mean.
#[derive(Clone, Serialize)]
struct Ages;

struct MeanAge(f64);

impl chunkfit::data::Identified for Ages {
    const NAME: &'static str = "tests::Ages";
}

impl PipelineStep for Ages {
    type Learning = Learned;
}

impl ParamGuard for Ages {
    type Checked = Self;
    type Error = Error;

    fn check_ref(&self) -> Result<&Self, Error> {
        Ok(self)
    }

    fn check(self) -> Result<Self, Error> {
        Ok(self)
    }
}

impl LearnRows<Array1<Record<Customer>>> for Ages {
    type State = (f64, usize);
    type Learned = MeanAge;

    fn learn(&self, rows: &Array1<Record<Customer>>) -> Result<Self::State, Error> {
        Ok((rows.iter().map(|row| row.age).sum(), rows.len()))
    }

    fn merge(a: Self::State, b: Self::State) -> Result<Self::State, Error> {
        Ok((a.0 + b.0, a.1 + b.1))
    }

    fn finish(&self, (sum, n): Self::State) -> Result<MeanAge, Error> {
        Ok(MeanAge(sum / n as f64))
    }
}

impl TransformRows<Array1<Record<Customer>>> for MeanAge {
    type Output = Array2<f64>;
    const NAME: &'static str = "ages";

    fn transform_rows(&self, rows: &Array1<Record<Customer>>) -> Result<Array2<f64>, Error> {
        Ok(Array2::from_shape_fn((rows.len(), 1), |(i, _)| (rows[i].age - self.0) / 10.0))
    }
}

#[test]
fn records_beside_labels_go_through_pipelines_scores_and_searches() {
    let place = customers();
    let examples = records(place.path()).examples("label", |row| (row.clone(), row.left));
    let (train, test) = train_test_split(&examples, 0.25, 42);
    let learned = Pipeline::new(Ages, Chained::new(SgdClassifier::params()).epochs(10)).fit(&train);
    let age = FunctionTransformer::new("age", 1, |rows: &Array1<Record<Customer>>| {
        Array2::from_shape_fn((rows.len(), 1), |(i, _)| rows[i].age / 40.0 - 1.25)
    });
    let stateless = Pipeline::new(age.clone(), Chained::new(SgdClassifier::params()).epochs(10)).fit(&train);
    let scores = Runtime::new().compute((learned.score(&test), stateless.score(&test))).unwrap();
    assert!(scores.0 > 0.9 && scores.1 > 0.9, "{scores:?}");

    let grid = Grid::new(1e-4).vary("alpha", [1e-4, 1e-2], |_, alpha| alpha);
    let build = move |&alpha: &f64| Pipeline::new(age.clone(), Chained::new(SgdClassifier::params().alpha(alpha)));
    let search = Search::new(grid, build).scoring([Scorer::Accuracy]).folds(KFold::new(3));
    let run = search.fit(&Runtime::new(), &examples).unwrap();
    assert!(run.results.candidates.len() == 2 && run.results.best_score() > 0.9, "{:?}", run.results.best_score());
}

#[test]
fn a_chunk_cache_holds_chunks_of_records_and_examples_that_have_a_version() {
    let place = customers();
    let runtime = Runtime::new().chunk_cache(ChunkCache::new(place.path().join("cache")));
    let run = || {
        let records = records(place.path()).cached();
        let reading = source(place.path()).records::<Customer>().unwrap();
        let examples = reading.examples_versioned("columns", 1, columns).chunks().cached();
        let of_chunks = records.examples_versioned("columns", 1, |row| columns(row.0.clone())).cached();
        runtime.run((records.gather(), examples.gather(), of_chunks.gather())).unwrap()
    };
    let (first, again) = (run(), run());
    assert_eq!((first.summary.cached(), again.summary.loaded()), (9, 9));
    assert_eq!((first.summary.warnings.len(), again.summary.runs("parse")), (0, 0));
    assert_eq!(first.values.0, again.values.0);
    assert_eq!(first.values.1.records, again.values.1.records);
    let key = |version| {
        let reading = source(place.path()).records::<Customer>().unwrap();
        reading.examples_versioned("columns", version, columns).chunks().as_slice()[0].key()
    };
    assert!(key(1) == key(1) && key(1) != key(2) && key(1).is_lasting());
}

#[test]
fn a_chunk_cache_that_does_nothing_says_why_and_with_which_code_it_would() {
    let place = customers();
    let runtime = Runtime::new().chunk_cache(ChunkCache::new(place.path().join("cache")));
    let warnings = |chunks: Chunks<DatasetBase<Text, Array1<bool>>>| {
        let words = HashingVectorizer::params().n_features(1 << 8);
        let fit = Pipeline::new(words, Chained::new(SgdClassifier::params())).fit(&chunks);
        let summary = runtime.run(fit).unwrap().summary;
        summary.warnings.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let city = |row: &Record<Customer>| (row.city.clone(), row.left);
    let closure = warnings(records(place.path()).examples("columns", city));
    assert_eq!(closure.len(), 1, "{closure:#?}");
    for part in
        ["vectorize", "3 of its chunks", "depend on columns", "`.examples_versioned(\"columns\", 1, …)`", "map_keyed"]
    {
        assert!(closure[0].contains(part), "{part} in {}", closure[0]);
    }
    let read =
        source(place.path()).records::<Customer>().unwrap().examples("city", |row| (row.city, row.left)).chunks();
    let read = warnings(read);
    assert!(
        read.len() == 1 && read[0].contains("parse · city") && read[0].contains("versioned(\"city\", 1"),
        "{read:#?}"
    );
    let text: Text = ["a", "b"].into_iter().collect();
    let memory = warnings(Chunks::from_memory([DatasetBase::new(text.clone(), array![true, false])]));
    assert!(memory.len() == 1 && memory[0].contains("`.identified((\"chunk\", 1))`"), "{memory:#?}");
    assert!(memory.iter().chain(&closure).all(|warning| warning.ends_with("1))`")), "it is not cut: {memory:#?}");
    assert_eq!(warnings(records(place.path()).examples_versioned("columns", 1, city)), [""; 0]);
    let named = Chunks::from_memory([DatasetBase::new(text, array![true, false])]).identified("two letters");
    assert_eq!(warnings(named), [""; 0]);
    let plain = Pipeline::new(HashingVectorizer::params(), Chained::new(SgdClassifier::params()));
    let without = Runtime::new().run(plain.fit(&records(place.path()).examples("columns", city))).unwrap();
    assert!(without.summary.warnings.is_empty(), "there is no cache to miss");
}

#[test]
fn checkpoints_and_sinks_refuse_with_the_code_to_write() {
    let place = customers();
    let examples = records(place.path()).examples("columns", |row| columns(row.0.clone()));
    let fit = Chained::new(SgdClassifier::params()).fit(&examples);
    let checkpoint = Runtime::new().checkpoint(Checkpoint::new(place.path().join("checkpoint")));
    let mapped = records(place.path()).map("older", |rows| rows.clone());
    let written = Sink::csv(place.path().join("out")).write(&mapped, &Runtime::new());
    let errors = [checkpoint.compute(fit).unwrap_err(), written.unwrap_err()];
    for (error, name) in errors.iter().zip(["columns", "older"]) {
        assert!(matches!(error.kind(), ErrorKind::NotLasting { .. }), "{error}");
        let message = error.full_message();
        for code in ["map_versioned", "examples_versioned", "map_keyed"] {
            assert!(message.contains(&format!("`.{code}(\"{name}\"")), "{message}");
        }
        assert!(message.contains(&format!("`.identified((\"{name}\", 1))`")), "{message}");
    }
    let versioned = records(place.path()).examples_versioned("columns", 1, |row| columns(row.0.clone()));
    checkpoint.compute(Chained::new(SgdClassifier::params()).fit(&versioned)).unwrap();
    let key = Key::of("older, version 1").finish();
    let mapped = records(place.path()).map_keyed("older", key, |rows| Ok(rows.select_rows(&[0])));
    Sink::csv(place.path().join("out")).write(&mapped, &Runtime::new()).unwrap();
}
