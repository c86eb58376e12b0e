//! Models that can be scored by name.

use std::any::Any;

use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::PredictInplace;
use linfa::{Float, Label};
use ndarray::{Array1, Array2};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::data::{Codec, FeatureRows, checked_weights, wide};
use crate::error::{Error, Result};
use crate::estimator::{DecisionFunction, PredictProba, TryPredict, labels_of};
use crate::linear::{LinearClassifier, LinearRegressor, LogisticRegression, SgdClassifier, SgdRegressor};
use crate::metrics::{ClassTally, Needs, Problem, Scorer, ValueTally};

/// A model to which [`Scorer`]s can be applied: implement it for one of your own that is to be searched. What scores are
/// read from merges over chunks.
pub trait Evaluate<R: linfa::dataset::Records, T> {
    /// The tally that scores are read from.
    type Tally: Clone + Send + Sync + 'static;

    /// The kind of problem, as far as the types tell: scorers that do not fit are refused before any
    /// work.
    const PROBLEM: Problem;

    /// Checks that a scorer fits the model, as far as the types tell.
    ///
    /// The default goes by [`PROBLEM`](Self::PROBLEM). A classifier looks at the labels too:
    /// [`Scorer::check_labels`].
    ///
    /// # Errors
    /// When it does not fit (kind `InvalidParameter`, name `scoring`).
    fn check(scorer: &Scorer) -> Result<()> {
        scorer.check_problem(Self::PROBLEM)
    }

    /// Counts what these scorers need on some rows, each of which counts as often as its weight.
    ///
    /// # Errors
    /// Rows that do not fit the model, or a scorer that does not fit it.
    fn tally(&self, rows: &DatasetBase<R, T>, scorers: &[Scorer]) -> Result<Self::Tally>;

    /// The counts of both.
    fn merge(a: Self::Tally, b: &Self::Tally) -> Self::Tally;

    /// A score of what was counted; greater is better.
    ///
    /// # Errors
    /// No rows, or a scorer that is not defined for them.
    fn score(tally: &Self::Tally, scorer: &Scorer) -> Result<f64>;

    /// The codec of the counts, for checkpoints. Without, which is the default, a
    /// search that was interrupted counts them again.
    fn codec() -> Option<Codec<Self::Tally>> {
        None
    }
}

pub(super) const CLASSIFICATION: Problem = Problem::Classification { n_classes: None };

/// The codec of counts over labels that can be written, which a [`Label`] does not tell by itself.
fn class_codec<L: Label + 'static>() -> Option<Codec<ClassTally<L>>> {
    fn of<K: Label + Serialize + DeserializeOwned + 'static>() -> Box<dyn Any> {
        Box::new(Codec::<ClassTally<K>>::serialized())
    }
    [of::<bool>(), of::<usize>(), of::<String>()].iter().find_map(|codec| codec.downcast_ref().cloned())
}

/// Counts what the scorers need of a classifier.
fn tally_classes<L, X, T>(
    (model, classes): (&impl DecisionFunction<X>, &[L]),
    rows: &DatasetBase<X, T>,
    scorers: &[Scorer],
    probabilities: impl Fn() -> Result<Array2<X::Elem>>,
) -> Result<ClassTally<L>>
where
    X: FeatureRows,
    T: AsSingleTargets<Elem = L>,
    L: Label + 'static,
{
    let weights = checked_weights(rows)?;
    let (truth, weights) = (rows.targets.as_single_targets(), weights.as_deref());
    let mut tally = ClassTally::new(classes);
    let needs = |what| scorers.iter().any(|scorer| scorer.needs() == what);
    // Ranks and losses are not collected for those that only want to see the rows.
    let needs_more = |what| scorers.iter().any(|scorer| scorer.needs() == what && !matches!(scorer, Scorer::Custom(_)));
    let decision = model.decision_function(&rows.records)?;
    if needs(Needs::Labels) {
        tally.count_labels_weighted(truth.iter(), labels_of(classes, &decision), weights)?;
    }
    if needs_more(Needs::Decision) {
        tally.count_decision_weighted(truth.iter(), &decision, weights)?;
    }
    tally.count_means_weighted(scorers, Needs::Decision, truth.iter(), &decision, weights)?;
    if needs(Needs::Probabilities) {
        let probabilities = probabilities()?;
        if needs_more(Needs::Probabilities) {
            tally.count_probabilities_weighted(truth.iter(), &probabilities, weights)?;
        }
        tally.count_means_weighted(scorers, Needs::Probabilities, truth.iter(), &probabilities, weights)?;
    }
    Ok(tally)
}

macro_rules! evaluate_classifier {
    ($model:ident, $classes:expr, $probabilities:expr) => {
        impl<F, L, X, T> Evaluate<X, T> for $model<F, L>
        where
            F: Float,
            L: Label + Send + Sync + 'static,
            X: FeatureRows<Elem = F>,
            T: AsSingleTargets<Elem = L>,
        {
            type Tally = ClassTally<L>;
            const PROBLEM: Problem = CLASSIFICATION;

            fn check(scorer: &Scorer) -> Result<()> {
                scorer.check_problem(CLASSIFICATION)?;
                scorer.check_labels::<L>()
            }

            fn tally(&self, rows: &DatasetBase<X, T>, scorers: &[Scorer]) -> Result<ClassTally<L>> {
                tally_classes((self, $classes(self)), rows, scorers, || $probabilities(self, &rows.records))
            }

            fn merge(a: ClassTally<L>, b: &ClassTally<L>) -> ClassTally<L> {
                a.merge(b)
            }

            fn score(tally: &ClassTally<L>, scorer: &Scorer) -> Result<f64> {
                tally.score(scorer)
            }

            /// Labels of type `bool`, `usize` and `String` can be written.
            fn codec() -> Option<Codec<ClassTally<L>>> {
                class_codec()
            }
        }
    };
}

evaluate_classifier!(SgdClassifier, SgdClassifier::classes, PredictProba::predict_proba);
evaluate_classifier!(
    LogisticRegression,
    |model| LogisticRegression::linear(model).classes(),
    PredictProba::predict_proba
);
evaluate_classifier!(LinearClassifier, LinearClassifier::classes, |_, _| {
    Err(Error::parameter("scoring", "probabilities", "a model that has them, such as LogisticRegression"))
});

macro_rules! evaluate_regressor {
    ($model:ident) => {
        impl<F, X, T> Evaluate<X, T> for $model<F>
        where
            F: Float,
            X: FeatureRows<Elem = F>,
            T: AsSingleTargets<Elem = F>,
            $model<F>: PredictInplace<X, Array1<F>>,
        {
            type Tally = ValueTally;
            const PROBLEM: Problem = Problem::Regression;

            fn tally(&self, rows: &DatasetBase<X, T>, scorers: &[Scorer]) -> Result<ValueTally> {
                let predicted = self.try_predict(&rows.records)?;
                let wide = |x: &F| wide(*x);
                let truth = rows.targets.as_single_targets();
                let weights = checked_weights(rows)?;
                ValueTally::count_weighted(
                    truth.iter().map(wide),
                    predicted.iter().map(wide),
                    scorers,
                    weights.as_deref(),
                )
            }

            fn merge(a: ValueTally, b: &ValueTally) -> ValueTally {
                a.merge(b)
            }

            fn score(tally: &ValueTally, scorer: &Scorer) -> Result<f64> {
                tally.score(scorer)
            }

            fn codec() -> Option<Codec<ValueTally>> {
                Some(Codec::serialized())
            }
        }
    };
}

evaluate_regressor!(LinearRegressor);
evaluate_regressor!(SgdRegressor);
