//! Sums of weights by class and column, which the counting classifiers learn.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::event_model::{Examples, Statistics, for_each_nonzero, rearranged};
use crate::data::{FeatureRows, wide};
use crate::error::{Error, ErrorKind, Result};

/// Weights of the classes, and of each column in each class.
///
/// Rows are added one by one, so the bits do not depend on where chunks end. Sums of integers are
/// exact below 2^53, so then they do not depend on how chunks are merged either.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    pub(super) class_count: Vec<f64>,
    /// Shape (classes, columns).
    pub(super) feature_count: Array2<f64>,
}

impl Counts {
    /// Adds rows, of which `value` tells how much a feature that is not 0 counts.
    pub(super) fn add<X: FeatureRows>(&mut self, rows: &Examples<'_, X>, value: impl Fn(X::Elem) -> f64) {
        for (i, class, weight) in rows.each() {
            self.class_count[class] += weight;
            let mut counts = self.feature_count.row_mut(class);
            let counts = counts.as_slice_mut().expect("counts lie row by row");
            for_each_nonzero(rows.x.feature_row(i), |j, x| counts[j] += weight * value(x));
        }
    }
}

impl Statistics for Counts {
    const BYTES: usize = size_of::<f64>();

    fn empty(columns: usize) -> Self {
        Counts { class_count: Vec::new(), feature_count: Array2::zeros((0, columns)) }
    }

    fn columns(&self) -> usize {
        self.feature_count.ncols()
    }

    fn are_whole(&self, n_classes: usize) -> bool {
        let is_count = |count: &f64| *count >= 0.0 && count.is_finite();
        (self.class_count.len(), self.feature_count.nrows()) == (n_classes, n_classes)
            && self.class_count.iter().chain(&self.feature_count).all(is_count)
    }

    fn class_count(&self) -> &[f64] {
        &self.class_count
    }

    fn rearrange(&mut self, origin: &[Option<usize>]) {
        self.class_count = origin.iter().map(|old| old.map_or(0.0, |old| self.class_count[old])).collect();
        self.feature_count = rearranged(&self.feature_count, origin);
    }

    fn merge(&mut self, other: &Self, to: &[usize]) -> Result<()> {
        for (k, &class) in to.iter().enumerate() {
            self.class_count[class] += other.class_count[k];
            let mut row = self.feature_count.row_mut(class);
            row += &other.feature_count.row(k);
        }
        Ok(())
    }

    fn check_overflow(&self, estimator: &'static str) -> Result<()> {
        if !self.class_count.iter().all(|count| count.is_finite()) {
            return Err(Error::new(ErrorKind::Diverged { estimator }));
        }
        // Shares are counts in totals: these have to be finite, too.
        if self.feature_count.sum().is_finite() {
            return Ok(());
        }
        let largest = self.feature_count.indexed_iter().max_by(|(_, a), (_, b)| a.total_cmp(b));
        let column = largest.map_or(0, |((_, column), _)| column);
        Err(Error::new(ErrorKind::Overflow { estimator, column }))
    }

    /// A chunk has values in few of the columns.
    const CHECKED_OFTEN: bool = false;
}

/// Refuses a value that `fits` does not like, naming what was `expected`.
pub(super) fn check_values<X: FeatureRows>(
    x: &X,
    expected: &'static str,
    fits: impl Fn(X::Elem) -> bool,
) -> Result<()> {
    for i in 0..x.nsamples() {
        let mut bad = None;
        for_each_nonzero(x.feature_row(i), |j, value| {
            if !fits(value) {
                bad.get_or_insert((j, value));
            }
        });
        if let Some((column, value)) = bad {
            let kind = if wide(value).is_finite() {
                ErrorKind::InvalidFeature { column, value: wide(value), expected }
            } else {
                ErrorKind::NonFinite { column }
            };
            return Err(Error::new(kind).at_row(i));
        }
    }
    Ok(())
}

/// Refuses what is no count: negative values, NaN and infinity.
pub(super) fn check_counts<X: FeatureRows>(x: &X) -> Result<()> {
    let fits = |value| wide(value) > 0.0 && wide(value).is_finite();
    check_values(x, "0 or more: when hashing, set alternate_sign(false)", fits)
}
