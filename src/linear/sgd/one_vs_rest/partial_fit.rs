//! `partial_fit` of one-vs-rest over chunks.

use std::ops::Range;

use linfa::ParamGuard;
use linfa::dataset::{AsMultiTargets, DatasetBase};
use linfa::traits::FitWith;
use ndarray::{Axis, Slice};
use serde::Serialize;

use crate::data::{Codec, FeatureRows, Identified, weights_of};
use crate::error::{Error, Result};
use crate::estimator::PartialFit;
use crate::linear::{OneVsRest, OneVsRestParams};

impl<R, T> PartialFit<R, T> for OneVsRestParams
where
    R: FeatureRows,
    T: AsMultiTargets<Elem = bool>,
{
    type Model = OneVsRest<R::Elem>;

    fn partial_fit(&self, model: Option<Self::Model>, chunk: &DatasetBase<R, T>) -> Result<Self::Model> {
        self.check_ref()?.fit_with(model, chunk)
    }

    fn check_end(&self, model: &Self::Model) -> Result<()> {
        model.check_learned()
    }

    fn codec(&self) -> Option<Codec<Self::Model>> {
        Some(OneVsRest::codec())
    }
}

/// Some of the labels, learned as if there were no others.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LabelBlock {
    pub(crate) params: OneVsRestParams,
    pub(crate) labels: Range<usize>,
    /// How many labels there are in all.
    pub(crate) n_labels: usize,
}

impl Identified for LabelBlock {
    const NAME: &'static str = "OneVsRest, some labels";
}

impl<R, T> PartialFit<R, T> for LabelBlock
where
    R: FeatureRows,
    T: AsMultiTargets<Elem = bool>,
{
    type Model = OneVsRest<R::Elem>;

    fn partial_fit(&self, model: Option<Self::Model>, chunk: &DatasetBase<R, T>) -> Result<Self::Model> {
        let all = chunk.as_multi_targets();
        if all.ncols() != self.n_labels {
            return Err(Error::shape("labels", self.n_labels, all.ncols()));
        }
        let own = all.slice_axis(Axis(1), Slice::from(self.labels.clone()));
        let weights = weights_of(chunk);
        self.params.check_ref()?.partial_fit_weighted(model, &chunk.records, own, weights.as_deref())
    }

    fn check_end(&self, model: &Self::Model) -> Result<()> {
        model.check_learned()
    }

    fn codec(&self) -> Option<Codec<Self::Model>> {
        PartialFit::<R, T>::codec(&self.params)
    }
}
