//! What learns from rows, or reads them, allocates for a chunk and not for every row: four times the rows, the
//! same number of allocations, but for vectors that double.
//!
//! All is one test, as allocations are counted for the whole process.
#![allow(clippy::unwrap_used)] // clippy knows tests, not their helpers

use std::alloc::System;
use std::hint::black_box;
use std::path::Path;

use chunkfit::Runtime;
use chunkfit::data::Chunk;
use chunkfit::data::{Csr, CsrBuilder, RawText, Rows, Text};
use chunkfit::estimator::DecisionFunction;
use chunkfit::linear::{Loss, SgdClassifier, SgdClassifierParams};
use chunkfit::sources::{Csv, IndexBase, JsonLines, Reading, Svmlight, TextLines};
use chunkfit::text::{Analyzer, HashingVectorizer, HashingVectorizerParams, StopWords};
use linfa::traits::{FitWith, Predict};
use linfa::{DatasetBase, ParamGuard};
use ndarray::Array1;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const FEW: usize = 1_000;
const MANY: usize = 4_000;

/// What growing vectors may add from few rows to many.
const GROWTH: usize = 40;

/// How often `work` allocates, or makes what it has larger. What other threads of the test harness do in between
/// does not count: the least of three.
fn allocations<T>(mut work: impl FnMut() -> T) -> usize {
    let mut once = || {
        let region = Region::new(ALLOCATOR);
        black_box(work());
        let change = region.change();
        change.allocations + change.reallocations
    };
    (0..3).map(|_| once()).min().unwrap()
}

/// The same work on few rows and on many.
struct Case {
    name: &'static str,
    few: usize,
    many: usize,
}

/// `prepare` makes the work on so many rows; it is done once beforehand.
fn case<W: FnMut() -> T, T>(name: &'static str, prepare: impl Fn(usize) -> W) -> Case {
    let count = |rows| {
        let mut work = prepare(rows);
        black_box(work());
        allocations(work)
    };
    Case { name, few: count(FEW), many: count(MANY) }
}

#[test]
fn allocations_do_not_grow_with_the_rows() {
    let cases = [vectorizing(), learning(), reading()].into_iter().flatten();
    let grown: Vec<String> = cases
        .filter(|case| case.many > case.few + GROWTH)
        .map(|Case { name, few, many }| format!("{name}: {few} for {FEW} rows, {many} for {MANY}"))
        .collect();
    assert!(grown.is_empty(), "{grown:#?}");
    // What does allocate for every row is seen.
    let strings = case("strings", |n| move || (0..n).map(|row| row.to_string()).collect::<Vec<_>>());
    assert!(strings.few >= FEW && strings.many >= MANY, "{} and {}", strings.few, strings.many);
}

fn document(row: usize, word: &str) -> String {
    (0..20).map(|i| format!("{word}{} ", row * 31 % 997 + i)).collect()
}

fn vectorizing() -> Vec<Case> {
    let text = |name, word: &'static str, params: HashingVectorizerParams<f64>| {
        let vectorizer = params.check().unwrap();
        case(name, |n| {
            let text: Text = (0..n).map(|row| document(row, word)).collect();
            let vectorizer = vectorizer.clone();
            move || vectorizer.transform_text(&text).unwrap()
        })
    };
    let raw = HashingVectorizer::params().check().unwrap();
    vec![
        text("words", "price", HashingVectorizer::params()),
        text("Greek words", "τιμή", HashingVectorizer::params()),
        text("pairs of words", "price", HashingVectorizer::params().ngram_range(1, 2)),
        text("words but stop words", "the ", HashingVectorizer::params().stop_words(StopWords::English)),
        text("characters", "price", HashingVectorizer::params().analyzer(Analyzer::Char).ngram_range(2, 3)),
        text("characters of words", "café", HashingVectorizer::params().analyzer(Analyzer::CharWb).ngram_range(2, 4)),
        case("bytes", |n| {
            let text: RawText = (0..n).map(|row| document(row, "τιμή").into_bytes()).collect();
            let vectorizer = raw.clone();
            move || vectorizer.transform_raw(&text).unwrap()
        }),
    ]
}

