//! Rows of numbers, sparse or dense, as the learners' inner loops see them.

use linfa::dataset::Records;
use ndarray::{ArrayBase, ArrayView1, Data, Ix2};
use prefetch_index::prefetch_index;

use super::{Csr, CsrView, Float, RowsView, wide};
use crate::error::{Error, ErrorKind, Result};

/// One example's features.
///
/// Sums run in `f64` whatever the element type is, as in scikit-learn.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a row of numbers of type `{F}`",
    note = "a row of a type of your own implements `chunkfit::data::FeatureRow`"
)]
pub trait FeatureRow<F: Float>: Copy {
    /// Calls `f` with the column and the value of each stored feature, columns ascending.
    fn for_each(self, f: impl FnMut(usize, F));

    /// The product with a dense vector that is as long as the matrix is wide.
    #[inline]
    fn dot(self, weights: &[F]) -> f64 {
        let mut sum = 0.0;
        self.for_each(|j, x| sum += wide(weights[j]) * wide(x));
        sum
    }

    /// Adds `scale` times the row to a dense vector.
    #[inline]
    fn add_to(self, scale: F, weights: &mut [F]) {
        self.for_each(|j, x| weights[j] += scale * x);
    }

    /// Has the row brought near, for it is needed soon and lies somewhere else than the last. Changes nothing.
    #[inline]
    fn prefetch(self) {}

    /// The sum of the squared values.
    #[inline]
    fn squared_norm(self) -> f64 {
        let mut sum = 0.0;
        self.for_each(|_, x| sum += wide(x) * wide(x));
        sum
    }
}

/// A matrix of examples: shape (rows, columns), read row by row.
///
/// [`Csr`] and dense matrices are such; so may be one of your own, which every learner over rows then takes:
///
/// ```
/// use chunkfit::estimator::PartialFit;
/// use chunkfit::data::{FeatureRow, FeatureRows};
/// use chunkfit::linear::SgdClassifier;
/// use chunkfit::linfa::{DatasetBase, dataset::Records};
/// use chunkfit::ndarray::array;
///
/// struct Pairs(Vec<(f64, f64)>);
///
/// #[derive(Clone, Copy)]
/// struct Pair(f64, f64);
///
/// impl Records for Pairs {
///     type Elem = f64;
///     fn nsamples(&self) -> usize { self.0.len() }
///     fn nfeatures(&self) -> usize { 2 }
/// }
///
/// impl FeatureRows for Pairs {
///     const SPARSE: bool = false;
///     type Row<'a> = Pair;
///     fn feature_row(&self, i: usize) -> Pair { Pair(self.0[i].0, self.0[i].1) }
/// }
///
/// impl FeatureRow<f64> for Pair {
///     fn for_each(self, mut f: impl FnMut(usize, f64)) {
///         f(0, self.0);
///         f(1, self.1);
///     }
/// }
///
/// let (sgd, labels) = (SgdClassifier::params(), array![true, false]);
/// let of_pairs = sgd.partial_fit(None, &DatasetBase::new(Pairs(vec![(0.5, 2.0), (1.0, -1.0)]), labels.clone()))?;
/// let of_array = sgd.partial_fit(None, &DatasetBase::new(array![[0.5, 2.0], [1.0, -1.0]], labels))?;
/// assert_eq!(of_pairs.coef(), of_array.coef());
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a container of rows of floats",
    label = "an estimator learns from rows of floats",
    note = "text needs a vectorizer before the estimator, and categories an encoder: \
            `Pipeline::new(HashingVectorizer::params(), …)`; integers are made floats by `rows.mapv(f64::from)`",
    note = "rows are an `Array2<f64>`, `Array2<f32>` or `Csr` of either, or a type of your own that implements \
            `chunkfit::data::FeatureRows`"
)]
pub trait FeatureRows: Records<Elem: Float> {
    /// True if zeros are left out. scikit-learn's SGD moves the intercept more slowly if so.
    const SPARSE: bool;

