//! Weights of chunks in an average: by rows, or by curvature in each column.

use linfa::Label;
use linfa::dataset::{DatasetBase, Records};

use crate::data::{FeatureRow, FeatureRows, Float, wide};
use crate::error::{Error, Result};
use crate::linear::LinearClassifier;

/// The weight of one chunk's coefficients in an average: see [`Weighting`](crate::estimator::Weighting).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ChunkWeight {
    /// The same for all.
    All(f64),
    /// One for each coefficient and each intercept, laid out as in the [`CompactFit`](super::CompactFit).
    Each {
        /// One a coefficient.
        coef: Vec<f64>,
        /// One an intercept.
        intercept: Vec<f64>,
    },
}

impl ChunkWeight {
    /// True if no weight is beyond what floats hold.
    pub(crate) fn is_finite(&self) -> bool {
        match self {
            ChunkWeight::All(weight) => weight.is_finite(),
            ChunkWeight::Each { coef, intercept } => coef.iter().chain(intercept).all(|weight| weight.is_finite()),
        }
    }

    /// The curvature of the logistic loss of each boundary of `linear` by itself, over the rows of
    /// `chunk` and in these columns (ascending): `Σ weight · p(1-p) · x²`.
    ///
    /// # Errors
    /// When rows, weights and classifier do not fit each other.
    pub fn logistic_curvature<F, L, X, T>(
        linear: &LinearClassifier<F, L>,
        chunk: &DatasetBase<X, T>,
        columns: &[u32],
    ) -> Result<Self>
    where
        F: Float,
        L: Label,
        X: FeatureRows<Elem = F>,
    {
        let x = &chunk.records;
        if x.nfeatures() != linear.coef().ncols() {
            return Err(Error::shape("columns", linear.coef().ncols(), x.nfeatures()));
        }
        if !chunk.weights.is_empty() && chunk.weights.len() != x.nsamples() {
            return Err(Error::shape("weights, one a row", x.nsamples(), chunk.weights.len()));
        }
        let (mut coef, mut intercept) = (Vec::new(), Vec::new());
        for (boundary, &b) in linear.coef().rows().into_iter().zip(linear.intercept()) {
            let weights = boundary.to_slice().expect("a classifier stores its coefficients row by row");
            let curvature = |i: usize| {
                let e = (-(x.feature_row(i).dot(weights) + wide(b)).abs()).exp();
                f64::from(chunk.weight_for(i)) * e / ((1.0 + e) * (1.0 + e))
            };
            let (all, own) = squares(x, curvature);
            coef.extend(columns.iter().map(|&j| all[j as usize]));
            intercept.push(own);
        }
        Ok(ChunkWeight::Each { coef, intercept })
    }

    /// The curvature of the squared loss in every column: `Σ x²`.
    #[cfg(feature = "linfa-linear")]
    pub(super) fn squared_curvature(x: &impl FeatureRows) -> Self {
        let (coef, intercept) = squares(x, |_| 1.0);
        ChunkWeight::Each { coef, intercept: vec![intercept] }
    }
}

/// `Σ weight · x²` of every column, and `Σ weight`.
fn squares<X: FeatureRows>(x: &X, weight: impl Fn(usize) -> f64) -> (Vec<f64>, f64) {
    let mut sums = vec![0.0; x.nfeatures()];
    let mut total = 0.0;
    for i in 0..Records::nsamples(x) {
        let weight = weight(i);
        total += weight;
        x.feature_row(i).for_each(|j, v| sums[j] += weight * wide(v) * wide(v));
    }
    (sums, total)
}
