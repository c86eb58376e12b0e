//! Rows of tables to chunks: records, columns, dense and sparse rows.

use std::marker::PhantomData;

use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_buffer::NullBuffer;
use arrow_select::concat::concat_batches;
use linfa::DatasetBase;
use ndarray::{Array1, Array2};
use serde::de::DeserializeOwned;

use super::table_file::malformed;
use super::table_rows::TableRows;
use crate::data::arrow::{ArrowFloat, Cell, Cells, SparseCells, VectorCells, append_rows};
use crate::data::{Csr, CsrBuilder, NamedValues, NestedValue};
use crate::error::Result;
use crate::sources::columns::{Columns, Field};
use crate::sources::fields::{Fields, Role};

/// The rows as they are.
pub(super) fn batches(rows: &mut TableRows) -> Result<RecordBatch> {
    let mut found = Vec::new();
    while let Some(batch) = rows.next_batch()? {
        rows.take_all(&batch);
        found.push(batch);
    }
    match found.len() {
        1 => Ok(found.swap_remove(0)),
        _ => concat_batches(rows.schema(), &found).map_err(|error| malformed(rows.format, error)),
    }
}

/// Every row as a `T`.
pub(super) fn records<T: DeserializeOwned>(rows: &mut TableRows) -> Result<Vec<T>> {
    let mut found = Vec::new();
    while let Some(batch) = rows.next_batch()? {
        let schema = batch.schema();
        let columns = schema.fields().iter().zip(batch.columns());
        let columns = columns.map(|(field, column)| Ok((field.name(), Cells::of(column)?)));
        let columns = columns.collect::<Result<Vec<_>>>()?;
        rows.judge(batch.clone(), |row| {
            let record = NamedValues(columns.iter().map(|(name, cells)| (name.as_str(), NestedValue(cells.cell(row)))));
            found.push(T::deserialize(record).map_err(|error| error.to_string())?);
            Ok(())
        })?;
    }
    Ok(found)
}

/// The rows made of some columns, each of which is one of the fields, in their order.
pub(super) fn rows<L: Field, K: Field>(fields: &Fields, rows: &mut TableRows) -> Result<Columns<L, K>> {
    let mut columns = Columns::with_capacity(fields, 0);
    while let Some(batch) = rows.next_batch()? {
        let reader = FieldReader::of(fields, batch.columns())?;
        rows.judge(batch.clone(), |row| reader.read(row, &mut columns))?;
    }
    Ok(columns)
}

/// Dense rows of the first columns, and of the others their labels and weights.
pub(super) fn dense_rows<F: ArrowFloat, L: Field>(
    n_features: usize,
    fields: &Fields,
    rows: &mut TableRows,
) -> Result<DatasetBase<Array2<F>, Array1<L>>> {
    let (mut columns, mut numbers) = (Columns::<L, ()>::with_capacity(fields, 0), Vec::<F>::new());
    while let Some(batch) = rows.next_batch()? {
        let (features, others) = batch.columns().split_at(n_features);
        let reader = FieldReader::of(fields, others)?;
        let nulls =
            features.iter().fold(None, |all, column| NullBuffer::union(all.as_ref(), column.logical_nulls().as_ref()));
        let good = rows.judge(batch.clone(), |row| {
            if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
                let column = features.iter().position(|column| is_null(column, row)).unwrap_or(0);
                return Err(format!("column `{}`: it is null", batch.schema_ref().field(column).name()));
            }
            reader.read(row, &mut columns)
        })?;
        append_rows(&good.columns()[..n_features], &mut numbers)?;
    }
    dense_examples(n_features, numbers, columns)
}

fn is_null(column: &ArrayRef, row: usize) -> bool {
    column.logical_nulls().is_some_and(|nulls| nulls.is_null(row))
}

