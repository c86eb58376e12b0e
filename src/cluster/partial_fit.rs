//! Clusters, one more chunk at a time.

use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use linfa::traits::FitWith;

use super::{MiniBatchKMeans, MiniBatchKMeansParams};
use crate::data::{Codec, FeatureRows};
use crate::error::Result;
use crate::estimator::PartialFit;

impl<X: FeatureRows, T> PartialFit<X, T> for MiniBatchKMeansParams {
    type Model = MiniBatchKMeans;

    fn partial_fit(&self, model: Option<Self::Model>, chunk: &DatasetBase<X, T>) -> Result<Self::Model> {
        self.check_ref()?.fit_with(model, chunk)
    }

    fn codec(&self) -> Option<Codec<Self::Model>> {
        Some(Codec::serialized())
    }
}
