//! Descriptions of Arrow's record batches.

use arrow_array::{Array, RecordBatch};

use super::column_state::ColumnState;
use super::describe::Describe;
use super::description::{Description, check_memory};
use super::options::DescribeOptions;
use crate::data::Scalar;
use crate::data::arrow::{Cells, is_number};
use crate::error::Result;

/// The columns by their names; nulls are missing, and so is NaN. Dates and times are described as their texts. Of columns of
/// other types than numbers, booleans, strings, dates and times (or dictionaries of such), it is known how many values there are and how many are missing.
impl Describe for RecordBatch {
    fn describe(&self, options: &DescribeOptions) -> Result<Description> {
        check_memory(self.num_columns(), self.num_rows(), options)?;
        let nothing = Description::of_columns(self.num_rows() as u64, 0, (Vec::new(), Vec::new()), options);
        let schema = self.schema();
        let names = schema.fields().iter().map(|field| field.name().as_str());
        let columns = self.columns().iter().zip(names);
        columns
            .map(|(array, name)| Ok(describe_array(array, options)?.named([name])))
            .try_fold(nothing, |all, column: Result<_>| all.beside(column?))
    }
}

fn describe_array(array: &dyn Array, options: &DescribeOptions) -> Result<Description> {
    let kind = array.data_type();
    let values = match kind {
        arrow_schema::DataType::Dictionary(_, values) => values,
        kind => kind,
    };
    if !Cells::are_scalars(kind) || values.is_binary() || *values == arrow_schema::DataType::Null {
        let missing = array.logical_null_count() as u64;
        let n_rows = array.len() as u64;
        return Ok(Description::of_column(n_rows, ColumnState::Other { count: n_rows - missing, missing }, options));
    }
    let cells = Cells::of(array)?;
    let cells = (0..array.len()).map(|i| cells.get(i));
    if is_number(values) && *values != arrow_schema::DataType::Boolean {
        return Description::of_numbers(cells.map(number), options);
    }
    Description::of_text(cells.map(text), options)
}

fn number(cell: Scalar<'_>) -> f64 {
    match cell {
        Scalar::Int(value) => value as f64,
        Scalar::Uint(value) => value as f64,
        Scalar::Float(value) => value,
        Scalar::Bool(value) => f64::from(u8::from(value)),
        // A decimal.
        Scalar::Str(text) => text.parse().unwrap_or(f64::NAN),
        Scalar::Null | Scalar::Empty | Scalar::Bytes(_) => f64::NAN,
    }
}

fn text(cell: Scalar<'_>) -> Option<&str> {
    match cell {
        Scalar::Bool(true) => Some("true"),
        Scalar::Bool(false) => Some("false"),
        Scalar::Str(text) => Some(text),
        _ => None,
    }
}
