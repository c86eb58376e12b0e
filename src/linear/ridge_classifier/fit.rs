//! Fitting a ridge classifier on all rows at once: the passes over one chunk.

use linfa::Label;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::Fit;

use super::{RidgeClassifier, RidgeClassifierValidParams};
use crate::data::FeatureRows;
use crate::error::{Error, Result};
use crate::linear::smooth::Minimization;
use crate::linear::targets::ClassTargets;

impl<L, X, T> Fit<X, T, Error> for RidgeClassifierValidParams<L>
where
    L: Label,
    X: FeatureRows,
    T: AsSingleTargets<Elem = L>,
{
    type Object = RidgeClassifier<X::Elem, L>;

    /// Fits on all rows at once. Rows count as often as the data set's weights say, and those of weight 0 are as if absent,
    /// their labels too.
    ///
    /// # Errors
    /// [`NoRows`](crate::ErrorKind::NoRows); [`OneClass`](crate::ErrorKind::OneClass);
    /// [`NonFinite`](crate::ErrorKind::NonFinite) with the row and the column; [`Diverged`](crate::ErrorKind::Diverged)
    /// when what is minimised is beyond what floats hold; [`ShapeMismatch`](crate::ErrorKind::ShapeMismatch) when the
    /// numbers of rows, targets and weights differ; [`InvalidParameter`](crate::ErrorKind::InvalidParameter) for a weight
    /// that is negative or not finite.
    fn fit(&self, dataset: &DatasetBase<X, T>) -> Result<Self::Object> {
        let rows = ClassTargets::gather(dataset)?;
        self.found(Minimization::new(self.limits(), self.intercept(), None).finish(self, &rows)?)
    }
}
