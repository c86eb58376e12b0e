//! Named features to sparse rows.

use std::marker::PhantomData;

use linfa::ParamGuard;
use serde::{Deserialize, Serialize};

use super::row_hasher::Columns;
use crate::data::{Csr, CsrBuilder, Float, Identified, float_computation};
use crate::error::{Error, Result};

/// Adds up named values in columns that the names' hashes name (scikit-learn's `FeatureHasher`).
///
/// scikit-learn's `input_type` is the choice of method here. Unlike there, no rows at all are an
/// empty matrix, not an error.
///
/// ```
/// use chunkfit::data::Rows;
/// use chunkfit::text::{FeatureHasher, FeatureValue};
/// use linfa::ParamGuard;
///
/// let hasher = FeatureHasher::params().n_features(16).alternate_sign(false).check()?;
/// let rows = hasher.transform_dicts([[("price", FeatureValue::Number(2.5)), ("city", FeatureValue::Text("oslo"))]])?;
/// assert_eq!(rows.nnz(), 2);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct FeatureHasher<F> {
    n_features: usize,
    alternate_sign: bool,
    #[serde(skip)]
    element: PhantomData<F>,
}

/// What a [`FeatureHasher`] is to do: free to set, checked by linfa's
/// [`check`](ParamGuard::check). Defaults are scikit-learn's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct FeatureHasherParams<F>(FeatureHasher<F>);

/// The value of a feature.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum FeatureValue<'a> {
    /// A number, added to the name's column.
    Number(f64),
    /// A category: counts 1 in the column of `name=text`.
    Text(&'a str),
}

impl FeatureHasher<f64> {
    /// The default parameters, with values of type `f64`.
    pub fn params() -> FeatureHasherParams<f64> {
        FeatureHasherParams(FeatureHasher { n_features: 1 << 20, alternate_sign: true, element: PhantomData })
    }
}

impl<F: Float> FeatureHasherParams<F> {
    /// How many columns there are: 1 to 2^31 - 1, by default 2^20 (scikit-learn's `n_features`).
    pub fn n_features(mut self, n_features: usize) -> Self {
        self.0.n_features = n_features;
        self
    }

    /// Whether half of the names count negatively, by default true (scikit-learn's `alternate_sign`).
    pub fn alternate_sign(mut self, alternate_sign: bool) -> Self {
        self.0.alternate_sign = alternate_sign;
        self
    }

    /// The same with values of type `G`, `f32` or `f64` (scikit-learn's `dtype`).
    pub fn dtype<G: Float>(self) -> FeatureHasherParams<G> {
        let FeatureHasher { n_features, alternate_sign, .. } = self.0;
        FeatureHasherParams(FeatureHasher { n_features, alternate_sign, element: PhantomData })
    }
}

impl<F: Float> Identified for FeatureHasherParams<F> {
    const NAME: &'static str = "FeatureHasher";
}

/// # Errors
/// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) for `n_features`.
impl<F: Float> ParamGuard for FeatureHasherParams<F> {
    type Checked = FeatureHasher<F>;
    type Error = Error;

    fn check_ref(&self) -> Result<&FeatureHasher<F>> {
        self.0.columns()?;
        Ok(&self.0)
    }

    fn check(self) -> Result<FeatureHasher<F>> {
        self.0.columns()?;
        Ok(self.0)
    }
}

impl<F: Float> FeatureHasher<F> {
    fn columns(&self) -> Result<Columns> {
        Columns::new(self.n_features, self.alternate_sign)
    }

    /// The number of columns.
    pub fn n_features(&self) -> usize {
        self.n_features
    }

    /// Rows of names with numbers; a name may come several times, a number of 0 leaves no trace
    /// (scikit-learn's `input_type="pair"`). Shape (rows, `n_features`).
    ///
    /// # Errors
    /// None for a hasher that was checked.
    pub fn transform_pairs<R, S>(&self, rows: impl IntoIterator<Item = R>) -> Result<Csr<F>>
    where
        R: IntoIterator<Item = (S, f64)>,
        S: AsRef<str>,
    {
        self.transform(rows, |(name, value), row| row.add(name.as_ref().as_bytes(), value))
    }

    /// Rows of names, each of which counts 1 (scikit-learn's `input_type="string"`).
    ///
    /// # Errors
    /// As [`transform_pairs`](Self::transform_pairs).
    pub fn transform_names<R, S>(&self, rows: impl IntoIterator<Item = R>) -> Result<Csr<F>>
    where
        R: IntoIterator<Item = S>,
        S: AsRef<str>,
    {
        self.transform(rows, |name, row| row.add(name.as_ref().as_bytes(), 1.0))
    }

