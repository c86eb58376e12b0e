//! Clusters of points with labels, as scikit-learn's `make_classification`.

use std::sync::Arc;

use linfa::DatasetBase;
use ndarray::{Array1, Array2};
use serde::Serialize;

use super::draws::Draws;
use crate::chunks::Chunks;
use crate::error::{Error, Result};

/// Points around the corners of a cube, a corner or more for each class, among columns of noise.
///
/// scikit-learn's `make_classification` with its parameters and defaults, though not its random numbers;
/// columns are not shuffled: first come the informative, then the redundant ones, then noise.
///
/// ```
/// use chunkfit::datasets::synthetic::Classification;
/// let chunks = Classification::new(7).n_features(10).chunks(1000, 500)?; // 500,000 rows, none made yet
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Classification {
    seed: u64,
    n_features: usize,
    n_informative: usize,
    n_redundant: usize,
    n_classes: usize,
    n_clusters_per_class: usize,
    flip_y: f64,
    class_sep: f64,
}

impl Classification {
    /// With scikit-learn's defaults.
    pub fn new(seed: u64) -> Self {
        Classification {
            seed,
            n_features: 20,
            n_informative: 2,
            n_redundant: 2,
            n_classes: 2,
            n_clusters_per_class: 2,
            flip_y: 0.01,
            class_sep: 1.0,
        }
    }

    /// Columns in all. Default 20; at least the informative and redundant ones.
    pub fn n_features(mut self, n: usize) -> Self {
        self.n_features = n;
        self
    }

    /// Columns that tell the classes apart: the dimensions of the cube. Default 2.
    pub fn n_informative(mut self, n: usize) -> Self {
        self.n_informative = n;
        self
    }

    /// Columns that are random linear combinations of the informative ones. Default 2.
    pub fn n_redundant(mut self, n: usize) -> Self {
        self.n_redundant = n;
        self
    }

    /// Classes, equally frequent. Default 2; with their clusters at most as many as the cube has corners.
    pub fn n_classes(mut self, n: usize) -> Self {
        self.n_classes = n;
        self
    }

    /// Corners for each class. Default 2.
    pub fn n_clusters_per_class(mut self, n: usize) -> Self {
        self.n_clusters_per_class = n;
        self
    }

    /// The share of rows whose label is drawn at random, from 0 to 1. Default 0.01.
    pub fn flip_y(mut self, share: f64) -> Self {
        self.flip_y = share;
        self
    }

    /// Half the length of the cube's edges. Default 1.
    pub fn class_sep(mut self, half_edge: f64) -> Self {
        self.class_sep = half_edge;
        self
    }

    /// `n_chunks` chunks of `rows` rows each: records of shape (rows, columns), and classes counted from 0.
    /// Chunk `c` is the same however many there are, and in every process.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) for parameters out of their range.
    pub fn chunks(&self, n_chunks: usize, rows: usize) -> Result<Chunks<DatasetBase<Array2<f64>, Array1<usize>>>> {
        self.check()?;
        let clusters = Arc::new(Clusters::new(self));
        let chunks = Chunks::from_fn("generate", n_chunks, move |c| Ok(clusters.rows(c, rows)));
        Ok(chunks.identified(("classification", env!("CARGO_PKG_VERSION"), self, rows)))
    }

    fn check(&self) -> Result<()> {
        let used = self.n_informative + self.n_redundant;
        if self.n_informative == 0 || used > self.n_features {
            let expected = format!("at least {} informative and redundant ones, and one informative", used.max(1));
            return Err(Error::parameter("n_features", self.n_features, expected));
        }
        let clusters = self.n_classes.saturating_mul(self.n_clusters_per_class);
        let corners = 1usize.checked_shl(self.n_informative as u32).unwrap_or(usize::MAX);
        if clusters == 0 || clusters > corners {
            let expected = format!("1 to {corners} clusters of all classes: raise n_informative, or have fewer");
            return Err(Error::parameter("n_classes * n_clusters_per_class", clusters, expected));
        }
        if !(0.0..=1.0).contains(&self.flip_y) {
            return Err(Error::parameter("flip_y", self.flip_y, "a share from 0 to 1"));
        }
        Ok(())
    }
}

/// What all chunks share.
struct Clusters {
    params: Classification,
    /// How the points of each cluster are stretched: (informative, informative).
    shapes: Vec<Array2<f64>>,
    /// How the redundant columns follow from the informative ones: (informative, redundant).
    redundant: Array2<f64>,
}

impl Clusters {
    fn new(params: &Classification) -> Self {
        let mut draws = Draws::new(params.seed, 0);
        let mut matrix =
            |columns| Array2::from_shape_fn((params.n_informative, columns), |_| 2.0 * draws.uniform() - 1.0);
        let redundant = matrix(params.n_redundant);
        let clusters = params.n_classes * params.n_clusters_per_class;
        let shapes = (0..clusters).map(|_| matrix(params.n_informative)).collect();
        Clusters { params: params.clone(), shapes, redundant }
    }

    fn rows(&self, c: usize, n: usize) -> DatasetBase<Array2<f64>, Array1<usize>> {
        let Classification { seed, n_features, n_informative, n_redundant, n_classes, flip_y, class_sep, .. } =
            self.params;
        let mut draws = Draws::new(seed, c as u64 + 1);
        let mut records = Array2::zeros((n, n_features));
        let mut targets = Array1::zeros(n);
        for (mut row, target) in records.rows_mut().into_iter().zip(&mut targets) {
            let cluster = draws.below(self.shapes.len());
            let point = Array1::from_shape_simple_fn(n_informative, || draws.normal()).dot(&self.shapes[cluster]);
            // Corner `cluster` by the bits of its number; beyond 64 dimensions corners differ in the first 64.
            let side = |j: usize| if j < 64 && cluster >> j & 1 == 1 { class_sep } else { -class_sep };
            let point = Array1::from_shape_fn(n_informative, |j| point[j] + side(j));
            let combined = point.dot(&self.redundant);
            let values = point.iter().chain(&combined).copied();
            row.iter_mut().zip(values).for_each(|(place, value)| *place = value);
            row.iter_mut().skip(n_informative + n_redundant).for_each(|place| *place = draws.normal());
            *target = if draws.uniform() < flip_y { draws.below(n_classes) } else { cluster % n_classes };
        }
        DatasetBase::new(records, targets)
    }
}
