//! Clusters of all rows.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::centers::Centers;
use super::init::{Init, first_centers};
use super::nearest::nearest_center;
use super::row_sample::RowSample;
use crate::data::{
    ColumnRows, CompiledRows, FeatureRow, FeatureRows, Float, RowsView, check_model_bytes, check_weights,
    float_computation, total_weight, wide, with_rows,
};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{LearnRows, Model, TransformRows, check_columns, check_rows, kind, linfa_traits};

/// Clusters around centres each of which is the mean of the rows that are nearest to it (Lloyd's algorithm;
/// scikit-learn's `KMeans(algorithm="lloyd", n_init=1, tol=0)`).
///
/// Sparse and dense rows, in `f32` and `f64`; centres and sums are `f64`. Every step is a pass over all
/// chunks, in parallel; in a step chunks are sums that merge, and where centres begin follows from the
/// rows alone. So the result is that of all rows together up to rounding, wherever chunks end and in
/// whatever order they come. [`MiniBatchKMeans`](super::MiniBatchKMeans) does with one pass, but depends on
/// both.
///
/// [`Summed`](crate::combine::Summed) makes as many passes as it takes, and its fit predicts, is scored (by minus the
/// inertia; against labels by name: [`Scorer`](crate::metrics::Scorer)), searched and cross-validated. As a step of a
/// [`Pipeline`](crate::combine::Pipeline) it gives the distances from the centres to what follows; there, and with
/// [`Preprocess`](crate::combine::Preprocess), all passes are planned before the first one.
///
/// Unless centres are given, a pass before the first step takes an even sample of the distinct rows, by a
/// hash of what is in them, and they begin on rows of it. A cluster that has lost all its rows keeps its
/// centre; scikit-learn puts it on the row that is farthest from its own.
///
/// Weights of a data set count, as if every row were there so often (scikit-learn's `sample_weight`); a row of weight 0
/// counts as absent. Values may be as large as their sums can be.
///
/// ```
/// use chunkfit::cluster::KMeans;
/// use chunkfit::prelude::*;
/// use linfa::DatasetBase;
/// use ndarray::{Array1, array};
///
/// let rows = [array![[0.0, 1.0], [5.0, 5.0]], array![[6.0, 5.0], [0.0, 0.0]]];
/// let chunks = Chunks::from_memory(rows.map(DatasetBase::from));
/// let fit = Summed::new(KMeans::params().n_clusters(2)).fit(&chunks);
/// let clusters = fit.predict::<_, _, Array1<usize>>(&chunks); // still nothing has run
/// let (model, clusters, score) = Runtime::new().compute((&fit, clusters, fit.score(&chunks)))?;
/// assert!(model.has_converged() && clusters[0][0] == clusters[1][1]);
/// assert_eq!((score, model.n_iter()), (-1.0, 2)); // minus the inertia
/// assert!(model.cluster_centers().rows().into_iter().any(|center| center == array![5.5, 5.0]));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct KMeans {
    centers: Centers,
    counts: Vec<f64>,
    n_iter: usize,
    has_converged: bool,
}

/// What a [`KMeans`] is to do. Defaults are scikit-learn's, but for `max_iter`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KMeansParams(KMeansValidParams);

/// The parameters of a [`KMeans`], checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KMeansValidParams {
    n_clusters: usize,
    init: Init,
    init_size: usize,
    max_iter: usize,
    seed: u64,
}

impl KMeans {
    /// The default parameters.
    pub fn params() -> KMeansParams {
        KMeansParams(KMeansValidParams {
            n_clusters: 8,
            init: Init::default(),
            init_size: 3 * 1024,
            max_iter: 20,
            seed: 0,
        })
    }

    /// How many rows each centre is the mean of; the sum of their weights, if they have weights.
    pub fn counts(&self) -> &[f64] {
        &self.counts
    }

    /// How many steps moved a centre, and one more if the last moved none (scikit-learn's `n_iter_`).
    pub fn n_iter(&self) -> usize {
        self.n_iter
    }

    /// Whether the last step moved no centre.
    pub fn has_converged(&self) -> bool {
        self.has_converged
    }

    /// Before the first step.
    fn begin(centers: Centers) -> Self {
        KMeans { counts: vec![0.0; centers.n_clusters()], centers, n_iter: 0, has_converged: false }
    }

    /// The model after one more pass.
    fn stepped(&self, state: Pass) -> Result<Self> {
        match state {
            Pass::Step(step) => {
                check_rows(step.counts.iter().filter(|count| **count > 0.0).count(), "KMeans")?;
                self.moved(step)
            }
            _ => Ok(self.clone()),
        }
    }

    /// After one more step.
    fn moved(&self, step: Step) -> Result<Self> {
        let centers = self.centers.means(&step.sums, &step.counts);
        centers.check_finite("KMeans")?;
        Ok(KMeans { has_converged: centers == self.centers, centers, counts: step.counts, n_iter: self.n_iter + 1 })
    }
}

