//! Exact merging of the models of many chunks.

use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::FitWith;
use linfa::{Label, ParamGuard};

use super::model::{NearestCentroid, no_rows};
use super::params::NearestCentroidParams;
use crate::data::{FeatureRows, Shared};
use crate::error::Result;
use crate::estimator::{FitAverage, Weighting};

/// Nothing is averaged: the merged model is that of all rows, and the weighting makes no difference. Rows that are all of
/// one class are an error in the end, in however many chunks they lie.
/// See [`NearestCentroid::merge`].
impl<L, X, T> FitAverage<X, T> for NearestCentroidParams<L>
where
    L: Label + Shared,
    X: FeatureRows,
    T: AsSingleTargets<Elem = L>,
{
    /// The model of some chunks; `None` without rows.
    type State = Option<NearestCentroid<L>>;
    type Model = NearestCentroid<L>;

    fn fit_state(&self, chunk: &DatasetBase<X, T>, _: Weighting) -> Result<Self::State> {
        Ok(Some(self.check_ref()?.fit_with(None, chunk)?).filter(NearestCentroid::is_fitted))
    }

    fn merge(a: Self::State, b: Self::State) -> Result<Self::State> {
        match (a, b) {
            (Some(a), Some(b)) => a.merge(b).map(Some),
            (a, b) => Ok(a.or(b)),
        }
    }

    fn finish(&self, state: Self::State) -> Result<Self::Model> {
        let model = state.ok_or_else(no_rows)?;
        model.check_learned().map(|()| model)
    }
}
