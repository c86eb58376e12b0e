//! Nearest centroid classification, one more chunk at a time.

use linfa::ParamGuard;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::FitWith;

use super::model::NearestCentroid;
use super::params::NearestCentroidParams;
use crate::data::{ClassLabel, Codec, FeatureRows};
use crate::error::Result;
use crate::estimator::PartialFit;

impl<X, T, L> PartialFit<X, T> for NearestCentroidParams<L>
where
    X: FeatureRows,
    T: AsSingleTargets<Elem = L>,
    L: ClassLabel,
{
    type Model = NearestCentroid<L>;

    fn partial_fit(&self, model: Option<Self::Model>, chunk: &DatasetBase<X, T>) -> Result<Self::Model> {
        self.check_ref()?.fit_with(model, chunk)
    }

    fn check_end(&self, model: &Self::Model) -> Result<()> {
        model.check_learned()
    }

    fn codec(&self) -> Option<Codec<Self::Model>> {
        Some(Codec::serialized())
    }
}
