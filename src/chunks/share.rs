//! Dealers that hold rows out: a share of all rows at random, or every n-th row.

use std::collections::BTreeMap;

use super::deal::{Dealer, KeysOf, below, carried_by, draw};
use crate::error::{Error, Result};
use crate::graph::{AnyLazy, Key};

/// The number of the pile of train rows.
const TRAIN: usize = 0;
/// The number of the pile of test rows.
pub(crate) const TEST: usize = 1;

/// Holds out a share of the rows of every key, at random.
///
/// The rows of a key are cut into blocks of as many rows as one of the rarer side is due for (five at a share of 0.2),
/// and one row of each block is drawn for that side. So of any number of first rows the share is held out, to within one
/// row. A key's first row is a train row, and its first test row is among so many as are worth half a test row, so that
/// a few rows are on both sides.
#[derive(Clone, Debug)]
pub(crate) struct Share {
    test_size: f64,
    seed: u64,
    /// How many rows of every key there were.
    rows: BTreeMap<u64, u64>,
    totals: [usize; 2],
}

/// Holds out every `n`-th row of a chunk; chunks of fewer rows are taken together.
#[derive(Clone, Debug)]
pub(crate) struct EveryNth {
    n: usize,
    /// How many rows there were in chunks of fewer than `n`.
    short: usize,
    /// The next row's number.
    next: usize,
    totals: [usize; 2],
}

impl Share {
    /// Before the first row.
    pub(crate) fn new(test_size: f64, seed: u64) -> Self {
        Share { test_size, seed, rows: BTreeMap::new(), totals: [0; 2] }
    }

    /// Whether row `i` of a key is a test row.
    fn is_test(&self, key: u64, i: u64) -> bool {
        let rare_is_test = self.test_size <= 0.5;
        let share = if rare_is_test { self.test_size } else { 1.0 - self.test_size };
        // Not a hair too small, so that five blocks of 0.2 are as long as one of 1.
        let share = share * (1.0 + 1e-13);
        let block = block_of(i, share);
        let (first, end) = (first_of(block, share), first_of(block + 1, share));
        let (from, to) = match (block, rare_is_test) {
            (0, true) => (1, ((0.5 / share).ceil() as u64).max(2)),
            (0, false) => (0, 1),
            _ => (first, end),
        };
        let drawn = from + below(draw(self.seed, key, block), (to - from) as usize) as u64;
        (i == drawn) == rare_is_test
    }
}

/// The block that row `i` lies in.
fn block_of(i: u64, share: f64) -> u64 {
    (i as f64 * share) as u64
}

/// The first row of a block.
fn first_of(block: u64, share: f64) -> u64 {
    let mut row = (block as f64 / share).ceil() as u64;
    while row > 0 && block_of(row - 1, share) >= block {
        row -= 1;
    }
    while block_of(row, share) < block {
        row += 1;
    }
    row
}

impl Dealer for Share {
    fn carried(self, chunks: &[AnyLazy], key: Key, keys: KeysOf) -> Vec<AnyLazy> {
        carried_by(self, chunks, key, keys)
    }

    fn deal(&mut self, key: u64) -> usize {
        let rows = self.rows.entry(key).or_default();
        let i = *rows;
        *rows += 1;
        let pile = if self.is_test(key, i) { TEST } else { TRAIN };
        self.totals[pile] += 1;
        pile
    }

    fn only(&self, keys: &[u64]) -> Self {
        let rows = keys.iter().filter_map(|key| Some((*key, *self.rows.get(key)?))).collect();
        Share { rows, ..Share::new(self.test_size, self.seed) }
    }

    fn finish(&self) -> Result<Vec<String>> {
        check_sides("test_size", self.test_size, self.totals)
    }
}

impl EveryNth {
    /// Before the first row; `n` is 2 or more.
    pub(crate) fn new(n: usize) -> Self {
        EveryNth { n, short: 0, next: 0, totals: [0; 2] }
    }
}

