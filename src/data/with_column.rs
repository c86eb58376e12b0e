//! Rows with one more named column, or several of one type.

use std::sync::Arc;

use linfa::dataset::Records;

use super::compact::{Compact, containers};
use super::{Footprint, Rows};
use crate::error::{Error, Result};

/// Rows and one more named column, a value a row: what
/// [`Chunks::with_column`](crate::Chunks::with_column) makes of a chunk (pandas' `df["name"] = …`).
///
/// A row is a pair of the row as it was and the value. It nests: a column that is added to such rows is computed from
/// both. A sink writes the columns of the rows, then the new one.
///
/// ```
/// use chunkfit::data::{Rows, WithColumn};
/// let rows = WithColumn::new(vec![1.5, 2.0], "square", vec![2.25, 4.0])?;
/// assert_eq!((rows.row(1), rows.name(), rows.values()), ((&2.0, &4.0), "square", &[2.25, 4.0][..]));
/// assert_eq!(rows.select_rows(&[1]).into_parts(), (vec![2.0], vec![4.0]));
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct WithColumn<D, U> {
    rows: D,
    name: Arc<str>,
    values: Vec<U>,
}

/// Rows and several more named columns whose values are of one type: what
/// [`Chunks::with_columns`](crate::Chunks::with_columns) makes of a chunk.
///
/// A row is a pair of the row as it was and the slice of its values, one a column, in the order of the names.
///
/// ```
/// use chunkfit::data::{Rows, WithColumns};
/// let names = ["square", "cube"].map(String::from);
/// let rows = WithColumns::new(vec![2.0, 3.0], names, vec![vec![4.0, 9.0], vec![8.0, 27.0]])?;
/// assert_eq!(rows.row(1), (&3.0, &[9.0, 27.0][..]));
/// assert_eq!(rows.column(0).copied().collect::<Vec<_>>(), [4.0, 9.0]);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct WithColumns<D, U> {
    rows: D,
    names: Arc<[String]>,
    /// Row by row, one for each name.
    values: Vec<U>,
}

impl<D: Rows, U> WithColumn<D, U> {
    /// Rows, and a column with as many values.
    ///
    /// # Errors
    /// [`ErrorKind::ShapeMismatch`](crate::ErrorKind::ShapeMismatch) for another number of values than of rows.
    pub fn new(rows: D, name: impl Into<Arc<str>>, values: Vec<U>) -> Result<Self> {
        if rows.n_rows() != values.len() {
            return Err(Error::shape("values of the column", rows.n_rows(), values.len()));
        }
        Ok(WithColumn { rows, name: name.into(), values })
    }
}

impl<D, U> WithColumn<D, U> {
    /// Rows and as many values, as the caller knows.
    pub(super) fn from_parts(rows: D, name: impl Into<Arc<str>>, values: Vec<U>) -> Self {
        WithColumn { rows, name: name.into(), values }
    }

    /// The rows without the column.
    pub fn rows(&self) -> &D {
        &self.rows
    }

    /// The name of the column.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The values of the column, one a row.
    pub fn values(&self) -> &[U] {
        &self.values
    }

    /// The rows without the column, and its values.
    pub fn into_parts(self) -> (D, Vec<U>) {
        (self.rows, self.values)
    }
}

impl<D: Rows, U: Clone> WithColumns<D, U> {
    /// Rows, and columns with as many values: a name and a vector for each.
    ///
    /// # Errors
    /// [`ErrorKind::ShapeMismatch`](crate::ErrorKind::ShapeMismatch) for another number of columns than of names, and of
    /// values than of rows.
    pub fn new(rows: D, names: impl Into<Arc<[String]>>, columns: Vec<Vec<U>>) -> Result<Self> {
        let names = names.into();
        if names.len() != columns.len() {
            return Err(Error::shape("columns", names.len(), columns.len()));
        }
        let columns: Vec<&Vec<U>> = columns.iter().collect();
        let values = row_by_row(rows.n_rows(), &columns)?;
        Ok(WithColumns { rows, names, values })
    }
}

impl<D, U> WithColumns<D, U> {
    /// Rows and the values of all their columns row by row, as the caller knows.
    pub(crate) fn from_parts(rows: D, names: Arc<[String]>, values: Vec<U>) -> Self {
        WithColumns { rows, names, values }
    }

