//! Prediction of naive Bayes: rows to labels and probabilities.

use linfa::Label;
use linfa::traits::{Predict, PredictInplace};
use ndarray::{Array1, Array2};

use super::event_model::EventModel;
use super::model::{NaiveBayes, Posterior, no_rows};
use crate::data::{ClassLabel, Csr, FeatureRows, Float, check_model_bytes};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{
    ClassOutputs, ClassScores, Classes, Classify, DecisionFunction, Model, PredictProba, Wanted, check_targets, kind,
    settle,
};

impl<K: EventModel, L: Label> NaiveBayes<K, L> {
    /// The logarithm of the joint probability of each row and class (scikit-learn's
    /// `predict_joint_log_proba`): shape (rows, classes). For [`ComplementNb`](super::ComplementNb)
    /// the sum of the row's weights.
    ///
    /// # Errors
    /// - [`NoRows`](crate::ErrorKind::NoRows): a model that has learned nothing, or from rows of weight
    ///   0 only.
    /// - [`ShapeMismatch`](crate::ErrorKind::ShapeMismatch): a number of columns other than in training.
    /// - [`NonFinite`](crate::ErrorKind::NonFinite),
    ///   [`InvalidFeature`](crate::ErrorKind::InvalidFeature): rows that could not be learned from either, and
    ///   categories that [`CategoricalNb`](super::CategoricalNb) has not learned of.
    /// - [`NonFiniteResult`](crate::ErrorKind::NonFiniteResult): a row so far from all that was learned that its
    ///   probabilities are beyond what a float can hold. An infinite one that stands for what is ruled out, or
    ///   certain, is none such.
    /// - [`InvalidParameter`](crate::ErrorKind::InvalidParameter): [`GaussianNb`](super::GaussianNb),
    ///   if a column does not vary within a class, and smoothing does not help.
    pub fn predict_joint_log_proba<X: FeatureRows>(&self, x: &X) -> Result<Array2<X::Elem>> {
        self.joint(x)?.values()
    }

    /// The logarithms of the probabilities (scikit-learn's `predict_log_proba`): shape (rows, classes).
    ///
    /// # Errors
    /// Those of [`predict_joint_log_proba`](Self::predict_joint_log_proba).
    pub fn predict_log_proba<X: FeatureRows>(&self, x: &X) -> Result<Array2<X::Elem>> {
        self.joint(x)?.log_probabilities()
    }

    pub(crate) fn joint<X: FeatureRows>(&self, x: &X) -> Result<ClassScores> {
        if !self.is_fitted() {
            return Err(no_rows::<K>());
        }
        let posterior = self.posterior()?;
        if x.nfeatures() != self.n_features() {
            return Err(Error::shape("columns", self.n_features(), x.nfeatures()));
        }
        let event_model = &self.params.event_model;
        event_model.check_rows(x)?;
        event_model.check_known(&self.statistics, x)?;
        check_model_bytes(K::NAME, &[(x.nsamples(), "rows"), (self.classes.len(), "classes")], size_of::<f64>())?;
        let mut joint = Array2::zeros((x.nsamples(), self.classes.len()));
        if K::has_prior(self.classes.len()) {
            joint += &ndarray::aview1(&posterior.log_prior);
        }
        event_model.add_log_likelihood(&self.statistics, &posterior.likelihood, x, &mut joint);
        if !joint.iter().fold(true, |all, value| all & value.is_finite()) {
            self.check_joint(posterior, x, &joint)?;
        }
        Ok(ClassScores(joint))
    }

    /// Refuses what is infinite without being ruled out or certain, and NaN.
    fn check_joint<X: FeatureRows>(&self, posterior: &Posterior<K>, x: &X, joint: &Array2<f64>) -> Result<()> {
        let has_prior = K::has_prior(self.classes.len());
        for ((row, class), value) in joint.indexed_iter().filter(|(_, value)| !value.is_finite()) {
            let by_prior = has_prior && posterior.log_prior[class].is_infinite();
            let certain = !value.is_nan()
                && (by_prior || self.params.event_model.is_certain(&posterior.likelihood, x.feature_row(row), class));
            if !certain {
                return Err(Error::new(ErrorKind::NonFiniteResult { what: "log probability" }).at_row(row));
            }
        }
        Ok(())
    }
}

/// # Errors
/// Those of [`predict_joint_log_proba`](NaiveBayes::predict_joint_log_proba).
impl<K: EventModel, L: Label, X: FeatureRows> PredictProba<X> for NaiveBayes<K, L> {
    fn predict_proba(&self, x: &X) -> Result<Array2<X::Elem>> {
        Ok(self.joint(x)?.probabilities())
    }
}

impl<K: EventModel, L: Label> Classes<L> for NaiveBayes<K, L> {
    fn classes(&self) -> &[L] {
        self.classes()
    }
}

/// For two classes the log odds of the second, else the joint log probabilities. scikit-learn's have
/// no such function, and rank by probabilities, of which many are 1 to the last digit.
impl<K: EventModel, L: Label, X: FeatureRows> DecisionFunction<X> for NaiveBayes<K, L> {
    fn decision_function(&self, x: &X) -> Result<Array2<X::Elem>> {
        self.joint(x)?.decision("log probability")
    }
}

/// # Panics
/// `predict` panics where [`predict_joint_log_proba`](NaiveBayes::predict_joint_log_proba) fails;
/// [`TryPredict`](crate::estimator::TryPredict) and everything lazy report it as an error instead.
impl<K: EventModel, L: Label, X: FeatureRows> PredictInplace<X, Array1<L>> for NaiveBayes<K, L> {
    fn predict_inplace(&self, x: &X, y: &mut Array1<L>) {
        settle(self.joint(x).and_then(|joint| {
            check_targets(x.nsamples(), y.len())?;
            y.iter_mut().zip(joint.best()).for_each(|(own, best)| own.clone_from(&self.classes[best]));
            Ok(())
        }));
    }

    fn default_target(&self, x: &X) -> Array1<L> {
        Array1::from_elem(x.nsamples(), L::default())
    }
}

/// linfa predicts for data sets and dense matrices; this is the same for sparse ones.
impl<K: EventModel, F: Float, L: Label> Predict<&Csr<F>, Array1<L>> for NaiveBayes<K, L> {
    fn predict(&self, x: &Csr<F>) -> Array1<L> {
        let mut labels = self.default_target(x);
        self.predict_inplace(x, &mut labels);
        labels
    }
}

impl<K: EventModel, L: ClassLabel> Model for NaiveBayes<K, L> {
    type Kind = kind::Classifier;
}

/// Ranked by probabilities, as scikit-learn ranks models without a decision function. A scorer of one's own
/// that takes decision values gets the [log odds](DecisionFunction).
impl<K: EventModel, L: ClassLabel, X: FeatureRows> Classify<X, L> for NaiveBayes<K, L> {
    fn outputs(&self, x: &X, wanted: Wanted) -> Result<ClassOutputs<X::Elem>> {
        let joint = self.joint(x)?;
        let mut outputs = ClassOutputs::of_labels(joint.best().collect());
        if wanted.decision {
            outputs = outputs.with_decision(joint.decision("log probability")?).ranked_by(joint.probabilities());
        }
        Ok(if wanted.probabilities { outputs.with_probabilities(joint.probabilities()) } else { outputs })
    }
}
