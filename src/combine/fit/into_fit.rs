//! Models in memory as fits: those that were loaded from a file, for one.

use serde::Serialize;

use crate::combine::pipeline::{FittedPipeline, PipelineFit};
use crate::data::Shared;
use crate::estimator::Model;
use crate::estimator::kind::{self, Kind};
use crate::graph::Lazy;

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
/// Every [`Model`] that serializes has it, by its kind. Of a model that does not serialize, `Lazy::value(model)` is a fit.
pub trait IntoFit {
    /// The fit.
    type Fit;

    /// The model as a fit.
    fn into_fit(self) -> Self::Fit;
}

/// A kind whose models `M` become fits again: [`IntoFit`] as a function of the kind.
pub trait FitAs<M>: Kind {
    /// See [`IntoFit::Fit`].
    type Fit;

    /// See [`IntoFit::into_fit`].
    fn into_fit(model: M) -> Self::Fit;
}

impl<M: Model> IntoFit for M
where
    M::Kind: FitAs<M>,
{
    type Fit = <M::Kind as FitAs<M>>::Fit;

    fn into_fit(self) -> Self::Fit {
        M::Kind::into_fit(self)
    }
}

/// A kind of models that are one value, without a transformer before them.
pub trait SingleKind: Kind {}

impl SingleKind for kind::Classifier {}
impl SingleKind for kind::Regressor {}
impl SingleKind for kind::MultilabelClassifier {}
impl SingleKind for kind::OutlierDetector {}
impl SingleKind for kind::Clusterer {}
impl SingleKind for kind::Transformer {}
impl SingleKind for kind::Grouped {}

impl<K: SingleKind, M: Model + Serialize> FitAs<M> for K {
    type Fit = Lazy<M>;

    fn into_fit(model: M) -> Lazy<M> {
        Lazy::by_content(model)
    }
}

impl<V: Shared, M: Shared> Model for FittedPipeline<V, M> {
    type Kind = kind::Pipeline;
}

impl<V: Serialize, M: IntoFit> FitAs<FittedPipeline<V, M>> for kind::Pipeline {
    type Fit = PipelineFit<V, M::Fit>;

    fn into_fit(pipeline: FittedPipeline<V, M>) -> Self::Fit {
        PipelineFit::of_fitted(pipeline.transformer, pipeline.model.into_fit())
    }
}