    /// The rows without the columns.
    pub fn rows(&self) -> &D {
        &self.rows
    }

    /// The names of the columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The values of all columns, row by row: shape (rows, columns).
    pub(crate) fn values(&self) -> &[U] {
        &self.values
    }

    /// The values of column `j`, one a row.
    ///
    /// # Panics
    /// When there are not more than `j` columns.
    pub fn column(&self, j: usize) -> impl ExactSizeIterator<Item = &U> {
        assert!(j < self.names.len(), "column {j} of {}", self.names.len());
        self.values.iter().skip(j).step_by(self.names.len())
    }

    /// The values of row `i`.
    fn values_of(&self, i: usize) -> &[U] {
        &self.values[i * self.names.len()..(i + 1) * self.names.len()]
    }
}

/// The values of columns of so many rows, row by row.
pub(crate) fn row_by_row<U: Clone>(n_rows: usize, columns: &[&Vec<U>]) -> Result<Vec<U>> {
    if let Some(odd) = columns.iter().find(|column| column.len() != n_rows) {
        return Err(Error::shape("values of the column", n_rows, odd.len()));
    }
    Ok((0..n_rows).flat_map(|i| columns.iter().map(move |column| column[i].clone())).collect())
}

/// The name of a column that two parts of a list call otherwise.
fn check_names<N: PartialEq + std::fmt::Debug + ?Sized>(first: &N, other: &N) -> Result<()> {
    if first == other {
        return Ok(());
    }
    Err(Error::parameter("column", other, format!("the name that the column has in the part before, {first:?}")))
}

/// A row as it was, and the value of the column.
impl<D: Rows, U: Clone> Rows for WithColumn<D, U> {
    type Row<'a>
        = (D::Row<'a>, &'a U)
    where
        Self: 'a;

    fn n_rows(&self) -> usize {
        self.values.len()
    }

    fn row(&self, i: usize) -> Self::Row<'_> {
        (self.rows.row(i), &self.values[i])
    }

    fn select_rows(&self, rows: &[usize]) -> Self {
        let (name, values) = (self.name.clone(), self.values.select_rows(rows));
        WithColumn { rows: self.rows.select_rows(rows), name, values }
    }

    fn concat_rows(parts: &[&Self]) -> Result<Self> {
        let name = parts.first().map_or_else(|| "".into(), |first| first.name.clone());
        parts.iter().try_for_each(|part| check_names(&*name, &*part.name))?;
        let rows = D::concat_rows(&parts.iter().map(|part| &part.rows).collect::<Vec<_>>())?;
        let values = Vec::concat_rows(&parts.iter().map(|part| &part.values).collect::<Vec<_>>())?;
        Ok(WithColumn { rows, name, values })
    }
}

/// A row as it was, and the values of the columns.
impl<D: Rows, U: Clone> Rows for WithColumns<D, U> {
    type Row<'a>
        = (D::Row<'a>, &'a [U])
    where
        Self: 'a;

    fn n_rows(&self) -> usize {
        self.rows.n_rows()
    }

    fn row(&self, i: usize) -> Self::Row<'_> {
        (self.rows.row(i), self.values_of(i))
    }

    fn select_rows(&self, rows: &[usize]) -> Self {
        let values = rows.iter().flat_map(|&i| self.values_of(i)).cloned().collect();
        WithColumns { rows: self.rows.select_rows(rows), names: self.names.clone(), values }
    }

    fn concat_rows(parts: &[&Self]) -> Result<Self> {
        let names = parts.first().map_or_else(|| [].into(), |first| first.names.clone());
        parts.iter().try_for_each(|part| check_names(&*names, &*part.names))?;
        let rows = D::concat_rows(&parts.iter().map(|part| &part.rows).collect::<Vec<_>>())?;
        let values = Vec::concat_rows(&parts.iter().map(|part| &part.values).collect::<Vec<_>>())?;
        Ok(WithColumns { rows, names, values })
    }
}

impl<D: Records, U> Records for WithColumn<D, U> {
    type Elem = D::Elem;

    fn nsamples(&self) -> usize {
        self.rows.nsamples()
    }

    fn nfeatures(&self) -> usize {
        self.rows.nfeatures()
    }
}

