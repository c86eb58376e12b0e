//! The fitted nearest centroid classifier.

use linfa::Label;
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use super::NAME;
use super::centroids::{Centroids, too_light};
use super::params::NearestCentroidValidParams;
use super::statistics::Statistics;
use crate::data::checked::checked_when_read;
use crate::data::{Remembered, check_model_bytes, labels};
use crate::error::{Error, ErrorKind, Result};

/// A nearest centroid classifier (scikit-learn's `NearestCentroid` with the Euclidean metric; over tf-idf vectors also
/// known as the Rocchio classifier): a row is of the class whose mean is the nearest. `L` are the labels.
///
/// ```
/// use chunkfit::estimator::PredictProba;
/// use chunkfit::linear::{NearestCentroid, Priors};
/// use linfa::DatasetBase;
/// use linfa::traits::{FitWith, Predict};
/// use ndarray::array;
///
/// let chunks = [
///     DatasetBase::new(array![[-1.0, -1.0], [1.0, 1.0], [-2.0, -1.0]], array!["low", "high", "low"]),
///     DatasetBase::new(array![[-3.0, -2.0], [2.0, 1.0], [3.0, 2.0]], array!["low", "high", "high"]),
/// ];
/// let params = NearestCentroid::params().priors(Priors::Empirical);
/// // From chunk to chunk,
/// let first = params.fit_with(None, &chunks[0])?;
/// let model = params.fit_with(Some(first.clone()), &chunks[1])?;
/// let asked = array![[-0.8, -1.0], [0.5, 0.0]];
/// assert_eq!(model.predict(&asked), array!["low", "high"]);
/// assert!(model.predict_proba(&asked)?[(0, 1)] > 0.9);
/// assert_eq!(model.centroids()?.row(1), array![-2.0, -4.0 / 3.0]);
/// // or each on its own, and then merged.
/// assert_eq!(first.merge(params.fit_with(None, &chunks[1])?)?, model);
/// # Ok::<(), chunkfit::Error>(())
/// ```
///
/// It serves rows of `f32` and of `f64` alike; all sums are `f64`, of twice the digits.
///
/// # Training
/// [`params`](NearestCentroid::params) gives the parameters, and they fit:
/// - linfa's [`FitWith`](linfa::traits::FitWith), a chunk, from a model or none to the next (`partial_fit`, which
///   scikit-learn's does not have);
/// - linfa's [`Fit`](linfa::traits::Fit), one data set; the model may go on learning, too.
///
/// Weights count rows as if they were repeated; scikit-learn's takes none. Models of several chunks
/// [merge](Self::merge) into that of all their rows.
///
/// # Distances
/// As in scikit-learn, two distances are used. Where the [`priors`](super::NearestCentroidParams::priors) are all alike,
/// the label is that of the centroid at the least Euclidean distance. Decision values and probabilities, and labels
/// where priors differ, go by -distance² + 2 log(prior), where every column is first divided by its standard deviation
/// within the classes (unless that is 0). So by uniform priors the largest decision value may name another class than
/// the label.
///
/// # Equal, however the rows came
/// Models that learn the rows one after the other have the same bits wherever chunks end; so do sparse and dense rows.
/// [Merged](Self::merge) in whatever order they are the same up to rounding beyond the digits of an `f64`.
/// Dense rows are compared with the centroids by differences; sparse ones by products, at the cost of what they
/// hold, and lose digits where the values are large beside their distances.
///
/// # Memory
/// A model holds two dense `f64` for every class and column, and one more once it has predicted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", bound(serialize = "L: Serialize", deserialize = "L: Deserialize<'de>"))]
pub struct NearestCentroid<L> {
    pub(super) params: NearestCentroidValidParams<L>,
    /// Sorted. They count once a row was seen.
    pub(super) classes: Vec<L>,
    pub(super) n_rows_seen: usize,
    pub(super) statistics: Statistics,
    /// Centroids, priors and deviations, once they were asked for.
    #[serde(skip)]
    pub(super) remembered: Remembered<Centroids>,
}