    /// One row, borrowed.
    type Row<'a>: FeatureRow<Self::Elem>
    where
        Self: 'a;

    /// Row `i`.
    ///
    /// # Panics
    /// When there are not more than `i` rows.
    fn feature_row(&self, i: usize) -> Self::Row<'_>;

    /// The same rows as the estimators' compiled code takes them; `None` if they are not stored so: they are copied then.
    #[doc(hidden)]
    fn rows_view(&self) -> Option<RowsView<'_, Self::Elem>> {
        None
    }

    /// Refuses NaN and infinite values.
    ///
    /// # Errors
    /// [`ErrorKind::NonFinite`] with the row and the column of the first such value.
    fn check_finite(&self) -> Result<()> {
        for i in 0..self.nsamples() {
            if let Some(column) = non_finite_column(self.feature_row(i)) {
                return Err(Error::new(ErrorKind::NonFinite { column }).at_row(i));
            }
        }
        Ok(())
    }
}

/// The first column whose value is NaN or infinite.
#[inline]
pub(crate) fn non_finite_column<F: Float>(row: impl FeatureRow<F>) -> Option<usize> {
    let mut bad = None;
    row.for_each(|j, x| {
        if !wide(x).is_finite() {
            bad.get_or_insert(j);
        }
    });
    bad
}

impl<F: Float> FeatureRow<F> for (&[u32], &[F]) {
    /// Four features a turn, in their order: a tenth off a pass of SGD over rows of 90 values.
    #[inline]
    fn for_each(self, mut f: impl FnMut(usize, F)) {
        let ((columns, last_columns), (values, last_values)) = (self.0.as_chunks::<4>(), self.1.as_chunks::<4>());
        for (j, x) in columns.iter().zip(values) {
            for k in 0..4 {
                f(j[k] as usize, x[k]);
            }
        }
        for (&j, &x) in last_columns.iter().zip(last_values) {
            f(j as usize, x);
        }
    }

    /// Every cache line of it.
    #[inline]
    fn prefetch(self) {
        const LINE: usize = 64;
        (0..self.0.len()).step_by(LINE / size_of::<u32>()).for_each(|i| prefetch_index(self.0, i));
        (0..self.1.len()).step_by(LINE / size_of::<F>()).for_each(|i| prefetch_index(self.1, i));
    }
}

impl<F: Float> FeatureRow<F> for ArrayView1<'_, F> {
    #[inline]
    fn for_each(self, mut f: impl FnMut(usize, F)) {
        for (j, &x) in self.iter().enumerate() {
            f(j, x);
        }
    }
}

impl<F: Float> FeatureRows for Csr<F> {
    const SPARSE: bool = true;
    type Row<'a>
        = (&'a [u32], &'a [F])
    where
        Self: 'a;

    #[inline]
    fn feature_row(&self, i: usize) -> Self::Row<'_> {
        self.view().row(i)
    }

    fn rows_view(&self) -> Option<RowsView<'_, F>> {
        Some(RowsView::Sparse(self.view()))
    }
}

impl<F: Float> FeatureRows for CsrView<'_, F> {
    const SPARSE: bool = true;
    type Row<'b>
        = (&'b [u32], &'b [F])
    where
        Self: 'b;

    #[inline]
    fn feature_row(&self, i: usize) -> Self::Row<'_> {
        self.row(i)
    }

    fn rows_view(&self) -> Option<RowsView<'_, F>> {
        Some(RowsView::Sparse(*self))
    }
}

#[diagnostic::do_not_recommend]
impl<F: Float, D: Data<Elem = F>> FeatureRows for ArrayBase<D, Ix2> {
    const SPARSE: bool = false;
    type Row<'a>
        = ArrayView1<'a, F>
    where
        Self: 'a;

    #[inline]
    fn feature_row(&self, i: usize) -> Self::Row<'_> {
        self.row(i)
    }

    fn rows_view(&self) -> Option<RowsView<'_, F>> {
        Some(RowsView::Dense(self.view()))
    }
}
