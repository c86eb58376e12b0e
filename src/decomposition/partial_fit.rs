//! Principal axes, one more chunk at a time.

use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use linfa::traits::FitWith;
use ndarray::Array2;

use super::{IncrementalPca, IncrementalPcaParams};
use crate::data::{Codec, Figure, Float};
use crate::error::Result;
use crate::estimator::PartialFit;

impl<F: Float, T> PartialFit<Array2<F>, T> for IncrementalPcaParams {
    type Model = IncrementalPca;

    fn partial_fit(&self, model: Option<Self::Model>, chunk: &DatasetBase<Array2<F>, T>) -> Result<Self::Model> {
        self.check_ref()?.fit_with(model, chunk)
    }

    fn check_end(&self, model: &Self::Model) -> Result<()> {
        model.axes().check_weight()
    }

    fn figures(&self, model: &Self::Model) -> Vec<Figure> {
        model.axes().figures()
    }

    fn codec(&self) -> Option<Codec<Self::Model>> {
        Some(Codec::serialized())
    }
}