    /// Rows of names with numbers or categories (scikit-learn's `input_type="dict"`).
    ///
    /// # Errors
    /// As [`transform_pairs`](Self::transform_pairs).
    pub fn transform_dicts<'a, R, S>(&self, rows: impl IntoIterator<Item = R>) -> Result<Csr<F>>
    where
        R: IntoIterator<Item = (S, FeatureValue<'a>)>,
        S: AsRef<str>,
    {
        let mut joined = String::new();
        self.transform(rows, |(name, value), row| match value {
            FeatureValue::Number(value) => row.add(name.as_ref().as_bytes(), value),
            FeatureValue::Text(text) => {
                joined.clear();
                joined.extend([name.as_ref(), "=", text]);
                row.add(joined.as_bytes(), 1.0);
            }
        })
    }

    fn transform<R: IntoIterator>(
        &self,
        rows: impl IntoIterator<Item = R>,
        mut add: impl FnMut(R::Item, &mut WeightedRow),
    ) -> Result<Csr<F>> {
        let mut matrix = CsrBuilder::new(self.n_features)?;
        let mut sums = WeightedRow { columns: self.columns()?, entries: vec![] };
        for row in rows {
            row.into_iter().for_each(|feature| add(feature, &mut sums));
            F::run::<EndRow<'_>>((&mut sums, &mut matrix))?;
        }
        Ok(matrix.finish())
    }
}

/// A row being summed: column, place in the row, value.
struct WeightedRow {
    columns: Columns,
    entries: Vec<(u32, usize, f64)>,
}

float_computation!(EndRow<'a>((&'a mut WeightedRow, &'a mut CsrBuilder<F>)) -> Result<()> = end_row);

impl WeightedRow {
    fn add(&mut self, name: &[u8], value: f64) {
        if value != 0.0 {
            let code = self.columns.code(name, 0..name.len());
            self.entries.push((code >> 1, self.entries.len(), if code & 1 == 1 { -value } else { value }));
        }
    }
}

fn end_row<F: Float>((row, rows): (&mut WeightedRow, &mut CsrBuilder<F>)) -> Result<()> {
    // Sums are taken in the order given: sorting by place as well keeps it, without the
    // allocation of a stable sort.
    row.entries.sort_unstable_by_key(|&(column, place, _)| (column, place));
    for same in row.entries.chunk_by(|a, b| a.0 == b.0) {
        let sum = same.iter().fold(F::zero(), |sum, &(_, _, value)| sum + F::cast(value));
        rows.push(same[0].0, sum);
    }
    row.entries.clear();
    rows.end_row()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Rows;

    #[test]
    fn names_pairs_and_dicts_agree_where_they_say_the_same() {
        let hasher = FeatureHasher::params().n_features(64).check().unwrap();
        let names = hasher.transform_names([vec!["city=oslo", "n", "n"], vec![]]).unwrap();
        let pairs = hasher.transform_pairs([vec![("n", 2.0), ("city=oslo", 1.0), ("none", 0.0)], vec![]]).unwrap();
        let dict = vec![("n", FeatureValue::Number(2.0)), ("city", FeatureValue::Text("oslo"))];
        assert_eq!(hasher.transform_dicts([dict, vec![]]).unwrap(), names);
        assert_eq!(pairs, names);
        assert_eq!((names.n_rows(), names.nnz()), (2, 2));
    }

    #[test]
    fn values_that_cancel_out_leave_a_zero() {
        let hasher = FeatureHasher::params().dtype::<f32>().check().unwrap();
        let rows = hasher.transform_pairs([[("a", 1.5), ("a", -1.5)]]).unwrap();
        assert_eq!(rows.row(0).1, [0.0_f32]);
    }

    #[test]
    fn parameters_change_the_columns_and_are_checked() {
        let rows = |params: FeatureHasherParams<f64>| params.check().unwrap().transform_names([["price"]]).unwrap();
        let usual = rows(FeatureHasher::params());
        assert_ne!(rows(FeatureHasher::params().n_features(8)), usual);
        assert_ne!(rows(FeatureHasher::params().alternate_sign(false)), usual);
        assert!(FeatureHasher::params().n_features(0).check().is_err());
        assert!(FeatureHasher::params().n_features(1 << 31).check_ref().is_err());
    }
}
