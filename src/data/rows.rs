//! `Rows`: the trait of containers of rows.

use linfa::dataset::{AsTargets, DatasetBase, Records};
use ndarray::{Array1, Array2, ArrayView1, Axis, concatenate};

use crate::error::{Error, Result};

/// A container of rows: examples, documents, records, targets.
///
/// Splits, filters and folds ask for nothing more, so they work on any chunk that implements it. Implemented for vectors
/// and arrays of anything that can be cloned: rows of your own type are a `Vec<T>`, and beside labels in a
/// [`DatasetBase`] an `Array1<T>`, for linfa does not take a `Vec`. [`Record`](super::Record) makes any struct that serde
/// reads and writes such a row.
///
/// ```
/// use chunkfit::data::{Record, Rows};
/// use linfa::DatasetBase;
/// use ndarray::array;
///
/// #[derive(Clone, serde::Serialize, serde::Deserialize)]
/// struct Visit {
///     page: String,
/// }
///
/// let visit = |page: &str| Record(Visit { page: page.to_owned() });
/// let examples = DatasetBase::new(array![visit("home"), visit("shop"), visit("help")], array![1, 2, 3]);
/// let picked = examples.select_rows(&[2, 0]);
/// assert_eq!((picked.row(0).0.page.as_str(), &picked.targets), ("help", &array![3, 1]));
/// ```
#[diagnostic::on_unimplemented(
    message = "rows cannot be taken out of `{Self}`",
    note = "splits and folds need it: chunks are `DatasetBase::new(records, targets)`, a `Vec` or an array; for a \
            type of your own implement `chunkfit::data::Rows`"
)]
pub trait Rows: Sized {
    /// One row, borrowed.
    type Row<'a>
    where
        Self: 'a;

    /// The number of rows.
    fn n_rows(&self) -> usize;

    /// Row `i`.
    ///
    /// # Panics
    /// When there are not more than `i` rows.
    fn row(&self, i: usize) -> Self::Row<'_>;

    /// The rows with these numbers, in the order given.
    ///
    /// # Panics
    /// When a number is not below [`n_rows`](Rows::n_rows).
    fn select_rows(&self, rows: &[usize]) -> Self;

    /// All rows of all parts, one part after the other.
    ///
    /// # Errors
    /// When the parts differ in their number of columns.
    fn concat_rows(parts: &[&Self]) -> Result<Self>;
}

impl<T: Clone> Rows for Vec<T> {
    type Row<'a>
        = &'a T
    where
        T: 'a;

    fn n_rows(&self) -> usize {
        self.len()
    }

    fn row(&self, i: usize) -> &T {
        &self[i]
    }

    fn select_rows(&self, rows: &[usize]) -> Self {
        rows.iter().map(|&i| self[i].clone()).collect()
    }

    fn concat_rows(parts: &[&Self]) -> Result<Self> {
        Ok(parts.iter().flat_map(|part| part.iter().cloned()).collect())
    }
}

impl<T: Clone> Rows for Array1<T> {
    type Row<'a>
        = &'a T
    where
        T: 'a;

    fn n_rows(&self) -> usize {
        self.len()
    }

    fn row(&self, i: usize) -> &T {
        &self[i]
    }

    fn select_rows(&self, rows: &[usize]) -> Self {
        self.select(Axis(0), rows)
    }

    fn concat_rows(parts: &[&Self]) -> Result<Self> {
        Ok(parts.iter().flat_map(|part| part.iter().cloned()).collect())
    }
}

impl<T: Clone> Rows for Array2<T> {
    type Row<'a>
        = ArrayView1<'a, T>
    where
        T: 'a;

    fn n_rows(&self) -> usize {
        self.nrows()
    }

    fn row(&self, i: usize) -> ArrayView1<'_, T> {
        Array2::row(self, i)
    }

    fn select_rows(&self, rows: &[usize]) -> Self {
        self.select(Axis(0), rows)
    }

    fn concat_rows(parts: &[&Self]) -> Result<Self> {
        let columns = parts.first().map_or(0, |part| part.ncols());
        if let Some(odd) = parts.iter().find(|part| part.ncols() != columns) {
            return Err(Error::shape("columns", columns, odd.ncols()));
        }
        let views: Vec<_> = parts.iter().map(|part| part.view()).collect();
        if views.is_empty() {
            return Ok(Array2::from_shape_fn((0, 0), |_| unreachable!("an empty matrix has no element")));
        }
        concatenate(Axis(0), &views).map_err(|shape| linfa::Error::from(shape).into())
    }
}

/// The weights of these rows out of so many. Weights that are not one for each row stay so: what asks for them refuses
/// them.
fn select_weights(weights: &Array1<f32>, n_rows: usize, rows: &[usize]) -> Array1<f32> {
    match weights.len() {
        0 => Array1::default(0),
        n if n == n_rows => weights.select_rows(rows),
        n if n == rows.len() => weights.iter().copied().chain([f32::NAN]).collect(),
        _ => weights.clone(),
    }
}

/// A row of a data set is a row of its records and one of its targets. Weights and names go along.
impl<R: Records + Rows, T: Rows + AsTargets> Rows for DatasetBase<R, T> {
    type Row<'a>
        = (R::Row<'a>, T::Row<'a>)
    where
        Self: 'a;

    fn n_rows(&self) -> usize {
        self.records.n_rows()
    }

    fn row(&self, i: usize) -> Self::Row<'_> {
        (self.records.row(i), self.targets.row(i))
    }

    fn select_rows(&self, rows: &[usize]) -> Self {
        DatasetBase::new(self.records.select_rows(rows), self.targets.select_rows(rows))
            .with_feature_names(self.feature_names().to_vec())
            .with_target_names(self.target_names().to_vec())
            .with_weights(select_weights(&self.weights, self.n_rows(), rows))
    }

    fn concat_rows(parts: &[&Self]) -> Result<Self> {
        let records = R::concat_rows(&parts.iter().map(|part| &part.records).collect::<Vec<_>>())?;
        let targets = T::concat_rows(&parts.iter().map(|part| &part.targets).collect::<Vec<_>>())?;
        let mut whole = DatasetBase::new(records, targets);
        if let Some(first) = parts.first() {
            whole = whole
                .with_feature_names(first.feature_names().to_vec())
                .with_target_names(first.target_names().to_vec());
        }
        let fits = |part: &Self| part.weights.is_empty() || part.weights.len() == part.n_rows();
        if let Some(odd) = parts.iter().find(|part| !fits(part)) {
            return Err(Error::shape("sample weights", odd.n_rows(), odd.weights.len()));
        }
        if parts.iter().any(|part| !part.weights.is_empty()) {
            // A part without weights counts every row once, as linfa does.
            whole.weights = parts
                .iter()
                .flat_map(|part| (0..part.n_rows()).map(|i| part.weights.get(i).copied().unwrap_or(1.0)))
                .collect();
        }
        Ok(whole)
    }
}
