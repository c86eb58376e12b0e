//! Naive Bayes, one more chunk at a time.

use linfa::ParamGuard;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::FitWith;

use super::{EventModel, NaiveBayes, NaiveBayesParams};
use crate::data::{ClassLabel, Codec, FeatureRows};
use crate::error::Result;
use crate::estimator::PartialFit;

impl<K, R, T, L> PartialFit<R, T> for NaiveBayesParams<K, L>
where
    K: EventModel,
    R: FeatureRows,
    T: AsSingleTargets<Elem = L>,
    L: ClassLabel,
{
    type Model = NaiveBayes<K, L>;

    fn partial_fit(&self, model: Option<Self::Model>, chunk: &DatasetBase<R, T>) -> Result<Self::Model> {
        self.check_ref()?.fit_with(model, chunk)
    }

    fn check_end(&self, model: &Self::Model) -> Result<()> {
        model.check_learned()
    }

    fn codec(&self) -> Option<Codec<Self::Model>> {
        Some(Codec::serialized())
    }
}
