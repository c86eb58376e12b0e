//! Types that bear one name are two types: of values and of estimators, in one run and in two, with folders and without.

use chunkfit::Result;
use chunkfit::data::Codec;
use chunkfit::data::{Compact, Footprint};
use chunkfit::estimator::{FitAverage, PartialFit, PipelineStep, Stateless, TransformChunk};
use chunkfit::graph::{Checkpoint, ChunkCache, Key, Lazy, Task};
use chunkfit::prelude::*;
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
    ($weight:expr) => {{
        #[derive(Clone, Debug, Serialize)]
        struct Counter;
        impl PartialFit<Array2<f64>, Array1<bool>> for Counter {
            type Model = usize;

            fn partial_fit(&self, model: Option<usize>, chunk: &Examples) -> Result<usize> {
                Ok(model.unwrap_or(0) + $weight * chunk.targets.len())
            }

            fn codec(&self) -> Option<Codec<usize>> {
                Some(Codec::serialized())
            }
        }
        Chained::new(Counter).fit(&examples())
    }};
}

#[test]
fn estimators_of_chains() {
    in_time("chains", || {
        let folder = tempfile::tempdir().unwrap();
        for runtime in [Runtime::new(), Runtime::new().checkpoint(Checkpoint::new(folder.path()))] {
            let (a, b) = (chain!(1), chain!(10));
            assert_eq!(runtime.compute((&a, &b)).unwrap(), (6, 60));
            assert_eq!(runtime.compute(&b).unwrap(), 60);
            assert_eq!(runtime.compute(&a).unwrap(), 6);
        }
        // Only the first of the two has used the checkpoint, and the second says so.
        let runtime = Runtime::new().checkpoint(Checkpoint::new(folder.path()));
        let chains = [chain!(1), chain!(10)];
        let runs = chains.map(|chain| runtime.run(chain).unwrap());
        assert_eq!(runs.each_ref().map(|run| run.values), [6, 60]);
        assert!(runs[1].summary.warnings.iter().any(|warning| warning.to_string().contains("the same name")));
    });
}

/// The sum of an estimator that is averaged.
macro_rules! average {
    ($weight:expr) => {{
        #[derive(Clone, Debug, Serialize)]
        struct Counter;
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
        Averaged::new(Counter).fit(&examples())
    }};
}

#[test]
fn estimators_of_averages() {
    let both = in_time("averages", || Runtime::new().threads(2).compute((average!(1), average!(10))).unwrap());
    assert_eq!(both, (6, 60));
}

/// A transformer that multiplies, before a count of what comes out.
macro_rules! pipeline {
    ($factor:expr) => {{
        #[derive(Clone, Debug, Serialize)]
        struct Multiply;
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
        #[derive(Clone, Debug, Serialize)]
        struct Sum;
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
        Pipeline::new(Multiply, Averaged::new(Sum)).fit(&examples())
    }};
}

#[test]
fn transformers_of_pipelines() {
    in_time("pipelines", || {
        let folder = tempfile::tempdir().unwrap();
        for runtime in [Runtime::new(), Runtime::new().chunk_cache(ChunkCache::new(folder.path()))] {
            let (a, b) = (pipeline!(1.0), pipeline!(10.0));
            let (by_a, by_b) = runtime.compute((&a, &b)).unwrap();
            assert_eq!((by_a.model, by_b.model), (3.0, 30.0));
            assert_eq!(runtime.compute(&b).unwrap().model, 30.0);
            assert_eq!(runtime.compute(&a).unwrap().model, 3.0);
        }
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
