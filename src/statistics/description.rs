//! Descriptions of the columns of a table, which merge over chunks.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::column_description::ColumnDescription;
use super::column_state::ColumnState;
use super::number_column::NumberColumn;
use super::options::DescribeOptions;
use super::runs::BLOCK;
use super::text_column::TextColumn;
use crate::data::checked::{MOST_ROWS, checked_when_read, contradiction};
use crate::data::{check_model_bytes, merge_columns};
use crate::error::{Error, Result};

/// Count, missing values, mean, standard deviation, quantiles, extremes and distinct values of every column of a table
/// (pandas' `DataFrame.describe`); mergeable over chunks. Printed, it is a table as pandas prints it.
///
/// - Columns of numbers: `count`, `missing` (NaN), `mean`, `std` (of the sample, divided by the count less 1), `min`,
///   quantiles, `max`, `distinct`. Count, missing, least, greatest are exact; mean and deviation are good to rounding, at
///   any size of the mean; quantiles and the number of distinct values are exact while a column has no more than
///   [`max_bins`](DescribeOptions::max_bins) distinct values. With more, quantiles are as good as the quantiles of
///   [`ValueHistogram`](super::ValueHistogram), and distinct values are estimated by HyperLogLog (standard error 0.8 %).
///   Infinities are values, as in pandas: mean and deviation are then infinite or NaN.
/// - Columns of strings and booleans: `count`, `missing`, `distinct`, and the most frequent value with its frequency,
///   exact while there are no more than `max_bins` distinct values, of 256 bytes in the mean. With more, the distinct
///   ones are estimated, and the most frequent one is not known.
/// - Columns of other types (of record batches): `count` and `missing`.
///
/// Every row counts once: weights of data sets do not matter.
///
/// Merged parts give the bits of the whole wherever the rows were cut, except for the last digits of mean and deviation.
///
/// # Memory
/// Of every column up to `max_bins` bins of 48 bytes, and what a B-tree leaves empty: 250 KiB with the default, of columns
/// whose numbers are nearly all different; and 16 KiB for the distinct ones. Of sparse rows only columns that have
/// values take memory, in proportion to their distinct values.
///
/// ```
/// use chunkfit::ndarray::array;
/// use chunkfit::statistics::{Describe, DescribeOptions};
///
/// let part = array![[1.0, 5.0], [2.0, f64::NAN]].describe(&DescribeOptions::default())?;
/// let rest = array![[6.0, 5.0]].describe(&DescribeOptions::default())?;
/// let all = part.merge(rest)?;
/// let first = all.column("0").expect("columns without names have numbers");
/// assert_eq!((first.count(), first.mean(), first.quantile(0.5)?), (3, 3.0, 2.0));
/// let second = all.column("1").expect("there are two columns");
/// assert_eq!((second.missing(), second.distinct().map(|distinct| distinct.count)), (1, Some(1)));
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Description {
    options: DescribeOptions,
    n_rows: u64,
    n_columns: usize,
    /// Names of columns that have one, by number; others are called by their number.
    names: BTreeMap<u32, String>,
    /// Numbers of the columns whose values are known, ascending; the values of others are all zero.
    columns: Vec<u32>,
    states: Vec<ColumnState>,
}

checked_when_read!(Description, serialize: [], deserialize: []);

impl Description {
    fn check_read(&self) -> Result<()> {
        let below = |column: Option<&u32>| column.is_none_or(|&column| (column as usize) < self.n_columns);
        let ascend = self.columns.windows(2).all(|pair| pair[0] < pair[1]) && below(self.columns.last());
        let named = self.names.last_key_value().is_none_or(|(last, _)| below(Some(last)));
        let states = self.states.iter().all(|state| state.is_whole(self.n_rows));
        let lengths = self.columns.len() == self.states.len() && self.options.histogram().is_ok();
        let numbered = u32::try_from(self.n_columns).is_ok();
        match ascend && named && numbered && states && lengths && self.n_rows <= MOST_ROWS {
            true => Ok(()),
            false => Err(contradiction("a description whose parts do not fit together")),
        }
    }

    /// One column of numbers, of which NaN is missing.
    ///
    /// # Errors
    /// Options out of range (kind `InvalidParameter`).
    pub fn of_numbers(values: impl IntoIterator<Item = f64>, options: &DescribeOptions) -> Result<Self> {
        let mut column = NumberColumn::new(options.histogram()?);
        let (mut block, mut n_rows) = (Vec::new(), 0);
        for value in values {
            block.push(value);
            n_rows += 1;
            if block.len() == BLOCK {
                column.add_block(&mut block);
                block.clear();
            }
        }
        column.add_block(&mut block);
        Ok(Self::of_column(n_rows, ColumnState::Numbers(Box::new(column)), options))
    }

    /// One column of strings, of which `None` is missing.
    ///
    /// # Errors
    /// Options out of range (kind `InvalidParameter`).
    pub fn of_text<S: AsRef<str>>(
        values: impl IntoIterator<Item = Option<S>>,
        options: &DescribeOptions,
    ) -> Result<Self> {
        options.histogram()?;
        let mut column = TextColumn::new(options.bins());
        values.into_iter().for_each(|value| column.add(value.as_ref().map(S::as_ref)));
        Ok(Self::of_column(column.count + column.missing, ColumnState::Text(Box::new(column)), options))
    }

