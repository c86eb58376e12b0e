//! Predictions: from rows to labels, decision values and probabilities.

use linfa::Label;
use linfa::traits::{Predict, PredictInplace};
use ndarray::{Array1, Array2};

use super::NAME;
use super::centroids::Centroids;
use super::model::NearestCentroid;
use crate::data::{ClassLabel, Csr, FeatureRows, Float, check_model_bytes};
use crate::error::{Error, Result};
use crate::estimator::{
    ClassOutputs, ClassScores, Classes, Classify, DecisionFunction, Model, PredictProba, Wanted, check_targets, kind,
    settle,
};

impl<L: Label> NearestCentroid<L> {
    /// The logarithms of the probabilities (scikit-learn's `predict_log_proba`): shape (rows, classes).
    ///
    /// # Errors
    /// Those of [`predict_proba`](PredictProba::predict_proba).
    pub fn predict_log_proba<X: FeatureRows>(&self, x: &X) -> Result<Array2<X::Elem>> {
        self.discriminant(x)?.log_probabilities()
    }

    /// Checks these rows, and gives the centroids.
    fn ready<X: FeatureRows>(&self, x: &X) -> Result<&Centroids> {
        let learned = self.learned()?;
        if x.nfeatures() != self.n_features() {
            return Err(Error::shape("columns", self.n_features(), x.nfeatures()));
        }
        x.check_finite()?;
        check_model_bytes(NAME, &[(x.nsamples(), "rows"), (self.classes.len(), "classes")], size_of::<f64>())?;
        Ok(learned)
    }

    fn discriminant<X: FeatureRows>(&self, x: &X) -> Result<ClassScores> {
        self.ready(x)?.discriminant(x, self.statistics.weight())
    }

    /// The number of each row's class.
    fn labels<X: FeatureRows>(&self, x: &X) -> Result<Vec<usize>> {
        let learned = self.ready(x)?;
        let scores = match learned.alike {
            true => learned.nearness(x, None)?,
            false => learned.discriminant(x, self.statistics.weight())?,
        };
        Ok(scores.best().collect())
    }
}

impl<L: Label> Classes<L> for NearestCentroid<L> {
    fn classes(&self) -> &[L] {
        self.classes()
    }
}

/// For two classes how much larger the second one's score is, else the scores: -distance² + 2 log(prior), each column
/// divided by its standard deviation within the classes.
///
/// # Errors
/// [`NoRows`](crate::ErrorKind::NoRows) for a model that has learned nothing, or from rows of weight 0 only;
/// [`Overflow`](crate::ErrorKind::Overflow) and [`Diverged`](crate::ErrorKind::Diverged) for one whose sums of squares, or of
/// weights, are beyond what floats hold;
/// [`InvalidParameter`](crate::ErrorKind::InvalidParameter) if the weights do not add up to more than the number of
/// classes, and rows differ within them.
impl<L: Label, X: FeatureRows> DecisionFunction<X> for NearestCentroid<L> {
    fn decision_function(&self, x: &X) -> Result<Array2<X::Elem>> {
        self.discriminant(x)?.decision("decision value")
    }
}

/// # Errors
/// As of [`decision_function`](DecisionFunction::decision_function).
impl<L: Label, X: FeatureRows> PredictProba<X> for NearestCentroid<L> {
    fn predict_proba(&self, x: &X) -> Result<Array2<X::Elem>> {
        Ok(self.discriminant(x)?.probabilities())
    }
}

/// # Panics
/// `predict` panics where [`decision_function`](DecisionFunction::decision_function) fails;
/// [`TryPredict`](crate::estimator::TryPredict) and everything lazy report it as an error instead.
impl<L: Label, X: FeatureRows> PredictInplace<X, Array1<L>> for NearestCentroid<L> {
    fn predict_inplace(&self, x: &X, y: &mut Array1<L>) {
        settle(self.labels(x).and_then(|labels| {
            check_targets(x.nsamples(), y.len())?;
            y.iter_mut().zip(labels).for_each(|(own, best)| own.clone_from(&self.classes[best]));
            Ok(())
        }));
    }

    fn default_target(&self, x: &X) -> Array1<L> {
        Array1::from_elem(x.nsamples(), L::default())
    }
}

/// linfa predicts for data sets and dense matrices; this is the same for sparse ones.
impl<F: Float, L: Label> Predict<&Csr<F>, Array1<L>> for NearestCentroid<L> {
    fn predict(&self, x: &Csr<F>) -> Array1<L> {
        let mut labels = self.default_target(x);
        self.predict_inplace(x, &mut labels);
        labels
    }
}

impl<L: ClassLabel> Model for NearestCentroid<L> {
    type Kind = kind::Classifier;
}

impl<L: ClassLabel, X: FeatureRows> Classify<X, L> for NearestCentroid<L> {
    fn outputs(&self, x: &X, wanted: Wanted) -> Result<ClassOutputs<X::Elem>> {
        let mut outputs = ClassOutputs::of_labels(self.labels(x)?);
        if !wanted.decision && !wanted.probabilities {
            return Ok(outputs);
        }
        let scores = self.discriminant(x)?;
        if wanted.decision {
            outputs = outputs.with_decision(scores.decision("decision value")?);
        }
        Ok(if wanted.probabilities { outputs.with_probabilities(scores.probabilities()) } else { outputs })
    }
}
