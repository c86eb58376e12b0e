//! Event models: the distributions of rows in which the naive Bayes classifiers differ.

use std::fmt::Debug;

use ndarray::Array2;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::counts::Counts;
use crate::data::{FeatureRow, FeatureRows, Float, Shared, check_model_bytes};
use crate::error::Result;

/// How the rows of a class are distributed: [`Multinomial`](super::Multinomial),
/// [`Complement`](super::Complement), [`Bernoulli`](super::Bernoulli), [`Categorical`](super::Categorical) or
/// [`Gaussian`](super::Gaussian), with its own parameters. There are no others: the trait cannot be implemented elsewhere.
pub trait EventModel: Mechanics {}

/// The inside of an [`EventModel`].
pub trait Mechanics: Clone + Debug + Default + PartialEq + Serialize + DeserializeOwned + Shared {
    /// The classifier's name, for errors.
    const NAME: &'static str;

    /// What is learned from rows.
    type Statistics: Statistics;

    /// What predicting needs, made from the statistics.
    type Likelihood: Debug + Shared;

    /// Refuses parameters out of range.
    fn check(&self) -> Result<()>;

    /// Refuses a number of columns that does not fit the parameters.
    fn check_columns(&self, _columns: usize) -> Result<()> {
        Ok(())
    }

    /// Refuses priors that were given, and are 0 or more.
    fn check_prior(&self, _given: &[f64]) -> Result<()> {
        Ok(())
    }

    /// Refuses values that the distribution does not have.
    fn check_rows<X: FeatureRows>(&self, x: &X) -> Result<()>;

    /// Refuses checked values that the statistics know nothing of, so that they have no likelihood.
    fn check_known<X: FeatureRows>(&self, _statistics: &Self::Statistics, _x: &X) -> Result<()> {
        Ok(())
    }

    /// Adds rows that were checked to the statistics, which know their classes.
    ///
    /// # Errors
    /// Statistics that would be too large for the memory there is.
    fn learn<X: FeatureRows>(&self, statistics: &mut Self::Statistics, rows: &Examples<'_, X>) -> Result<()>;

    /// What predicting needs. A class of prior 0 is never predicted, whatever its likelihood is.
    fn likelihood(&self, statistics: &Self::Statistics, log_prior: &[f64]) -> Result<Self::Likelihood>;

    /// Whether the prior counts; it does but for the complement.
    fn has_prior(_n_classes: usize) -> bool {
        true
    }

    /// Adds the log likelihoods of checked rows: shape (rows, classes).
    fn add_log_likelihood<X: FeatureRows>(
        &self,
        statistics: &Self::Statistics,
        likelihood: &Self::Likelihood,
        x: &X,
        joint: &mut Array2<f64>,
    );

    /// Whether the likelihood itself makes the class certain, or rules it out, for a row that has these features: then
    /// its joint log probability is infinite, and rightly so.
    fn is_certain<F: Float>(&self, likelihood: &Self::Likelihood, row: impl FeatureRow<F>, class: usize) -> bool;
}

/// Sums over rows, class by class; they merge.
pub trait Statistics: Clone + Debug + PartialEq + Serialize + DeserializeOwned + Shared {
    /// How many bytes each class has for a column, while a chunk is learned.
    const BYTES: usize;

    /// Those of no class.
    fn empty(columns: usize) -> Self;

    /// The number of columns.
    fn columns(&self) -> usize;

    /// Whether they are those of so many classes, as a file may not have them.
    fn are_whole(&self, n_classes: usize) -> bool;

    /// The sum of the weights of each class's rows.
    fn class_count(&self) -> &[f64];

    /// Puts the classes into another order: class `k` is what class `origin[k]` was, or new.
    fn rearrange(&mut self, origin: &[Option<usize>]);

    /// Refuses so many classes if there is no memory for them.
    fn check_size(&self, estimator: &'static str, n_classes: usize) -> Result<()> {
        check_model_bytes(estimator, &[(n_classes, "classes"), (self.columns(), "columns")], Self::BYTES)
    }

    /// Adds those of other rows, whose class `k` is class `to[k]` here.
    ///
    /// # Errors
    /// Statistics that would be too large for the memory there is.
    fn merge(&mut self, other: &Self, to: &[usize]) -> Result<()>;

    /// Refuses sums that are beyond what a float can hold.
    ///
    /// # Errors
    /// [`Overflow`](crate::ErrorKind::Overflow) with the column; of weights alone,
    /// [`Diverged`](crate::ErrorKind::Diverged).
    fn check_overflow(&self, estimator: &'static str) -> Result<()>;

    /// Whether that costs little beside learning from a chunk: then it is asked after every one, else before
    /// predicting.
    const CHECKED_OFTEN: bool;
}

/// An event model that counts.
pub trait Counting: Mechanics<Statistics = Counts> {
    /// Shape (classes, columns).
    fn feature_log_prob(&self, counts: &Counts) -> Array2<f64>;
}

/// The rows of weight above 0, the number of each one's class, and how often each counts.
pub struct Examples<'a, X> {
    pub(super) x: &'a X,
    /// Which rows of `x` they are; `None` for all.
    pub(super) rows: Option<Vec<usize>>,
    /// Of those rows.
    pub(super) class: Vec<usize>,
    /// Of all rows of `x`.
    pub(super) weight: Option<&'a [f64]>,
}

impl<X> Examples<'_, X> {
    /// The number in `x`, the class and the weight of every row that counts.
    pub(super) fn each(&self) -> impl Iterator<Item = (usize, usize, f64)> + Clone {
        self.class.iter().enumerate().map(|(k, &class)| {
            let i = self.rows.as_ref().map_or(k, |rows| rows[k]);
            (i, class, self.weight.map_or(1.0, |weight| weight[i]))
        })
    }
}

/// The rows of a matrix rearranged: row `k` is what row `origin[k]` was, or zeros.
pub(super) fn rearranged(matrix: &Array2<f64>, origin: &[Option<usize>]) -> Array2<f64> {
    let mut all = Array2::zeros((origin.len(), matrix.ncols()));
    for (mut row, old) in all.rows_mut().into_iter().zip(origin) {
        if let Some(old) = old {
            row.assign(&matrix.row(*old));
        }
    }
    all
}

/// Calls `f` with the column and the value of each feature that is not 0, so that sparse and dense
/// rows give the same bits.
#[inline]
pub(super) fn for_each_nonzero<F: Float>(row: impl FeatureRow<F>, mut f: impl FnMut(usize, F)) {
    row.for_each(|j, x| {
        if x != F::zero() {
            f(j, x);
        }
    });
}