    /// One column.
    pub(super) fn of_column(n_rows: u64, state: ColumnState, options: &DescribeOptions) -> Self {
        Self::of_columns(n_rows, 1, (vec![0], vec![state]), options)
    }

    /// A table of so many columns, of which these ascending ones have values that are not all zero.
    pub(super) fn of_columns(
        n_rows: u64,
        n_columns: usize,
        (columns, states): (Vec<u32>, Vec<ColumnState>),
        options: &DescribeOptions,
    ) -> Self {
        Description { options: options.clone(), n_rows, n_columns, names: BTreeMap::new(), columns, states }
    }

    /// The same columns by these names, the first ones first.
    pub fn named<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        let named = (0..self.n_columns as u32).zip(names).map(|(column, name)| (column, name.into()));
        self.names.extend(named);
        self
    }

    /// The columns of this table, then the columns of another one of the same rows.
    ///
    /// # Errors
    /// Another number of rows (kind `ShapeMismatch`); more than 2^32 columns.
    pub fn beside(mut self, other: Self) -> Result<Self> {
        if self.n_columns == 0 && self.n_rows == 0 {
            return Ok(other);
        }
        if self.n_rows != other.n_rows {
            return Err(Error::shape("rows", self.n_rows as usize, other.n_rows as usize));
        }
        let n_columns = self.n_columns + other.n_columns;
        let first = self.n_columns as u32;
        if u32::try_from(n_columns).is_err() {
            return Err(Error::shape("columns", u32::MAX as usize, n_columns));
        }
        self.n_columns = n_columns;
        self.names.extend(other.names.into_iter().map(|(column, name)| (first + column, name)));
        self.columns.extend(other.columns.iter().map(|column| first + column));
        self.states.extend(other.states);
        Ok(self)
    }

    /// Adds the rows of another part of the table. A part without rows says nothing, not even how many columns there
    /// are.
    ///
    /// # Errors
    /// Another number of columns (kind `ShapeMismatch`), or columns of another name or kind (kind `InvalidParameter`,
    /// name `column`).
    pub fn merge(self, other: Self) -> Result<Self> {
        if other.n_rows == 0 || self.n_rows == 0 {
            let other_is_empty = other.n_rows == 0 && (self.n_rows > 0 || other.n_columns == 0);
            return Ok(if other_is_empty { self } else { other });
        }
        if self.n_columns != other.n_columns {
            return Err(Error::shape("columns", self.n_columns, other.n_columns));
        }
        let odd = |column: &u32| self.names.get(column) != other.names.get(column);
        if let Some(&column) = self.names.keys().chain(other.names.keys()).find(|column| odd(column)) {
            let name = |part: &Self| part.name(column).into_owned();
            let expected = format!("`{}`, the name of column {column} in the rows before", name(&self));
            return Err(Error::parameter("column", name(&other), expected));
        }
        let kinds = |own: &mut ColumnState, theirs: ColumnState| {
            let expected = format!("a column of {}, as in the rows before", own.kind());
            own.merge(&theirs).then_some(()).ok_or_else(|| Error::parameter("column", theirs.kind(), expected))
        };
        let (columns, states) = merge_columns((self.columns, self.states), (other.columns, other.states), kinds)?;
        let options = self.options.and(&other.options);
        Ok(Description { options, n_rows: self.n_rows + other.n_rows, columns, states, ..self })
    }

    /// The number of rows.
    pub fn n_rows(&self) -> u64 {
        self.n_rows
    }

    /// The number of columns.
    pub fn n_columns(&self) -> usize {
        self.n_columns
    }

    /// The columns, in order.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = ColumnDescription<'_>> {
        (0..self.n_columns).map(|column| self.column_at(column as u32))
    }

    /// The column of this name, the first one of several; a column without a name is called by its number, from 0.
    pub fn column(&self, name: &str) -> Option<ColumnDescription<'_>> {
        (0..self.n_columns as u32).find(|&column| self.name(column) == name).map(|column| self.column_at(column))
    }

    pub(super) fn name(&self, column: u32) -> Cow<'_, str> {
        self.names.get(&column).map_or_else(|| Cow::Owned(column.to_string()), |name| Cow::Borrowed(name.as_str()))
    }

    /// The column of this number, with the zeros that were not stored.
    pub(super) fn column_at(&self, column: u32) -> ColumnDescription<'_> {
        let stored = self.columns.binary_search(&column).ok().map(|place| &self.states[place]);
        let zeros = stored.map_or(self.n_rows, |state| self.n_rows - state.count() - state.missing());
        let state = match stored {
            Some(state) if zeros == 0 => Cow::Borrowed(state),
            stored => Cow::Owned(self.with_zeros(stored, zeros)),
        };
        ColumnDescription::new(self.name(column), state)
    }

    fn with_zeros(&self, stored: Option<&ColumnState>, zeros: u64) -> ColumnState {
        let mut state = match stored {
            Some(state) => state.clone(),
            None => ColumnState::Numbers(Box::new(NumberColumn::new(self.options.checked_histogram()))),
        };
        if let ColumnState::Numbers(numbers) = &mut state {
            numbers.add_zeros(zeros);
        }
        state
    }
}

/// Refuses dense columns whose bins would take more memory than there is.
pub(super) fn check_memory(n_columns: usize, n_rows: usize, options: &DescribeOptions) -> Result<()> {
    let bins = options.bins().min(n_rows);
    check_model_bytes("Description", &[(n_columns, "columns"), (bins, "bins")], 48)
}