const COLUMNS: usize = 1 << 12;

/// Rows of ten values each, in classes by their number.
fn rows<L>(n: usize, class: impl Fn(usize) -> L) -> DatasetBase<Csr<f64>, Array1<L>> {
    let mut x = CsrBuilder::new(COLUMNS).unwrap();
    for row in 0..n {
        (0..10).for_each(|i| x.push((i * 400 + row * 7 % 400) as u32, 0.3));
        x.end_row().unwrap();
    }
    DatasetBase::new(x.finish(), (0..n).map(class).collect())
}

fn learning() -> Vec<Case> {
    fn partial_fit<L: linfa::Label + 'static>(
        name: &'static str,
        params: SgdClassifierParams<L>,
        class: fn(usize) -> L,
    ) -> Case {
        case(name, |n| {
            let chunk = rows(n, class);
            let params = params.clone();
            let mut model: Option<SgdClassifier<f64, L>> = None;
            move || model = Some(params.fit_with(model.take(), &chunk).unwrap())
        })
    }
    fn fitted(n: usize) -> (SgdClassifier<f64, usize>, Csr<f64>) {
        let chunk = rows(n, |row| row % 3);
        (SgdClassifier::params().fit_with(None, &chunk).unwrap(), chunk.records)
    }
    vec![
        partial_fit("partial_fit, two classes", SgdClassifier::params(), |row| row % 2 == 0),
        partial_fit("partial_fit, log loss", SgdClassifier::params().loss(Loss::LogLoss), |row| row % 2 == 0),
        partial_fit("partial_fit, three classes", SgdClassifier::params(), |row| row % 3),
        case("predict", |n| {
            let (model, x) = fitted(n);
            move || model.predict(&x)
        }),
        case("decision_function", |n| {
            let (model, x) = fitted(n);
            move || model.decision_function(&x).unwrap()
        }),
    ]
}

/// Reads a file of so many lines as one chunk, by itself.
fn reading() -> Vec<Case> {
    fn read<D: Chunk + Rows + Clone>(
        name: &'static str,
        line: impl Fn(usize) -> String,
        open: impl Fn(&Path) -> Reading<D>,
    ) -> Case {
        case(name, |n| {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), (0..n).map(|row| line(row) + "\n").collect::<String>()).unwrap();
            let reading = open(file.path());
            move || {
                // The file has to be there as long as it is read.
                let chunks = Runtime::new().threads(1).compute(reading.chunks()).unwrap();
                assert_eq!((chunks.len(), chunks[0].n_rows(), file.path().exists()), (1, n, true));
            }
        })
    }
    let json = |row| format!(r#"{{"text": "{}", "class": {}, "other": [1, "x"]}}"#, document(row, "price"), row % 3);
    vec![
        read("JSON lines", json, |path| {
            let source = JsonLines::open(path).unwrap().chunk_bytes(1 << 30);
            source.text_and_label::<usize>("text", "class").unwrap()
        }),
        read(
            "JSON lines with escapes",
            |row| format!(r#"{{"text": "a \"{row}\"\nb\u00e9", "class": {}}}"#, row % 3),
            |path| {
                let source = JsonLines::open(path).unwrap().chunk_bytes(1 << 30);
                source.text_and_label::<usize>("text", "class").unwrap()
            },
        ),
        read(
            "CSV",
            |row| format!("{},{}", document(row, "price"), row % 3),
            |path| {
                let source = Csv::open(path).unwrap().columns(["text", "class"]).chunk_bytes(1 << 30);
                source.text_and_label::<usize>("text", "class").unwrap()
            },
        ),
        read(
            "text lines",
            |row| document(row, "price"),
            |path| TextLines::open(path).unwrap().chunk_bytes(1 << 30).documents().unwrap(),
        ),
        read(
            "svmlight",
            |row| format!("1 {}:0.5 70:1", row % 60 + 1),
            |path| {
                Svmlight::open(path)
                    .unwrap()
                    .chunk_bytes(1 << 30)
                    .rows_and_labels::<f64, usize>(COLUMNS, IndexBase::One)
                    .unwrap()
            },
        ),
    ]
}
