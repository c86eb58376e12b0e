//! The description of one column.

use std::borrow::Cow;

use super::column_state::ColumnState;
use super::distinct::Distinct;
use super::moments::Moments;
use super::value_histogram::ValueHistogram;
use crate::error::{Error, Result};

/// The statistics of one column of a [`Description`](super::Description).
///
/// Statistics of numbers (mean, deviation, quantiles) are NaN for other columns, as in pandas.
#[derive(Clone, Debug)]
pub struct ColumnDescription<'a> {
    name: Cow<'a, str>,
    state: Cow<'a, ColumnState>,
}

impl<'a> ColumnDescription<'a> {
    pub(super) fn new(name: Cow<'a, str>, state: Cow<'a, ColumnState>) -> Self {
        ColumnDescription { name, state }
    }

    /// The column's name; a column without one is called by its number, from 0.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// True for a column of numbers.
    pub fn is_numeric(&self) -> bool {
        self.moments().is_some()
    }

    /// The number of values that are not missing.
    pub fn count(&self) -> u64 {
        self.state.count()
    }

    /// The number of missing values: NaN, `None`, null.
    pub fn missing(&self) -> u64 {
        self.state.missing()
    }

    /// Count, sum, mean, deviation and extremes of a column of numbers.
    pub fn moments(&self) -> Option<&Moments> {
        match &*self.state {
            ColumnState::Numbers(numbers) => Some(&numbers.moments),
            _ => None,
        }
    }

    /// The histogram of a column of numbers.
    pub fn histogram(&self) -> Option<&ValueHistogram> {
        match &*self.state {
            ColumnState::Numbers(numbers) => Some(&numbers.histogram),
            _ => None,
        }
    }

    /// The mean; NaN of no value.
    pub fn mean(&self) -> f64 {
        self.moments().map_or(f64::NAN, Moments::mean)
    }

    /// The standard deviation of the sample (divided by the count less 1); NaN of fewer than two values.
    pub fn std(&self) -> f64 {
        self.moments().map_or(f64::NAN, Moments::std)
    }

    /// The least value; NaN of no value.
    pub fn min(&self) -> f64 {
        self.moments().map_or(f64::NAN, Moments::min)
    }

    /// The greatest value; NaN of no value.
    pub fn max(&self) -> f64 {
        self.moments().map_or(f64::NAN, Moments::max)
    }

    /// A quantile, 0.5 for the median; NaN of no value.
    ///
    /// # Errors
    /// A share below 0 or above 1, or NaN (kind `InvalidParameter`, name `q`).
    pub fn quantile(&self, q: f64) -> Result<f64> {
        match self.histogram() {
            Some(histogram) => histogram.quantile(q),
            None if (0.0..=1.0).contains(&q) => Ok(f64::NAN),
            None => Err(Error::parameter("q", q, "a share from 0 to 1")),
        }
    }

    /// The number of distinct values, missing ones left out; `None` for columns of other types than numbers, strings and
    /// booleans.
    pub fn distinct(&self) -> Option<Distinct> {
        self.state.distinct()
    }

    /// The most frequent string of a column of strings or booleans, the first in order among several, and how often it is
    /// there; `None` where there were too many distinct ones to count, and for other columns.
    pub fn top(&self) -> Option<(&str, u64)> {
        match &*self.state {
            ColumnState::Text(text) => text.top(),
            _ => None,
        }
    }

    /// True for a column of strings or booleans.
    pub(super) fn is_text(&self) -> bool {
        matches!(&*self.state, ColumnState::Text(_))
    }
}
