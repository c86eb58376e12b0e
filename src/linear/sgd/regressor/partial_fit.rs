//! `partial_fit` of the SGD regressor over chunks.

use linfa::ParamGuard;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::FitWith;

use super::{SgdRegressor, SgdRegressorParams};
use crate::data::{Codec, FeatureRows};
use crate::error::Result;
use crate::estimator::PartialFit;

#[diagnostic::do_not_recommend]
impl<R, T> PartialFit<R, T> for SgdRegressorParams
where
    R: FeatureRows,
    T: AsSingleTargets<Elem = R::Elem>,
{
    type Model = SgdRegressor<R::Elem>;

    fn partial_fit(&self, model: Option<Self::Model>, chunk: &DatasetBase<R, T>) -> Result<Self::Model> {
        self.check_ref()?.fit_with(model, chunk)
    }

    fn check_end(&self, model: &Self::Model) -> Result<()> {
        model.check_learned()
    }

    fn codec(&self) -> Option<Codec<Self::Model>> {
        Some(SgdRegressor::codec())
    }
}
