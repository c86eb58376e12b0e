//! Columns that are kept, and their numbers among themselves.

/// Some columns, ascending, and the number of each. They take room for themselves only, however many columns there
/// are: a model file that claims 2^32 columns costs nothing.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct KeptColumns {
    columns: Vec<u32>,
    /// Columns with the same bits above these lie together in `columns`.
    low_bits: u32,
    /// Where those with certain high bits begin, and last where all end. About one begins at each.
    starts: Vec<usize>,
}

impl KeptColumns {
    /// These columns, which ascend.
    pub(super) fn new(columns: Vec<u32>) -> Self {
        let last = columns.last().copied().unwrap_or(0);
        let bits = |n: usize| usize::BITS - n.leading_zeros();
        let low_bits = bits(last as usize).saturating_sub(bits(columns.len()));
        let groups = (last >> low_bits) as usize + 1;
        let starts = (0..=groups).map(|high| columns.partition_point(|column| ((column >> low_bits) as usize) < high));
        KeptColumns { low_bits, starts: starts.collect(), columns }
    }

    pub(super) fn columns(&self) -> &[u32] {
        &self.columns
    }

    pub(super) fn into_columns(self) -> Vec<u32> {
        self.columns
    }

    /// The number of a column among those that are kept, if it is one of them.
    #[inline]
    pub(super) fn number(&self, column: u32) -> Option<u32> {
        let high = (column >> self.low_bits) as usize;
        let (start, end) = (*self.starts.get(high)?, *self.starts.get(high + 1)?);
        let place = self.columns[start..end].binary_search(&column).ok()?;
        Some((start + place) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn numbers_are_places(
            kept in prop::collection::btree_set(prop_oneof![0..50_u32, any::<u32>(), Just(u32::MAX)], 0..60),
            others in prop::collection::vec(any::<u32>(), 20),
        ) {
            let columns = KeptColumns::new(kept.iter().copied().collect());
            let asked: BTreeSet<u32> = kept.iter().copied().chain(0..60).chain(others).collect();
            for column in asked {
                let place = kept.iter().position(|&own| own == column);
                prop_assert_eq!(columns.number(column), place.map(|place| place as u32));
            }
            prop_assert!(columns.starts.len() <= 2 * kept.len() + 2);
        }
    }
}