/// Dense rows of the lists in the first column, and of the others their labels and weights.
pub(super) fn vector_rows<F: ArrowFloat, L: Field>(
    n_features: usize,
    fields: &Fields,
    rows: &mut TableRows,
) -> Result<DatasetBase<Array2<F>, Array1<L>>> {
    let (mut columns, mut numbers) = (Columns::<L, ()>::with_capacity(fields, 0), Vec::<F>::new());
    while let Some(batch) = rows.next_batch()? {
        let (lists, others) = batch.columns().split_at(1);
        let reader = FieldReader::of(fields, others)?;
        let cells = VectorCells::<F>::of(lists[0].clone())?;
        rows.judge(batch.clone(), |row| {
            let values = cells.row(row, n_features)?;
            reader.read(row, &mut columns)?;
            numbers.extend_from_slice(values);
            Ok(())
        })?;
    }
    dense_examples(n_features, numbers, columns)
}

/// The numbers of all rows, one after the other, as rows, with their labels and weights.
fn dense_examples<F: ArrowFloat, L: Field>(
    n_features: usize,
    numbers: Vec<F>,
    columns: Columns<L, ()>,
) -> Result<DatasetBase<Array2<F>, Array1<L>>> {
    let DatasetBase { targets: labels, weights, .. } = columns.into_examples()?;
    let shape = (labels.len(), n_features);
    let numbers = Array2::from_shape_vec(shape, numbers).expect("every row has a label and its numbers");
    Ok(DatasetBase::new(numbers, labels).with_weights(weights))
}

/// Sparse rows of the first two columns, and of the others their labels and weights.
pub(super) fn sparse_rows<F: ArrowFloat, L: Field>(
    n_features: usize,
    fields: &Fields,
    rows: &mut TableRows,
) -> Result<DatasetBase<Csr<F>, Array1<L>>> {
    let (mut columns, mut sparse) = (Columns::<L, ()>::with_capacity(fields, 0), CsrBuilder::<F>::new(n_features)?);
    while let Some(batch) = rows.next_batch()? {
        let (lists, others) = batch.columns().split_at(2);
        let reader = FieldReader::of(fields, others)?;
        let cells = SparseCells::<F>::of(lists[0].clone(), lists[1].clone())?;
        rows.judge(batch.clone(), |row| {
            let (indices, values) = cells.row(row, n_features)?;
            reader.read(row, &mut columns)?;
            indices.iter().zip(values).for_each(|(&column, &value)| sparse.push(column, value));
            sparse.end_row().map_err(|error| error.to_string())
        })?;
    }
    let DatasetBase { targets: labels, weights, .. } = columns.into_examples()?;
    Ok(DatasetBase::new(sparse.finish(), labels).with_weights(weights))
}

/// Reads the fields of a row, column by column.
struct FieldReader<'a, L, K> {
    fields: &'a Fields,
    cells: Vec<Cells>,
    kinds: PhantomData<fn() -> (L, K)>,
}

impl<'a, L: Field, K: Field> FieldReader<'a, L, K> {
    fn of(fields: &'a Fields, columns: &[ArrayRef]) -> Result<Self> {
        let cells = columns.iter().map(|column| Cells::of(column)).collect::<Result<_>>()?;
        Ok(FieldReader { fields, cells, kinds: PhantomData })
    }

    /// Takes a row whole, or not at all.
    fn read(&self, row: usize, columns: &mut Columns<L, K>) -> Result<(), String> {
        let fields = self.fields.iter().zip(&self.cells).try_for_each(|((name, role), cells)| {
            fill(columns, role, cells.cell(row)).map_err(|problem| format!("column `{name}`: {problem}"))
        });
        fields
            .and_then(|()| columns.end_row(self.fields).map_err(|problem| problem.to_string()))
            .inspect_err(|_| columns.discard_row())
    }
}

fn fill<L: Field, K: Field>(columns: &mut Columns<L, K>, role: Role, cell: Cell) -> Result<(), String> {
    fn read<T: DeserializeOwned>(cell: Cell) -> Result<T, String> {
        T::deserialize(NestedValue(cell)).map_err(|error| error.to_string())
    }
    match (role, cell) {
        (role, Cell::Scalar(scalar)) => columns.read_scalar(role, scalar)?,
        (Role::Text(_), _) => return Err("it is no text".into()),
        (Role::Label, cell) => columns.set_label(read(cell)?),
        (Role::Weight, cell) => columns.set_weight(read(cell)?),
        (Role::Key, cell) => columns.set_key(read(cell)?),
    }
    Ok(())
}
