//! From rows to labels and probabilities.

use linfa::traits::{Predict, PredictInplace};
use linfa::{Float, Label};
use ndarray::{Array1, Array2};

use super::event_model::EventModel;
use super::joint::Joint;
use super::model::NaiveBayes;
use crate::data::{Csr, check_model_bytes};
use crate::error::{Error, Result};
use crate::linear::{Classes, DecisionFunction, FeatureRows, PredictProba};

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
    ///   [`InvalidFeature`](crate::ErrorKind::InvalidFeature): rows that could not be learned from either.
    /// - [`InvalidParameter`](crate::ErrorKind::InvalidParameter): [`GaussianNb`](super::GaussianNb),
    ///   if a column does not vary within a class, and smoothing does not help.
    pub fn predict_joint_log_proba<X: FeatureRows>(&self, x: &X) -> Result<Array2<X::Elem>> {
        Ok(self.joint(x)?.values())
    }

    /// The logarithms of the probabilities (scikit-learn's `predict_log_proba`): shape (rows, classes).
    ///
    /// # Errors
    /// Those of [`predict_joint_log_proba`](Self::predict_joint_log_proba).
    pub fn predict_log_proba<X: FeatureRows>(&self, x: &X) -> Result<Array2<X::Elem>> {
        Ok(self.joint(x)?.log_probabilities())
    }

    pub(crate) fn joint<X: FeatureRows>(&self, x: &X) -> Result<Joint> {
        let posterior = self.posterior()?;
        if x.nfeatures() != self.n_features() {
            return Err(Error::shape("columns", self.n_features(), x.nfeatures()));
        }
        let event_model = &self.params.event_model;
        event_model.check_rows(x)?;
        check_model_bytes(K::NAME, &[(x.nsamples(), "rows"), (self.classes.len(), "classes")], size_of::<f64>())?;
        let mut joint = Array2::zeros((x.nsamples(), self.classes.len()));
        if K::has_prior(self.classes.len()) {
            joint += &ndarray::aview1(&posterior.log_prior);
        }
        event_model.add_log_likelihood(&self.statistics, &posterior.likelihood, x, &mut joint);
        Ok(Joint(joint))
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
        Ok(self.joint(x)?.decision())
    }
}

/// # Panics
/// `predict` panics where [`predict_joint_log_proba`](NaiveBayes::predict_joint_log_proba) fails.
impl<K: EventModel, L: Label, X: FeatureRows> PredictInplace<X, Array1<L>> for NaiveBayes<K, L> {
    fn predict_inplace(&self, x: &X, y: &mut Array1<L>) {
        assert_eq!(x.nsamples(), y.len(), "the number of rows differs from that of the targets");
        let joint = self.joint(x).unwrap_or_else(|error| panic!("{error}"));
        for (own, best) in y.iter_mut().zip(joint.best()) {
            own.clone_from(&self.classes[best]);
        }
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
