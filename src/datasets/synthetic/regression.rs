//! Rows and a number that is a linear function of some columns, as scikit-learn's `make_regression`.

use std::sync::Arc;

use linfa::DatasetBase;
use linfa_linalg::qr::QRInto;
use ndarray::{Array1, Array2, Axis};
use serde::Serialize;

use super::column_order::column_order;
use super::draws::Draws;
use crate::chunks::Chunks;
use crate::error::{Error, Result};

/// Normally distributed columns, of which some add up to the number to be predicted, with noise.
///
/// scikit-learn's `make_regression` of one target with its parameters and defaults, though not its random
/// numbers; and columns are shuffled only if that is [asked for](Self::shuffle_columns): the informative ones
/// come first.
///
/// ```
/// use chunkfit::datasets::synthetic::Regression;
/// let made = Regression::new(7).n_features(50).noise(2.0);
/// let chunks = made.chunks(1000, 500)?; // 500,000 rows, none made yet
/// assert_eq!(made.coef()?.iter().filter(|weight| **weight != 0.0).count(), 10);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Regression {
    seed: u64,
    n_features: usize,
    n_informative: usize,
    bias: f64,
    noise: f64,
    effective_rank: Option<usize>,
    tail_strength: f64,
    shuffle_columns: bool,
}

column_order!(Regression);

impl Regression {
    /// With scikit-learn's defaults.
    pub fn new(seed: u64) -> Self {
        Regression {
            seed,
            n_features: 100,
            n_informative: 10,
            bias: 0.0,
            noise: 0.0,
            effective_rank: None,
            tail_strength: 0.5,
            shuffle_columns: false,
        }
    }

    /// Columns in all, 1 or more. Default 100.
    pub fn n_features(mut self, n: usize) -> Self {
        self.n_features = n;
        self
    }

    /// Columns that the target depends on; if there are fewer columns, all do. Default 10.
    pub fn n_informative(mut self, n: usize) -> Self {
        self.n_informative = n;
        self
    }

    /// The target where all columns are 0, a finite number. Default 0.
    pub fn bias(mut self, bias: f64) -> Self {
        self.bias = bias;
        self
    }

    /// The standard deviation of what is added to the target, a finite number of 0 or more. Default 0.
    pub fn noise(mut self, noise: f64) -> Self {
        self.noise = noise;
        self
    }

    /// About how many singular vectors explain most of a chunk's rows, 1 or more; `None`, the default, for columns
    /// that are independent of each other (scikit-learn's `make_low_rank_matrix`).
    ///
    /// Singular values are those of scikit-learn for as many rows as a chunk has, up to chance; the first is 1,
    /// so that entries are small. A row then costs the square of the columns.
    pub fn effective_rank(mut self, rank: impl Into<Option<usize>>) -> Self {
        self.effective_rank = rank.into();
        self
    }

    /// The share of the singular values' slowly falling tail, from 0 to 1; it counts with an
    /// [`effective_rank`](Self::effective_rank). Default 0.5.
    pub fn tail_strength(mut self, share: f64) -> Self {
        self.tail_strength = share;
        self
    }

    /// By how much each column counts for the target: from 0 to 100, and 0 for those that are not informative.
    ///
    /// # Errors
    /// As [`chunks`](Self::chunks).
    pub fn coef(&self) -> Result<Array1<f64>> {
        Ok(Plane::new(self)?.coef)
    }

    /// `n_chunks` chunks of `rows` rows each: records of shape (rows, columns), and the numbers to be predicted.
    /// Chunk `c` is the same however many there are, and in every process.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) for parameters out of their range.
    pub fn chunks(&self, n_chunks: usize, rows: usize) -> Result<Chunks<DatasetBase<Array2<f64>, Array1<f64>>>> {
        let plane = Arc::new(Plane::new(self)?);
        let chunks = Chunks::from_fn("generate", n_chunks, move |c| Ok(plane.rows(c, rows)));
        Ok(chunks.identified(("regression", env!("CARGO_PKG_VERSION"), self, rows)).with_rows_each(rows))
    }

    fn check(&self) -> Result<()> {
        if self.n_features == 0 {
            return Err(Error::parameter("n_features", 0, "1 or more"));
        }
        if self.effective_rank == Some(0) {
            return Err(Error::parameter("effective_rank", 0, "1 or more, or None"));
        }
        if !self.bias.is_finite() {
            return Err(Error::parameter("bias", self.bias, "a finite number"));
        }
        if !(self.noise >= 0.0 && self.noise.is_finite()) {
            return Err(Error::parameter("noise", self.noise, "a finite number of 0 or more"));
        }
        if !(0.0..=1.0).contains(&self.tail_strength) {
            return Err(Error::parameter("tail_strength", self.tail_strength, "a share from 0 to 1"));
        }
        Ok(())
    }
}

/// What all chunks share.
struct Plane {
    params: Regression,
    coef: Array1<f64>,
    /// What rows of independent numbers are multiplied by, if columns are not to be independent: shape
    /// (columns, columns).
    mix: Option<Array2<f64>>,
}

impl Plane {
    fn new(params: &Regression) -> Result<Self> {
        params.check()?;
        let n = params.n_features;
        let mut draws = Draws::new(params.seed, 0);
        let informative: Vec<f64> = (0..params.n_informative.min(n)).map(|_| 100.0 * draws.uniform()).collect();
        let order = if params.shuffle_columns { draws.order(n) } else { (0..n).collect() };
        let coef = order.iter().map(|&column| informative.get(column).copied().unwrap_or(0.0)).collect();
        let mix = match params.effective_rank {
            None => None,
            Some(rank) => {
                let random = Array2::from_shape_simple_fn((n, n), || draws.normal());
                let (directions, _) = random.qr_into().map_err(Error::from_estimator)?.into_decomp();
                let values = Array1::from_shape_fn(n, |i| singular_value(i as f64 / rank as f64, params.tail_strength));
                Some(directions.reversed_axes() * values.insert_axis(Axis(1)))
            }
        };
        Ok(Plane { params: params.clone(), coef, mix })
    }

    /// Chunk `c` of `n` rows.
    fn rows(&self, c: usize, n: usize) -> DatasetBase<Array2<f64>, Array1<f64>> {
        let Regression { seed, n_features, bias, noise, .. } = self.params;
        let mut draws = Draws::new(seed, c as u64 + 1);
        let mut records = Array2::zeros((n, n_features));
        let mut targets = Array1::zeros(n);
        for (mut row, target) in records.rows_mut().into_iter().zip(&mut targets) {
            row.iter_mut().for_each(|place| *place = draws.normal());
            if let Some(mix) = &self.mix {
                // Columns of independent numbers are about orthogonal, and as long as the root of the rows.
                row.assign(&(row.dot(mix) / (n as f64).sqrt()));
            }
            *target = row.dot(&self.coef) + bias + noise * draws.normal();
        }
        DatasetBase::new(records, targets)
    }
}

/// How large a singular value is, `place` times the effective rank after the first.
fn singular_value(place: f64, tail_strength: f64) -> f64 {
    (1.0 - tail_strength) * (-place * place).exp() + tail_strength * (-0.1 * place).exp()
}
