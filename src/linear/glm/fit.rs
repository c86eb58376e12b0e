//! Fitting a generalized linear regression on all rows at once: the passes over one chunk.

use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::Fit;

use super::family::Family;
use super::model::Glm;
use super::params::GlmValidParams;
use super::passes::{ValueSurvey, ValueTargets};
use crate::data::{FeatureRows, Float};
use crate::error::{Error, Result};
use crate::linear::smooth::{ChunkRows, Minimization};

impl<K, X, T> Fit<X, T, Error> for GlmValidParams<K>
where
    K: Family,
    X: FeatureRows,
    T: AsSingleTargets<Elem = X::Elem>,
{
    type Object = Glm<K, X::Elem>;

    /// Fits on all rows at once. Rows of weight 0 are as if absent.
    ///
    /// # Errors
    /// [`NoRows`](crate::ErrorKind::NoRows); [`NonFinite`](crate::ErrorKind::NonFinite) with the row and the
    /// column; [`Diverged`](crate::ErrorKind::Diverged) when what is minimised is beyond what floats hold;
    /// [`ShapeMismatch`](crate::ErrorKind::ShapeMismatch) when the numbers of rows, targets and
    /// weights differ; [`InvalidParameter`](crate::ErrorKind::InvalidParameter) for a weight that is negative
    /// or not finite, or a target that the family cannot have.
    fn fit(&self, dataset: &DatasetBase<X, T>) -> Result<Self::Object> {
        self.found(self.minimize(&self.gather(dataset)?)?)
    }
}

impl<K: Family> GlmValidParams<K> {
    /// The minimization over some rows, at its end.
    pub(super) fn minimize<F: Float>(&self, rows: &ChunkRows<F, ValueTargets>) -> Result<Minimization<ValueSurvey>> {
        Minimization::new(self.limits(), self.intercept(), None).finish(self, rows)
    }
}
