//! The ways to use what was fitted, over chunks.

use chunkfit::data::Chunk;
use chunkfit::graph::{Compute, Key, Task};
use chunkfit::prelude::*;
use linfa::dataset::DatasetBase;

use super::UseBlocks;
use super::blocks::{Block, Layout, Targets, chunks};
use super::model::Uses;
use super::numbers::Numbers;
use super::ways::compute_blocks;

fn given<M: Send + Sync + 'static>(model: M) -> Lazy<M> {
    Lazy::given(Task::new("model", Key::unique()), model)
}

/// What is asked of a fit over chunks.
type Ask<M, R, T, C> = fn(&Lazy<M>, &Chunks<DatasetBase<R, T>>) -> C;

/// A way to use a model over chunks.
pub fn using<M, R, T, C>(name: &'static str, model: &M, ask: Ask<M, R, T, C>) -> (&'static str, UseBlocks)
where
    M: Clone + Send + Sync + 'static,
    R: Layout,
    T: Targets,
    C: Compute<Output: Numbers> + 'static,
    DatasetBase<R, T>: Chunk,
{
    let model = given(model.clone());
    (name, Box::new(move |blocks: &[Block]| Ok(compute_blocks(ask(&model, &chunks(blocks)), blocks.len())?.numbers())))
}

/// Uses of a model that tells labels of `$target` and decision values of `$float`.
macro_rules! decides {
    ($model:expr, $rows:ty, $float:ty, $target:ty) => {
        vec![
            using("predict", $model, |fit, data: &Chunks<DatasetBase<$rows, $target>>| {
                fit.predict::<$rows, $target, $target>(data)
            }),
            using("decision_function", $model, |fit, data: &Chunks<DatasetBase<$rows, $target>>| {
                fit.decision_function::<$rows, $target, $float>(data)
            }),
        ]
    };
}

/// How a classifier is used.
macro_rules! classifier {
    ($rows:ty, $float:ty) => {
        |model| {
            type Data = Chunks<DatasetBase<$rows, Array1<usize>>>;
            let mut uses = decides!(model, $rows, $float, Array1<usize>);
            uses.extend([
                using("score", model, |fit, data: &Data| fit.score(data)),
                using("confusion", model, |fit, data: &Data| fit.confusion(data)),
                using("calibrated", model, |fit, data: &Data| {
                    let held_out: Data = chunks(&blocks());
                    fit.calibrated::<$rows, Array1<usize>, usize>(&held_out, Calibration::Sigmoid).score(data)
                }),
                using("calibrated predict_proba", model, |fit, data: &Data| {
                    let held_out: Data = chunks(&blocks());
                    fit.calibrated::<$rows, Array1<usize>, usize>(&held_out, Calibration::Isotonic).predict_proba(data)
                }),
            ]);
            uses
        }
    };
}

/// How a classifier that has probabilities is used.
macro_rules! probabilistic_classifier {
    ($rows:ty, $float:ty) => {
        |model| {
            type Data = Chunks<DatasetBase<$rows, Array1<usize>>>;
            let mut uses = vec![
                using("predict_proba", model, |fit, data: &Data| fit.predict_proba(data)),
                using("probability_loss", model, |fit, data: &Data| fit.probability_loss(data)),
            ];
            uses.extend(uses_of(model, classifier!($rows, $float)));
            uses
        }
    };
}

pub fn uses_of<M>(model: &M, uses: Uses<M>) -> Vec<(&'static str, UseBlocks)> {
    uses(model)
}

/// How a model of classes that has probabilities, and is not calibrated once more, is used.
macro_rules! probabilistic {
    ($rows:ty, $float:ty) => {
        |model| {
            type Data = Chunks<DatasetBase<$rows, Array1<usize>>>;
            vec![
                using("predict", model, |fit, data: &Data| fit.predict::<$rows, Array1<usize>, Array1<usize>>(data)),
                using("predict_proba", model, |fit, data: &Data| {
                    fit.predict_proba::<$rows, Array1<usize>, $float>(data)
                }),
                using("score", model, |fit, data: &Data| fit.score(data)),
            ]
        }
    };
}

/// How a classifier that was made from parts, of dense rows, is used: it knows none of the catalogue's classes.
macro_rules! decides_of {
    ($target:ty) => {
        |model| decides!(model, Array2<f64>, f64, $target)
    };
}

/// How a model that predicts numbers is used.
macro_rules! regressor {
    ($rows:ty, $float:ty) => {
        |model| {
            type Data = Chunks<DatasetBase<$rows, Array1<$float>>>;
            let predict =
                using("predict", model, |fit, data: &Data| fit.predict::<$rows, Array1<$float>, Array1<$float>>(data));
            vec![predict, using("residuals", model, |fit, data: &Data| fit.residuals(data))]
        }
    };
}

/// How a classifier of two classes is used.
macro_rules! two_classes {
    ($rows:ty, $float:ty) => {
        |model| {
            type Data = Chunks<DatasetBase<$rows, Array1<bool>>>;
            let mut uses = decides!(model, $rows, $float, Array1<bool>);
            uses.push(using("score", model, |fit, data: &Data| fit.score(data)));
            uses
        }
    };
}

/// How a detector of outliers is used.
macro_rules! outliers {
    ($rows:ty, $float:ty) => {
        |model| {
            type Data = Chunks<DatasetBase<$rows, Array1<bool>>>;
            let predict =
                using("predict", model, |fit, data: &Data| fit.predict::<$rows, Array1<bool>, Array1<bool>>(data));
            let decide = using("decision_function", model, |fit, data: &Data| {
                fit.decision_function::<$rows, Array1<bool>, $float>(data)
            });
            vec![predict, decide, using("score", model, |fit, data: &Data| fit.score(data))]
        }
    };
}

/// How a classifier of several labels a row is used.
macro_rules! labels {
    ($rows:ty, $float:ty) => {
        |model| {
            type Data = Chunks<DatasetBase<$rows, Array2<bool>>>;
            let mut uses = decides!(model, $rows, $float, Array2<bool>);
            uses.push(using("label_counts", model, |fit, data: &Data| fit.label_counts(data)));
            uses
        }
    };
}

/// How a clustering is used.
macro_rules! clusters {
    ($rows:ty, $float:ty) => {
        |model| {
            type Data = Chunks<DatasetBase<$rows, Array1<usize>>>;
            let predict =
                using("predict", model, |fit, data: &Data| fit.predict::<$rows, Array1<usize>, Array1<usize>>(data));
            vec![
                predict,
                using("transform", model, |fit, data: &Data| fit.transform(data)),
                using("score", model, |fit, data: &Data| fit.score(data)),
                using("contingency", model, |fit, data: &Data| fit.contingency(data)),
            ]
        }
    };
}

/// How a transformer that learns chunk by chunk is used.
macro_rules! transforms {
    ($rows:ty, $float:ty) => {
        |model| {
            type Data = Chunks<DatasetBase<$rows, Array1<usize>>>;
            vec![using("transform", model, |fit, data: &Data| fit.transform(data))]
        }
    };
}
