//! Rows, targets and weights of a chunk, checked: those of positive weight.

use linfa::dataset::{AsSingleTargets, DatasetBase};
use ndarray::Array2;

use super::NAME;
use crate::data::{Csr, CsrBuilder, FeatureRow, FeatureRows, Float, Footprint, check_model_bytes, wide};
use crate::error::{Error, Result};
use crate::linear::glm::check_finite_targets;
use crate::linear::smooth::rows_that_count;
use crate::linear::targets::targets_of;

/// The rows with these numbers, and a weight above 0 and a target each.
pub(super) struct Examples<'a, X> {
    pub x: &'a X,
    pub rows: Vec<usize>,
    pub weights: Vec<f64>,
    pub targets: Vec<f64>,
}

impl<'a, X: FeatureRows> Examples<'a, X> {
    /// The rows of a chunk that count.
    pub(super) fn of<T: AsSingleTargets<Elem = X::Elem>>(chunk: &'a DatasetBase<X, T>) -> Result<Self> {
        let (x, targets) = (&chunk.records, targets_of(chunk)?);
        let (rows, weights) = rows_that_count(chunk)?;
        x.check_finite()?;
        check_finite_targets(&targets)?;
        check_model_bytes(NAME, &[(x.nfeatures(), "columns")], size_of::<f64>())?;
        let targets = rows.iter().map(|&i| wide(targets[i])).collect();
        Ok(Examples { x, rows, weights, targets })
    }

    pub(super) fn n_rows(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn weight(&self) -> f64 {
        self.weights.iter().sum()
    }

    /// The weighted means of the columns, and of the targets.
    pub(super) fn means(&self) -> (Vec<f64>, f64) {
        let (weight, mut means, mut mean) = (self.weight(), vec![0.0; self.x.nfeatures()], 0.0);
        for ((&i, w), y) in self.rows.iter().zip(&self.weights).zip(&self.targets) {
            let share = w / weight;
            self.x.feature_row(i).for_each(|j, v| means[j] += share * wide(v));
            mean += share * y;
        }
        (means, mean)
    }
}

/// A chunk's rows of positive weight, with their targets: made once a chunk, used in every pass.
#[derive(Debug)]
pub struct ElasticNetRows<F> {
    pub(super) matrix: Matrix<F>,
    weights: Vec<f64>,
    targets: Vec<f64>,
}

/// Rows, stored as their matrix was.
#[derive(Debug)]
pub(super) enum Matrix<F> {
    Sparse(Csr<F>),
    Dense(Array2<F>),
}

impl<F: Float> ElasticNetRows<F> {
    pub(super) fn gather<X: FeatureRows<Elem = F>>(examples: Examples<'_, X>) -> Result<Self> {
        let Examples { x, rows, weights, targets } = examples;
        let matrix = if X::SPARSE {
            let mut builder = CsrBuilder::with_capacity(x.nfeatures(), rows.len(), 0)?;
            for &i in &rows {
                x.feature_row(i).for_each(|j, v| builder.push(j as u32, v));
                builder.end_row()?;
            }
            Matrix::Sparse(builder.finish())
        } else {
            let mut values = Vec::with_capacity(rows.len() * x.nfeatures());
            rows.iter().for_each(|&i| x.feature_row(i).for_each(|_, v| values.push(v)));
            let dense = Array2::from_shape_vec((rows.len(), x.nfeatures()), values).map_err(Error::from_estimator)?;
            Matrix::Dense(dense)
        };
        Ok(ElasticNetRows { matrix, weights, targets })
    }

    /// All of these rows, of their matrix.
    pub(super) fn examples<'a, X>(&self, x: &'a X) -> Examples<'a, X> {
        let (weights, targets) = (self.weights.clone(), self.targets.clone());
        Examples { x, rows: (0..weights.len()).collect(), weights, targets }
    }
}

impl<F: Float> Footprint for ElasticNetRows<F> {
    fn heap_bytes(&self) -> usize {
        let matrix = match &self.matrix {
            Matrix::Sparse(csr) => csr.heap_bytes(),
            Matrix::Dense(dense) => dense.len() * size_of::<F>(),
        };
        matrix + size_of_val(&*self.weights) + size_of_val(&*self.targets)
    }

    fn row_count(&self) -> usize {
        self.weights.len()
    }
}
