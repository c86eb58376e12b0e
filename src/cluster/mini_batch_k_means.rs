//! Clusters, batch after batch.

use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use linfa::traits::{Fit, FitWith};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::centers::Centers;
use super::init::{Init, first_centers};
use super::nearest::nearest_center;
use crate::data::{FeatureRows, Identified, check_weights, present_rows, total_weight, weights_of};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{Model, check_columns, kind};

const NAME: &str = "MiniBatchKMeans";

/// Clusters around centres that move towards the rows of one batch after the other, each by less the more
/// rows it has seen (scikit-learn's `MiniBatchKMeans`, after Sculley 2010).
///
/// Sparse and dense rows, in `f32` and `f64`; centres and sums are `f64`. It learns from a model or none to
/// the next ([`FitWith`], scikit-learn's `partial_fit`). The first batch decides where centres begin, unless they
/// are given, so it should be a fair sample; the result depends on the order of batches. With
/// [`Chained`](crate::combine::Chained) a batch is a chunk, or several to a chunk by
/// [`batch_size`](MiniBatchKMeansParams::batch_size), and more epochs are more passes.
///
/// From given centres and without reassignment the centres are those of scikit-learn up to rounding. What
/// is drawn at random is drawn otherwise.
///
/// ```
/// use chunkfit::cluster::MiniBatchKMeans;
/// use chunkfit::prelude::*;
/// use linfa::DatasetBase;
/// use ndarray::array;
///
/// let rows = [array![[0.0, 0.1], [5.0, 5.0], [0.1, 0.0]], array![[5.1, 5.0], [0.0, 0.0], [5.0, 5.1]]];
/// let chunks = Chunks::from_memory(rows.map(DatasetBase::from));
/// let fit = Chained::new(MiniBatchKMeans::params().n_clusters(2)).epochs(2).fit(&chunks);
/// let clusters = fit.predict::<_, _, ndarray::Array1<usize>>(&chunks); // still nothing has run
/// let (model, clusters) = Runtime::new().compute((fit, clusters))?;
/// assert_eq!(model.cluster_centers().dim(), (2, 2));
/// assert!(clusters[0][0] == clusters[0][2] && clusters[0][0] != clusters[0][1]);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct MiniBatchKMeans {
    centers: Centers,
    counts: Vec<f64>,
    n_steps: u64,
    /// Since centres were last considered for reassignment.
    rows_since: usize,
}

/// What a [`MiniBatchKMeans`] is to do. Defaults are scikit-learn's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MiniBatchKMeansParams(MiniBatchKMeansValidParams);

/// The parameters of a [`MiniBatchKMeans`], checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MiniBatchKMeansValidParams {
    n_clusters: usize,
    init: Init,
    batch_size: Option<usize>,
    reassignment_ratio: f64,
    seed: u64,
}

impl MiniBatchKMeans {
    /// The default parameters.
    pub fn params() -> MiniBatchKMeansParams {
        MiniBatchKMeansParams(MiniBatchKMeansValidParams {
            n_clusters: 8,
            init: Init::default(),
            batch_size: None,
            reassignment_ratio: 0.01,
            seed: 0,
        })
    }

    /// The sum of the weights of the rows that moved each centre.
    pub fn counts(&self) -> &[f64] {
        &self.counts
    }

    /// How many batches it has learned from (scikit-learn's `n_steps_`).
    pub fn n_steps(&self) -> u64 {
        self.n_steps
    }
}

nearest_center!(MiniBatchKMeans);

impl MiniBatchKMeansParams {
    /// How many clusters: 1 or more, by default 8 (scikit-learn's `n_clusters`). Given centres decide it.
    pub fn n_clusters(mut self, n_clusters: usize) -> Self {
        self.0.n_clusters = n_clusters;
        self
    }

    /// Where centres begin, by default [`Init::KMeansPlusPlus`] on the first batch (scikit-learn's `init`).
    pub fn init(mut self, init: Init) -> Self {
        if let Init::Centers(centers) = &init {
            self.0.n_clusters = centers.nrows();
        }
        self.0.init = init;
        self
    }

