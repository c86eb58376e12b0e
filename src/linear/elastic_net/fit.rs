//! Fitting an elastic net on all rows at once.

use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::Fit;

use super::NAME;
use super::examples::Examples;
use super::model::ElasticNet;
use super::params::ElasticNetValidParams;
use super::solve::Solution;
use crate::data::{FeatureRows, Float};
use crate::error::{Error, ErrorKind, Result};

impl<X, T> Fit<X, T, Error> for ElasticNetValidParams
where
    X: FeatureRows,
    T: AsSingleTargets<Elem = X::Elem>,
{
    type Object = ElasticNet<X::Elem>;

    /// Fits on all rows at once, with any number of columns. Rows of weight 0 are as if absent.
    ///
    /// # Errors
    /// [`NoRows`](ErrorKind::NoRows); [`NonFinite`](ErrorKind::NonFinite) with the row and the column;
    /// [`Diverged`](ErrorKind::Diverged) when sums of squares are beyond what floats hold;
    /// [`ShapeMismatch`](ErrorKind::ShapeMismatch) when the numbers of rows, targets and weights differ;
    /// [`InvalidParameter`](ErrorKind::InvalidParameter) for a weight that is negative or not finite;
    /// [`InvalidTarget`](ErrorKind::InvalidTarget) for a target that is not finite.
    fn fit(&self, dataset: &DatasetBase<X, T>) -> Result<Self::Object> {
        let examples = Examples::of(dataset)?;
        if examples.n_rows() == 0 {
            return Err(Error::new(ErrorKind::NoRows { estimator: NAME }));
        }
        self.solve(&examples)?.into_model(dataset.records.nfeatures())
    }
}

impl Solution {
    /// The model of so many columns.
    pub(super) fn into_model<F: Float>(self, n_features: usize) -> Result<ElasticNet<F>> {
        let coef = self.spread(n_features);
        ElasticNet::fitted(
            &coef,
            self.intercept,
            self.descended.n_iter,
            Some(self.descended.gap),
            self.descended.converged,
        )
    }
}
