//! Building a sparse matrix row by row, with no allocation per row.

use super::{Csr, Float};
use crate::error::{Error, ErrorKind, Result};

/// Writes a [`Csr`] row by row: [`push`](CsrBuilder::push) the values of a row, then
/// [`end_row`](CsrBuilder::end_row).
///
/// ```
/// # use chunkfit::data::CsrBuilder;
/// let mut rows = CsrBuilder::new(4)?;
/// rows.push(1, 0.5);
/// rows.push(3, 2.0);
/// rows.end_row()?;
/// assert_eq!(rows.finish().nnz(), 2);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CsrBuilder<F> {
    n_features: u32,
    indptr: Vec<usize>,
    indices: Vec<u32>,
    values: Vec<F>,
}

impl<F: Float> CsrBuilder<F> {
    /// A matrix of `n_features` columns and no rows yet.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidParameter`] when `n_features` is above 2^32 - 1.
    pub fn new(n_features: usize) -> Result<Self> {
        Self::with_capacity(n_features, 0, 0)
    }

    /// The same with room for `rows` rows and `nnz` values.
    ///
    /// # Errors
    /// As [`CsrBuilder::new`].
    pub fn with_capacity(n_features: usize, rows: usize, nnz: usize) -> Result<Self> {
        let n_features = u32::try_from(n_features)
            .map_err(|_| Error::parameter("n_features", n_features, format!("at most {}", u32::MAX)))?;
        let mut indptr = Vec::with_capacity(rows + 1);
        indptr.push(0);
        Ok(CsrBuilder { n_features, indptr, indices: Vec::with_capacity(nnz), values: Vec::with_capacity(nnz) })
    }

    /// Adds a value to the row being written. Checked when the row ends.
    #[inline]
    pub fn push(&mut self, column: u32, value: F) {
        self.indices.push(column);
        self.values.push(value);
    }

    /// The values of the row being written, for scaling them in place.
    pub fn row_values_mut(&mut self) -> &mut [F] {
        let start = self.row_start();
        &mut self.values[start..]
    }

    /// Ends the row being written; the next value begins a new one.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidMatrix`], naming the row, unless its columns ascend strictly and are
    /// below the number of columns. The row is then dropped.
    pub fn end_row(&mut self) -> Result<()> {
        let row = &self.indices[self.row_start()..];
        let ascending = row.windows(2).all(|pair| pair[0] < pair[1]);
        if !ascending || row.last().is_some_and(|&last| last >= self.n_features) {
            let problem = format!("columns {row:?} must ascend strictly and be below {}", self.n_features);
            let start = self.row_start();
            self.indices.truncate(start);
            self.values.truncate(start);
            return Err(Error::new(ErrorKind::InvalidMatrix { problem }).at_row(self.indptr.len() - 1));
        }
        self.indptr.push(self.indices.len());
        Ok(())
    }

    /// The matrix of all rows that were ended; values after the last [`end_row`](Self::end_row) are dropped.
    pub fn finish(mut self) -> Csr<F> {
        let end = self.row_start();
        self.indices.truncate(end);
        self.values.truncate(end);
        // A chunk may be kept for many epochs: without the room that growing left.
        self.indices.shrink_to_fit();
        self.values.shrink_to_fit();
        Csr::from_parts(self.n_features as usize, self.indptr, self.indices, self.values)
    }

    fn row_start(&self) -> usize {
        self.indptr[self.indptr.len() - 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Rows;

    #[test]
    fn a_bad_row_is_refused_by_number_and_leaves_the_rest_whole() {
        let mut rows = CsrBuilder::<f32>::new(3).unwrap();
        rows.push(0, 1.0);
        rows.end_row().unwrap();
        for bad in [[1, 1], [2, 0], [0, 3]] {
            bad.iter().for_each(|&column| rows.push(column, 1.0));
            assert_eq!(rows.end_row().unwrap_err().place().row, Some(1));
        }
        rows.end_row().unwrap();
        rows.push(2, 9.0);
        let matrix = rows.finish();
        assert_eq!((matrix.n_rows(), matrix.nnz()), (2, 1));
        assert!(CsrBuilder::<f32>::new(1 << 32).is_err());
    }
}
