//! `Describe`: the trait of tables and columns that can be described.

use linfa::dataset::{AsTargets, DatasetBase, Records};
use ndarray::{Array1, Array2};

use super::column_state::ColumnState;
use super::description::{Description, check_memory};
use super::number_column::NumberColumn;
use super::options::DescribeOptions;
use super::runs::BLOCK;
use crate::data::{Csr, Float, Rows, Text, wide};
use crate::error::Result;

/// A table or a column whose values can be described: see [`Description`].
///
/// Arrays, vectors of numbers, strings, booleans or options of such, sparse rows, text, any of these with keys or with
/// [further columns](crate::data::WithColumn), data sets (their records, then their targets) and, with the feature
/// `arrow`, record batches. A chunk of one's own implements it by describing its columns, one beside the other:
///
/// ```
/// use chunkfit::prelude::*;
/// use chunkfit::statistics::{Describe, DescribeOptions, Description};
///
/// #[derive(Clone)]
/// struct Order {
///     amount: f64,
///     country: String,
/// }
///
/// struct Orders(Vec<Order>);
///
/// impl Describe for Orders {
///     fn describe(&self, options: &DescribeOptions) -> Result<Description, Error> {
///         let amounts = Description::of_numbers(self.0.iter().map(|order| order.amount), options)?;
///         let countries = Description::of_text(self.0.iter().map(|order| Some(&order.country)), options)?;
///         amounts.named(["amount"]).beside(countries.named(["country"]))
///     }
/// }
///
/// let orders = Orders(vec![Order { amount: 2.5, country: "NZ".into() }]);
/// assert_eq!(orders.describe(&DescribeOptions::default())?.n_columns(), 2);
/// # Ok::<(), Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no columns that can be described",
    note = "describe numbers or strings of it, `chunks.map_rows(\"amount\", |row| row.amount).describe()`, or implement \
            `chunkfit::statistics::Describe` for it"
)]
pub trait Describe {
    /// The description of the columns.
    ///
    /// # Errors
    /// Options out of range (kind `InvalidParameter`); columns that would take more memory than there is
    /// (`ModelTooLarge`).
    fn describe(&self, options: &DescribeOptions) -> Result<Description>;
}

/// A value of a column that can be described: a number, a boolean, a string, or an option of such, of which `None` is
/// missing. Integers of more than 53 bits are rounded.
#[diagnostic::on_unimplemented(
    message = "values of type `{Self}` cannot be described",
    note = "numbers, `bool`, `String` and options of such can: make one of every row first, `chunks.map_rows(\"amount\", \
            |row| row.amount).describe()`"
)]
pub trait DescribeValue: Sized {
    /// The description of a column of such values.
    ///
    /// # Errors
    /// Options out of range (kind `InvalidParameter`).
    fn describe_values<'a>(
        values: impl Iterator<Item = Option<&'a Self>>,
        options: &DescribeOptions,
    ) -> Result<Description>
    where
        Self: 'a;
}

macro_rules! numbers {
    ($($number:ty),*) => { $(impl DescribeValue for $number {
        fn describe_values<'a>(
            values: impl Iterator<Item = Option<&'a Self>>,
            options: &DescribeOptions,
        ) -> Result<Description> {
            Description::of_numbers(values.map(|value| value.map_or(f64::NAN, |&value| value as f64)), options)
        }
    })* };
}

numbers!(f32, f64, u8, i8, u16, i16, u32, i32, u64, i64, usize, isize);

impl DescribeValue for bool {
    fn describe_values<'a>(
        values: impl Iterator<Item = Option<&'a Self>>,
        options: &DescribeOptions,
    ) -> Result<Description> {
        Description::of_text(values.map(|value| value.map(|&value| if value { "true" } else { "false" })), options)
    }
}

impl DescribeValue for String {
    fn describe_values<'a>(
        values: impl Iterator<Item = Option<&'a Self>>,
        options: &DescribeOptions,
    ) -> Result<Description> {
        Description::of_text(values, options)
    }
}

