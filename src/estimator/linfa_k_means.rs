//! linfa's mini-batch k-means, one more chunk at a time.

use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use linfa::traits::FitWith;
use linfa_clustering::{IncrKMeansError, KMeans, KMeansParams};
use linfa_nn::distance::Distance;
use ndarray::Array2;
use rand::Rng;

use super::partial_fit::PartialFit;
use crate::data::{FeatureRows, Float, Shared, checked_weights, refuse_weights};
use crate::error::{Error, Result};

/// linfa's dense k-means, by [`Chained::opaque`](crate::combine::Chained::opaque): its parameters do not serialize. linfa
/// calls a step that has not converged an error, which carries the model; between chunks that is no error,
/// and the next chunk goes on with it. It knows of no weights, so those other than 1 are refused, and does not look
/// whether values are finite, so that is done here.
impl<F, R, D, T> PartialFit<Array2<F>, T> for KMeansParams<F, R, D>
where
    F: Float,
    R: Rng + Clone + Shared,
    D: Distance<F> + std::fmt::Debug + 'static,
    IncrKMeansError<KMeans<F, D>>: std::error::Error + Shared,
{
    type Model = KMeans<F, D>;

    fn partial_fit(&self, model: Option<Self::Model>, chunk: &DatasetBase<Array2<F>, T>) -> Result<Self::Model> {
        let expected = "1 for every row: linfa's KMeans takes no weights; cluster::MiniBatchKMeans does";
        refuse_weights(checked_weights(chunk)?.as_deref(), expected)?;
        chunk.records.check_finite()?;
        match self.check_ref().map_err(Error::from_estimator)?.fit_with(model, chunk) {
            Ok(model) | Err(IncrKMeansError::NotConverged(model)) => Ok(model),
            Err(error) => Err(Error::from_estimator(error)),
        }
    }
}
