//! `partial_fit` of the one-class SVM over chunks.

use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use linfa::traits::FitWith;

use super::{SgdOneClassSvm, SgdOneClassSvmParams};
use crate::data::{Codec, FeatureRows};
use crate::error::Result;
use crate::estimator::PartialFit;

impl<R, T> PartialFit<R, T> for SgdOneClassSvmParams
where
    R: FeatureRows,
{
    type Model = SgdOneClassSvm<R::Elem>;

    fn partial_fit(&self, model: Option<Self::Model>, chunk: &DatasetBase<R, T>) -> Result<Self::Model> {
        self.check_ref()?.fit_with(model, chunk)
    }

    fn check_end(&self, model: &Self::Model) -> Result<()> {
        model.check_learned()
    }

    fn codec(&self) -> Option<Codec<Self::Model>> {
        Some(SgdOneClassSvm::codec())
    }
}
