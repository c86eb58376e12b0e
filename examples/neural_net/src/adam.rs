//! Adam, with its moments as part of the value that goes from chunk to chunk.

use chunkfit::ndarray::Zip;
use serde::{Deserialize, Serialize};

use crate::weights::Weights;

const BETA_1: f64 = 0.9;
const BETA_2: f64 = 0.999;
const EPSILON: f64 = 1e-7;

/// The state of Adam (Kingma and Ba, 2015) with the numbers of Keras: β₁ 0.9, β₂ 0.999, ε 1e-7.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adam {
    pub(crate) steps: u64,
    /// The running means of gradients.
    pub(crate) means: Weights,
    /// The running means of their squares.
    pub(crate) squares: Weights,
}

impl Adam {
    /// The state before the first step.
    pub fn new(weights: &Weights) -> Self {
        Adam { steps: 0, means: weights.zeros(), squares: weights.zeros() }
    }

    /// The number of steps that were taken.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Moves weights against their gradients, of the same shapes.
    pub fn step(&mut self, weights: &mut Weights, gradients: &Weights, learning_rate: f64) {
        self.steps += 1;
        let correction = |beta: f64| 1.0 - beta.powf(self.steps as f64);
        let rate = (learning_rate * correction(BETA_2).sqrt() / correction(BETA_1)) as f32;
        let (new_mean, new_square, epsilon) = ((1.0 - BETA_1) as f32, (1.0 - BETA_2) as f32, EPSILON as f32);
        let moments = self.means.arrays_mut().iter_mut().zip(self.squares.arrays_mut());
        for ((weights, gradients), (means, squares)) in
            weights.arrays_mut().iter_mut().zip(gradients.arrays()).zip(moments)
        {
            Zip::from(weights).and(gradients).and(means).and(squares).for_each(|weight, gradient, mean, square| {
                *mean += (gradient - *mean) * new_mean;
                *square += (gradient * gradient - *square) * new_square;
                *weight -= rate * *mean / (square.sqrt() + epsilon);
            });
        }
    }

    /// Moves the moments this share of the way to the moments of others.
    pub(crate) fn approach(&mut self, others: &Adam, share: f32) {
        self.steps = self.steps.max(others.steps);
        self.means.approach(&others.means, share);
        self.squares.approach(&others.squares, share);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chunkfit::ndarray::array;

    /// The formulas of the paper, number by number.
    #[test]
    fn steps_are_those_of_the_paper() {
        let mut weights = Weights::of(vec![array![[1.0, -2.0]], array![[0.5]]]);
        let mut adam = Adam::new(&weights);
        let gradients = [[0.3, -0.01, 2.0], [-0.7, 0.02, 2.0], [0.1, 0.0, -3.0]];
        let mut expected = [1.0_f64, -2.0, 0.5];
        let (mut m, mut v) = ([0.0_f64; 3], [0.0_f64; 3]);
        for (t, gradient) in (1..).zip(gradients) {
            for i in 0..3 {
                let g = gradient[i];
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.999 * v[i] + 0.001 * g * g;
                let rate = 0.01 * (1.0 - 0.999_f64.powi(t)).sqrt() / (1.0 - 0.9_f64.powi(t));
                expected[i] -= rate * m[i] / (v[i].sqrt() + 1e-7);
            }
            let [a, b, c] = gradient.map(|g| g as f32);
            adam.step(&mut weights, &Weights::of(vec![array![[a, b]], array![[c]]]), 0.01);
        }
        let found: Vec<f32> = weights.arrays().iter().flatten().copied().collect();
        assert!(found.iter().zip(expected).all(|(a, b)| (f64::from(*a) - b).abs() < 1e-6), "{found:?} {expected:?}");
        assert_eq!(adam.steps(), 3);
    }
}
