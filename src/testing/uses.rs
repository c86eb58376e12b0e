//! Ways to use a model over chunks, by the kind of the model.

use std::sync::Arc;

use linfa::Label;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::PredictInplace;
use ndarray::{Array1, Array2};

use super::block::Block;
use super::capability::ModelKind;
use super::model::Use;
use super::numbers::Numbers;
use super::rows::{TargetKind, TestRows, TestTarget, TestTargets, chunks};
use crate::calibration::{Calibration, ThresholdRule};
use crate::chunks::Chunks;
use crate::combine::{Calibrate, Fitted, FittedPipeline, IntoFit};
use crate::data::{Chunk, ClassLabel, FeatureRows, Float, Footprint, Shared};
use crate::error::Result;
use crate::estimator::{Classes, DecisionFunction, Evaluate, PredictProba, TransformChunk, kind};
use crate::graph::{Compute, Key, Lazy, Runtime, Task};
use crate::metrics::{ClassTally, ConfusionMatrix, MultilabelCounts, ProbabilityLoss, Residuals, ValueTally};

/// Makes one way to use models of type `M`.
pub(super) type UseOf<M> = Arc<dyn Fn(&M) -> Use + Send + Sync>;

/// A question to a fit over chunks.
pub(super) type AskFit<M, R, T, C> = fn(&Lazy<M>, &Chunks<DatasetBase<R, T>>) -> C;

/// A question to a fit that is made into another one on held-out chunks, the first; over the second.
type AskAfter<M, R, T, C> = fn(&Lazy<M>, &Chunks<DatasetBase<R, T>>, &Chunks<DatasetBase<R, T>>) -> C;

/// One way to use a model over chunks.
pub(super) fn using<M, R, T, C>(name: &'static str, looks_at_targets: bool, model: &M, ask: AskFit<M, R, T, C>) -> Use
where
    M: Clone + Shared,
    R: TestRows,
    T: TestTargets,
    C: Compute<Output: Numbers> + 'static,
{
    let model = Lazy::given(Task::new("model", Key::unique()), model.clone());
    let ask = move |runtime: &Runtime, blocks: &[Block]| -> Result<Vec<f64>> {
        Ok(runtime.compute(ask(&model, &chunks(blocks)))?.numbers())
    };
    Use { name, looks_at_targets, ask: Box::new(ask) }
}

/// A kind of models whose ways to be used are known: each kind of [`kind`](crate::estimator::kind).
#[diagnostic::on_unimplemented(
    message = "the conformance suite cannot use models `{M}` of kind `{Self}` on rows of type `{R}` with targets of type `{T}`",
    note = "a classifier implements `Classify` and linfa's `PredictInplace`, a regressor `PredictInplace`, a transformer \
            `TransformChunk`, for these rows and targets"
)]
pub trait TestedAs<M, R, T>: kind::Kind {
    /// The kind, as a value.
    const KIND: ModelKind;

    /// The ways to use such models that they all have.
    fn uses() -> Vec<fn(&M) -> Use>;
}

pub(super) fn predict<M, R, T, Y>(model: &M) -> Use
where
    M: PredictInplace<R, Y> + Clone + Shared,
    R: TestRows,
    T: TestTargets,
    Y: Chunk + Numbers + Clone,
{
    using("predict", false, model, |fit, data: &Chunks<DatasetBase<R, T>>| fit.predict::<R, T, Y>(data))
}

fn score<M, R, T>(model: &M) -> Use
where
    M: Evaluate<DatasetBase<R, T>> + Clone,
    R: TestRows,
    T: TestTargets,
{
    using("score", true, model, |fit, data: &Chunks<DatasetBase<R, T>>| fit.score(data))
}

impl<M, R, L> TestedAs<M, R, Array1<L>> for kind::Classifier
where
    M: PredictInplace<R, Array1<L>> + Evaluate<DatasetBase<R, Array1<L>>, Tally = ClassTally<L>> + Clone,
    R: TestRows,
    L: ClassLabel + TestTarget + Numbers,
{
    const KIND: ModelKind = ModelKind::Classifier;

    fn uses() -> Vec<fn(&M) -> Use> {
        let confusion: fn(&M) -> Use = |model| {
            using("confusion", true, model, |fit, data: &Chunks<DatasetBase<R, Array1<L>>>| fit.confusion(data))
        };
        vec![predict::<M, R, Array1<L>, Array1<L>>, score::<M, R, Array1<L>>, confusion]
    }
}

