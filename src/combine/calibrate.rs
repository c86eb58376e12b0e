//! Calibration over chunks: probabilities and thresholds from held-out chunks.

use linfa::Label;
use linfa::dataset::{AsSingleTargets, DatasetBase};

use super::fit::fitted::{Fitted, tally, total};
use super::fit::with_model::WithModel;
use crate::calibration::{Calibrated, Calibration, ClassHistograms, Threshold, ThresholdRule, Thresholded};
use crate::chunks::Chunks;
use crate::data::{FeatureRows, Shared, checked_weights};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{Classes, DecisionFunction};
use crate::graph::{Key, Lazy, Task};

/// Calibration of a fitted classifier on chunks that it was not trained on: how probable its decision
/// values are, and from which on a row is to be taken for positive.
///
/// Every fit of a classifier that has decision values and tells its classes can be asked for it. All of
/// it is read off one pass over the held-out chunks, in bounded memory, and is the same wherever chunks
/// end. The rows must be others than those of training, or the probabilities are too sure.
///
/// ```
/// use chunkfit::calibration::{Calibration, ThresholdRule};
/// use chunkfit::datasets::reuters::{self, Labelled};
/// use chunkfit::prelude::*;
///
/// let stories = reuters::ReutersFiles::sample().open()?;
/// let data = stories.map("label", |stories| reuters::acq_examples(stories, Labelled::EveryD));
/// let (train, rest) = train_test_split(&data, 0.5, 42);
/// let (held_out, test) = train_test_split(&rest, 0.5, 7);
///
/// let text = HashingVectorizer::params().n_features(1 << 14).alternate_sign(false);
/// let fit = Pipeline::new(text, Chained::new(SgdClassifier::params())).fit(&train);
/// let calibrated = fit.calibrated(&held_out, Calibration::Sigmoid); // hinge loss has none of its own
/// let thresholded = fit.thresholded(&held_out, ThresholdRule::FBeta(1.0));
/// let probabilities = calibrated.predict_proba(&test); // still nothing has run
/// let (model, probabilities, accuracy) =
///     Runtime::new().compute((thresholded.clone(), probabilities, thresholded.score(&test)))?;
/// assert!(model.threshold().f_beta(1.0) > 0.6 && accuracy > 0.85);
/// assert!(probabilities.iter().flatten().all(|p| (0.0..=1.0).contains(p)));
/// # Ok::<(), Error>(())
/// ```
pub trait Calibrate<D>: Fitted<D> + Clone {
    /// Histograms of the model's decision values over the rows of each class.
    ///
    /// Computing it fails on a label that the model does not know, on a decision value that is NaN or
    /// infinite, on a weight of a row that is no whole number, and on no rows at all
    /// ([`NoHeldOutRows`](crate::ErrorKind::NoHeldOutRows)).
    fn score_histograms<R, T, L>(&self, held_out: &Chunks<D>) -> Lazy<ClassHistograms<L>>
    where
        Self: Fitted<D, Examples = DatasetBase<R, T>, Model: DecisionFunction<R> + Classes<L>>,
        R: FeatureRows + Shared,
        T: AsSingleTargets<Elem = L> + Shared,
        L: Label + Shared,
    {
        let of = Key::of("score histograms").finish();
        let parts = tally(of, self.model(), &self.examples(held_out), |model, chunk| {
            let decision = model.decision_function(&chunk.records)?;
            let (truth, weights) = (chunk.targets.as_single_targets(), checked_weights(chunk)?);
            ClassHistograms::count_weighted(model.classes(), truth, &decision, weights.as_deref())
        });
        total(
            &parts,
            |counts: ClassHistograms<L>, part| Ok(counts.merge(part)),
            |counts| match counts.n_rows() {
                0 => Err(Error::new(ErrorKind::NoHeldOutRows)),
                _ => Ok(()),
            },
        )
    }

    /// The model with probabilities learned from held-out chunks; two classes or more.
    ///
    /// Computing it fails as [`score_histograms`](Self::score_histograms), and if the rows lack a class.
    fn calibrated<R, T, L>(
        &self,
        held_out: &Chunks<D>,
        calibration: Calibration,
    ) -> WithModel<Self, Calibrated<Self::Model, L>>
    where
        Self: Fitted<D, Examples = DatasetBase<R, T>, Model: DecisionFunction<R> + Classes<L> + Clone>,
        R: FeatureRows + Shared,
        T: AsSingleTargets<Elem = L> + Shared,
        L: Label + Shared,
    {
        let task = |inputs| Task::new("calibrate", Key::of("calibrate").params(&calibration).input(inputs).finish());
        let histograms = self.score_histograms(held_out);
        with_histograms(self, self.model(), &histograms, task, move |model, histograms| {
            Calibrated::new(model, histograms, calibration)
        })
    }

    /// The model of two classes with the threshold that is best on held-out chunks.
    ///
    /// Computing it fails as [`score_histograms`](Self::score_histograms), on more classes than two, and
    /// as [`ThresholdRule::choose`].
    fn thresholded<R, T, L>(
        &self,
        held_out: &Chunks<D>,
        rule: ThresholdRule,
    ) -> WithModel<Self, Thresholded<Self::Model, L>>
    where
        Self: Fitted<D, Examples = DatasetBase<R, T>, Model: DecisionFunction<R> + Classes<L> + Clone>,
        R: FeatureRows + Shared,
        T: AsSingleTargets<Elem = L> + Shared,
        L: Label + Shared,
    {
        let task =
            |inputs| Task::new("choose threshold", Key::of("choose threshold").params(&rule).input(inputs).finish());
        let histograms = self.score_histograms(held_out);
        with_histograms(self, self.model(), &histograms, task, move |model, histograms| {
            Thresholded::new(model, histograms, rule)
        })
    }

    /// The best threshold alone, and what it makes of the held-out rows.
    ///
    /// Computing it fails as [`thresholded`](Self::thresholded).
    fn best_threshold<R, T, L>(&self, held_out: &Chunks<D>, rule: ThresholdRule) -> Lazy<Threshold>
    where
        Self: Fitted<D, Examples = DatasetBase<R, T>, Model: DecisionFunction<R> + Classes<L>>,
        R: FeatureRows + Shared,
        T: AsSingleTargets<Elem = L> + Shared,
        L: Label + Shared,
    {
        let histograms = self.score_histograms(held_out);
        let key = Key::of("best threshold").params(&rule).input(histograms.key()).finish();
        histograms.map(Task::new("best threshold", key), move |histograms| rule.choose(histograms.binary()?))
    }
}

impl<H: Fitted<D> + Clone, D> Calibrate<D> for H {}

/// The model and what its held-out rows tell, made into another model.
fn with_histograms<H, M, L, N>(
    fit: &H,
    model: &Lazy<M>,
    histograms: &Lazy<ClassHistograms<L>>,
    task: impl Fn(Key) -> Task,
    make: impl Fn(M, &ClassHistograms<L>) -> Result<N> + Shared,
) -> WithModel<H, N>
where
    H: Clone,
    M: Clone + Shared,
    L: Shared,
    N: Shared,
{
    let inputs = Key::of("model and histograms").input(model.key()).input(histograms.key()).finish();
    WithModel::new(fit.clone(), model.step(histograms, task(inputs), make))
}
