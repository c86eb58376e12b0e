//! Random numbers of one chunk.

use rand::Rng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// Draws that depend on the seed and the stream alone. What all chunks share has stream 0, chunk `c` has `c + 1`.
pub(super) struct Draws(ChaCha8Rng);

impl Draws {
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Draws(rng)
    }

    /// From 0 to below 1.
    pub(super) fn uniform(&mut self) -> f64 {
        self.0.r#gen()
    }

    /// 64 random bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.0.r#gen()
    }

    pub(super) fn below(&mut self, n: usize) -> usize {
        self.0.gen_range(0..n)
    }

    /// A number, given the probability of each and those before it; the last one's is what is left.
    pub(super) fn among(&mut self, up_to: &[f64]) -> usize {
        let draw = self.uniform();
        up_to.partition_point(|&sum| sum <= draw).min(up_to.len() - 1)
    }

    /// The numbers below `n` in a random order.
    pub(super) fn order(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        order.shuffle(&mut self.0);
        order
    }

    /// Of mean 0 and variance 1 (Box and Muller, 1958).
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }
}
