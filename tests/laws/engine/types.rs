//! Types of one path are two types: of values and of estimators, in one run and in two, with folders and without; two
//! types that state one name are an error.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chunkfit::combine::{EarlyStopping, PerGroup};
use chunkfit::data::{Codec, Compact, Footprint, Identified};
use chunkfit::estimator::{FitAverage, PartialFit, PipelineStep, Stateless, TransformChunk};
use chunkfit::graph::{Checkpoint, ChunkCache, Key, Lazy, Task};
use chunkfit::linear::SgdClassifierParams;
use chunkfit::model_selection::{Grid, KFold, Search};
use chunkfit::prelude::*;
use chunkfit::preprocessing::OneHotEncoder;
use chunkfit::{ErrorKind, Result};
use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use ndarray::{Array1, Array2, array};
use serde::{Deserialize, Serialize};

use super::in_time;

type Examples = DatasetBase<Array2<f64>, Array1<bool>>;

fn examples() -> Chunks<Examples> {
    let chunk = |c: usize| DatasetBase::new(array![[c as f64], [-1.0]], array![true, false]);
    Chunks::from_memory((1..4).map(chunk)).identified("types of one name")
}

/// Two values of types that are both called `types::values::Value`.
macro_rules! value {
    ($number:expr) => {{
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        struct Value(u8);
        impl Footprint for Value {
            const COMPACT: Option<Compact<Self>> = Some(Compact::serialized());
        }
        fn tell(_: &Value) -> Result<u32> {
            Ok($number)
        }
        (Lazy::by_content(Value(7)), tell as fn(&Value) -> Result<u32>, Value(7))
    }};
}

#[test]
fn values() {
    let told = in_time("values", || {
        let ((a, tell_a, value_a), (b, tell_b, value_b)) = (value!(1), value!(2));
        assert_ne!(a.key(), b.key());
        assert_eq!(std::any::type_name_of_val(&value_a), std::any::type_name_of_val(&value_b));
        let key = Key::of("tell").finish();
        let (told_a, told_b) = (a.map(Task::new("tell", key), tell_a), b.map(Task::new("tell", key), tell_b));
        // What a function is, keys do not know: the two have one key, and the caller vouches for that.
        assert_eq!(told_a.key(), told_b.key());
        let further = |key: Key| Task::new("tell", Key::of("tell").input(key).finish());
        let (told_a, told_b) = (a.map(further(a.key()), tell_a), b.map(further(b.key()), tell_b));
        let runtime = Runtime::new().threads(2);
        assert_eq!(runtime.compute((&a, &b, &a)).unwrap(), (value_a.clone(), value_b, value_a));
        runtime.compute((told_a, told_b)).unwrap()
    });
    assert_eq!(told, (1, 2));
}

/// A chain of an estimator that counts rows, each as so many.
macro_rules! chain {
    ($name:literal, $version:literal, $weight:expr) => {{
        let fit = |counter| Chained::new(counter).fit(&examples());
        chain!($name, $version, $weight, fit)
    }};
    ($name:literal, $version:literal, $weight:expr, $fit:expr) => {{
        #[derive(Clone, Debug, Serialize)]
        struct Counter;
        impl Identified for Counter {
            const NAME: &'static str = $name;
            const VERSION: u32 = $version;
        }
        impl PartialFit<Array2<f64>, Array1<bool>> for Counter {
            type Model = usize;

            fn partial_fit(&self, model: Option<usize>, chunk: &Examples) -> Result<usize> {
                Ok(model.unwrap_or(0) + $weight * chunk.targets.len())
            }

            fn codec(&self) -> Option<Codec<usize>> {
                Some(Codec::serialized())
            }
        }
        $fit(Counter)
    }};
}

/// Types of one path that state different names are two, in a run, in two, and in a folder, where both are found again.
#[test]
fn estimators_of_chains() {
    in_time("chains", || {
        let folder = tempfile::tempdir().unwrap();
        let checkpoint = || Runtime::new().checkpoint(Checkpoint::new(folder.path()));
        for runtime in [Runtime::new(), checkpoint()] {
            let (a, b) = (chain!("chain a", 1, 1), chain!("chain b", 1, 10));
            assert_eq!(runtime.compute((&a, &b)).unwrap(), (6, 60));
            assert_eq!(runtime.compute(&b).unwrap(), 60);
            assert_eq!(runtime.compute(&a).unwrap(), 6);
            let run = checkpoint().run((a, b)).unwrap();
            assert_eq!(run.values, (6, 60));
            assert!(run.summary.warnings.is_empty());
            let again = checkpoint().run((chain!("chain a", 1, 1),)).map(|run| run.values);
            assert_same_name(again, "chain a");
        }
    });
}

