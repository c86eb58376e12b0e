//! Sparse matrix of examples in compressed row format (CSR).

use std::borrow::Cow;
use std::ops::Range;

use linfa::dataset::Records;
use ndarray::Array2;
use sprs::{CsMatI, CsMatViewI};

use super::compact::{Compact, sparse_rows};
use super::{CsrBuilder, Float, Footprint, Rows};
use crate::error::{Error, ErrorKind, Result};

/// A sparse matrix in compressed row storage; rows are examples, columns are features.
///
/// A newtype over a `sprs` matrix with `u32` columns and `usize` row starts, so that linfa's
/// [`Records`] can be implemented for it. Columns ascend strictly within a row. Explicit zeros are
/// allowed (scikit-learn's hashing keeps them).
#[derive(Clone, Debug, PartialEq)]
pub struct Csr<F>(pub(super) CsMatI<F, u32, usize>);

/// Some consecutive rows of a [`Csr`], borrowed.
#[derive(Clone, Copy, Debug)]
pub struct CsrView<'a, F> {
    n_features: usize,
    indptr: &'a [usize],
    indices: &'a [u32],
    values: &'a [F],
}

impl<F: Float> Csr<F> {
    /// A matrix of `n_features` columns from its three arrays: `indptr` (row starts in `indices`,
    /// one more than there are rows), `indices` (columns) and `values`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidMatrix`] unless `indptr` begins at 0, never falls and ends at the number
    /// of indices, there are as many values as indices, and the columns of every row ascend
    /// strictly and are below `n_features`.
    pub fn new(n_features: usize, indptr: Vec<usize>, indices: Vec<u32>, values: Vec<F>) -> Result<Self> {
        let rows = indptr.len().saturating_sub(1);
        CsMatI::try_new((rows, n_features), indptr, indices, values)
            .map(Csr)
            .map_err(|(_, _, _, problem)| invalid(problem.to_string()))
    }

    /// A matrix from a `sprs` one.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidMatrix`] when it is stored by columns, or is a slice of a larger matrix.
    pub fn from_sprs(matrix: CsMatI<F, u32, usize>) -> Result<Self> {
        if !matrix.is_csr() {
            return Err(invalid("it is stored by columns; convert it with to_csr() first".into()));
        }
        if !matrix.indptr().is_proper() {
            return Err(invalid("it is a slice of a larger matrix; copy it with to_owned() first".into()));
        }
        Ok(Csr(matrix))
    }

    /// The non-zero values of a dense matrix.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidMatrix`] when the columns do not fit `u32`.
    pub fn from_dense(dense: &Array2<F>) -> Result<Self> {
        let mut rows = CsrBuilder::new(dense.ncols())?;
        for row in dense.rows() {
            for (column, &value) in row.iter().enumerate().filter(|(_, value)| **value != F::zero()) {
                rows.push(column as u32, value);
            }
            rows.end_row()?;
        }
        Ok(rows.finish())
    }

    /// Trusted parts: whoever made them checked them row by row.
    pub(super) fn from_parts(n_features: usize, indptr: Vec<usize>, indices: Vec<u32>, values: Vec<F>) -> Self {
        let rows = indptr.len() - 1;
        Csr(CsMatI::new((rows, n_features), indptr, indices, values))
    }

