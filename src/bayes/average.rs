//! Merging the models of many chunks.

use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::FitWith;
use linfa::{Label, ParamGuard};

use super::event_model::EventModel;
use super::model::{NaiveBayes, no_rows};
use super::params::NaiveBayesParams;
use crate::data::{FeatureRows, Shared};
use crate::error::Result;
use crate::estimator::{FitAverage, Weighting};

/// Nothing is averaged: the merged model is that of all rows, and the weighting makes no difference. Rows that are all of
/// one class are an error in the end, in however many chunks they lie.
/// See [`NaiveBayes::merge`].
impl<K, L, X, T> FitAverage<X, T> for NaiveBayesParams<K, L>
where
    K: EventModel,
    L: Label + Shared,
    X: FeatureRows,
    T: AsSingleTargets<Elem = L>,
{
    /// The model of some chunks; `None` without rows.
    type State = Option<NaiveBayes<K, L>>;
    type Model = NaiveBayes<K, L>;

    fn fit_state(&self, chunk: &DatasetBase<X, T>, _: Weighting) -> Result<Self::State> {
        Ok(Some(self.check_ref()?.fit_with(None, chunk)?).filter(NaiveBayes::is_fitted))
    }

    fn merge(a: Self::State, b: Self::State) -> Result<Self::State> {
        match (a, b) {
            (Some(a), Some(b)) => a.merge(b).map(Some),
            (a, b) => Ok(a.or(b)),
        }
    }

    fn finish(&self, state: Self::State) -> Result<Self::Model> {
        let model = state.ok_or_else(no_rows::<K>)?;
        model.check_learned().map(|()| model)
    }
}
