//! One model a chunk, merged.

use std::sync::Arc;

use linfa::dataset::{DatasetBase, Records};
use serde::Serialize;

use super::fit_chunks::FitChunks;
use crate::chunks::Chunks;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Key, Lazy, Task};
use crate::linear::{FitAverage, Weighting};

/// Fits every chunk on its own, in parallel, and averages the models.
///
/// By default each coefficient is weighted by the curvature of its chunk's objective, so that a
/// rare word counts where it occurs; a plain mean divides it by all chunks. State the penalty per
/// example (`alpha`), so that a chunk and the whole solve the same problem. scikit-learn's `C` on
/// every chunk with [`Weighting::Uniform`] is the original recipe of dask-learn, and predicts next
/// to nothing on rare classes.
///
/// A chunk without rows or with one class only contributes nothing to the coefficients. Models are
/// merged in a fixed tree over the chunks' numbers, so the bits do not depend on the threads.
#[derive(Clone, Debug)]
pub struct Averaged<P> {
    estimator: Arc<P>,
    key: Key,
    weighting: Weighting,
    label: Option<Arc<str>>,
}

impl<P> Averaged<P> {
    /// Averages the models of an estimator; one that has equal parameters is the same estimator,
    /// and shares its fits.
    pub fn new(estimator: P) -> Self
    where
        P: Serialize,
    {
        let key = Key::of("estimator").params(&estimator).finish();
        Self::with_key(estimator, key)
    }

    /// Averages the models of an estimator whose parameters do not serialize. It is identified by
    /// this value (and its clones).
    pub fn opaque(estimator: P) -> Self {
        Self::with_key(estimator, Key::unique())
    }

    fn with_key(estimator: P, key: Key) -> Self {
        Averaged { estimator: Arc::new(estimator), key, weighting: Weighting::default(), label: None }
    }

    /// How the chunks' coefficients are weighted. Default [`Weighting::Curvature`], which falls
    /// back to [`Weighting::Samples`] where the model has no curvature to offer.
    pub fn weighting(mut self, weighting: Weighting) -> Self {
        self.weighting = weighting;
        self
    }

    /// A name for the model in summaries.
    pub fn label(mut self, label: &str) -> Self {
        self.label = Some(label.into());
        self
    }
}

impl<P, R, T> FitChunks<DatasetBase<R, T>, Error> for Averaged<P>
where
    P: FitAverage<R, T, Model: Send + Sync + 'static> + Send + Sync + 'static,
    R: Records + Send + Sync + 'static,
    T: Send + Sync + 'static,
{
    type Fit = Lazy<P::Model>;

    fn fit(&self, chunks: &Chunks<DatasetBase<R, T>>) -> Lazy<P::Model> {
        let (key, weighting) = (Key::of("average").input(self.key).params(&self.weighting).finish(), self.weighting);
        let fits = chunks.iter().map(|chunk| {
            let estimator = self.estimator.clone();
            let task = Task::new("fit", Key::of("fit").input(key).input(chunk.key()).finish());
            chunk.map(task.label(self.label.clone()), move |chunk| estimator.fit_state(chunk, weighting))
        });
        let Some(state) = merge_tree(fits.collect(), &self.label, P::merge) else {
            return Lazy::failed(Error::new(ErrorKind::NoRows { estimator: "Averaged" }));
        };
        let estimator = self.estimator.clone();
        let task = Task::new("finish", Key::of("finish").input(key).input(state.key()).finish());
        state.map_owned(task.label(self.label.clone()), move |state| estimator.finish(state))
    }
}

/// Merges neighbours, then neighbouring pairs, and so on: the tree depends on the number of chunks
/// only. `None` for no chunk.
fn merge_tree<S: Clone + Send + Sync + 'static>(
    mut level: Vec<Lazy<S>>,
    label: &Option<Arc<str>>,
    merge: impl Fn(S, S) -> Result<S> + Copy + Send + Sync + 'static,
) -> Option<Lazy<S>> {
    while level.len() > 1 {
        let pairs = level.chunks(2).map(|pair| match pair {
            [left, right] => {
                let key = Key::of("merge").input(left.key()).input(right.key()).finish();
                left.merge(right, Task::new("merge", key).label(label.clone()), merge)
            }
            rest => rest[0].clone(),
        });
        level = pairs.collect();
    }
    level.pop()
}