impl<M, R, F> TestedAs<M, R, Array1<F>> for kind::Regressor
where
    M: PredictInplace<R, Array1<F>> + Evaluate<DatasetBase<R, Array1<F>>, Tally = ValueTally> + Clone,
    R: TestRows,
    F: Float + TestTarget + Numbers,
{
    const KIND: ModelKind = ModelKind::Regressor;

    fn uses() -> Vec<fn(&M) -> Use> {
        let residuals: fn(&M) -> Use = |model| {
            using("residuals", true, model, |fit, data: &Chunks<DatasetBase<R, Array1<F>>>| fit.residuals(data))
        };
        vec![predict::<M, R, Array1<F>, Array1<F>>, residuals]
    }
}

impl<M, R> TestedAs<M, R, Array2<bool>> for kind::MultilabelClassifier
where
    M: PredictInplace<R, Array2<bool>> + Evaluate<DatasetBase<R, Array2<bool>>, Tally = MultilabelCounts> + Clone,
    R: TestRows,
{
    const KIND: ModelKind = ModelKind::MultilabelClassifier;

    fn uses() -> Vec<fn(&M) -> Use> {
        let label_counts: fn(&M) -> Use = |model| {
            using("label_counts", true, model, |fit, data: &Chunks<DatasetBase<R, Array2<bool>>>| {
                fit.label_counts(data)
            })
        };
        vec![predict::<M, R, Array2<bool>, Array2<bool>>, label_counts]
    }
}

impl<M, R> TestedAs<M, R, Array1<bool>> for kind::OutlierDetector
where
    M: PredictInplace<R, Array1<bool>> + Evaluate<DatasetBase<R, Array1<bool>>> + Clone,
    R: TestRows,
{
    const KIND: ModelKind = ModelKind::OutlierDetector;

    fn uses() -> Vec<fn(&M) -> Use> {
        vec![predict::<M, R, Array1<bool>, Array1<bool>>, score::<M, R, Array1<bool>>]
    }
}

impl<M, R, T> TestedAs<M, R, T> for kind::Clusterer
where
    M: PredictInplace<R, Array1<usize>> + Evaluate<DatasetBase<R, T>> + Clone,
    R: TestRows,
    T: TestTargets,
{
    const KIND: ModelKind = ModelKind::Clusterer;

    fn uses() -> Vec<fn(&M) -> Use> {
        vec![predict::<M, R, T, Array1<usize>>, score::<M, R, T>]
    }
}

pub(super) fn transform<M, R, T>(model: &M) -> Use
where
    M: TransformChunk<DatasetBase<R, T>, Output: Chunk + Numbers + Clone> + Clone + Shared,
    R: TestRows,
    T: TestTargets,
{
    using("transform", false, model, |fit, data: &Chunks<DatasetBase<R, T>>| fit.transform(data))
}

impl<M, R, T> TestedAs<M, R, T> for kind::Transformer
where
    M: TransformChunk<DatasetBase<R, T>, Output: Chunk + Numbers + Clone> + Clone + Shared,
    R: TestRows,
    T: TestTargets,
{
    const KIND: ModelKind = ModelKind::Transformer;

    fn uses() -> Vec<fn(&M) -> Use> {
        vec![transform::<M, R, T>]
    }
}

impl<M, R, T> TestedAs<M, R, T> for kind::Grouped
where
    M: PredictInplace<R, T> + Evaluate<DatasetBase<R, T>> + Clone,
    R: TestRows,
    T: TestTargets + Numbers,
{
    const KIND: ModelKind = ModelKind::Grouped;

    fn uses() -> Vec<fn(&M) -> Use> {
        vec![predict::<M, R, T, T>, score::<M, R, T>]
    }
}

/// Pipelines are asked for their score; what else there is depends on the model at the end
/// ([`Estimator::used`](super::Estimator::used)).
impl<V, M, R, T, H> TestedAs<FittedPipeline<V, M>, R, T> for kind::Pipeline
where
    FittedPipeline<V, M>: IntoFit<Fit = H> + Clone + Shared,
    H: Fitted<DatasetBase<R, T>, Model: Evaluate<H::Examples>>,
    R: TestRows,
    T: TestTargets,
{
    const KIND: ModelKind = ModelKind::Pipeline;

    fn uses() -> Vec<fn(&FittedPipeline<V, M>) -> Use> {
        vec![|pipeline| {
            let pipeline = pipeline.clone();
            Use::new("score", true, move |runtime, blocks| {
                Ok(vec![runtime.compute(pipeline.clone().into_fit().score(&chunks::<R, T>(blocks)))?])
            })
        }]
    }
}

