//! The fitted classifier.

use linfa::Label;
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use super::event_model::{Counting, EventModel, Statistics};
use super::params::NaiveBayesValidParams;
use super::smoothing::Smoothed;
use crate::data::checked::checked_when_read;
use crate::data::{Remembered, labels};
use crate::error::{Error, ErrorKind, Result};

/// A fitted naive Bayes classifier: [`MultinomialNb`](super::MultinomialNb),
/// [`ComplementNb`](super::ComplementNb), [`BernoulliNb`](super::BernoulliNb), [`CategoricalNb`](super::CategoricalNb)
/// or [`GaussianNb`](super::GaussianNb), which stand for an event model `K` each. `L` are the labels.
///
/// It serves rows of `f32` and of `f64` alike; all sums are `f64`.
///
/// # Training
/// [`params`](NaiveBayes::params) gives the parameters, and they fit:
/// - linfa's [`FitWith`](linfa::traits::FitWith), a chunk, from a model or none to the next
///   (scikit-learn's `partial_fit`);
/// - linfa's [`Fit`](linfa::traits::Fit), one data set; the model may go on learning, too.
///
/// # Equal, however the rows came
/// The counting classifiers have the same bits wherever chunks end, as long as they are learned one
/// after the other; so have sparse and dense rows. [Merged](NaiveBayes::merge) in whatever order, they
/// have the same bits if all weights times features are integers and their sums are below 2^53, and
/// are the same up to rounding else. [`GaussianNb`](super::GaussianNb) is always the same up to
/// rounding. Classes that appear late make no difference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", bound(serialize = "L: Serialize", deserialize = "L: Deserialize<'de>"))]
pub struct NaiveBayes<K: EventModel, L> {
    pub(super) params: NaiveBayesValidParams<K, L>,
    /// Sorted. They count once a row was seen.
    pub(super) classes: Vec<L>,
    pub(super) n_rows_seen: usize,
    pub(super) statistics: K::Statistics,
    /// What predicting needs, once that was asked for.
    #[serde(skip)]
    pub(super) posterior: Remembered<Posterior<K>>,
}

