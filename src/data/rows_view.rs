//! Rows of numbers in the layouts that estimators' code is compiled for: sparse or dense, `f32` or `f64`.

use ndarray::{Array2, ArrayView2};

use super::weighted_rows::rows_of_weight;
use super::{Csr, CsrBuilder, CsrView, FeatureRow, FeatureRows, Float, float_computation, with_rows};
use crate::error::Result;

/// Rows of numbers, borrowed, sparse or dense.
///
/// With [`Float::run`] this is what brings rows of any type to code that is compiled once: four layouts in all.
#[derive(Clone, Copy, Debug)]
pub enum RowsView<'a, F> {
    /// Compressed sparse rows.
    Sparse(CsrView<'a, F>),
    /// A dense matrix, shape (rows, columns).
    Dense(ArrayView2<'a, F>),
}

impl<'a, F: Float> RowsView<'a, F> {
    /// The number of rows.
    pub(crate) fn n_rows(&self) -> usize {
        match self {
            RowsView::Sparse(rows) => rows.n_rows(),
            RowsView::Dense(rows) => rows.nrows(),
        }
    }

    /// The same rows, borrowed for a shorter time.
    pub(crate) fn reborrow<'b>(&self) -> RowsView<'b, F>
    where
        'a: 'b,
    {
        match self {
            RowsView::Sparse(rows) => RowsView::Sparse(*rows),
            RowsView::Dense(rows) => RowsView::Dense(rows.reborrow()),
        }
    }

    /// The number of columns.
    pub(crate) fn n_columns(&self) -> usize {
        match self {
            RowsView::Sparse(rows) => rows.n_features(),
            RowsView::Dense(rows) => rows.ncols(),
        }
    }

    /// The rows that learners of one row after the other read: those of weight above 0, among the `chosen` ones if some
    /// are; `None` if that is every row.
    ///
    /// # Errors
    /// [`NonFinite`](crate::ErrorKind::NonFinite) for a NaN or infinite feature of a row of weight 0.
    pub(crate) fn rows_of_weight(
        &self,
        chosen: Option<&[usize]>,
        sample_weight: Option<&[f64]>,
    ) -> Result<Option<Vec<usize>>> {
        F::run::<RowsOfWeight<'_>>((self.reborrow(), chosen, sample_weight))
    }
}

float_computation!(
    RowsOfWeight<'a>((RowsView<'a, F>, Option<&'a [usize]>, Option<&'a [f64]>)) -> Result<Option<Vec<usize>>>
        = any_rows_of_weight
);

fn any_rows_of_weight<F: Float>(
    (rows, chosen, sample_weight): (RowsView<'_, F>, Option<&[usize]>, Option<&[f64]>),
) -> Result<Option<Vec<usize>>> {
    with_rows!(rows, x => rows_of_weight(x, chosen, sample_weight))
}

/// Rows of any type in one of the compiled layouts: borrowed where they are stored so, else a copy.
pub(crate) enum CompiledRows<'a, F> {
    Borrowed(RowsView<'a, F>),
    Sparse(Csr<F>),
    Dense(Array2<F>),
}

impl<'a, F: Float> CompiledRows<'a, F> {
    /// These rows.
    ///
    /// # Errors
    /// Rows of a type that is neither stored sparse nor dense, whose columns do not ascend or are out of range.
    pub(crate) fn of<X: FeatureRows<Elem = F>>(x: &'a X) -> Result<Self> {
        match x.rows_view() {
            Some(rows) => Ok(CompiledRows::Borrowed(rows)),
            None => Self::copied(x),
        }
    }

    fn copied<X: FeatureRows<Elem = F>>(x: &X) -> Result<Self> {
        let mut rows = CsrBuilder::new(x.nfeatures())?;
        for i in 0..x.nsamples() {
            x.feature_row(i).for_each(|j, value| rows.push(u32::try_from(j).unwrap_or(u32::MAX), value));
            rows.end_row()?;
        }
        let rows = rows.finish();
        Ok(if X::SPARSE { CompiledRows::Sparse(rows) } else { CompiledRows::Dense(rows.to_dense()) })
    }

    /// The rows, borrowed.
    pub(crate) fn view(&self) -> RowsView<'_, F> {
        match self {
            CompiledRows::Borrowed(rows) => rows.reborrow(),
            CompiledRows::Sparse(rows) => RowsView::Sparse(rows.view()),
            CompiledRows::Dense(rows) => RowsView::Dense(rows.view()),
        }
    }
}
