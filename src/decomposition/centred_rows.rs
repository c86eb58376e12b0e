//! Rows less the mean of every column.

use ndarray::{Array1, Array2, Axis, Zip};

use crate::data::{FeatureRows, Float, Twofold, check_weights, present_rows, total_weight, wide};
use crate::error::Result;

/// The mean of every column, with twice the digits of a float: two floats each.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Means {
    pub(super) high: Array1<f64>,
    pub(super) low: Array1<f64>,
}

impl Means {
    /// How far above these the others are.
    pub(super) fn to(&self, other: &Means) -> Array1<f64> {
        Array1::from_shape_fn(self.high.len(), |j| other.at(j).minus(self.at(j)))
    }

    /// These, moved by a number a column.
    pub(super) fn plus(&self, apart: &Array1<f64>) -> Means {
        let moved: Vec<Twofold> = apart.iter().enumerate().map(|(j, &apart)| self.at(j).plus(apart)).collect();
        Means { high: moved.iter().map(|mean| mean.high).collect(), low: moved.iter().map(|mean| mean.low).collect() }
    }

    fn at(&self, j: usize) -> Twofold {
        Twofold { high: self.high[j], low: self.low[j] }
    }
}

/// Some rows in `f64`, of which those of weight 0 are left out.
pub(super) struct CentredRows {
    /// How many there are.
    pub(super) n_rows: usize,
    /// The sum of their weights; without weights their number.
    pub(super) weight: f64,
    pub(super) means: Means,
    /// The rows less the means, each times the square root of its weight: products of columns are weighted sums.
    pub(super) rows: Array2<f64>,
}

impl CentredRows {
    /// Of some rows.
    ///
    /// # Errors
    /// A NaN or infinite value, or weights that do not fit the rows.
    pub(super) fn of<F: Float>(rows: &Array2<F>, sample_weight: Option<&[f64]>) -> Result<Self> {
        check_weights(rows.nrows(), sample_weight)?;
        rows.check_finite()?;
        let weight = total_weight(rows.nrows(), sample_weight)?;
        let present = present_rows(sample_weight);
        let mut rows = match &present {
            Some(present) => rows.select(Axis(0), present).mapv(wide),
            None => rows.mapv(wide),
        };
        let weights = sample_weight.map(|weights| match &present {
            Some(present) => present.iter().map(|&i| weights[i]).collect(),
            None => Array1::from(weights.to_vec()),
        });
        let n_rows = rows.nrows();
        if n_rows == 0 {
            let zeros = Array1::zeros(rows.ncols());
            return Ok(CentredRows { n_rows, weight, means: Means { high: zeros.clone(), low: zeros }, rows });
        }
        // Where the mean is large, a float has no digits left for what it is: the rest is the mean of what is left.
        let means = Means { high: mean(&rows, weights.as_ref(), weight), low: Array1::zeros(rows.ncols()) };
        rows -= &means.high;
        let rest = mean(&rows, weights.as_ref(), weight);
        rows -= &rest;
        if let Some(weights) = &weights {
            Zip::from(rows.rows_mut()).and(weights).for_each(|mut row, weight| row *= weight.sqrt());
        }
        Ok(CentredRows { n_rows, weight, means: means.plus(&rest), rows })
    }

    /// The sum of the squared distances of every column from its mean.
    pub(super) fn squares(&self) -> Array1<f64> {
        self.rows.mapv(|apart| apart * apart).sum_axis(Axis(0))
    }
}

/// The mean of every column of rows that have so much weight together.
fn mean(rows: &Array2<f64>, weights: Option<&Array1<f64>>, weight: f64) -> Array1<f64> {
    match weights {
        Some(weights) => weights.dot(rows) / weight,
        None => rows.sum_axis(Axis(0)) / weight,
    }
}