/// Of another version nothing is found.
#[test]
fn versions_of_an_estimator() {
    in_time("versions", || {
        let folder = tempfile::tempdir().unwrap();
        let runtime = || Runtime::new().checkpoint(Checkpoint::new(folder.path()));
        let chains = [chain!("versions", 1, 1), chain!("versions", 2, 10)];
        for found in [false, true] {
            for (chain, model) in chains.iter().zip([6, 60]) {
                let run = runtime().run(chain).unwrap();
                assert_eq!((run.values, run.summary.runs("partial_fit")), (model, if found { 0 } else { 3 }));
            }
        }
    });
}

fn assert_same_name<T: std::fmt::Debug>(result: Result<T>, named: &str) {
    let error = result.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::SameName { name, .. } if *name == named), "{error}");
}

/// The sum of an estimator that is averaged.
macro_rules! average {
    ($name:literal, $weight:expr, $averaged:path) => {{
        #[derive(Clone, Debug, Serialize)]
        struct Counter;
        impl Identified for Counter {
            const NAME: &'static str = $name;
        }
        impl FitAverage<Array2<f64>, Array1<bool>> for Counter {
            type State = usize;
            type Model = usize;

            fn fit_state(&self, chunk: &Examples, _: Weighting) -> Result<usize> {
                Ok($weight * chunk.targets.len())
            }

            fn merge(a: usize, b: usize) -> Result<usize> {
                Ok(a + b)
            }

            fn finish(&self, state: usize) -> Result<usize> {
                Ok(state)
            }
        }
        $averaged(Counter).fit(&examples())
    }};
}

#[test]
fn estimators_of_averages() {
    let run = |a, b| in_time("averages", move || Runtime::new().threads(2).compute((a, b)));
    assert_eq!(run(average!("a", 1, Averaged::new), average!("b", 10, Averaged::new)).unwrap(), (6, 60));
    assert_same_name(run(average!("c", 1, Averaged::new), average!("c", 10, Averaged::new)), "c");
    // Without a name, neither is in the other's way.
    assert_eq!(run(average!("c", 1, Averaged::opaque), average!("c", 10, Averaged::opaque)).unwrap(), (6, 60));
}

/// A transformer that multiplies, before a count of what comes out.
macro_rules! pipeline {
    ($name:literal, $factor:expr) => {{
        #[derive(Clone, Debug, Serialize)]
        struct Multiply;
        impl Identified for Multiply {
            const NAME: &'static str = $name;
        }
        impl ParamGuard for Multiply {
            type Checked = Multiply;
            type Error = Error;

            fn check_ref(&self) -> Result<&Multiply> {
                Ok(self)
            }

            fn check(self) -> Result<Multiply> {
                Ok(self)
            }
        }
        impl PipelineStep for Multiply {
            type Learning = Stateless;
        }
        impl TransformChunk<Examples> for Multiply {
            type Output = Examples;
            const NAME: &'static str = "multiply";
            const CACHED: bool = true;

            fn transform_chunk(&self, chunk: &Examples) -> Result<Examples> {
                Ok(DatasetBase::new(chunk.records.mapv(|x| $factor * x), chunk.targets.clone()))
            }
        }
        Pipeline::new(Multiply, Averaged::new(Sum)).fit(&examples())
    }};
}

/// The sum of all values.
#[derive(Clone, Debug, Serialize)]
struct Sum;

impl Identified for Sum {
    const NAME: &'static str = "types::Sum";
}

impl FitAverage<Array2<f64>, Array1<bool>> for Sum {
    type State = f64;
    type Model = f64;

    fn fit_state(&self, chunk: &Examples, _: Weighting) -> Result<f64> {
        Ok(chunk.records.sum())
    }

    fn merge(a: f64, b: f64) -> Result<f64> {
        Ok(a + b)
    }

    fn finish(&self, state: f64) -> Result<f64> {
        Ok(state)
    }
}

#[test]
fn transformers_of_pipelines() {
    in_time("pipelines", || {
        let folder = tempfile::tempdir().unwrap();
        let cached = || Runtime::new().chunk_cache(ChunkCache::new(folder.path()));
        let (a, b) = (pipeline!("once", 1.0), pipeline!("tenfold", 10.0));
        for runtime in [Runtime::new(), cached()] {
            let (by_a, by_b) = runtime.compute((&a, &b)).unwrap();
            assert_eq!((by_a.model, by_b.model), (3.0, 30.0));
            assert_eq!(runtime.compute(&b).unwrap().model, 30.0);
            assert_eq!(runtime.compute(&a).unwrap().model, 3.0);
        }
        let run = cached().run((&a, &b)).unwrap();
        assert_eq!((run.values.1.model, run.summary.runs("multiply")), (30.0, 0));
        assert_same_name(Runtime::new().compute(pipeline!("tenfold", 100.0)), "tenfold");
    });
}

