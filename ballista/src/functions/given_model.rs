//! The first argument of `predict` and `score`: a model, or which.

use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;
use datafusion::scalar::ScalarValue;

use crate::error::unplanned;
use crate::model::{AnyModel, ModelRef, Stores};

/// How a row named its model.
#[derive(Debug)]
enum Given {
    Bytes(Vec<u8>),
    Reference(String),
}

/// Finds the model of a row. The one found last is kept: rows of one model come one after another, or all.
#[derive(Debug, Default)]
pub(super) struct GivenModels {
    last: Mutex<Option<(Given, Arc<AnyModel>)>>,
}

/// The type that the first argument is coerced to: what it is. A table of models is best of `BinaryView`, or of
/// references: a join copies other bytes for every row.
pub(super) fn model_type(function: &str, data_type: &DataType) -> Result<DataType> {
    match data_type {
        kind if kind.is_binary() || kind.is_string() => Ok(kind.clone()),
        DataType::Null => Ok(DataType::Utf8),
        other => Err(unplanned(format!(
            "{function}: the model is of type {other}, and it is the bytes of a model file or a reference to one"
        ))),
    }
}

/// The model that a constant argument names; `None` for NULL and what is no constant.
///
/// # Errors
/// A text that is no reference; bytes that are too many for a plan.
pub(super) fn constant_reference(value: &ScalarValue) -> Result<Option<ModelRef>> {
    match value {
        ScalarValue::Utf8(Some(text)) | ScalarValue::LargeUtf8(Some(text)) | ScalarValue::Utf8View(Some(text)) => {
            text.parse().map(Some)
        }
        ScalarValue::Binary(Some(bytes))
        | ScalarValue::LargeBinary(Some(bytes))
        | ScalarValue::BinaryView(Some(bytes)) => ModelRef::embedded(bytes.clone()).map(Some),
        _ => Ok(None),
    }
}

impl GivenModels {
    /// The model of a row; `None` if it is null.
    fn of_row(&self, stores: &Stores, models: &ArrayRef, row: usize) -> Result<Option<Arc<AnyModel>>> {
        let Some(given) = given(models, row) else { return Ok(None) };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, model)) = &*last
            && known.is(&given)
        {
            return Ok(Some(model.clone()));
        }
        let model = match given {
            RowModel::Bytes(bytes) => Arc::new(AnyModel::read(bytes)?),
            RowModel::Reference(reference) => AnyModel::of(stores, &reference.parse()?)?,
        };
        *last = Some((given.keep(), model.clone()));
        Ok(Some(model))
    }

    /// The runs of rows that have the same model, each with it. `models` has one value for all rows or one a row.
    pub fn runs(&self, stores: &Stores, models: &ArrayRef, rows: usize) -> Result<Vec<Run>> {
        if models.len() == 1 && rows > 0 {
            return Ok(vec![Run { model: self.of_row(stores, models, 0)?, start: 0, len: rows }]);
        }
        let mut runs: Vec<Run> = Vec::new();
        for row in 0..rows {
            match runs.last_mut() {
                Some(run) if given(models, run.start) == given(models, row) => run.len += 1,
                _ => runs.push(Run { model: self.of_row(stores, models, row)?, start: row, len: 1 }),
            }
        }
        Ok(runs)
    }
}

/// Rows one after another that have the same model, or none.
pub(super) struct Run {
    pub model: Option<Arc<AnyModel>>,
    pub start: usize,
    pub len: usize,
}

impl Run {
    /// All rows.
    pub fn of_all(model: Arc<AnyModel>, rows: usize) -> Self {
        Run { model: Some(model), start: 0, len: rows }
    }
}

/// What a row says of its model.
#[derive(PartialEq)]
enum RowModel<'a> {
    Bytes(&'a [u8]),
    Reference(&'a str),
}

impl RowModel<'_> {
    fn keep(&self) -> Given {
        match self {
            RowModel::Bytes(bytes) => Given::Bytes(bytes.to_vec()),
            RowModel::Reference(reference) => Given::Reference((*reference).to_owned()),
        }
    }
}

impl Given {
    fn is(&self, other: &RowModel<'_>) -> bool {
        match (self, other) {
            (Given::Bytes(own), RowModel::Bytes(other)) => own == other,
            (Given::Reference(own), RowModel::Reference(other)) => own == other,
            _ => false,
        }
    }
}

fn given(models: &ArrayRef, row: usize) -> Option<RowModel<'_>> {
    if models.is_null(row) {
        return None;
    }
    match models.data_type() {
        DataType::Binary => Some(RowModel::Bytes(models.as_binary::<i32>().value(row))),
        DataType::LargeBinary => Some(RowModel::Bytes(models.as_binary::<i64>().value(row))),
        DataType::BinaryView => Some(RowModel::Bytes(models.as_binary_view().value(row))),
        DataType::Utf8 => Some(RowModel::Reference(models.as_string::<i32>().value(row))),
        DataType::LargeUtf8 => Some(RowModel::Reference(models.as_string::<i64>().value(row))),
        DataType::Utf8View => Some(RowModel::Reference(models.as_string_view().value(row))),
        _ => None,
    }
}
