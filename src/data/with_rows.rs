//! Dispatch over the layouts of rows that code is compiled for.

/// Runs an expression for [`RowsView`](super::RowsView) rows as a reference to a `CsrView` or to an `ArrayView2`:
/// `with_rows!(rows, x => f(x))`.
macro_rules! with_rows {
    ($rows:expr, $x:ident => $body:expr) => {
        match $rows {
            $crate::data::RowsView::Sparse(rows) => {
                let $x = &rows;
                $body
            }
            $crate::data::RowsView::Dense(rows) => {
                let $x = &rows;
                $body
            }
        }
    };
}
pub(crate) use with_rows;
