//! Transformation of a chunk, as a pipeline does before an estimator.

use linfa::dataset::{DatasetBase, Records};
use ndarray::{Array1, Array2};

use super::TransformRows;
use crate::data::{Csr, Shared};
use crate::error::Result;

/// A transformation of a chunk, by a transformer that is stateless or was fitted.
///
/// Whatever transforms rows ([`TransformRows`]) transforms chunks of them: the records of a [`DatasetBase`], whose targets
/// and weights go along, or chunks that are nothing but rows (a [`Csr`], an array, a vector).
///
/// Implement it for the *checked* parameters of a stateless transformer of your own, with
/// [`PipelineStep`](super::PipelineStep) beside it; a [`Pipeline`](crate::combine::Pipeline) takes the unchecked ones.
///
/// ```
/// use chunkfit::Error;
/// use chunkfit::data::Identified;
/// use chunkfit::estimator::{PipelineStep, Stateless, TransformChunk};
/// use chunkfit::prelude::*;
/// use linfa::{DatasetBase, ParamGuard};
/// use ndarray::{Array1, Array2, array};
///
/// type Examples = DatasetBase<Array2<f64>, Array1<bool>>;
///
/// #[derive(Clone, serde::Serialize)]
/// struct Logarithm;
///
/// impl PipelineStep for Logarithm {
///     type Learning = Stateless;
/// }
///
/// impl Identified for Logarithm {
///     const NAME: &'static str = "docs::Logarithm";
/// }
///
/// impl TransformChunk<Examples> for Logarithm {
///     type Output = Examples;
///     const NAME: &'static str = "logarithm";
///
///     fn transform_chunk(&self, chunk: &Examples) -> Result<Examples, Error> {
///         Ok(DatasetBase::new(chunk.records.mapv(f64::ln_1p), chunk.targets.clone()))
///     }
/// }
///
/// // linfa's check of parameters: there is nothing to check.
/// impl ParamGuard for Logarithm {
///     type Checked = Self;
///     type Error = Error;
///
///     fn check_ref(&self) -> Result<&Self, Error> {
///         Ok(self)
///     }
///
///     fn check(self) -> Result<Self, Error> {
///         Ok(self)
///     }
/// }
///
/// let chunks = Chunks::from_memory([DatasetBase::new(array![[0.0], [20.0]], array![true, false])]);
/// let fit = Pipeline::new(Logarithm, Chained::new(SgdClassifier::params()).epochs(5)).fit(&chunks);
/// assert_eq!(Runtime::new().compute(fit.score(&chunks))?, 1.0);
/// # Ok::<(), Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not transform chunks of type `{D}`",
    note = "text goes through `HashingVectorizer`, categories through `OneHotEncoder` or `OrdinalEncoder`; scalers \
            and decompositions take rows of floats (`Array2<f64>`, `Csr<f64>`), for text after a vectorizer: \
            `Pipeline::steps(HashingVectorizer::params()).then(…)`",
    note = "for a transformer of your own implement `chunkfit::estimator::TransformRows` for its rows, or \
            `TransformChunk` for whole chunks"
)]
pub trait TransformChunk<D>: Shared {
    /// The chunk after the transformation. A pipeline over a list of chunks asks for a [`Chunk`](crate::data::Chunk).
    type Output;

    /// The name of the tasks in progress and errors.
    const NAME: &'static str;

    /// True if a run's [chunk cache](crate::Runtime::chunk_cache) is to hold what comes out of a pipeline's
    /// transformer: worth it where transforming a chunk takes longer than reading it back. Default no. Of learned
    /// transformers nothing is held.
    const CACHED: bool = false;

    /// Transforms one chunk.
    ///
    /// # Errors
    /// The transformer's own, with the row where it can be named.
    fn transform_chunk(&self, chunk: &D) -> Result<Self::Output>;
}

impl<V, R, T> TransformChunk<DatasetBase<R, T>> for V
where
    V: TransformRows<R, Output: Records>,
    R: Records,
    T: Clone,
{
    type Output = DatasetBase<V::Output, T>;
    const NAME: &'static str = V::NAME;

    fn transform_chunk(&self, chunk: &DatasetBase<R, T>) -> Result<Self::Output> {
        Ok(with_records(self.transform_rows(&chunk.records)?, chunk))
    }
}

/// Chunks that are nothing but rows.
macro_rules! rows_alone {
    ($($rows:ty),*) => {
        $(
            impl<V: TransformRows<$rows>, A> TransformChunk<$rows> for V {
                type Output = V::Output;
                const NAME: &'static str = V::NAME;

                fn transform_chunk(&self, chunk: &$rows) -> Result<V::Output> {
                    self.transform_rows(chunk)
                }
            }
        )*
    };
}

rows_alone!(Csr<A>, Array2<A>, Array1<A>, Vec<A>);

/// Other records for the same targets and weights.
pub(crate) fn with_records<R: Records, S: Records, T: Clone>(
    records: S,
    chunk: &DatasetBase<R, T>,
) -> DatasetBase<S, T> {
    DatasetBase::new(records, chunk.targets.clone()).with_weights(chunk.weights.clone())
}
