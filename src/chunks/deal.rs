//! What all ways of dealing rows out have in common: splits here, folds in model selection.

use std::collections::BTreeMap;

use linfa::Label;
use linfa::dataset::AsSingleTargets;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::error::{Error, Result};

/// Random numbers of chunk `c`.
pub(crate) fn generator(seed: u64, c: usize) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(c as u64);
    random
}

/// How many of so many rows are test rows.
pub(crate) fn share(test_size: f64, rows: usize) -> usize {
    ((test_size * rows as f64).round() as usize).min(rows)
}

/// Refuses a share of test rows that leaves one side empty.
pub(crate) fn check_share(test_size: f64) -> Result<()> {
    if test_size > 0.0 && test_size < 1.0 {
        return Ok(());
    }
    Err(Error::parameter("test_size", test_size, "a share above 0 and below 1"))
}

/// The rows of each label, the labels in sorted order.
pub(crate) fn strata(targets: &impl AsSingleTargets<Elem: Label>) -> Vec<Vec<usize>> {
    let targets = targets.as_single_targets();
    let mut strata: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (row, label) in targets.iter().enumerate() {
        strata.entry(label).or_default().push(row);
    }
    strata.into_values().collect()
}
