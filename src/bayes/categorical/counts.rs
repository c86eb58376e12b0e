//! Sums of weights by class and category, which categorical naive Bayes learns.

use std::ops::Range;

use ndarray::{Array2, ArrayView1, ArrayViewMut1, Axis};
use serde::{Deserialize, Serialize};

use crate::bayes::counts::Counts;
use crate::bayes::event_model::{Examples, Statistics, for_each_nonzero};
use crate::data::{FeatureRows, Float, check_model_bytes, wide};
use crate::error::{Error, ErrorKind, Result};

pub(super) const NAME: &str = "CategoricalNb";

/// Weights of the classes, and of each category of each column in each class.
///
/// The categories of a column lie side by side. The place of its category 0 holds the weight of the rows of all others, so
/// that a zero costs nothing: rows that leave zeros out are the same. What category 0 has is the rest of the class, which
/// is exactly nothing where there is no such row, for both sums are then made of the same numbers in the same order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CategoryCounts {
    columns: usize,
    /// The first place of each column, and the number of all; empty before anything is learned.
    starts: Vec<usize>,
    /// The columns of these are the places.
    counts: Counts,
}

/// The category that a checked value is the code of.
#[inline]
pub(super) fn code<F: Float>(value: F) -> usize {
    wide(value) as usize
}

impl CategoryCounts {
    /// The place of a column's category 0.
    #[inline]
    pub(super) fn start(&self, column: usize) -> usize {
        self.starts[column]
    }

    /// The number of categories of a column; 0 before anything is learned.
    pub(super) fn n_categories(&self, column: usize) -> usize {
        self.starts.get(column + 1).map_or(0, |end| end - self.starts[column])
    }

    fn places(&self, column: usize) -> Range<usize> {
        self.starts[column]..self.starts[column + 1]
    }

    /// The weight of each class and category of a column: shape (classes, categories).
    pub(super) fn of_column(&self, column: usize) -> Array2<f64> {
        let Counts { class_count, feature_count } = &self.counts;
        let mut counts = feature_count.slice_axis(Axis(1), self.places(column).into()).to_owned();
        for (mut row, class_count) in counts.rows_mut().into_iter().zip(class_count) {
            row[0] = class_count - row[0];
        }
        counts
    }

    /// Adds rows that were checked; column `j` has at least `least(j)` categories.
    pub(super) fn add<X: FeatureRows>(&mut self, rows: &Examples<'_, X>, least: impl Fn(usize) -> usize) -> Result<()> {
        // The starts, and the number of categories that they are to have.
        check_model_bytes(NAME, &[(self.columns, "columns")], 3 * size_of::<usize>())?;
        let known = |j| self.n_categories(j).max(least(j)).max(1);
        let mut n_categories: Vec<usize> = (0..self.columns).map(known).collect();
        let mut greatest = (0, 0, 0);
        for (i, ..) in rows.each() {
            for_each_nonzero(rows.x.feature_row(i), |j, value| {
                n_categories[j] = n_categories[j].max(code(value).saturating_add(1));
                if code(value) > greatest.0 {
                    greatest = (code(value), j, i);
                }
            });
        }
        self.grow(&n_categories).map_err(|error| too_many(error, greatest))?;
        for (i, class, weight) in rows.each() {
            self.counts.class_count[class] += weight;
            let mut counts = self.counts.feature_count.row_mut(class);
            let counts = counts.as_slice_mut().expect("counts lie row by row");
            for_each_nonzero(rows.x.feature_row(i), |j, value| {
                counts[self.starts[j]] += weight;
                counts[self.starts[j] + code(value)] += weight;
            });
        }
        Ok(())
    }

    /// Makes room for so many categories of each column, none of which has fewer than it had.
    fn grow(&mut self, n_categories: &[usize]) -> Result<()> {
        let unchanged = self.starts.len() == self.columns + 1
            && n_categories.iter().enumerate().all(|(j, &n)| n == self.n_categories(j));
        if unchanged {
            return Ok(());
        }
        let n_classes = self.counts.class_count.len();
        let places = n_categories.iter().fold(0, |sum: usize, n| sum.saturating_add(*n));
        check_places(n_classes, places)?;
        let mut starts = Vec::with_capacity(self.columns + 1);
        starts.push(0);
        starts.extend(n_categories.iter().scan(0, |end, n| {
            *end += n;
            Some(*end)
        }));
        let mut all = Array2::zeros((n_classes, places));
        for (new, old) in all.rows_mut().into_iter().zip(self.counts.feature_count.rows()) {
            add_places((&self.starts, old), (&starts, new));
        }
        self.starts = starts;
        self.counts.feature_count = all;
        Ok(())
    }
}