/// Every combinator of estimators with labels of a type of its own; whether something ran; and the failures.
macro_rules! combinators {
    () => {{
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        enum Side {
            #[default]
            Left,
            Right,
        }
        impl linfa::Label for Side {}
        impl Footprint for Side {}
        let made = Arc::new(AtomicUsize::new(0));
        let counted = made.clone();
        let chunks = Chunks::from_fn("sides", 2, move |c| {
            counted.fetch_add(1, Ordering::Relaxed);
            Ok(DatasetBase::new(array![[c as f64], [-1.0]], array![Side::Left, Side::Right]))
        });
        let categories = Chunks::from_memory([array![[Side::Left], [Side::Right]]]);
        let logistic = LogisticRegression::<f64, Side>::params;
        let sgd = SgdClassifier::<f64, Side>::params;
        let learned = || Preprocess::new(OneHotEncoder::<Side, f64>::params());
        let runtime = Runtime::new().threads(1);
        let outcomes = vec![
            ("Chained", runtime.compute(Chained::new(sgd()).fit(&chunks)).map(drop)),
            ("Averaged", runtime.compute(Averaged::new(logistic()).fit(&chunks)).map(drop)),
            ("passes", runtime.compute(Averaged::new(logistic()).rounds(2).fit(&chunks)).map(drop)),
            ("mixing", runtime.compute(Averaged::new(sgd()).rounds(2).fit(&chunks)).map(drop)),
            ("Summed", runtime.compute(Summed::new(logistic()).fit(&chunks)).map(drop)),
            ("Concatenated", runtime.compute(Concatenated::new(logistic()).fit(&chunks)).map(drop)),
            (
                "early stopping",
                runtime.compute(Chained::new(sgd()).early_stopping(EarlyStopping::default()).fit(&chunks)).map(drop),
            ),
            ("Preprocess", runtime.compute(learned().fit(&categories)).map(drop)),
            (
                "PerGroup",
                runtime.compute(Chained::new(PerGroup::new(sgd())).fit(&chunks.group_by("all", |_, _| 0))).map(drop),
            ),
        ];
        let grid = Grid::new(sgd()).vary("alpha", [0.1, 0.2], |sgd, alpha| sgd.alpha(alpha));
        let build = |params: &SgdClassifierParams<Side>| Chained::new(params.clone());
        let search = Search::new(grid, build).folds(KFold::new(2)).run(&runtime, &chunks).map(drop);
        (outcomes, made.load(Ordering::Relaxed), search)
    }};
}

/// Labels of two types that have one path make two estimators of one name.
#[test]
fn a_second_type_of_one_name_fails_before_anything_runs() {
    in_time("combinators", || {
        let ((first, made, searched), (second, made_by_second, not_searched)) = (combinators!(), combinators!());
        for (name, outcome) in first {
            outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        searched.unwrap();
        assert!(made > 0);
        for (combinator, outcome) in second {
            let error = outcome.expect_err(combinator);
            assert!(matches!(error.kind(), ErrorKind::SameName { .. }), "{combinator}: {error}");
            assert!(error.to_string().contains("give one of them another NAME"), "{error}");
        }
        let error = not_searched.unwrap_err();
        assert!(error.full_message().contains("give one of them another NAME"), "{error}");
        assert!(made_by_second <= 2, "the folds of the search only: {made_by_second}");
    });
}

#[test]
fn values_in_a_chunk_cache_and_a_checkpoint() {
    in_time("folders", || {
        let (cache, checkpoint) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let runtime = Runtime::new().chunk_cache(ChunkCache::new(cache.path()));
        let runtime = runtime.checkpoint(Checkpoint::new(checkpoint.path()));
        let ((_, tell_a, value_a), (_, tell_b, value_b)) = (value!(1), value!(2));
        let task = || Task::new("make", Key::of("make for a folder").finish());
        let a = Lazy::source(task(), move || Ok(value_a.clone())).cached();
        let b = Lazy::source(task(), move || Ok(value_b.clone())).cached();
        let slot = Key::of("slot").finish();
        let (kept_a, kept_b) = (a.kept(slot, Codec::serialized()), b.kept(slot, Codec::serialized()));
        let task = |key: Key| Task::new("tell", Key::of("tell").input(key).finish());
        let (told_a, told_b) = (a.map(task(a.key()), tell_a), b.map(task(b.key()), tell_b));
        for _ in 0..2 {
            assert_eq!(runtime.compute((&told_a, &told_b)).unwrap(), (1, 2));
            runtime.compute((&kept_b, &kept_a)).unwrap();
        }
    });
}