impl Dealer for EveryNth {
    fn begin(&mut self, n_rows: usize) {
        self.next = 0;
        if n_rows < self.n {
            self.next = self.short;
            self.short += n_rows;
        }
    }

    fn carried(self, chunks: &[AnyLazy], key: Key, keys: KeysOf) -> Vec<AnyLazy> {
        carried_by(self, chunks, key, keys)
    }

    fn deal(&mut self, _: u64) -> usize {
        let pile = if self.next % self.n == self.n - 1 { TEST } else { TRAIN };
        self.next += 1;
        self.totals[pile] += 1;
        pile
    }

    fn only(&self, _: &[u64]) -> Self {
        self.clone()
    }

    fn finish(&self) -> Result<Vec<String>> {
        check_sides("n", self.n, self.totals)
    }
}

/// Refuses a split that leaves a side without rows.
fn check_sides(name: &'static str, value: impl std::fmt::Debug, [train, test]: [usize; 2]) -> Result<Vec<String>> {
    let side = match (train, test) {
        (0, _) => "train",
        (_, 0) => "test",
        _ => return Ok(Vec::new()),
    };
    let rows = train + test;
    let expected = format!("one that leaves rows on both sides: the {side} side has no rows, of {rows} in all");
    Err(Error::parameter(name, value, expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_holds_after_any_number_of_rows() {
        for test_size in [0.001, 0.01, 0.1, 0.2, 0.25, 0.3, 1.0 / 3.0, 0.4, 0.5, 0.6, 2.0 / 3.0, 0.8, 0.9, 0.99] {
            for seed in 0..20 {
                let mut share = Share::new(test_size, seed);
                for n in 1..3000u32 {
                    share.deal(7);
                    let due = test_size * f64::from(n);
                    let off = share.totals[TEST] as f64 - due;
                    assert!(off.abs() < 1.0 + 1e-9, "{test_size}, seed {seed}, {n} rows: {off}");
                    let both_due = due.min(f64::from(n) - due) > 0.5;
                    assert!(!both_due || share.finish().is_ok(), "{test_size}, seed {seed}, {n} rows");
                }
            }
        }
        let fifths = |n| {
            let mut share = Share::new(0.8, 3);
            share.deal_chunk(&vec![0; n]);
            share.totals
        };
        assert_eq!((fifths(30), fifths(1000)), ([6, 24], [200, 800]));
    }

    #[test]
    fn rows_are_equally_likely_to_be_held_out_and_seeds_differ() {
        let test_rows = |seed| {
            let mut share = Share::new(0.2, seed);
            (0..100usize).filter(|_| share.deal(0) == TEST).collect::<Vec<_>>()
        };
        let mut counts = [0; 100];
        (0..5000).for_each(|seed| test_rows(seed).into_iter().for_each(|row| counts[row] += 1));
        // 1000 each, but in the first block.
        assert!(counts[5..].iter().all(|count| (860..1140).contains(count)), "{counts:?}");
        assert_ne!(test_rows(1), test_rows(2));
    }

    #[test]
    fn a_single_row_is_trained_on_and_no_side_may_be_empty() {
        for test_size in [0.1, 0.5, 0.9] {
            let mut share = Share::new(test_size, 5);
            assert!(share.finish().is_err());
            assert_eq!(share.deal(1), TRAIN);
            assert!(share.finish().unwrap_err().to_string().contains("the test side has no rows, of 1 in all"));
        }
    }

    #[test]
    fn every_nth_row_of_chunks_and_of_short_chunks_together() {
        let deal = |sizes: &[usize]| {
            let mut every = EveryNth::new(3);
            sizes.iter().map(|&n| every.deal_chunk(&vec![0; n])).collect::<Vec<_>>()
        };
        assert_eq!(deal(&[4, 3]), [vec![0, 0, 1, 0], vec![0, 0, 1]]);
        assert_eq!(deal(&[1, 0, 2, 1, 5, 2]), [vec![0], vec![], vec![0, 1], vec![0], vec![0, 0, 1, 0, 0], vec![0, 1]]);
    }
}
