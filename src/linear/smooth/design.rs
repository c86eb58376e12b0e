//! Design matrices: the rows of a fit, in the columns they touch.

use std::ops::Range;

use super::row_kernel::RowKernel;
use crate::data::column_set::ColumnSet;
use crate::data::{FeatureRow, FeatureRows, Float, wide};

/// Rows whose columns are numbered without gaps: 0 to `width` - 1.
///
/// Coefficients of several outputs are interleaved: output `k` of column `j` at `j * outputs + k`,
/// so that a stored feature meets all its coefficients side by side.
pub(in crate::linear) trait Design {
    type Elem: Float;

    /// True if zeros are left out.
    const SPARSE: bool;

    /// How many rows are multiplied before the first of them is added, at most [`MOST_TOGETHER`].
    const TOGETHER: usize;

    fn n_rows(&self) -> usize;

    fn width(&self) -> usize;

    /// Calls `f` with the column and value of each feature of row `i`.
    fn for_each(&self, i: usize, f: impl FnMut(usize, f64));

    /// Each of these rows times `weights`.
    fn multiply(&self, rows: Range<usize>, weights: &[f64], products: &mut [f64]);

    /// Adds each of these rows, times its scale, to `sums`.
    fn add(&self, rows: Range<usize>, scales: &[f64], sums: &mut [f64]);

    /// Row `i` times the weights of every output, added to `outputs`.
    #[inline]
    fn dots(&self, i: usize, weights: &[f64], outputs: &mut [f64]) {
        let k = outputs.len();
        self.for_each(i, |j, x| {
            for (o, w) in outputs.iter_mut().zip(&weights[j * k..(j + 1) * k]) {
                *o += x * w;
            }
        });
    }

    /// The products of all rows with each other, where it is worth it: of sparse rows, at most 2,048 and fewer than columns.
    fn kernel(&self) -> Option<RowKernel<Self::Elem>> {
        None
    }

    /// Adds row `i`, scaled for every output, to `sums`.
    #[inline]
    fn add_outer(&self, i: usize, scales: &[f64], sums: &mut [f64]) {
        let k = scales.len();
        self.for_each(i, |j, x| {
            for (s, scale) in sums[j * k..(j + 1) * k].iter_mut().zip(scales) {
                *s += x * scale;
            }
        });
    }
}

/// The least and the greatest value of a column.
pub(super) type Extent = (f64, f64);

/// That of no value.
pub(super) const NOTHING: Extent = (f64::INFINITY, f64::NEG_INFINITY);

/// That of the values of both.
pub(super) fn of_both(a: Extent, b: Extent) -> Extent {
    (a.0.min(b.0), a.1.max(b.1))
}

/// The most rows for whose [kernel](Design::kernel) two vectors lie in the first cache, of 32 KiB.
const MOST_ROWS_OF_KERNEL: usize = 2048;

/// The most rows that are multiplied before the first of them is added.
pub(super) const MOST_TOGETHER: usize = 32;

/// Sparse rows in the columns they touch: a chunk of some hundred documents touches a few thousand
/// of 2^18 hashed columns, and vectors that short stay in the cache.
#[derive(Debug)]
pub(in crate::linear) struct SparseDesign<F> {
    starts: Vec<usize>,
    indices: Vec<u32>,
    values: Vec<F>,
    width: usize,
}

impl<F: Float> SparseDesign<F> {
    /// The rows with these numbers, and the columns they touch, ascending.
    pub(crate) fn gather<X: FeatureRows<Elem = F>>(x: &X, rows: &[usize]) -> (Self, Vec<u32>) {
        let mut touched = ColumnSet::new(x.nfeatures());
        let mut nnz = 0;
        for &i in rows {
            x.feature_row(i).for_each(|j, _| {
                touched.insert(j);
                nnz += 1;
            });
        }
        let columns = touched.columns();
        let mut starts = Vec::with_capacity(rows.len() + 1);
        starts.push(0);
        let (mut indices, mut values) = (Vec::with_capacity(nnz), Vec::with_capacity(nnz));
        for &i in rows {
            x.feature_row(i).for_each(|j, v| {
                indices.push(touched.number(j));
                values.push(v);
            });
            starts.push(indices.len());
        }
        (SparseDesign { starts, indices, values, width: columns.len() }, columns)
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        size_of_val(&*self.starts) + size_of_val(&*self.indices) + size_of_val(&*self.values)
    }

