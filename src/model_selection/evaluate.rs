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
use crate::metrics::{ClassTally, Needs, Problem, Residuals, Scorer};

/// A model to which [`Scorer`]s can be applied. What they are read from merges over chunks.
pub trait Evaluate<R: linfa::dataset::Records, T> {
    /// What the scores are read from.
    type Tally: Clone + Send + Sync + 'static;

    /// What is learned, as far as the types tell: scorers that do not fit are refused before any
    /// work.
    const PROBLEM: Problem;

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
    fn score(tally: &Self::Tally, scorer: Scorer) -> Result<f64>;
}

const CLASSIFICATION: Problem = Problem::Classification { n_classes: None };

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
    L: Label,
{
    let truth = rows.targets.as_single_targets();
    let mut tally = ClassTally::new(model.classes());
    let needs = |what| scorers.iter().any(|scorer| scorer.needs() == what);
    let decision = model.decision_function(&rows.records)?;
    if needs(Needs::Labels) {
        tally.count_labels(truth.iter(), model.labels_of(&decision))?;
    }
    if needs(Needs::Decision) {
        tally.count_decision(truth.iter(), &decision)?;
    }
    if needs(Needs::Probabilities) {
        tally.count_probabilities(truth.iter(), &probabilities()?)?;
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

            fn tally(&self, rows: &DatasetBase<X, T>, scorers: &[Scorer]) -> Result<ClassTally<L>> {
                tally_classes($linear(self)?, rows, scorers, || $probabilities(self, &rows.records))
            }

            fn merge(a: ClassTally<L>, b: &ClassTally<L>) -> ClassTally<L> {
                a.merge(b)
            }

            fn score(tally: &ClassTally<L>, scorer: Scorer) -> Result<f64> {
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
    type Tally = Residuals;
    const PROBLEM: Problem = Problem::Regression;

    fn tally(&self, rows: &DatasetBase<X, T>, _scorers: &[Scorer]) -> Result<Residuals> {
        if rows.records.nfeatures() != self.coef().len() {
            return Err(Error::shape("columns", self.coef().len(), rows.records.nfeatures()));
        }
        let mut predicted = self.default_target(&rows.records);
        self.predict_inplace(&rows.records, &mut predicted);
        let wide = |x: &F| wide(*x);
        Residuals::count(rows.targets.as_single_targets().iter().map(wide), predicted.iter().map(wide))
    }

    fn merge(a: Residuals, b: &Residuals) -> Residuals {
        a.merge(b)
    }

    fn score(tally: &Residuals, scorer: Scorer) -> Result<f64> {
        tally.score(scorer)
    }
}