impl DescribeValue for &'static str {
    fn describe_values<'a>(
        values: impl Iterator<Item = Option<&'a Self>>,
        options: &DescribeOptions,
    ) -> Result<Description> {
        Description::of_text(values, options)
    }
}

impl<T: DescribeValue> DescribeValue for Option<T> {
    fn describe_values<'a>(
        values: impl Iterator<Item = Option<&'a Self>>,
        options: &DescribeOptions,
    ) -> Result<Description>
    where
        Self: 'a,
    {
        T::describe_values(values.map(|value| value.and_then(Option::as_ref)), options)
    }
}

/// One column.
impl<T: DescribeValue> Describe for Vec<T> {
    fn describe(&self, options: &DescribeOptions) -> Result<Description> {
        T::describe_values(self.iter().map(Some), options)
    }
}

/// One column.
impl<T: DescribeValue> Describe for Array1<T> {
    fn describe(&self, options: &DescribeOptions) -> Result<Description> {
        T::describe_values(self.iter().map(Some), options)
    }
}

/// Columns without names, which are called by their numbers, from 0.
impl<T: DescribeValue> Describe for Array2<T> {
    fn describe(&self, options: &DescribeOptions) -> Result<Description> {
        check_memory(self.ncols(), self.nrows(), options)?;
        let nothing = Description::of_columns(self.nrows() as u64, 0, (Vec::new(), Vec::new()), options);
        let columns = self.columns().into_iter();
        columns
            .map(|column| T::describe_values(column.iter().map(Some), options))
            .try_fold(nothing, |all, column| all.beside(column?))
    }
}

/// Columns without names, which are called by their numbers, from 0. Zeros that are not stored are values, too; they are
/// counted without being gone through.
impl<F: Float> Describe for Csr<F> {
    fn describe(&self, options: &DescribeOptions) -> Result<Description> {
        let histogram = options.histogram()?;
        let (columns, values) = values_by_column(self);
        let mut states = Vec::with_capacity(columns.len());
        for values in values {
            let mut column = NumberColumn::new(histogram.clone());
            values.chunks(BLOCK).for_each(|block| column.add_block(&mut block.to_vec()));
            states.push(ColumnState::Numbers(Box::new(column)));
        }
        Ok(Description::of_columns(self.n_rows() as u64, self.n_features(), (columns, states), options))
    }
}

/// The stored values of every column that has some; the columns ascend.
fn values_by_column<F: Float>(rows: &Csr<F>) -> (Vec<u32>, Vec<Vec<f64>>) {
    let matrix = rows.as_sprs();
    let mut stored: Vec<(u32, f64)> =
        matrix.indices().iter().zip(matrix.data()).map(|(&column, &value)| (column, wide(value))).collect();
    // In the order of rows within a column.
    stored.sort_by_key(|&(column, _)| column);
    let columns = stored.chunk_by(|a, b| a.0 == b.0);
    columns.map(|column| (column[0].0, column.iter().map(|&(_, value)| value).collect())).unzip()
}

/// One column: a document is a string.
impl Describe for Text {
    fn describe(&self, options: &DescribeOptions) -> Result<Description> {
        Description::of_text(self.iter().map(Some), options)
    }
}

/// The columns of the records, by their feature names if there are some, then the columns of the targets, by their target names:
/// a single one without a name is called `target`.
impl<R: Records + Describe, T: AsTargets + Describe> Describe for DatasetBase<R, T> {
    fn describe(&self, options: &DescribeOptions) -> Result<Description> {
        let records = self.records.describe(options)?.named(self.feature_names());
        let targets = self.targets.describe(options)?;
        let targets = match (self.target_names(), targets.n_columns()) {
            ([], 1) => targets.named(["target"]),
            ([], n) => targets.named((0..n).map(|column| format!("target {column}"))),
            (names, _) => targets.named(names),
        };
        records.beside(targets)
    }
}