    /// How many rows centres move by at a time, 1 or more, in the order of the rows; `None`, the default,
    /// for those of the chunk (as scikit-learn's `partial_fit`).
    pub fn batch_size(mut self, batch_size: impl Into<Option<usize>>) -> Self {
        self.0.batch_size = batch_size.into();
        self
    }

    /// A centre with less than this share of the largest count is put on a random row instead, by default
    /// 0.01; 0 for never, up to 1 (scikit-learn's `reassignment_ratio`). Considered whenever a cluster is
    /// empty, and every `10 * n_clusters` rows.
    pub fn reassignment_ratio(mut self, reassignment_ratio: f64) -> Self {
        self.0.reassignment_ratio = reassignment_ratio;
        self
    }

    /// The seed of all random choices, by default 0 (scikit-learn's `random_state`).
    pub fn seed(mut self, seed: u64) -> Self {
        self.0.seed = seed;
        self
    }
}

impl Identified for MiniBatchKMeansParams {
    const NAME: &'static str = NAME;
}

impl ParamGuard for MiniBatchKMeansParams {
    type Checked = MiniBatchKMeansValidParams;
    type Error = Error;

    fn check_ref(&self) -> Result<&Self::Checked> {
        let MiniBatchKMeansValidParams { n_clusters, init, batch_size, reassignment_ratio, .. } = &self.0;
        init.check(*n_clusters)?;
        if *batch_size == Some(0) {
            return Err(Error::parameter("batch_size", 0, "1 or more, or None"));
        }
        if !(0.0..=1.0).contains(reassignment_ratio) {
            return Err(Error::parameter("reassignment_ratio", reassignment_ratio, "from 0 to 1"));
        }
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl MiniBatchKMeansValidParams {
    /// The model after one more chunk, which has rows, each counting `sample_weight` times (scikit-learn's
    /// `partial_fit`). Rows of weight 0 count as absent; a chunk of nothing else, or of no rows, leaves a model as it is.
    ///
    /// linfa's [`FitWith`] does the same with the data set's own `f32` weights.
    ///
    /// # Errors
    /// - [`NoRows`](ErrorKind::NoRows): to begin with, a chunk without a row of a weight above 0.
    /// - [`ShapeMismatch`](ErrorKind::ShapeMismatch): columns other than those of the model or of given
    ///   centres; weights other than rows.
    /// - [`InvalidParameter`](ErrorKind::InvalidParameter): more clusters than rows in the first batch; a
    ///   number of clusters other than the model's; a weight that is negative or not finite.
    /// - [`NonFinite`](ErrorKind::NonFinite): a NaN or infinite value.
    /// - [`Overflow`](ErrorKind::Overflow): values whose sum is beyond what a float can hold.
    pub fn partial_fit_weighted<X: FeatureRows>(
        &self,
        model: Option<MiniBatchKMeans>,
        x: &X,
        sample_weight: Option<&[f64]>,
    ) -> Result<MiniBatchKMeans> {
        let n_rows = x.nsamples();
        if n_rows == 0 {
            let model = model.map(|model| self.resume(model, x.nfeatures())).transpose()?;
            return model.ok_or_else(|| Error::new(ErrorKind::NoRows { estimator: NAME }));
        }
        check_weights(n_rows, sample_weight)?;
        total_weight(n_rows, sample_weight)?;
        x.check_finite()?;
        let rows = present_rows(sample_weight).unwrap_or_else(|| (0..n_rows).collect());
        let weights: Vec<f64> = rows.iter().map(|&i| sample_weight.map_or(1.0, |weights| weights[i])).collect();
        if rows.is_empty() {
            let model = model.map(|model| self.resume(model, x.nfeatures())).transpose()?;
            return model.ok_or_else(|| Error::new(ErrorKind::NoRows { estimator: NAME }));
        }
        let size = self.batch_size.unwrap_or(rows.len());
        let mut batches = rows.chunks(size).zip(weights.chunks(size)).map(|(rows, weights)| (x, rows, weights));
        let mut model = match model {
            Some(model) => self.resume(model, x.nfeatures())?,
            None => {
                let first = batches.clone().next().expect("there are rows");
                let centers = first_centers(&self.init, self.n_clusters, first, &mut self.random(0))?;
                MiniBatchKMeans { counts: vec![0.0; centers.n_clusters()], centers, n_steps: 0, rows_since: 0 }
            }
        };
        batches.by_ref().for_each(|batch| self.step(&mut model, batch));
        model.centers.check_finite(NAME)?;
        Ok(model)
    }

    fn resume(&self, model: MiniBatchKMeans, columns: usize) -> Result<MiniBatchKMeans> {
        check_columns(model.centers.n_features(), columns)?;
        if model.centers.n_clusters() != self.n_clusters {
            let expected = format!("{}, as the model has", model.centers.n_clusters());
            return Err(Error::parameter("n_clusters", self.n_clusters, expected));
        }
        Ok(model)
    }

    /// The random numbers of a step; the first are for the first centres.
    fn random(&self, step: u64) -> ChaCha8Rng {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        random.set_stream(step);
        random
    }

    /// One batch: its rows, and how much each counts.
    fn step<X: FeatureRows>(&self, model: &mut MiniBatchKMeans, (x, rows, weights): (&X, &[usize], &[f64])) {
        model.n_steps = model.n_steps.saturating_add(1);
        model.rows_since = model.rows_since.saturating_add(rows.len());
        // Decided by the counts before the batch, as there.
        let reassign = model.counts.contains(&0.0) || model.rows_since >= self.n_clusters.saturating_mul(10);
        let mut distances = vec![0.0; self.n_clusters];
        let mut assign = |(&i, &weight): (&usize, &f64)| (i, model.centers.nearest(x, i, &mut distances).0, weight);
        let assigned: Vec<_> = rows.iter().zip(weights).map(&mut assign).collect();
        model.centers.move_to(x, &assigned, &mut model.counts);
        if reassign {
            model.rows_since = 0;
            self.reassign(model, x, rows);
        }
    }

    /// Puts centres that hardly any row belongs to on random rows of a batch.
    fn reassign<X: FeatureRows>(&self, model: &mut MiniBatchKMeans, x: &X, rows: &[usize]) {
        let counts = &mut model.counts;
        let least = self.reassignment_ratio * counts.iter().copied().fold(0.0, f64::max);
        let mut rare: Vec<usize> = (0..counts.len()).filter(|&k| counts[k] < least).collect();
        // No more than half of the rows become centres: the rarest clusters get them.
        rare.sort_by(|&a, &b| counts[a].total_cmp(&counts[b]));
        rare.truncate(rows.len() / 2);
        if rare.is_empty() {
            return;
        }
        let chosen = rand::seq::index::sample(&mut self.random(model.n_steps), rows.len(), rare.len());
        for (&cluster, row) in rare.iter().zip(chosen) {
            model.centers.put(cluster, x, rows[row]);
        }
        // Not so small that they would be reassigned at once.
        let others = (0..counts.len()).filter(|k| !rare.contains(k));
        let fewest = others.map(|k| counts[k]).fold(f64::INFINITY, f64::min);
        rare.iter().for_each(|&k| counts[k] = fewest);
    }
}

/// One more chunk; see [`partial_fit_weighted`](MiniBatchKMeansValidParams::partial_fit_weighted).
impl<'a, X: FeatureRows, T> FitWith<'a, X, T, Error> for MiniBatchKMeansValidParams {
    type ObjectIn = Option<MiniBatchKMeans>;
    type ObjectOut = MiniBatchKMeans;

    fn fit_with(&self, model: Self::ObjectIn, chunk: &'a DatasetBase<X, T>) -> Result<MiniBatchKMeans> {
        self.partial_fit_weighted(model, &chunk.records, weights_of(chunk).as_deref())
    }
}

/// One pass over all rows of one data set.
impl<X: FeatureRows, T> Fit<X, T, Error> for MiniBatchKMeansValidParams {
    type Object = MiniBatchKMeans;

    fn fit(&self, dataset: &DatasetBase<X, T>) -> Result<MiniBatchKMeans> {
        self.fit_with(None, dataset)
    }
}

impl Model for MiniBatchKMeans {
    type Kind = kind::Clusterer;
}
