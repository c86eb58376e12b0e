//! Weights of a network as plain arrays, which are copied, compared, averaged and written to files.

use chunkfit::ndarray::{Array2, Zip};
use chunkfit::{Error, Result};
use serde::{Deserialize, Serialize};

/// The arrays of a network, in the order of Keras' `get_weights`: for each LSTM layer kernel, recurrent kernel and
/// bias, then kernel and bias of the dense layer. Biases are of shape (1, columns); the gates of an LSTM layer stand
/// side by side in the order input, forget, cell, output.
///
/// Gradients and moments have the same arrays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weights(Vec<Array2<f32>>);

impl Weights {
    /// The weights of these arrays.
    ///
    /// # Errors
    /// `ShapeMismatch`: arrays that do not fit together.
    pub fn new(arrays: Vec<Array2<f32>>) -> Result<Self> {
        let weights = Weights(arrays);
        weights.check()?;
        Ok(weights)
    }

    /// Without a check: for arrays of the shapes of others.
    pub(crate) fn of(arrays: Vec<Array2<f32>>) -> Self {
        Weights(arrays)
    }

    /// The arrays.
    pub fn arrays(&self) -> &[Array2<f32>] {
        &self.0
    }

    pub(crate) fn arrays_mut(&mut self) -> &mut [Array2<f32>] {
        &mut self.0
    }

    /// The number of features of a step.
    pub fn features(&self) -> usize {
        self.0.first().map_or(0, Array2::nrows)
    }

    /// Zeros in the same shapes.
    pub fn zeros(&self) -> Self {
        Weights(self.0.iter().map(|array| Array2::zeros(array.dim())).collect())
    }

    /// Adds others of the same shapes.
    pub fn add(&mut self, others: &Weights) {
        self.0.iter_mut().zip(&others.0).for_each(|(own, other)| *own += other);
    }

    /// Multiplies all by a number.
    pub fn scale(&mut self, by: f32) {
        self.0.iter_mut().for_each(|array| *array *= by);
    }

    /// Moves this share of the way to others of the same shapes.
    pub fn approach(&mut self, others: &Weights, share: f32) {
        for (own, other) in self.0.iter_mut().zip(&others.0) {
            Zip::from(own).and(other).for_each(|own, other| *own += share * (other - *own));
        }
    }

    /// Whether no number is NaN or infinite.
    pub fn is_finite(&self) -> bool {
        self.0.iter().flatten().all(|weight| weight.is_finite())
    }

    /// Whether others have the same shapes.
    pub fn fits(&self, others: &Weights) -> bool {
        self.0.len() == others.0.len() && self.0.iter().zip(&others.0).all(|(a, b)| a.dim() == b.dim())
    }

    /// Refuses arrays that do not fit together.
    ///
    /// # Errors
    /// `ShapeMismatch`.
    pub fn check(&self) -> Result<()> {
        let n = self.0.len();
        if n < 5 || n % 3 != 2 {
            return Err(Error::shape("arrays of an LSTM layer and a dense one", 5, n));
        }
        let mut columns = self.features();
        let same = |what, expected, found| match expected == found {
            true => Ok(()),
            false => Err(Error::shape(what, expected, found)),
        };
        let (layers, dense) = self.0.split_at(n - 2);
        for layer in layers.chunks(3) {
            let units = layer[1].nrows();
            same("rows of a kernel", columns, layer[0].nrows())?;
            for array in layer {
                same("columns of an LSTM layer", 4 * units, array.ncols())?;
            }
            same("rows of a bias", 1, layer[2].nrows())?;
            columns = units;
        }
        same("rows of the dense kernel", columns, dense[0].nrows())?;
        same("columns of the dense kernel", self.features(), dense[0].ncols())?;
        same("rows of a bias", 1, dense[1].nrows())?;
        same("columns of the dense bias", self.features(), dense[1].ncols())
    }
}