nearest_center!(KMeans);

impl KMeansParams {
    /// How many clusters: 1 or more, by default 8 (scikit-learn's `n_clusters`). Given centres decide it.
    pub fn n_clusters(mut self, n_clusters: usize) -> Self {
        self.0.n_clusters = n_clusters;
        self
    }

    /// Where centres begin, by default [`Init::KMeansPlusPlus`] on a sample of the rows (scikit-learn's
    /// `init`).
    pub fn init(mut self, init: Init) -> Self {
        if let Init::Centers(centers) = &init {
            self.0.n_clusters = centers.nrows();
        }
        self.0.init = init;
        self
    }

    /// How many distinct rows the sample has at most, 1 or more, by default 3072 (the `init_size` that
    /// scikit-learn's `MiniBatchKMeans` has by default). Its `KMeans` looks at all.
    pub fn init_size(mut self, init_size: usize) -> Self {
        self.0.init_size = init_size;
        self
    }

    /// How many steps at most, 1 or more, by default 20 (scikit-learn's `max_iter`, there 300). With
    /// [`Summed`](crate::combine::Summed) no chunk is read after the step in which no centre moved; more steps than its
    /// [`max_passes`](crate::combine::Summed::max_passes) need more passes. With
    /// [`Preprocess`](crate::combine::Preprocess) those after that step read the chunks in vain.
    pub fn max_iter(mut self, max_iter: usize) -> Self {
        self.0.max_iter = max_iter;
        self
    }

    /// The seed of the sample and of the choice among it, by default 0 (scikit-learn's `random_state`).
    pub fn seed(mut self, seed: u64) -> Self {
        self.0.seed = seed;
        self
    }
}

linfa_traits!({} "KMeans": KMeansParams, KMeansValidParams, KMeans);

impl KMeansValidParams {
    /// The most steps.
    pub(super) fn max_iter(&self) -> usize {
        self.max_iter
    }

    /// The model after a first pass.
    fn first(&self, state: Pass) -> Result<KMeans> {
        match (state, self.given()) {
            (Pass::Sample(sample), _) => {
                check_rows(sample.n_rows(), "KMeans")?;
                let (rows, copies) = sample.into_rows()?;
                let numbers: Vec<usize> = (0..copies.len()).collect();
                let mut random = ChaCha8Rng::seed_from_u64(self.seed);
                let centers = first_centers(&self.init, self.n_clusters, (&rows, &numbers, &copies), &mut random)?;
                Ok(KMeans::begin(centers))
            }
            (state, Some(given)) => given.stepped(state),
            (_, None) => {
                let (expected, found) = ("the state of a first pass".to_owned(), "that of a later one".to_owned());
                Err(Error::new(ErrorKind::MismatchedStates { expected, found }))
            }
        }
    }

    fn validate(&self) -> Result<()> {
        self.init.check(self.n_clusters)?;
        for (name, value) in [("init_size", self.init_size), ("max_iter", self.max_iter)] {
            if value == 0 {
                return Err(Error::parameter(name, 0, "1 or more"));
            }
        }
        Ok(())
    }

    /// The given centres, if there are any.
    pub(super) fn given(&self) -> Option<KMeans> {
        match &self.init {
            Init::Centers(centers) => Some(KMeans::begin(Centers::new(centers.view()))),
            _ => None,
        }
    }
}

/// What a pass tells of some rows.
#[derive(Clone, Debug)]
pub enum Pass {
    /// Rows to begin on.
    Sample(RowSample),
    /// The rows that are nearest to each centre.
    Step(Step),
    /// Nothing: centres do not move any more.
    Settled,
}

impl Pass {
    /// The inertia of the rows about the centres that they were asked about.
    pub(super) fn inertia(&self) -> Option<f64> {
        match self {
            Pass::Step(step) => Some(step.inertia),
            Pass::Sample(_) | Pass::Settled => None,
        }
    }

    /// What the pass tells of the rows of both.
    pub(super) fn merge(self, other: Self) -> Result<Self> {
        match (self, other) {
            (Pass::Sample(a), Pass::Sample(b)) => a.merge(b).map(Pass::Sample),
            (Pass::Step(a), Pass::Step(b)) => Ok(Pass::Step(a.merge(&b))),
            _ => Ok(Pass::Settled),
        }
    }
}

/// The rows that are nearest to each centre, added up.
#[derive(Clone, Debug)]
pub struct Step {
    /// In each column the sum of each cluster's values.
    sums: ColumnRows,
    counts: Vec<f64>,
    /// The sum of the squared distances of the rows from their centres, which they are assigned to.
    inertia: f64,
}