impl<D: Records, U> Records for WithColumns<D, U> {
    type Elem = D::Elem;

    fn nsamples(&self) -> usize {
        self.rows.nsamples()
    }

    fn nfeatures(&self) -> usize {
        self.rows.nfeatures()
    }
}

impl<D: Footprint, U: Footprint> Footprint for WithColumn<D, U> {
    const COMPACT: Option<Compact<Self>> = containers::with_column();

    fn heap_bytes(&self) -> usize {
        self.rows.heap_bytes() + self.values.heap_bytes()
    }

    fn row_count(&self) -> usize {
        self.values.len()
    }
}

impl<D: Footprint, U: Footprint> Footprint for WithColumns<D, U> {
    const COMPACT: Option<Compact<Self>> = containers::with_columns();

    fn heap_bytes(&self) -> usize {
        self.rows.heap_bytes() + self.values.heap_bytes()
    }

    fn row_count(&self) -> usize {
        self.rows.row_count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_column_goes_with_its_rows_and_nests() {
        let rows = WithColumn::new(vec![10, 20, 30], "half", vec![5, 10, 15]).unwrap();
        let picked = rows.select_rows(&[2, 0]);
        assert_eq!((picked.row(0), picked.n_rows(), picked.row_count()), ((&30, &15), 2, 2));
        let whole = WithColumn::concat_rows(&[&picked, &rows]).unwrap();
        assert_eq!(whole.select_rows(&[2, 3, 4]), rows);
        let nested = WithColumn::new(rows.clone(), "name", vec!["a", "b", "c"]).unwrap();
        assert_eq!(nested.select_rows(&[1]).row(0), ((&20, &10), &"b"));
        assert!(WithColumn::new(vec![1], "x", vec![0; 2]).is_err());
        let other = WithColumn::new(vec![1], "third", vec![0]).unwrap();
        assert!(WithColumn::concat_rows(&[&rows, &other]).unwrap_err().to_string().contains("third"));
        assert_eq!(WithColumn::<Vec<u8>, u8>::concat_rows(&[]).unwrap().n_rows(), 0);
    }

    #[test]
    fn columns_of_one_type_go_with_their_rows() {
        let names = ["a", "b"].map(String::from);
        let rows = WithColumns::new(vec!['x', 'y', 'z'], names, vec![vec![1, 2, 3], vec![4, 5, 6]]).unwrap();
        assert_eq!(rows.column(1).copied().collect::<Vec<_>>(), [4, 5, 6]);
        let picked = rows.select_rows(&[2, 1]);
        assert_eq!((picked.row(0), picked.row(1)), ((&'z', &[3, 6][..]), (&'y', &[2, 5][..])));
        assert_eq!(WithColumns::concat_rows(&[&rows, &picked]).unwrap().select_rows(&[0, 1, 2]), rows);
        let none = WithColumns::<_, u8>::new(vec!['x', 'y'], [], vec![]).unwrap();
        assert_eq!((none.n_rows(), none.row(1)), (2, (&'y', &[][..])));
        assert!(WithColumns::new(vec![1], ["a".to_owned()], vec![vec![1, 2]]).is_err());
        assert!(WithColumns::new(vec![1], [], vec![vec![1]]).is_err());
    }

    #[test]
    fn records_with_a_column_are_as_many_as_before() {
        let rows = WithColumn::new(array![[1.0, 2.0], [3.0, 4.0]], "x", vec![1, 2]).unwrap();
        assert_eq!((rows.nsamples(), rows.nfeatures()), (2, 2));
        let form = WithColumn::<ndarray::Array2<f64>, i32>::COMPACT.unwrap();
        assert_eq!(form.from_bytes(&form.to_bytes(&rows)), Some(rows));
        let names = ["é".to_owned()];
        let rows = WithColumns::new(vec![1u8, 2], names, vec![vec!["a".to_owned(), String::new()]]).unwrap();
        let form = WithColumns::<Vec<u8>, String>::COMPACT.unwrap();
        let bytes = form.to_bytes(&rows);
        assert_eq!(form.from_bytes(&bytes), Some(rows));
        (0..bytes.len()).for_each(|end| assert_eq!(form.from_bytes(&bytes[..end]), None));
    }
}
