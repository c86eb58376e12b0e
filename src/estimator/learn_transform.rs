//! Learning a transformer over chunks: `LearnTransform`.

use linfa::dataset::{DatasetBase, Records};
use ndarray::{Array1, Array2};

use super::{LearnRows, TransformChunk};
use crate::data::{Csr, Figure, Shared, checked_weights};
use crate::error::Result;

/// Checked parameters that learn a transformation of chunks from all chunks.
///
/// Whatever learns from rows ([`LearnRows`]) learns from chunks of them: from the records of a [`DatasetBase`], or from
/// chunks that are nothing but rows (a [`Csr`], an array, a vector). Implement this trait itself, and
/// [`PipelineStep`](super::PipelineStep) beside it, for the *checked* parameters of a transformer that looks at more, at
/// targets say. The weights of a data set go to [`LearnRows::learn_weighted`], which refuses them where a transformer
/// takes none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not learn a transformer from chunks of type `{D}`",
    note = "text goes through `HashingVectorizer`, categories through `OneHotEncoder` or `OrdinalEncoder`; scalers \
            and decompositions take rows of floats (`Array2<f64>`, `Csr<f64>`), for text after a vectorizer: \
            `Pipeline::steps(HashingVectorizer::params()).then(…)`",
    note = "for a transformer of your own implement `chunkfit::estimator::LearnRows` for its rows, or \
            `LearnTransform` for whole chunks"
)]
pub trait LearnTransform<D>: Shared {
    /// The state: what was learned of some chunks.
    type State: Clone + Shared;
    /// The fitted transformer.
    type Transformer: TransformChunk<D>;

    /// Learns from one chunk. No rows are no error.
    ///
    /// # Errors
    /// The transformer's own, with the row where it can be named.
    fn learn_chunk(&self, chunk: &D) -> Result<Self::State>;

    /// In how many passes over all chunks it learns. By default 1.
    fn n_passes(&self) -> usize {
        1
    }

    /// Learns from one chunk in a later pass, given what the passes before made of all chunks.
    ///
    /// # Errors
    /// As [`learn_chunk`](Self::learn_chunk).
    fn learn_chunk_again(&self, so_far: &Self::Transformer, chunk: &D) -> Result<Self::State> {
        let _ = so_far;
        self.learn_chunk(chunk)
    }

    /// The merged state of both. Commutative and, up to rounding, associative.
    ///
    /// # Errors
    /// When the chunks differ in their number of columns.
    fn merge_states(a: Self::State, b: Self::State) -> Result<Self::State>;

    /// The transformer.
    ///
    /// # Errors
    /// [`ErrorKind::NoRows`](crate::ErrorKind::NoRows) when no chunk had rows.
    fn finish_transformer(&self, state: Self::State) -> Result<Self::Transformer>;

    /// The transformer after a later pass.
    ///
    /// # Errors
    /// As [`finish_transformer`](Self::finish_transformer).
    fn finish_transformer_again(&self, so_far: &Self::Transformer, state: Self::State) -> Result<Self::Transformer> {
        let _ = so_far;
        self.finish_transformer(state)
    }

    /// A figure that the transformer knows after a pass: see [`LearnRows::figures`]. None by default.
    fn figures(&self, transformer: &Self::Transformer) -> Vec<Figure> {
        let _ = transformer;
        Vec::new()
    }
}

/// The implementation for what learns from rows, over every type of chunk that has some: `rows` and `weights` of a chunk.
/// A blanket implementation over a trait of such chunks would forbid generic ones of a user's own.
macro_rules! chunks_of_rows {
    ($([$($generics:tt)*] $chunk:ty, of $rows:ty: $rows_of:expr, $weights_of:expr;)*) => {
        $(
            impl<P: LearnRows<$rows, Learned: TransformChunk<$chunk>>, $($generics)*> LearnTransform<$chunk> for P {
                type State = P::State;
                type Transformer = P::Learned;

                fn learn_chunk(&self, chunk: &$chunk) -> Result<P::State> {
                    self.learn_weighted($rows_of(chunk), $weights_of(chunk)?.as_deref())
                }

                fn n_passes(&self) -> usize {
                    LearnRows::n_passes(self)
                }

                fn learn_chunk_again(&self, so_far: &P::Learned, chunk: &$chunk) -> Result<P::State> {
                    self.learn_again_weighted(so_far, $rows_of(chunk), $weights_of(chunk)?.as_deref())
                }

                fn merge_states(a: P::State, b: P::State) -> Result<P::State> {
                    P::merge(a, b)
                }

                fn finish_transformer(&self, state: P::State) -> Result<P::Learned> {
                    self.finish(state)
                }

                fn finish_transformer_again(&self, so_far: &P::Learned, state: P::State) -> Result<P::Learned> {
                    self.finish_again(so_far, state)
                }

                fn figures(&self, transformer: &P::Learned) -> Vec<Figure> {
                    LearnRows::figures(self, transformer)
                }
            }
        )*
    };
}

chunks_of_rows! {
    [R: Records, T] DatasetBase<R, T>, of R: records, checked_weights;
    [A] Csr<A>, of Csr<A>: itself, no_weights;
    [A] Array2<A>, of Array2<A>: itself, no_weights;
    [A] Array1<A>, of Array1<A>: itself, no_weights;
    [A] Vec<A>, of Vec<A>: itself, no_weights;
}

fn records<R: Records, T>(chunk: &DatasetBase<R, T>) -> &R {
    &chunk.records
}

fn itself<R>(chunk: &R) -> &R {
    chunk
}

fn no_weights<R>(_: &R) -> Result<Option<Vec<f64>>> {
    Ok(None)
}
