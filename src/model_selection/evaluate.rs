//! Models that can be scored by name.

use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::PredictInplace;
use linfa::{Float, Label};
use ndarray::{Array1, Array2};

use crate::data::wide;
use crate::error::{Error, Result};
use crate::linear::{
    DecisionFunction, FeatureRows, LinearClassifier, LinearRegressor, LogisticRegression, PredictProba, SgdClassifier,
};
use crate::metrics::{ClassTally, Needs, Problem, Scorer, ValueTally};

/// A model to which [`Scorer`]s can be applied. What they are read from merges over chunks.
pub trait Evaluate<R: linfa::dataset::Records, T> {
    /// What the scores are read from.
    type Tally: Clone + Send + Sync + 'static;

    /// What is learned, as far as the types tell: scorers that do not fit are refused before any
    /// work.
    const PROBLEM: Problem;

    /// Whether a scorer fits the model, as far as the types tell.
    ///
    /// The default goes by [`PROBLEM`](Self::PROBLEM). A classifier looks at the labels too:
    /// [`Scorer::check_labels`].
    ///
    /// # Errors
    /// When it does not fit (kind `InvalidParameter`, name `scoring`).
    fn check(scorer: &Scorer) -> Result<()> {
        scorer.check_problem(Self::PROBLEM)
    }

    /// Counts what these scorers need on some rows.
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
}

pub(super) const CLASSIFICATION: Problem = Problem::Classification { n_classes: None };

/// Counts what the scorers need of a classifier.
fn tally_classes<L, X, T>(
    model: &LinearClassifier<X::Elem, L>,
    rows: &DatasetBase<X, T>,
    scorers: &[Scorer],
    probabilities: impl Fn() -> Result<Array2<X::Elem>>,
) -> Result<ClassTally<L>>
where
    X: FeatureRows,
    T: AsSingleTargets<Elem = L>,
    L: Label + 'static,
{
    let truth = rows.targets.as_single_targets();
    let mut tally = ClassTally::new(model.classes());
    let needs = |what| scorers.iter().any(|scorer| scorer.needs() == what);
    // Ranks and losses are not collected for those that only want to see the rows.
    let needs_more = |what| scorers.iter().any(|scorer| scorer.needs() == what && !matches!(scorer, Scorer::Custom(_)));
    let decision = model.decision_function(&rows.records)?;
    if needs(Needs::Labels) {
        tally.count_labels(truth.iter(), model.labels_of(&decision))?;
    }
    if needs_more(Needs::Decision) {
        tally.count_decision(truth.iter(), &decision)?;
    }
    tally.count_means(scorers, Needs::Decision, truth.iter(), &decision)?;
    if needs(Needs::Probabilities) {
        let probabilities = probabilities()?;
        if needs_more(Needs::Probabilities) {
            tally.count_probabilities(truth.iter(), &probabilities)?;
        }
        tally.count_means(scorers, Needs::Probabilities, truth.iter(), &probabilities)?;
    }
    Ok(tally)
}

macro_rules! evaluate_classifier {
    ($model:ident, $linear:expr, $probabilities:expr) => {
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
                tally_classes($linear(self)?, rows, scorers, || $probabilities(self, &rows.records))
            }

            fn merge(a: ClassTally<L>, b: &ClassTally<L>) -> ClassTally<L> {
                a.merge(b)
            }

            fn score(tally: &ClassTally<L>, scorer: &Scorer) -> Result<f64> {
                tally.score(scorer)
            }
        }
    };
}

evaluate_classifier!(SgdClassifier, SgdClassifier::linear, PredictProba::predict_proba);
evaluate_classifier!(
    LogisticRegression,
    |model| Ok::<_, Error>(LogisticRegression::linear(model)),
    PredictProba::predict_proba
);
evaluate_classifier!(LinearClassifier, Ok::<_, Error>, |_, _| {
    Err(Error::parameter("scoring", "probabilities", "a model that has them, such as LogisticRegression"))
});

impl<F, X, T> Evaluate<X, T> for LinearRegressor<F>
where
    F: Float,
    X: FeatureRows<Elem = F>,
    T: AsSingleTargets<Elem = F>,
    LinearRegressor<F>: PredictInplace<X, Array1<F>>,
{
    type Tally = ValueTally;
    const PROBLEM: Problem = Problem::Regression;

    fn tally(&self, rows: &DatasetBase<X, T>, scorers: &[Scorer]) -> Result<ValueTally> {
        if rows.records.nfeatures() != self.coef().len() {
            return Err(Error::shape("columns", self.coef().len(), rows.records.nfeatures()));
        }
        let mut predicted = self.default_target(&rows.records);
        self.predict_inplace(&rows.records, &mut predicted);
        let wide = |x: &F| wide(*x);
        let truth = rows.targets.as_single_targets();
        ValueTally::count(truth.iter().map(wide), predicted.iter().map(wide), scorers)
    }

    fn merge(a: ValueTally, b: &ValueTally) -> ValueTally {
        a.merge(b)
    }

    fn score(tally: &ValueTally, scorer: &Scorer) -> Result<f64> {
        tally.score(scorer)
    }
}