/// Adds weights of categories, the columns of which have these starts, to others with as many categories or more.
fn add_places(
    (starts, weights): (&[usize], ArrayView1<'_, f64>),
    (other_starts, mut sums): (&[usize], ArrayViewMut1<'_, f64>),
) {
    for (own, &start) in starts.windows(2).zip(other_starts) {
        (own[0]..own[1]).zip(start..).for_each(|(from, to)| sums[to] += weights[from]);
    }
}

/// Refuses more classes and categories than there is memory for.
fn check_places(n_classes: usize, places: usize) -> Result<()> {
    check_model_bytes(NAME, &[(n_classes, "classes"), (places, "categories")], size_of::<f64>())
}

/// The error of categories that there is no memory for, with the greatest code of a chunk, its column and its row.
fn too_many(error: Error, (code, column, row): (usize, usize, usize)) -> Error {
    match error.kind().clone() {
        ErrorKind::ModelTooLarge { model, shape, bytes, available } => {
            let shape = format!("{shape}; column {column} has a code of {code}");
            Error::new(ErrorKind::ModelTooLarge { model, shape, bytes, available }).at_row(row)
        }
        _ => error,
    }
}

impl Statistics for CategoryCounts {
    const BYTES: usize = Counts::BYTES;

    fn empty(columns: usize) -> Self {
        CategoryCounts { columns, starts: Vec::new(), counts: Counts::empty(0) }
    }

    fn columns(&self) -> usize {
        self.columns
    }

    fn are_whole(&self, n_classes: usize) -> bool {
        let CategoryCounts { columns, starts, counts } = self;
        if starts.is_empty() {
            return *columns == 0 && counts.columns() == 0 && counts.are_whole(n_classes);
        }
        let fits = |(row, class_count): (ArrayView1<'_, f64>, &f64)| {
            starts[..*columns].iter().all(|&start| row[start] <= *class_count)
        };
        starts.len().checked_sub(1) == Some(*columns)
            && (starts[0], starts[*columns]) == (0, counts.columns())
            && starts.is_sorted_by(|a, b| a < b)
            && counts.are_whole(n_classes)
            && counts.feature_count.rows().into_iter().zip(&counts.class_count).all(fits)
    }

    fn class_count(&self) -> &[f64] {
        &self.counts.class_count
    }

    fn rearrange(&mut self, origin: &[Option<usize>]) {
        self.counts.rearrange(origin);
    }

    fn check_size(&self, _estimator: &'static str, n_classes: usize) -> Result<()> {
        // Every column has one category at least.
        check_places(n_classes, self.counts.columns().max(self.columns))
    }

    fn merge(&mut self, other: &Self, to: &[usize]) -> Result<()> {
        let of_both = |j| self.n_categories(j).max(other.n_categories(j));
        self.grow(&(0..self.columns).map(of_both).collect::<Vec<_>>())?;
        for (k, &class) in to.iter().enumerate() {
            self.counts.class_count[class] += other.counts.class_count[k];
            let own = (&self.starts[..], self.counts.feature_count.row_mut(class));
            add_places((&other.starts, other.counts.feature_count.row(k)), own);
        }
        Ok(())
    }

    fn check_overflow(&self, estimator: &'static str) -> Result<()> {
        // A category has no more weight than its class.
        match self.counts.class_count.iter().all(|count| count.is_finite()) {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::Diverged { estimator })),
        }
    }

    const CHECKED_OFTEN: bool = true;
}

/// Changes after which counts of two columns and two classes do not fit together.
#[cfg(test)]
pub(super) fn forgeries() -> Vec<fn(&mut CategoryCounts)> {
    vec![
        |forged| forged.columns = 3,
        |forged| forged.columns = usize::MAX,
        |forged| forged.starts.clear(),
        |forged| forged.starts[1] = 0,
        |forged| forged.starts[1] = usize::MAX,
        |forged| forged.starts[2] += 1,
        |forged| forged.starts.push(usize::MAX),
        |forged| forged.counts.class_count[0] = 1.0,
        |forged| forged.counts.feature_count[(0, 1)] = f64::NAN,
    ]
}
