//! Which columns rows touch, and the number of each among them.

/// A set of columns, filled first and then asked.
///
/// A bit a column: those of 2^18 stay in the fastest cache, where a number a column would not.
pub(crate) struct ColumnSet {
    words: Vec<u64>,
    /// How many columns lie before each word's.
    before: Vec<u32>,
}

impl ColumnSet {
    /// None of so many columns.
    pub(crate) fn new(n_columns: usize) -> Self {
        ColumnSet { words: vec![0; n_columns.div_ceil(64)], before: Vec::new() }
    }

    #[inline]
    pub(crate) fn insert(&mut self, column: usize) {
        self.words[column / 64] |= 1 << (column % 64);
    }

    /// The columns, ascending; from now on they have [`number`](Self::number)s.
    pub(crate) fn columns(&mut self) -> Vec<u32> {
        let mut columns = Vec::new();
        self.before.clear();
        for (i, &word) in self.words.iter().enumerate() {
            self.before.push(columns.len() as u32);
            let mut rest = word;
            while rest != 0 {
                columns.push(64 * i as u32 + rest.trailing_zeros());
                rest &= rest - 1;
            }
        }
        columns
    }

    /// The place of a column that is in the set among [`columns`](Self::columns), which were asked for before.
    #[inline]
    pub(crate) fn number(&self, column: usize) -> u32 {
        let below = (1 << (column % 64)) - 1;
        self.before[column / 64] + (self.words[column / 64] & below).count_ones()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn columns_ascend_and_know_their_place(inserted in prop::collection::vec(0_usize..300, 0..200)) {
            let mut set = ColumnSet::new(300);
            inserted.iter().for_each(|&column| set.insert(column));
            let columns = set.columns();
            let slow: BTreeSet<u32> = inserted.iter().map(|&column| column as u32).collect();
            prop_assert_eq!(&columns, &slow.into_iter().collect::<Vec<_>>());
            for (number, column) in (0..).zip(columns) {
                prop_assert_eq!(set.number(column as usize), number);
            }
        }
    }
}