impl Step {
    fn of<X: FeatureRows>(x: &X, weights: Option<&[f64]>, centers: &Centers) -> Result<Self> {
        x.check_finite()?;
        total_weight(x.nsamples(), weights)?;
        let n_clusters = centers.n_clusters();
        if x.nsamples() > 0 {
            check_columns(centers.n_features(), x.nfeatures())?;
        }
        let columns = ColumnRows::columns_of(x);
        check_model_bytes("KMeans", &[(n_clusters, "clusters"), (columns.len(), "columns")], size_of::<f64>())?;
        let mut sums = ColumnRows::zeros(columns, n_clusters);
        let slots = sums.slots("KMeans", x.nfeatures())?;
        let (mut counts, mut distances, mut inertia) = (vec![0.0; n_clusters], vec![0.0; n_clusters], 0.0);
        for i in 0..x.nsamples() {
            let weight = weights.map_or(1.0, |weights| weights[i]);
            if weight == 0.0 {
                continue;
            }
            let (cluster, squared_distance) = centers.nearest(x, i, &mut distances);
            inertia += weight * squared_distance;
            counts[cluster] += weight;
            x.feature_row(i).for_each(|column, value| {
                let slot = slots.of(column).expect("the columns with values were just collected");
                sums.row_mut(slot)[cluster] += weight * wide(value);
            });
        }
        Ok(Step { sums, counts, inertia })
    }

    fn merge(self, other: &Step) -> Step {
        let counts = self.counts.iter().zip(&other.counts).map(|(a, b)| a + b).collect();
        Step { sums: self.sums.add(&other.sums), counts, inertia: self.inertia + other.inertia }
    }
}

/// Rows, their weights, the most rows of a sample, and the seed.
type Sampling<'a, F> = (RowsView<'a, F>, Option<&'a [f64]>, usize, u64);

float_computation!(Sample<'a>(Sampling<'a, F>) -> Result<RowSample> = sample);
float_computation!(StepOf<'a>((RowsView<'a, F>, Option<&'a [f64]>, &'a Centers)) -> Result<Step> = step_of);

fn sample<F: Float>((rows, weights, most, seed): Sampling<'_, F>) -> Result<RowSample> {
    with_rows!(rows, x => x.check_finite().map(|()| RowSample::of(x, weights, most, seed)))
}

fn step_of<F: Float>((rows, weights, centers): (RowsView<'_, F>, Option<&[f64]>, &Centers)) -> Result<Step> {
    with_rows!(rows, x => Step::of(x, weights, centers))
}

fn step<X: FeatureRows>(rows: &X, weights: Option<&[f64]>, centers: &Centers) -> Result<Step> {
    X::Elem::run::<StepOf<'_>>((CompiledRows::of(rows)?.view(), weights, centers))
}

impl<X: FeatureRows> LearnRows<X> for KMeansValidParams {
    type State = Pass;
    type Learned = KMeans;

    fn learn(&self, rows: &X) -> Result<Pass> {
        self.learn_weighted(rows, None)
    }

    fn learn_weighted(&self, rows: &X, sample_weight: Option<&[f64]>) -> Result<Pass> {
        check_weights(rows.nsamples(), sample_weight)?;
        match self.given() {
            Some(given) => Ok(Pass::Step(step(rows, sample_weight, &given.centers)?)),
            None => {
                let compiled = CompiledRows::of(rows)?;
                let args = (compiled.view(), sample_weight, self.init_size, self.seed);
                X::Elem::run::<Sample<'_>>(args).map(Pass::Sample)
            }
        }
    }

    fn n_passes(&self) -> usize {
        self.max_iter.saturating_add(usize::from(!matches!(self.init, Init::Centers(_))))
    }

    fn learn_again(&self, so_far: &KMeans, rows: &X) -> Result<Pass> {
        self.learn_again_weighted(so_far, rows, None)
    }

    fn learn_again_weighted(&self, so_far: &KMeans, rows: &X, sample_weight: Option<&[f64]>) -> Result<Pass> {
        if so_far.has_converged {
            return Ok(Pass::Settled);
        }
        check_weights(rows.nsamples(), sample_weight)?;
        step(rows, sample_weight, &so_far.centers).map(Pass::Step)
    }

    fn merge(a: Pass, b: Pass) -> Result<Pass> {
        a.merge(b)
    }

    /// # Errors
    /// More clusters than rows in the sample (kind `InvalidParameter`, name `n_clusters`); values whose sum is beyond
    /// what a float can hold (kind `Overflow`); the state of a later pass (kind `MismatchedStates`).
    fn finish(&self, state: Pass) -> Result<KMeans> {
        self.first(state)
    }

    fn finish_again(&self, so_far: &KMeans, state: Pass) -> Result<KMeans> {
        so_far.stepped(state)
    }
}

impl Model for KMeans {
    type Kind = kind::Clusterer;
}