    /// The matrix as `sprs` sees it.
    pub fn as_sprs(&self) -> CsMatViewI<'_, F, u32, usize> {
        self.0.view()
    }

    /// The number of columns.
    pub fn n_features(&self) -> usize {
        self.0.cols()
    }

    /// The number of stored values.
    pub fn nnz(&self) -> usize {
        self.0.nnz()
    }

    /// `sprs` lends row starts only through a `Cow`; those of a whole matrix are always borrowed.
    fn row_starts(&self) -> &[usize] {
        match self.0.proper_indptr() {
            Cow::Borrowed(starts) => starts,
            Cow::Owned(_) => unreachable!("every constructor refuses slices of larger matrices"),
        }
    }

    /// All rows, borrowed.
    pub fn view(&self) -> CsrView<'_, F> {
        CsrView {
            n_features: self.0.cols(),
            indptr: self.row_starts(),
            indices: self.0.indices(),
            values: self.0.data(),
        }
    }

    /// Rows `rows.start` to `rows.end`, borrowed: nothing is copied.
    ///
    /// # Panics
    /// When the range reaches past the last row.
    pub fn slice_rows(&self, rows: Range<usize>) -> CsrView<'_, F> {
        self.view().slice_rows(rows)
    }

    /// The same columns with other values: `change` is given the number, the columns and the values
    /// of every row.
    pub(crate) fn map_rows(&self, mut change: impl FnMut(usize, &[u32], &mut [F]) -> Result<()>) -> Result<Self> {
        let (starts, columns, mut values) = (self.row_starts(), self.0.indices(), self.0.data().to_vec());
        for (i, span) in starts.windows(2).enumerate() {
            let span = span[0]..span[1];
            change(i, &columns[span.clone()], &mut values[span])?;
        }
        Ok(Self::from_parts(self.n_features(), starts.to_vec(), columns.to_vec(), values))
    }

    /// The matrix with all its zeros: shape (rows, columns).
    pub fn to_dense(&self) -> Array2<F> {
        let mut dense = Array2::zeros((self.n_rows(), self.n_features()));
        for (i, (columns, values)) in self.view().iter().enumerate() {
            for (&j, &v) in columns.iter().zip(values) {
                dense[(i, j as usize)] = v;
            }
        }
        dense
    }
}

impl<'a, F: Float> CsrView<'a, F> {
    /// The number of rows.
    pub fn n_rows(&self) -> usize {
        self.indptr.len() - 1
    }

    /// The number of columns.
    pub fn n_features(&self) -> usize {
        self.n_features
    }

    /// The number of stored values.
    pub fn nnz(&self) -> usize {
        self.indptr[self.n_rows()] - self.indptr[0]
    }

    /// The columns and values of row `i`.
    ///
    /// # Panics
    /// When there are not more than `i` rows.
    pub fn row(&self, i: usize) -> (&'a [u32], &'a [F]) {
        let span = self.indptr[i]..self.indptr[i + 1];
        (&self.indices[span.clone()], &self.values[span])
    }

    /// The columns and values of every row, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&'a [u32], &'a [F])> + use<'a, F> {
        let rows = *self;
        (0..self.n_rows()).map(move |i| rows.row(i))
    }

    /// Rows `rows.start` to `rows.end` of these.
    ///
    /// # Panics
    /// When the range reaches past the last row.
    pub fn slice_rows(&self, rows: Range<usize>) -> Self {
        CsrView { indptr: &self.indptr[rows.start..=rows.end], ..*self }
    }

    /// A copy that owns its rows.
    pub fn to_owned(&self) -> Csr<F> {
        let first = self.indptr[0];
        let span = first..self.indptr[self.n_rows()];
        Csr::from_parts(
            self.n_features,
            self.indptr.iter().map(|start| start - first).collect(),
            self.indices[span.clone()].to_vec(),
            self.values[span].to_vec(),
        )
    }
}

impl<F: Float> Records for Csr<F> {
    type Elem = F;

    fn nsamples(&self) -> usize {
        self.0.rows()
    }

    fn nfeatures(&self) -> usize {
        self.0.cols()
    }
}

impl<F: Float> Records for CsrView<'_, F> {
    type Elem = F;

    fn nsamples(&self) -> usize {
        self.n_rows()
    }

    fn nfeatures(&self) -> usize {
        self.n_features
    }
}

impl<F: Float> Rows for Csr<F> {
    type Row<'a> = (&'a [u32], &'a [F]);

    fn n_rows(&self) -> usize {
        self.0.rows()
    }