    #[inline]
    fn row(&self, i: usize) -> (&[u32], &[F]) {
        let span = self.starts[i]..self.starts[i + 1];
        (&self.indices[span.clone()], &self.values[span])
    }
}

/// Values at some indices times a vector, by four sums side by side: a single one waits for each addition to end.
#[inline]
pub(super) fn sparse_dot<F: Float>(indices: &[u32], values: &[F], vector: &[f64]) -> f64 {
    let ((indices, last_indices), (values, last_values)) = (indices.as_chunks::<4>(), values.as_chunks::<4>());
    let last = last_indices.iter().zip(last_values);
    let rest: f64 = last.map(|(&j, &x)| vector[j as usize] * wide(x)).sum();
    let mut sums = [0.0; 4];
    for (j, x) in indices.iter().zip(values) {
        for k in 0..4 {
            sums[k] += vector[j[k] as usize] * wide(x[k]);
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

impl<F: Float> Design for SparseDesign<F> {
    type Elem = F;

    const SPARSE: bool = true;

    /// A product has to end before its row can be added, and the next one waits for neither: side by side
    /// they spare a fit to a file of news a twelfth of its time.
    const TOGETHER: usize = MOST_TOGETHER;

    fn n_rows(&self) -> usize {
        self.starts.len() - 1
    }

    fn width(&self) -> usize {
        self.width
    }

    #[inline]
    fn for_each(&self, i: usize, mut f: impl FnMut(usize, f64)) {
        self.row(i).for_each(|j, x| f(j, wide(x)));
    }

    fn kernel(&self) -> Option<RowKernel<F>> {
        let is_worth = self.n_rows() < self.width && self.n_rows() <= MOST_ROWS_OF_KERNEL;
        is_worth.then(|| RowKernel::new(&self.starts, &self.indices, &self.values, self.width))
    }

    #[inline]
    fn multiply(&self, rows: Range<usize>, weights: &[f64], products: &mut [f64]) {
        for (i, product) in rows.zip(products) {
            let (indices, values) = self.row(i);
            *product = sparse_dot(indices, values, weights);
        }
    }

    #[inline]
    fn add(&self, rows: Range<usize>, scales: &[f64], sums: &mut [f64]) {
        for (i, scale) in rows.zip(scales) {
            self.for_each(i, |j, x| sums[j] += scale * x);
        }
    }
}

/// Dense rows, one after the other.
#[derive(Debug)]
pub(in crate::linear) struct DenseDesign<F> {
    values: Vec<F>,
    n_rows: usize,
    width: usize,
}

impl<F: Float> DenseDesign<F> {
    /// The rows with these numbers, and all columns.
    pub(crate) fn gather<X: FeatureRows<Elem = F>>(x: &X, rows: &[usize]) -> (Self, Vec<u32>) {
        let width = x.nfeatures();
        let mut values = Vec::with_capacity(rows.len() * width);
        for &i in rows {
            x.feature_row(i).for_each(|_, v| values.push(v));
        }
        (DenseDesign { values, n_rows: rows.len(), width }, (0..width as u32).collect())
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        size_of_val(&*self.values)
    }

    /// The least and the greatest value of every column.
    pub(crate) fn extents(&self) -> Vec<Extent> {
        let mut extents = vec![NOTHING; self.width];
        for i in 0..self.n_rows {
            extents.iter_mut().zip(self.row(i)).for_each(|(extent, &x)| *extent = of_both(*extent, (wide(x), wide(x))));
        }
        extents
    }

    #[inline]
    pub(super) fn row(&self, i: usize) -> &[F] {
        &self.values[i * self.width..(i + 1) * self.width]
    }
}

impl<F: Float> Design for DenseDesign<F> {
    type Elem = F;

    const SPARSE: bool = false;

    /// A row may be long, and is near only until the next one is read.
    const TOGETHER: usize = 1;

    fn n_rows(&self) -> usize {
        self.n_rows
    }

    fn width(&self) -> usize {
        self.width
    }

    #[inline]
    fn for_each(&self, i: usize, mut f: impl FnMut(usize, f64)) {
        for (j, &x) in self.row(i).iter().enumerate() {
            f(j, wide(x));
        }
    }

    /// Eight sums side by side, which the compiler turns into vector instructions.
    #[inline]
    fn multiply(&self, rows: Range<usize>, weights: &[f64], products: &mut [f64]) {
        // The intercept may follow the coefficients: the remainders must be of equal length.
        let (weights, last_weights) = weights[..self.width].as_chunks::<8>();
        for (i, product) in rows.zip(products) {
            let (values, last_values) = self.row(i).as_chunks::<8>();
            let rest: f64 = last_values.iter().zip(last_weights).map(|(&x, &w)| wide(x) * w).sum();
            let mut sums = [0.0; 8];
            for (x, w) in values.iter().zip(weights) {
                for k in 0..8 {
                    sums[k] += w[k] * wide(x[k]);
                }
            }
            *product = sums.iter().sum::<f64>() + rest;
        }
    }

    #[inline]
    fn add(&self, rows: Range<usize>, scales: &[f64], sums: &mut [f64]) {
        for (i, scale) in rows.zip(scales) {
            for (s, &x) in sums.iter_mut().zip(self.row(i)) {
                *s += scale * wide(x);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Csr;
    use ndarray::Array2;

    #[test]
    fn sparse_and_dense_kernels_agree_with_plain_sums() {
        let x =
            Array2::from_shape_fn((5, 19), |(i, j)| if (i + j) % 3 == 0 || j == 4 { 0.0 } else { (i * 19 + j) as f64 });
        let rows = [4, 0, 2];
        let (dense, all) = DenseDesign::gather(&x, &rows);
        let (sparse, touched) = SparseDesign::gather(&Csr::from_dense(&x).unwrap(), &rows);
        assert_eq!((dense.width(), sparse.width(), dense.n_rows(), sparse.n_rows()), (19, 18, 3, 3));
        assert_eq!(all.len(), 19);
        assert!(!touched.contains(&4));
        let wide_weights: Vec<f64> = (0..38).map(|j| (j as f64).sin()).collect();
        let short = |outputs: usize| -> Vec<f64> {
            touched.iter().flat_map(|&j| wide_weights[j as usize * outputs..][..outputs].to_vec()).collect()
        };
        let (mut products, mut products_sparse) = ([0.0; 3], [0.0; 3]);
        dense.multiply(0..3, &wide_weights[..19], &mut products);
        sparse.multiply(0..3, &short(1), &mut products_sparse);
        let (mut added, mut added_sparse) = (vec![1.0; 19], vec![1.0; 18]);
        dense.add(1..3, &[2.0, 3.0], &mut added);
        sparse.add(1..3, &[2.0, 3.0], &mut added_sparse);
        for (&j, sum) in touched.iter().zip(&added_sparse) {
            assert_eq!(*sum, added[j as usize]);
            assert_eq!(*sum, 1.0 + 2.0 * x[(rows[1], j as usize)] + 3.0 * x[(rows[2], j as usize)]);
        }
        for (number, &i) in rows.iter().enumerate() {
            let expected: f64 = (0..19).map(|j| x[(i, j)] * wide_weights[j]).sum();
            assert!((products[number] - expected).abs() < 1e-10);
            assert!((products_sparse[number] - expected).abs() < 1e-10);
            let (mut two, mut two_sparse) = ([0.0; 2], [0.0; 2]);
            dense.dots(number, &wide_weights, &mut two);
            sparse.dots(number, &short(2), &mut two_sparse);
            assert!((two[1] - (0..19).map(|j| x[(i, j)] * wide_weights[2 * j + 1]).sum::<f64>()).abs() < 1e-10);
            assert!((two[1] - two_sparse[1]).abs() < 1e-10);
            let (mut sums, mut sums_sparse) = (vec![1.0; 38], vec![1.0; 36]);
            dense.add_outer(number, &[1.0, 2.0], &mut sums);
            sparse.add_outer(number, &[1.0, 2.0], &mut sums_sparse);
            for (&j, pair) in touched.iter().zip(sums_sparse.chunks(2)) {
                assert_eq!(pair, &sums[2 * j as usize..][..2]);
                assert_eq!(pair[1], 1.0 + 2.0 * x[(i, j as usize)]);
            }
        }
    }
}
