//! What learns a transformer over chunks.

use linfa::dataset::{DatasetBase, Records};
use ndarray::{Array1, Array2};

use super::transform_chunk::{TransformChunk, with_records};
use super::{LearnRows, TransformRows};
use crate::data::{Csr, checked_weights};
use crate::error::Result;

/// A transformation of chunks that has to be learned from them first.
///
/// Whatever learns from rows ([`LearnRows`]) learns from chunks: from the records of a
/// [`DatasetBase`], or from chunks that are nothing but rows (a [`Csr`], an array, a vector). Implement
/// this trait itself for the *checked* parameters of a transformer that looks at more, at targets say. The weights of a
/// [`DatasetBase`] go to [`LearnRows::learn_weighted`], which refuses them where a transformer takes none.
pub trait LearnTransform<D> {
    /// What was learned of some chunks.
    type State: Clone + Send + Sync + 'static;
    /// The fitted transformer.
    type Transformer: TransformChunk<D> + Send + Sync + 'static;

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

    /// What was learned of both. Commutative and, up to rounding, associative.
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
}

impl<P, R, T> LearnTransform<DatasetBase<R, T>> for P
where
    P: LearnRows<R, Learned: TransformRows<R, Output: Records> + Send + Sync + 'static>,
    R: Records,
    T: Clone,
{
    type State = P::State;
    type Transformer = P::Learned;

    fn learn_chunk(&self, chunk: &DatasetBase<R, T>) -> Result<P::State> {
        self.learn_weighted(&chunk.records, checked_weights(chunk)?.as_deref())
    }

    fn n_passes(&self) -> usize {
        LearnRows::n_passes(self)
    }

    fn learn_chunk_again(&self, so_far: &P::Learned, chunk: &DatasetBase<R, T>) -> Result<P::State> {
        self.learn_again_weighted(so_far, &chunk.records, checked_weights(chunk)?.as_deref())
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
            impl<P, A> LearnTransform<$rows> for P
            where
                P: LearnRows<$rows, Learned: TransformRows<$rows> + Send + Sync + 'static>,
            {
                type State = P::State;
                type Transformer = P::Learned;

                fn learn_chunk(&self, chunk: &$rows) -> Result<P::State> {
                    self.learn(chunk)
                }

                fn n_passes(&self) -> usize {
                    LearnRows::n_passes(self)
                }

                fn learn_chunk_again(&self, so_far: &P::Learned, chunk: &$rows) -> Result<P::State> {
                    self.learn_again(so_far, chunk)
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
            }

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
