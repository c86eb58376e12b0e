//! A fitted model in memory as a fit.

use linfa::{Float, Label};
use serde::Serialize;

use crate::bayes::{EventModel, NaiveBayes};
use crate::calibration::{Calibrated, Thresholded};
use crate::cluster::{KMeans, MiniBatchKMeans};
use crate::combine::per_group::GroupModels;
use crate::combine::pipeline::{FittedPipeline, PipelineFit};
use crate::decomposition::{IncrementalPca, Pca, TruncatedSvd};
use crate::graph::Lazy;
use crate::linear::{
    Family, Glm, LinearClassifier, LinearRegressor, LogisticRegression, OneVsRest, SgdClassifier, SgdOneClassSvm,
    SgdRegressor,
};

/// A fitted model in memory, one that was loaded from a file, say, as a fit: it predicts and scores over chunks
/// ([`Fitted`](super::Fitted)) like one that is still to be computed.
///
/// Models and pipelines are known by their type and serialized content, so that a
/// [checkpoint](crate::Runtime::checkpoint) or a sink knows the same model again in another process.
///
/// ```
/// use chunkfit::combine::IntoFit;
/// use chunkfit::prelude::*;
/// # use linfa::DatasetBase;
/// # use ndarray::array;
/// # let chunk = DatasetBase::new(["oil is up", "tea is up"].into_iter().collect::<Text>(), array![true, false]);
/// # let chunks = Chunks::from_memory([chunk]);
/// # let model = Pipeline::new(HashingVectorizer::params(), Chained::new(SgdClassifier::params())).fit(&chunks);
/// # let model = Runtime::new().compute(model)?;
/// let fit = model.into_fit(); // a FittedPipeline, computed or loaded
/// let accuracy = Runtime::new().compute(fit.score(&chunks))?;
/// # assert!(accuracy > 0.4);
/// # Ok::<(), Error>(())
/// ```
///
/// For a model of your own that serializes, the fit is `Lazy::by_content(self)`; of one that does not,
/// `Lazy::value(model)` is one already. Implement the trait for it where it stands in a [`FittedPipeline`].
pub trait IntoFit {
    /// The fit.
    type Fit;

    /// The model as a fit.
    fn into_fit(self) -> Self::Fit;
}

impl<V: Serialize, M: IntoFit> IntoFit for FittedPipeline<V, M> {
    type Fit = PipelineFit<V, M::Fit>;

    fn into_fit(self) -> Self::Fit {
        PipelineFit::of_fitted(self.transformer, self.model.into_fit())
    }
}

macro_rules! models {
    ($([$($generics:tt)*] $model:ty;)*) => {
        $(impl<$($generics)*> IntoFit for $model {
            type Fit = Lazy<Self>;

            fn into_fit(self) -> Lazy<Self> {
                Lazy::by_content(self)
            }
        })*
    };
}

models! {
    [F: Float + Serialize, L: Label + Serialize + Send + Sync + 'static] SgdClassifier<F, L>;
    [F: Float + Serialize, L: Label + Serialize + Send + Sync + 'static] LinearClassifier<F, L>;
    [F: Float + Serialize, L: Label + Serialize + Send + Sync + 'static] LogisticRegression<F, L>;
    [F: Float + Serialize] SgdRegressor<F>;
    [F: Float + Serialize] SgdOneClassSvm<F>;
    [F: Float + Serialize] OneVsRest<F>;
    [F: Float + Serialize] LinearRegressor<F>;
    [K: Family + Serialize, F: Float + Serialize] Glm<K, F>;
    [K: EventModel, L: Label + Serialize + Send + Sync + 'static] NaiveBayes<K, L>;
    [M: Serialize + Send + Sync + 'static, L: Label + Serialize + Send + Sync + 'static] Calibrated<M, L>;
    [M: Serialize + Send + Sync + 'static, L: Label + Serialize + Send + Sync + 'static] Thresholded<M, L>;
    [K: Ord + Serialize + Send + Sync + 'static, M: Serialize + Send + Sync + 'static] GroupModels<K, M>;
    [] KMeans;
    [] MiniBatchKMeans;
    [] TruncatedSvd;
    [] Pca;
    [] IncrementalPca;
}
