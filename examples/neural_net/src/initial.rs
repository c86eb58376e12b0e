//! Initial weights as Keras': Glorot's uniform kernels, orthogonal recurrent kernels, biases of 0 and forget biases of
//! 1.

use std::f64::consts::TAU;

use chunkfit::ndarray::{Array2, ArrayView1, Axis};
use chunkfit::rand::distributions::Open01;
use chunkfit::rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::weights::Weights;

/// The weights of an autoencoder of so many features, whose LSTM layers have so many units, drawn from a seed.
pub fn weights(features: usize, units: &[usize], seed: u64) -> Weights {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let (mut arrays, mut columns) = (Vec::new(), features);
    for &units in units {
        arrays.push(glorot_uniform(columns, 4 * units, &mut random));
        arrays.push(orthogonal(units, 4 * units, &mut random));
        let mut bias = Array2::zeros((1, 4 * units));
        bias.slice_axis_mut(Axis(1), (units..2 * units).into()).fill(1.0);
        arrays.push(bias);
        columns = units;
    }
    arrays.push(glorot_uniform(columns, features, &mut random));
    arrays.push(Array2::zeros((1, features)));
    Weights::of(arrays)
}

/// Uniform numbers from minus to plus √(6 / (rows + columns)).
fn glorot_uniform(rows: usize, columns: usize, random: &mut ChaCha8Rng) -> Array2<f32> {
    let limit = (6.0 / (rows + columns) as f64).sqrt();
    Array2::from_shape_simple_fn((rows, columns), || random.gen_range(-limit..limit) as f32)
}

/// Orthogonal rows of length 1, in a direction drawn at random: normal numbers, orthogonalized row by row. There are no
/// more rows than columns.
fn orthogonal(rows: usize, columns: usize, random: &mut ChaCha8Rng) -> Array2<f32> {
    let mut matrix = Array2::from_shape_simple_fn((rows, columns), || normal(random));
    for i in 0..rows {
        let (above, mut rest) = matrix.view_mut().split_at(Axis(0), i);
        let mut row = rest.row_mut(0);
        // Twice, for what rounding leaves.
        for _ in 0..2 {
            for other in above.rows() {
                let along = row.dot(&other);
                row.scaled_add(-along, &other);
            }
        }
        let length = norm(row.view());
        row /= length;
    }
    matrix.mapv(|x| x as f32)
}

fn norm(row: ArrayView1<'_, f64>) -> f64 {
    row.dot(&row).sqrt()
}

/// A number of the standard normal distribution, by Box and Muller.
fn normal(random: &mut ChaCha8Rng) -> f64 {
    let (u, v): (f64, f64) = (random.sample(Open01), random.sample(Open01));
    (-2.0 * u.ln()).sqrt() * (TAU * v).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recurrent_kernels_are_orthogonal_and_forget_biases_are_1() {
        let weights = weights(3, &[5, 4], 7);
        weights.check().unwrap();
        let recurrent = &weights.arrays()[1];
        let product = recurrent.dot(&recurrent.t());
        let apart = (&product - &Array2::<f32>::eye(5)).mapv(f32::abs);
        assert!(apart.iter().all(|x| *x < 1e-6), "{product}");
        assert_eq!(weights.arrays()[5].row(0).to_vec(), [[0.0; 4], [1.0; 4], [0.0; 4], [0.0; 4]].concat());
        let limit = (6.0f32 / 23.0).sqrt();
        assert!(weights.arrays()[0].iter().all(|x| x.abs() <= limit));
        assert!(weights.arrays()[0].iter().any(|x| x.abs() > 0.9 * limit));
    }

    #[test]
    fn seeds_draw_other_weights_and_equal_seeds_the_same() {
        assert_eq!(weights(3, &[2], 1), weights(3, &[2], 1));
        assert_ne!(weights(3, &[2], 1), weights(3, &[2], 2));
    }
}
