//! Some of all rows, the same wherever chunks end.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::Xxh3;

use crate::data::{Csr, CsrBuilder, FeatureRow, FeatureRows, wide};
use crate::error::Result;
use crate::estimator::check_columns;

/// The distinct rows of smallest hash, and how many there are of each: an even sample of the distinct rows,
/// and exactly counted, because a row among the smallest of all is among the smallest of every part.
#[derive(Clone, Debug, PartialEq)]
pub struct RowSample {
    most: usize,
    n_rows: usize,
    n_features: usize,
    rows: BTreeMap<u64, Sampled>,
}

#[derive(Clone, Debug, PartialEq)]
struct Sampled {
    /// The values that are not zero, with their columns.
    values: Vec<(u32, f64)>,
    /// How often the row is there: the sum of the weights.
    copies: f64,
}

impl RowSample {
    /// At most so many of these rows. Rows of weight 0 count as absent.
    pub(super) fn of<X: FeatureRows>(x: &X, weights: Option<&[f64]>, most: usize, seed: u64) -> Self {
        let mut sample = RowSample { most, n_rows: 0, n_features: x.nfeatures(), rows: BTreeMap::new() };
        for i in 0..x.nsamples() {
            let weight = weights.map_or(1.0, |weights| weights[i]);
            if weight == 0.0 {
                continue;
            }
            sample.n_rows += 1;
            let mut hasher = Xxh3::with_seed(seed);
            for_each_value(x.feature_row(i), |column, value| {
                hasher.update(&column.to_le_bytes());
                hasher.update(&value.to_le_bytes());
            });
            let hash = hasher.digest();
            let beyond =
                || sample.rows.len() == most && sample.rows.last_key_value().is_some_and(|(&last, _)| last < hash);
            if beyond() {
                continue;
            }
            let sampled = sample.rows.entry(hash).or_insert_with(|| {
                let mut values = Vec::new();
                for_each_value(x.feature_row(i), |column, value| values.push((column, value)));
                Sampled { values, copies: 0.0 }
            });
            sampled.copies += weight;
            sample.shrink();
        }
        sample
    }

    /// Of the rows of both. A part without rows says nothing, not even how many columns there are.
    pub(super) fn merge(mut self, other: Self) -> Result<Self> {
        if other.n_rows == 0 || self.n_rows == 0 {
            return Ok(if other.n_rows == 0 { self } else { other });
        }
        check_columns(self.n_features, other.n_features)?;
        self.n_rows += other.n_rows;
        for (hash, sampled) in other.rows {
            match self.rows.get_mut(&hash) {
                Some(own) => own.copies += sampled.copies,
                None => {
                    self.rows.insert(hash, sampled);
                }
            }
        }
        self.shrink();
        Ok(self)
    }

    fn shrink(&mut self) {
        while self.rows.len() > self.most {
            self.rows.pop_last();
        }
    }

    /// How many rows of a weight above 0 it was taken from.
    pub(super) fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The rows, and how many there are of each.
    pub(super) fn into_rows(self) -> Result<(Csr<f64>, Vec<f64>)> {
        let mut rows = CsrBuilder::new(self.n_features)?;
        let mut copies = Vec::with_capacity(self.rows.len());
        for sampled in self.rows.into_values() {
            sampled.values.into_iter().for_each(|(column, value)| rows.push(column, value));
            rows.end_row()?;
            copies.push(sampled.copies);
        }
        Ok((rows.finish(), copies))
    }
}

/// The values that are not zero: stored zeros make no other row.
fn for_each_value<F: crate::data::Float>(row: impl FeatureRow<F>, mut f: impl FnMut(u32, f64)) {
    row.for_each(|column, value| {
        let value = wide(value);
        if value != 0.0 {
            f(column as u32, value);
        }
    });
}