checked_when_read!(
    NearestCentroid<L>,
    serialize: [L: Serialize],
    deserialize: [L: Label + Deserialize<'de>]
);

impl<L: Label> NearestCentroid<L> {
    /// A model that has learned nothing, the classes known or not.
    ///
    /// # Errors
    /// They would be too many for the memory there is.
    pub(super) fn begin(params: NearestCentroidValidParams<L>, known: Option<Vec<L>>, columns: usize) -> Result<Self> {
        let (statistics, remembered) = (Statistics::empty(columns), Remembered::default());
        let mut model = NearestCentroid { params, classes: Vec::new(), n_rows_seen: 0, statistics, remembered };
        model.grow(known.unwrap_or_default())?;
        Ok(model)
    }

    /// Makes these sorted classes, among which all known ones are, the model's.
    ///
    /// # Errors
    /// They would be too many for the memory there is.
    pub(super) fn grow(&mut self, classes: Vec<L>) -> Result<()> {
        if classes != self.classes {
            let shape = [(classes.len(), "classes"), (self.statistics.columns(), "columns")];
            check_model_bytes(NAME, &shape, Statistics::BYTES)?;
            let origin: Vec<_> = classes.iter().map(|class| self.classes.binary_search(class).ok()).collect();
            self.statistics.rearrange(&origin);
            self.classes = classes;
        }
        Ok(())
    }

    /// Refuses parts that do not fit together, as a file may have them.
    pub(super) fn check_read(&self) -> Result<()> {
        let NearestCentroid { params, classes, statistics, .. } = self;
        params.validate()?;
        if !classes.windows(2).all(|pair| pair[0] < pair[1]) || (self.is_fitted() && classes.is_empty()) {
            return Err(Error::parameter("classes", classes, "one or more labels, sorted and distinct"));
        }
        if !statistics.are_whole(classes.len()) {
            let problem = "the sums are not those of so many classes and columns".to_owned();
            return Err(Error::new(ErrorKind::InvalidMatrix { problem }));
        }
        if self.is_fitted() { params.priors.check_classes(classes.len()) } else { Ok(()) }
    }

    /// True once it has learned from a row. A model begun on an empty chunk has not.
    pub fn is_fitted(&self) -> bool {
        self.n_rows_seen > 0
    }

    /// Refuses a model whose rows, all that there are, were none, of one class or all the same, or whose sums overflowed.
    pub(super) fn check_learned(&self) -> Result<()> {
        if !self.is_fitted() {
            return Err(no_rows());
        }
        self.statistics.check_overflow()?;
        labels::check_two(&self.classes, self.class_count())?;
        if self.statistics.are_constant(self.n_rows_seen) {
            let expected = "a column or more that varies: there is nothing to tell the classes apart by";
            return Err(Error::parameter("x", "columns that are all constant", expected));
        }
        Ok(())
    }

    /// The number of rows that it has learned from.
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
        &self.statistics.class_count
    }

    /// The centroid of each class: shape (classes, columns); zeros for a class that was declared and never seen, which is
    /// never predicted.
    ///
    /// # Errors
    /// Those of predicting, apart from the rows'.
    pub fn centroids(&self) -> Result<ArrayView2<'_, f64>> {
        Ok(self.learned()?.by_column.t())
    }

    /// The prior probability of each class; 0 for a class that was declared and never seen, unless it was given.
    ///
    /// # Errors
    /// Those of predicting, apart from the rows'.
    pub fn class_prior(&self) -> Result<&[f64]> {
        Ok(&self.learned()?.priors)
    }

    /// The standard deviation of each column within the classes (scikit-learn's `within_class_std_dev_`); 0 where rows
    /// differ only by rounding.
    ///
    /// # Errors
    /// Those of predicting, apart from the rows'; [`InvalidParameter`](ErrorKind::InvalidParameter) if weights do not add
    /// up to more than the number of classes, and rows differ.
    pub fn within_class_std_dev(&self) -> Result<&[f64]> {
        self.learned()?.std_dev.as_deref().ok_or_else(|| too_light(self.statistics.weight()))
    }

    /// The model of the rows of both, exactly up to rounding beyond the digits of an `f64`.
    ///
    /// A model that has learned nothing is the identity.
    ///
    /// # Errors
    /// - [`ShapeMismatch`](ErrorKind::ShapeMismatch): numbers of columns that differ.
    /// - [`InvalidParameter`](ErrorKind::InvalidParameter): parameters that differ.
    pub fn merge(mut self, other: Self) -> Result<Self> {
        if self.params != other.params {
            return Err(Error::parameter("params", other.params, format!("those of the other, {:?}", self.params)));
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
        let to = labels::numbers(ndarray::aview1(&other.classes), None, &self.classes)?;
        self.statistics.merge(&other.statistics, &to);
        self.n_rows_seen = self.n_rows_seen.saturating_add(other.n_rows_seen);
        self.remembered.forget();
        Ok(self)
    }

    /// Centroids, priors and deviations, which predicting needs. They are computed when they are first asked for: after
    /// every chunk it would take longer than learning from a few rows that have few of many columns.
    pub(super) fn learned(&self) -> Result<&Centroids> {
        self.remembered.get_or_make(|| {
            // Rows of weight 0 are none.
            if self.statistics.weight() <= 0.0 {
                return Err(no_rows());
            }
            self.statistics.check_overflow()?;
            let shape = [(self.classes.len(), "classes"), (self.n_features(), "columns")];
            check_model_bytes(NAME, &shape, Statistics::BYTES)?;
            let NearestCentroidValidParams { priors, shrink_threshold, .. } = &self.params;
            Centroids::new(&self.statistics, self.n_rows_seen, priors, *shrink_threshold)
        })
    }
}

pub(super) fn no_rows() -> Error {
    Error::new(ErrorKind::NoRows { estimator: NAME })
}
