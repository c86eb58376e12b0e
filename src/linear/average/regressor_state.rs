//! Averages of linear regressions: their state, the sums that merge over chunks.

use ndarray::Array1;
use serde::{Deserialize, Serialize};

use super::ChunkWeight;
use super::column_sums::ColumnSums;
use super::compact_fit::spread;
use crate::data::checked::{checked_when_read, contradiction};
use crate::data::{Float, Footprint, check_model_bytes, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::linear::LinearRegressor;

/// The sum of some chunks' linear regressions; the default is that of no chunk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct RegressorState {
    sums: Option<ColumnSums>,
}

checked_when_read!(RegressorState, serialize: [], deserialize: []);

impl RegressorState {
    fn check_read(&self) -> Result<()> {
        match self.sums.as_ref().map(|sums| sums.layout().0) {
            None | Some(1) => Ok(()),
            Some(outputs) => Err(contradiction(format!("{outputs} outputs of a regression of one"))),
        }
    }

    /// The number of columns, if there is any chunk.
    pub(in crate::linear) fn n_features(&self) -> Option<usize> {
        self.sums.as_ref().map(ColumnSums::n_features)
    }
}

impl RegressorState {
    /// One chunk.
    ///
    /// # Errors
    /// When there is not one weight a coefficient and one for the intercept.
    pub fn from_fit<F: Float>(model: &LinearRegressor<F>, weight: ChunkWeight) -> Result<Self> {
        let columns = (0..model.coef().len() as u32).collect();
        RegressorState::from_columns(model, columns, weight)
    }

    /// One chunk, in these columns (ascending): the others have nothing to say.
    pub(in crate::linear) fn from_columns<F: Float>(
        model: &LinearRegressor<F>,
        columns: Vec<u32>,
        weight: ChunkWeight,
    ) -> Result<Self> {
        let n_features = model.coef().len();
        let coef = columns.iter().map(|&j| wide(model.coef()[j as usize])).collect();
        let sums = ColumnSums::of_chunk(n_features, columns, coef, &[wide(model.intercept())], weight)?;
        Ok(RegressorState { sums: Some(sums) })
    }

    /// The state of the chunks of both. Commutative; associative up to rounding; the default state
    /// changes nothing.
    ///
    /// # Errors
    /// When they differ in their number of columns, or one has a weight a coefficient and the other
    /// has not.
    pub fn merge(self, other: Self) -> Result<Self> {
        let sums = match (self.sums, other.sums) {
            (Some(a), Some(b)) => Some(a.merge(b)?),
            (a, b) => a.or(b),
        };
        Ok(RegressorState { sums })
    }

    /// The mean.
    ///
    /// # Errors
    /// [`ErrorKind::NoRows`], naming the `estimator`, when there was no chunk; [`ErrorKind::ModelTooLarge`].
    pub fn finish<F: Float>(self, estimator: &'static str) -> Result<LinearRegressor<F>> {
        let sums = self.sums.ok_or_else(|| Error::new(ErrorKind::NoRows { estimator }))?;
        let n_features = sums.n_features();
        check_model_bytes(estimator, &[(n_features, "columns")], size_of::<F>())?;
        let (columns, coef, intercept) = sums.means();
        let coef: Array1<F> = spread(n_features, &columns, &coef, 1).into_iter().collect();
        LinearRegressor::trained(coef, F::cast(intercept[0]), estimator)
    }
}

impl Footprint for RegressorState {
    fn heap_bytes(&self) -> usize {
        self.sums.as_ref().map_or(0, ColumnSums::heap_bytes)
    }
}