    fn row(&self, i: usize) -> Self::Row<'_> {
        self.view().row(i)
    }

    fn select_rows(&self, rows: &[usize]) -> Self {
        let all = self.view();
        let nnz = rows.iter().map(|&i| all.row(i).0.len()).sum();
        let mut indptr = Vec::with_capacity(rows.len() + 1);
        let (mut indices, mut values) = (Vec::with_capacity(nnz), Vec::with_capacity(nnz));
        indptr.push(0);
        for &i in rows {
            let (columns, row_values) = all.row(i);
            indices.extend_from_slice(columns);
            values.extend_from_slice(row_values);
            indptr.push(indices.len());
        }
        Csr::from_parts(self.n_features(), indptr, indices, values)
    }

    fn concat_rows(parts: &[&Self]) -> Result<Self> {
        let n_features = parts.first().map_or(0, |part| part.n_features());
        if let Some(odd) = parts.iter().find(|part| part.n_features() != n_features) {
            return Err(Error::shape("columns", n_features, odd.n_features()));
        }
        let nnz = parts.iter().map(|part| part.nnz()).sum();
        let mut indptr = vec![0];
        let (mut indices, mut values) = (Vec::with_capacity(nnz), Vec::with_capacity(nnz));
        for part in parts {
            let part = part.view();
            indptr.extend(part.indptr[1..].iter().map(|end| end + indices.len()));
            indices.extend_from_slice(part.indices);
            values.extend_from_slice(part.values);
        }
        Ok(Csr::from_parts(n_features, indptr, indices, values))
    }
}

impl<F: Float> Footprint for Csr<F> {
    const COMPACT: Option<Compact<Self>> = sparse_rows::sparse_rows();

    fn heap_bytes(&self) -> usize {
        self.0.nnz() * (size_of::<F>() + size_of::<u32>()) + (self.0.rows() + 1) * size_of::<usize>()
    }

    fn row_count(&self) -> usize {
        self.0.rows()
    }
}

fn invalid(problem: String) -> Error {
    Error::new(ErrorKind::InvalidMatrix { problem })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn sample() -> Csr<f64> {
        Csr::from_dense(&array![[1.0, 0.0, 2.0], [0.0, 0.0, 0.0], [0.0, 3.0, 4.0], [5.0, 0.0, 0.0]]).unwrap()
    }

    #[test]
    fn rows_selected_sliced_and_joined_are_the_dense_rows() {
        let csr = sample();
        let dense = csr.to_dense();
        assert_eq!(csr.select_rows(&[3, 0, 2]).to_dense(), dense.select_rows(&[3, 0, 2]));
        assert_eq!(csr.slice_rows(1..3).to_owned().to_dense(), dense.select_rows(&[1, 2]));
        assert_eq!(csr.slice_rows(1..4).slice_rows(1..2).nnz(), 2);
        let joined = Csr::concat_rows(&[&csr.slice_rows(0..1).to_owned(), &csr.slice_rows(1..4).to_owned()]).unwrap();
        assert_eq!(joined, csr);
        assert_eq!(csr.as_sprs().to_dense(), dense);
    }

    #[test]
    fn contradicting_parts_are_refused() {
        let new = |indptr: &[usize], indices: &[u32], values: &[f64]| {
            Csr::new(3, indptr.to_vec(), indices.to_vec(), values.to_vec())
        };
        assert!(new(&[0, 2, 3], &[0, 2, 1], &[1.0, 2.0, 3.0]).is_ok());
        for (indptr, indices, values) in [
            (&[0, 2][..], &[0, 3][..], &[1.0, 2.0][..]), // column out of range
            (&[0, 2], &[2, 0], &[1.0, 2.0]),             // columns fall
            (&[0, 2], &[1, 1], &[1.0, 2.0]),             // column twice
            (&[0, 1], &[0, 1], &[1.0, 2.0]),             // rows end too early
            (&[0, 2, 1], &[0, 1], &[1.0, 2.0]),          // row starts fall
            (&[1, 2], &[0, 1], &[1.0, 2.0]),             // rows begin too late
            (&[0, 2], &[0, 1], &[1.0]),                  // values missing
            (&[], &[], &[]),                             // no row starts
        ] {
            let error = new(indptr, indices, values).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::InvalidMatrix { .. }), "{indptr:?} {indices:?}: {error}");
        }
        let by_columns = sprs::CsMatI::<f64, u32, usize>::new_csc((1, 1), vec![0, 1], vec![0], vec![1.0]);
        assert!(Csr::from_sprs(by_columns).is_err());
        assert!(Csr::concat_rows(&[&sample(), &Csr::from_dense(&array![[1.0]]).unwrap()]).is_err());
    }
}