checked_when_read!(
    NaiveBayes<K, L>,
    serialize: [K: EventModel, L: Serialize],
    deserialize: [K: EventModel, L: Label + Deserialize<'de>]
);

/// What follows from the statistics.
#[derive(Debug)]
pub(super) struct Posterior<K: EventModel> {
    pub(super) log_prior: Vec<f64>,
    pub(super) likelihood: K::Likelihood,
}

impl<K: EventModel, L: Label> NaiveBayes<K, L> {
    /// A model that has learned nothing, the classes known or not.
    ///
    /// # Errors
    /// They would be too many for the memory there is.
    pub(super) fn begin(params: NaiveBayesValidParams<K, L>, known: Option<Vec<L>>, columns: usize) -> Result<Self> {
        let statistics = K::Statistics::empty(columns);
        let mut model =
            NaiveBayes { params, classes: vec![], n_rows_seen: 0, statistics, posterior: Remembered::default() };
        model.grow(known.unwrap_or_default())?;
        Ok(model)
    }

    /// Makes these sorted classes, among which all known ones are, the model's.
    ///
    /// # Errors
    /// They would be too many for the memory there is.
    pub(super) fn grow(&mut self, classes: Vec<L>) -> Result<()> {
        if classes != self.classes {
            self.statistics.check_size(K::NAME, classes.len())?;
            let origin: Vec<_> = classes.iter().map(|class| self.classes.binary_search(class).ok()).collect();
            self.statistics.rearrange(&origin);
            self.classes = classes;
        }
        Ok(())
    }

    /// Refuses parts that do not fit together, as a file may have them.
    fn check_read(&self) -> Result<()> {
        let NaiveBayes { params, classes, statistics, .. } = self;
        params.validate()?;
        if !classes.windows(2).all(|pair| pair[0] < pair[1]) || (self.is_fitted() && classes.is_empty()) {
            return Err(Error::parameter("classes", classes, "one or more labels, sorted and distinct"));
        }
        if !statistics.are_whole(classes.len()) {
            let problem = "the counts are not those of so many classes and columns".to_owned();
            return Err(Error::new(ErrorKind::InvalidMatrix { problem }));
        }
        if self.is_fitted() {
            params.prior.check_classes(classes.len())?;
            params.event_model.check_columns(statistics.columns())?;
        }
        Ok(())
    }

    /// Whether it has learned from any row. A model begun on an empty chunk has not.
    pub fn is_fitted(&self) -> bool {
        self.n_rows_seen > 0
    }

    /// Refuses a model whose rows, all that there are, were none or of one class, or whose sums overflowed.
    pub(crate) fn check_learned(&self) -> Result<()> {
        if !self.is_fitted() {
            return Err(no_rows::<K>());
        }
        self.statistics.check_overflow(K::NAME)?;
        labels::check_two(&self.classes, self.class_count())
    }

    /// How many rows it has learned from.
    pub fn n_rows_seen(&self) -> usize {
        self.n_rows_seen
    }

    /// The number of columns; 0 if it has learned nothing.
    pub fn n_features(&self) -> usize {
        self.statistics.columns()
    }

    /// The sorted classes: the declared ones, or those seen so far. Empty if it has learned nothing.
    pub fn classes(&self) -> &[L] {
        if self.is_fitted() { &self.classes } else { &[] }
    }

    /// The sum of the weights of each class's rows, in the order of the classes.
    pub fn class_count(&self) -> &[f64] {
        self.statistics.class_count()
    }

    /// The logarithm of each class's probability before a row is seen; -∞ for a class that was
    /// declared and never seen, unless its prior was given.
    ///
    /// # Errors
    /// Those of predicting, apart from the rows'.
    pub fn class_log_prior(&self) -> Result<&[f64]> {
        Ok(&self.posterior()?.log_prior)
    }

    /// The model of the rows of both: exactly, or up to rounding; see [`NaiveBayes`].
    ///
    /// A model that has learned nothing is the identity.
    ///
    /// # Errors
    /// - [`ShapeMismatch`](ErrorKind::ShapeMismatch): numbers of columns that differ.
    /// - [`MismatchedStates`](ErrorKind::MismatchedStates): parameters that differ.
    /// - [`ModelTooLarge`](ErrorKind::ModelTooLarge): classes of both, or categories, that there is no memory for.
    pub fn merge(mut self, other: Self) -> Result<Self> {
        if self.params != other.params {
            let (expected, found) = (format!("{:?}", self.params), format!("{:?}", other.params));
            return Err(Error::new(ErrorKind::MismatchedStates { expected, found }));
        }
        if !other.is_fitted() {
            return Ok(self);
        }
        if !self.is_fitted() {
            return Ok(other);
        }
        if self.n_features() != other.n_features() {
            return Err(Error::shape("columns", self.n_features(), other.n_features()));
        }
        self.grow(labels::with_those_of(&self.classes, &other.classes))?;
        let to = |class| self.classes.binary_search(class).expect("the classes of both were just put together");
        let to: Vec<usize> = other.classes.iter().map(to).collect();
        self.statistics.merge(&other.statistics, &to)?;
        if K::Statistics::CHECKED_OFTEN {
            self.statistics.check_overflow(K::NAME)?;
        }
        self.n_rows_seen = self.n_rows_seen.saturating_add(other.n_rows_seen);
        self.posterior.forget();
        Ok(self)
    }

    /// What predicting needs. It is computed when it is first asked for: after every chunk it would
    /// take longer than learning from a few rows that have few of many columns.
    pub(super) fn posterior(&self) -> Result<&Posterior<K>> {
        self.posterior.get_or_make(|| {
            // Rows of weight 0 are none.
            if self.class_count().iter().sum::<f64>() <= 0.0 {
                return Err(no_rows::<K>());
            }
            self.statistics.check_overflow(K::NAME)?;
            self.statistics.check_size(K::NAME, self.classes.len())?;
            let NaiveBayesValidParams { event_model, prior, .. } = &self.params;
            let log_prior = prior.log(self.class_count());
            let likelihood = event_model.likelihood(&self.statistics, &log_prior)?;
            Ok(Posterior { log_prior, likelihood })
        })
    }
}

impl<K: Smoothed + Counting, L: Label> NaiveBayes<K, L> {
    /// The weighted sum of each column over each class's rows: shape (classes, columns). For
    /// [`BernoulliNb`](super::BernoulliNb) the sum of the rows in which it is there.
    pub fn feature_count(&self) -> ArrayView2<'_, f64> {
        self.statistics.feature_count.view()
    }

    /// The logarithm of each column's probability within each class, or for
    /// [`ComplementNb`](super::ComplementNb) its weight: shape (classes, columns). Computed at every
    /// call.
    pub fn feature_log_prob(&self) -> Array2<f64> {
        self.params.event_model.feature_log_prob(&self.statistics)
    }
}

pub(super) fn no_rows<K: EventModel>() -> Error {
    Error::new(ErrorKind::NoRows { estimator: K::NAME })
}
