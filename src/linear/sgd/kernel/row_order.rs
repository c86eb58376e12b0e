//! Order of rows in a pass, and prefetching of the next row's data.

use super::pass::Examples;
use crate::data::{FeatureRow, FeatureRows};

/// The number of rows ahead that the next ones are prefetched, where they are read in another order than they lie in.
const AHEAD: usize = 4;

/// The bytes of weights from which on those of the next row are fetched while one is learned from. Weights that a core
/// keeps near anyway cost a tenth more with it, larger ones a sixth less.
const FAR: usize = 3 << 20;

/// The rows that count, in the order in which they are learned from.
pub(in crate::linear::sgd) struct RowOrder<'a, X> {
    x: &'a X,
    rows: Option<&'a [usize]>,
    order: Option<&'a [usize]>,
    len: usize,
    /// True if weights are many enough to be fetched.
    far: bool,
}

impl<'a, X: FeatureRows> RowOrder<'a, X> {
    /// In this order of those that count, else as they lie; the weights and what belongs to them take so many bytes.
    pub(in crate::linear::sgd) fn new(
        examples: &'a Examples<'a, X>,
        order: Option<&'a [usize]>,
        weight_bytes: usize,
    ) -> Self {
        let &Examples { ref x, rows, truth, .. } = examples;
        RowOrder { x, rows, order, len: truth.len(), far: X::SPARSE && weight_bytes >= FAR }
    }

    /// The number of rows.
    pub(in crate::linear::sgd) fn len(&self) -> usize {
        self.len
    }

    /// The number of a step's row among all, and among those that count.
    #[inline]
    pub(in crate::linear::sgd) fn numbers(&self, step: usize) -> (usize, usize) {
        let k = self.order.map_or(step, |order| order[step]);
        (self.rows.map_or(k, |rows| rows[k]), k)
    }

    /// Has what comes after this step brought near: rows that lie elsewhere, and by `weights` those of a column.
    #[inline]
    pub(in crate::linear::sgd) fn fetch(&self, step: usize, mut weights: impl FnMut(usize)) {
        if self.order.is_some() && step + AHEAD < self.len {
            self.row(step + AHEAD).prefetch();
        }
        if self.far && step + 1 < self.len {
            self.row(step + 1).for_each(|j, _| weights(j));
        }
    }

    #[inline]
    fn row(&self, step: usize) -> X::Row<'a> {
        self.x.feature_row(self.numbers(step).0)
    }
}
