//! K-means over chunks in passes until the centres settle, as `Summed` makes them.

use linfa::ParamGuard;
use linfa::dataset::DatasetBase;

use super::k_means::Pass;
use super::{KMeans, KMeansParams};
use crate::data::{Chunk, FeatureRows, Figure, Footprint, checked_weights};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{FitPasses, FitSummed, LearnRows};

/// A chunk's rows and their weights.
#[derive(Clone, Debug)]
pub struct WeightedRows<X> {
    rows: X,
    weights: Option<Vec<f64>>,
}

impl<X: Footprint> Footprint for WeightedRows<X> {
    fn heap_bytes(&self) -> usize {
        self.rows.heap_bytes() + self.weights.as_deref().map_or(0, size_of_val)
    }

    fn row_count(&self) -> usize {
        self.rows.row_count()
    }
}

/// The centres between two passes.
#[derive(Clone, Debug)]
pub struct Lloyd {
    /// `None` before the pass that samples rows to begin on.
    model: Option<KMeans>,
    is_done: bool,
    /// About the centres before they moved last.
    inertia: Option<f64>,
}

impl<X: FeatureRows + Clone + Chunk, T> FitPasses<X, T> for KMeansParams {
    type Rows = WeightedRows<X>;
    type PassState = Lloyd;
    type Part = Pass;
    type Sum = Pass;
    type Model = KMeans;

    fn rows(&self, chunk: &DatasetBase<X, T>) -> Result<WeightedRows<X>> {
        Ok(WeightedRows { rows: chunk.records.clone(), weights: checked_weights(chunk)? })
    }

    fn is_done(state: &Lloyd) -> bool {
        state.is_done
    }

    fn ask(&self, state: &Lloyd, chunk: &WeightedRows<X>) -> Result<Pass> {
        let (params, weights) = (self.check_ref()?, chunk.weights.as_deref());
        match &state.model {
            Some(model) => params.learn_again_weighted(model, &chunk.rows, weights),
            None => params.learn_weighted(&chunk.rows, weights),
        }
    }

    fn sum(parts: &[&Pass]) -> Result<Pass> {
        let (first, rest) = parts.split_first().expect("one chunk or more");
        rest.iter().try_fold((*first).clone(), |sum, part| sum.merge((*part).clone()))
    }

    fn merge_sums(a: Pass, b: Pass) -> Result<Pass> {
        a.merge(b)
    }

    fn advance(&self, state: Lloyd, sum: Pass) -> Result<Lloyd> {
        let (params, inertia) = (self.check_ref()?, sum.inertia());
        let model = match &state.model {
            Some(model) => LearnRows::<X>::finish_again(params, model, sum)?,
            None => LearnRows::<X>::finish(params, sum)?,
        };
        let is_done = model.has_converged() || model.n_iter() >= params.max_iter();
        Ok(Lloyd { model: Some(model), is_done, inertia })
    }

    /// The inertia about the centres that the pass began with, as scikit-learn's `verbose` prints it.
    fn figures(&self, state: &Lloyd) -> Vec<Figure> {
        state.inertia.map(|inertia| Figure::new("inertia", inertia)).into_iter().collect()
    }

    fn model(&self, state: Lloyd) -> Result<KMeans> {
        let none = || Error::new(ErrorKind::NoRows { estimator: "KMeans" });
        state.model.ok_or_else(none)
    }
}

impl<X: FeatureRows + Clone + Chunk, T> FitSummed<X, T> for KMeansParams {
    fn begin(&self) -> Result<Lloyd> {
        Ok(Lloyd { model: self.check_ref()?.given(), is_done: false, inertia: None })
    }
}
