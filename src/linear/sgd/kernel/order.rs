//! The order in which a pass reads its rows.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Makes the order of each pass from the seed and the number of steps taken before it.
///
/// Every boundary of a model reads the rows in the same order: a class that is first seen late can
/// then take over what was learned before as "none of the classes so far".
pub(in crate::linear::sgd) struct Order {
    seed: Option<u64>,
    rows: Vec<usize>,
    made_at: Option<u64>,
}

impl Order {
    /// Orders of `n` rows; without a seed, always the first to the last.
    pub(in crate::linear::sgd) fn new(n: usize, seed: Option<u64>) -> Self {
        let rows = if seed.is_some() { (0..n).collect() } else { Vec::new() };
        Order { seed, rows, made_at: None }
    }

    /// The rows for the pass that begins at step `t`, or `None` for the first to the last.
    pub(in crate::linear::sgd) fn of_pass(&mut self, t: f64) -> Option<&[usize]> {
        let seed = self.seed?;
        // Exact: `t` counts steps from 1.
        let pass = t as u64;
        if self.made_at != Some(pass) {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(pass);
            // From the same start each time, so that an order depends on nothing else.
            self.rows.iter_mut().enumerate().for_each(|(i, row)| *row = i);
            self.rows.shuffle(&mut rng);
            self.made_at = Some(pass);
        }
        Some(&self.rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_a_permutation_that_seed_and_step_decide() {
        let mut order = Order::new(100, Some(7));
        let first = order.of_pass(1.0).unwrap().to_vec();
        let second = order.of_pass(101.0).unwrap().to_vec();
        assert_ne!(first, second);
        assert_eq!(order.of_pass(1.0).unwrap(), first);
        assert_ne!(Order::new(100, Some(8)).of_pass(1.0).unwrap(), first);
        let mut sorted = second;
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..100));
        assert_eq!(Order::new(100, None).of_pass(1.0), None);
    }
}