/// Decision values.
pub(super) fn decision_function<M, R, T>(model: &M) -> Use
where
    M: DecisionFunction<R> + Clone + Shared,
    R: FeatureRows<Elem: Footprint + Numbers> + TestRows,
    T: TestTargets,
{
    using("decision_function", false, model, |fit, data: &Chunks<DatasetBase<R, T>>| {
        fit.decision_function::<R, T, R::Elem>(data)
    })
}

/// Class probabilities, and the losses that are read from them.
pub(super) fn predict_proba<M, R, T>(model: &M) -> Use
where
    M: PredictProba<R> + Clone + Shared,
    R: FeatureRows<Elem: Footprint + Numbers> + TestRows,
    T: TestTargets,
{
    using("predict_proba", false, model, |fit, data: &Chunks<DatasetBase<R, T>>| {
        fit.predict_proba::<R, T, R::Elem>(data)
    })
}

/// Log loss and Brier score.
pub(super) fn probability_loss<M, R, T, L>(model: &M) -> Use
where
    M: Evaluate<DatasetBase<R, T>, Tally = ClassTally<L>> + Clone,
    R: TestRows,
    T: TestTargets,
    L: ClassLabel,
{
    using("probability_loss", true, model, |fit, data: &Chunks<DatasetBase<R, T>>| fit.probability_loss(data))
}

/// A use of a model that is made of the model on held-out blocks.
fn after<M, R, T, C>(name: &'static str, held_out: &[Block], ask: AskAfter<M, R, T, C>) -> UseOf<M>
where
    M: Clone + Shared,
    R: TestRows,
    T: TestTargets,
    C: Compute<Output: Numbers> + 'static,
{
    let held_out = held_out.to_vec();
    Arc::new(move |model| {
        let (model, held_out) = (Lazy::given(Task::new("model", Key::unique()), model.clone()), held_out.clone());
        let ask = move |runtime: &Runtime, blocks: &[Block]| -> Result<Vec<f64>> {
            Ok(runtime.compute(ask(&model, &chunks(&held_out), &chunks(blocks)))?.numbers())
        };
        Use { name, looks_at_targets: false, ask: Box::new(ask) }
    })
}

/// Labels and probabilities of calibrated models, and, of two classes, labels by a threshold of their own.
pub(super) fn calibrated<M, R, T, L>(held_out: &[Block]) -> Vec<UseOf<M>>
where
    M: DecisionFunction<R> + Classes<L> + Clone + Shared,
    R: FeatureRows<Elem: Footprint + Numbers> + TestRows,
    T: TestTargets + AsSingleTargets<Elem = L>,
    L: Label + Footprint + Shared + Numbers,
{
    let mut uses = vec![
        after::<M, R, T, _>("calibrated predict", held_out, |fit, held_out, data| {
            fit.calibrated::<R, T, L>(held_out, Calibration::Sigmoid).predict::<R, T, Array1<L>>(data)
        }),
        after::<M, R, T, _>("calibrated predict_proba", held_out, |fit, held_out, data| {
            fit.calibrated::<R, T, L>(held_out, Calibration::Isotonic).predict_proba::<R, T, R::Elem>(data)
        }),
    ];
    if T::KIND == TargetKind::TwoClasses {
        uses.push(after::<M, R, T, _>("thresholded predict", held_out, |fit, held_out, data| {
            fit.thresholded::<R, T, L>(held_out, ThresholdRule::FBeta(1.0)).predict::<R, T, Array1<L>>(data)
        }));
    }
    uses
}

macro_rules! numbers_of_counts {
    ($($counts:ty: |$it:ident| $numbers:expr;)*) => { $(impl Numbers for $counts {
        fn numbers(&self) -> Vec<f64> {
            let $it = self;
            $numbers.to_vec()
        }
    })* };
}

numbers_of_counts! {
    ProbabilityLoss: |loss| [loss.log_loss(), loss.brier_score()];
    Residuals: |it| [it.mean_squared_error(), it.mean_absolute_error(), it.r2()];
    MultilabelCounts: |counts| [counts.mean_f1(crate::metrics::Average::Micro), counts.hamming_loss()];
}

impl<L: Label> Numbers for ConfusionMatrix<L> {
    fn numbers(&self) -> Vec<f64> {
        vec![self.accuracy(), self.majority_rate()]
    }
}
