//! Rows of numbers in the layouts that estimators' code is compiled for: sparse or dense, `f32` or `f64`.

use ndarray::{Array2, ArrayView2};

use super::{Csr, CsrBuilder, CsrView, FeatureRow, FeatureRows, Float};
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
            CompiledRows::Borrowed(RowsView::Sparse(rows)) => RowsView::Sparse(*rows),
            CompiledRows::Borrowed(RowsView::Dense(rows)) => RowsView::Dense(rows.view()),
            CompiledRows::Sparse(rows) => RowsView::Sparse(rows.view()),
            CompiledRows::Dense(rows) => RowsView::Dense(rows.view()),
        }
    }
}
