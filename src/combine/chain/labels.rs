//! `ChainedLabels`: many labels, in chains side by side.

use linfa::dataset::{AsMultiTargets, DatasetBase, Records};

use super::chained::Chained;
use crate::chunks::Chunks;
use crate::chunks::merge_tree;
use crate::combine::fit::{FitChunks, FitRows};
use crate::data::{Chunk, FeatureRows, RowSet, Rows, Shared};
use crate::error::Error;
use crate::graph::{Lazy, Task, TimeAccount};
use crate::linear::LabelBlock;
use crate::linear::{OneVsRest, OneVsRestParams};

/// [`OneVsRest`] over chunks, in parallel over the labels: every eight labels
/// ([`OneVsRestParams::BLOCK`]) have a chain of their own over the same chunks.
///
/// The model is that of [`Chained`] over all labels at once, bit for bit; there one thread learns
/// all labels, here every core has some.
///
/// ```
/// use chunkfit::combine::ChainedLabels;
/// use chunkfit::linear::OneVsRest;
/// use chunkfit::prelude::*;
/// # use linfa::DatasetBase;
/// # use ndarray::array;
/// let chunk = DatasetBase::new(array![[2.0, 0.0], [0.0, 1.0]], array![[true, false], [true, true]]);
/// let chunks = Chunks::from_memory([chunk]);
/// let fit = ChainedLabels::new(OneVsRest::params(SgdClassifier::params()), 2).epochs(3).fit(&chunks);
/// let model = Runtime::new().compute(&fit)?;
/// assert_eq!(model.n_labels(), 2);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ChainedLabels {
    /// One block after the other.
    chains: Vec<Chained<LabelBlock>>,
}

impl ChainedLabels {
    /// Chains for so many labels: as many columns as the targets have. A chunk that has others, and
    /// no label at all, are errors when the fit is computed.
    pub fn new(params: OneVsRestParams, n_labels: usize) -> Self {
        let block = |first: usize| {
            let labels = first..n_labels.min(first + OneVsRestParams::BLOCK);
            Chained::new(LabelBlock { params: params.clone(), labels, n_labels })
        };
        ChainedLabels { chains: (0..n_labels).step_by(OneVsRestParams::BLOCK).map(block).collect() }
    }

    /// The number of passes of the chains over all chunks. Default 1; 0 is an error when the fit is computed.
    pub fn epochs(self, epochs: usize) -> Self {
        ChainedLabels { chains: self.chains.into_iter().map(|chain| chain.epochs(epochs)).collect() }
    }

    /// Another order of chunks in each epoch: see [`Chained::shuffle_chunks`].
    pub fn shuffle_chunks(self, seed: u64) -> Self {
        ChainedLabels { chains: self.chains.into_iter().map(|chain| chain.shuffle_chunks(seed)).collect() }
    }

    /// A name for the model in summaries.
    pub fn display_name(self, display_name: &str) -> Self {
        ChainedLabels { chains: self.chains.into_iter().map(|chain| chain.display_name(display_name)).collect() }
    }

    /// The blocks, each fitted by its chain, as one model.
    fn joined<F: crate::data::Float>(
        &self,
        fit: impl FnMut(&Chained<LabelBlock>) -> Lazy<OneVsRest<F>>,
    ) -> Lazy<OneVsRest<F>> {
        let blocks = self.chains.iter().map(fit).collect();
        let joined = merge_tree(blocks, |key| Task::new("join labels", key), OneVsRest::beside);
        joined.unwrap_or_else(|| Lazy::failed(Error::parameter("n_labels", 0, "one label or more")))
    }
}

impl<R, T> FitChunks<DatasetBase<R, T>> for ChainedLabels
where
    R: FeatureRows + Records + Shared,
    T: AsMultiTargets<Elem = bool> + Shared,
{
    type Fit = Lazy<OneVsRest<R::Elem>>;

    fn fit(&self, chunks: &Chunks<DatasetBase<R, T>>) -> Self::Fit {
        self.joined(|chain| chain.fit(chunks))
    }
}

impl<R, T> FitRows<DatasetBase<R, T>> for ChainedLabels
where
    R: FeatureRows + Records + Shared,
    T: AsMultiTargets<Elem = bool> + Shared,
    DatasetBase<R, T>: Rows + Chunk,
{
    fn fit_rows(&self, chunks: &Chunks<DatasetBase<R, T>>, rows: &Chunks<RowSet>, account: &TimeAccount) -> Self::Fit {
        self.joined(|chain| chain.fit_rows(chunks, rows, account))
    }
}
