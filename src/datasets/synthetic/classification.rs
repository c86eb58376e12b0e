//! Clusters of points with labels, as scikit-learn's `make_classification`.

use std::sync::Arc;

use linfa::DatasetBase;
use ndarray::{Array1, Array2};
use serde::Serialize;

use super::clusters::Clusters;
use super::column_order::column_order;
use crate::chunks::Chunks;
use crate::error::{Error, Result};

/// Points around the corners of a cube, a corner or more for each class, among columns of noise.
///
/// scikit-learn's `make_classification` with its parameters and defaults, though not its random numbers;
/// and columns are shuffled only if that is [asked for](Self::shuffle_columns). First come the informative,
/// then the redundant and the repeated ones, then noise. Every row's cluster is drawn, so that a class has
/// about its share of a chunk's rows.
///
/// ```
/// use chunkfit::datasets::synthetic::Classification;
/// let chunks = Classification::new(7).n_features(10).chunks(1000, 500)?; // 500,000 rows, none made yet
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Classification {
    pub(super) seed: u64,
    pub(super) n_features: usize,
    pub(super) n_informative: usize,
    pub(super) n_redundant: usize,
    pub(super) n_repeated: usize,
    pub(super) n_classes: usize,
    pub(super) n_clusters_per_class: usize,
    pub(super) weights: Option<Vec<f64>>,
    pub(super) flip_y: f64,
    pub(super) class_sep: f64,
    pub(super) hypercube: bool,
    pub(super) shift: Option<f64>,
    pub(super) scale: Option<f64>,
    pub(super) shuffle_columns: bool,
}

column_order!(Classification);

impl Classification {
    /// With scikit-learn's defaults.
    pub fn new(seed: u64) -> Self {
        Classification {
            seed,
            n_features: 20,
            n_informative: 2,
            n_redundant: 2,
            n_repeated: 0,
            n_classes: 2,
            n_clusters_per_class: 2,
            weights: None,
            flip_y: 0.01,
            class_sep: 1.0,
            hypercube: true,
            shift: Some(0.0),
            scale: Some(1.0),
            shuffle_columns: false,
        }
    }

    /// Columns in all. Default 20; at least the informative, redundant and repeated ones.
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

    /// Columns that are copies of informative or redundant ones, drawn with replacement. Default 0.
    pub fn n_repeated(mut self, n: usize) -> Self {
        self.n_repeated = n;
        self
    }

    /// Classes, equally frequent unless there are [weights](Self::weights). Default 2; with their clusters at
    /// most as many as the cube has corners.
    pub fn n_classes(mut self, n: usize) -> Self {
        self.n_classes = n;
        self
    }

    /// Corners for each class. Default 2.
    pub fn n_clusters_per_class(mut self, n: usize) -> Self {
        self.n_clusters_per_class = n;
        self
    }

    /// The share of each class before labels are [flipped](Self::flip_y): numbers of 0 or more whose sum is 1;
    /// the last may be left out and is then what is missing. By default all are alike.
    pub fn weights(mut self, shares: Vec<f64>) -> Self {
        self.weights = Some(shares);
        self
    }

    /// The share of rows whose label is drawn at random, from 0 to 1. Default 0.01.
    pub fn flip_y(mut self, share: f64) -> Self {
        self.flip_y = share;
        self
    }

    /// Half the length of the cube's edges, a finite number. Default 1.
    pub fn class_sep(mut self, half_edge: f64) -> Self {
        self.class_sep = half_edge;
        self
    }

    /// Whether clusters are at the corners of a cube, the default; otherwise each is drawn towards the
    /// middle by a share of its own and one of each dimension.
    pub fn hypercube(mut self, hypercube: bool) -> Self {
        self.hypercube = hypercube;
        self
    }

    /// What is added to all columns, a finite number; `None` for one of each column's own, from minus to plus
    /// [`class_sep`](Self::class_sep). Default 0.
    pub fn shift(mut self, shift: impl Into<Option<f64>>) -> Self {
        self.shift = shift.into();
        self
    }

    /// What all columns are then multiplied by, a finite number; `None` for one of each column's own, from 1 to
    /// 101. Default 1.
    pub fn scale(mut self, scale: impl Into<Option<f64>>) -> Self {
        self.scale = scale.into();
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
        Ok(chunks.identified(("classification", env!("CARGO_PKG_VERSION"), self, rows)).with_rows_each(rows))
    }

    fn check(&self) -> Result<()> {
        let parts = [self.n_informative, self.n_redundant, self.n_repeated];
        let used = parts.into_iter().fold(0, usize::saturating_add);
        if self.n_informative == 0 || used > self.n_features {
            let expected =
                format!("at least {} informative, redundant and repeated ones, and one informative", used.max(1));
            return Err(Error::parameter("n_features", self.n_features, expected));
        }
        let clusters = self.n_classes.saturating_mul(self.n_clusters_per_class);
        let corners =
            u32::try_from(self.n_informative).ok().and_then(|bits| 1usize.checked_shl(bits)).unwrap_or(usize::MAX);
        if clusters == 0 || clusters > corners {
            let expected = format!(
                "1 to {corners} clusters of all {} classes together: raise n_informative, or have fewer",
                self.n_classes
            );
            return Err(Error::parameter("n_clusters_per_class", self.n_clusters_per_class, expected));
        }
        if !(0.0..=1.0).contains(&self.flip_y) {
            return Err(Error::parameter("flip_y", self.flip_y, "a share from 0 to 1"));
        }
        let numbers = [("class_sep", Some(self.class_sep)), ("shift", self.shift), ("scale", self.scale)];
        if let Some((name, value)) = numbers.iter().find(|(_, value)| value.is_some_and(|value| !value.is_finite())) {
            return Err(Error::parameter(name, value.unwrap_or_default(), "a finite number"));
        }
        self.check_weights()
    }

    fn check_weights(&self) -> Result<()> {
        let Some(weights) = &self.weights else { return Ok(()) };
        let sum: f64 = weights.iter().sum();
        let fits = if weights.len() == self.n_classes {
            (sum - 1.0).abs() <= 1e-6
        } else {
            weights.len() + 1 == self.n_classes && sum <= 1.0
        };
        if fits && weights.iter().all(|weight| *weight >= 0.0) {
            return Ok(());
        }
        let expected = format!("{} shares of 0 or more whose sum is 1, or all but the last of them", self.n_classes);
        Err(Error::parameter("weights", weights, expected))
    }
}
