//! Columns that say nothing, left out.

use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};

use super::column_states::{ColumnStates, compiled_states, finite};
use super::kept_columns::KeptColumns;
use crate::data::{Csr, CsrBuilder, Float, Rows, float_computation};
use crate::error::{Error, Result};
use crate::estimator::{
    LearnRows, Model, TransformRows, check_columns, check_overflow, check_rows, kind, linfa_traits,
};
use crate::statistics::WeightedMoments;

/// Leaves out the columns whose variance over all rows is not above a threshold, by default those that
/// are constant (scikit-learn's `VarianceThreshold`).
///
/// Dense and sparse rows, in `f32` and `f64`. Before a linear model it costs nothing but memory saved:
/// of 2^18 columns of hashed words most have no value in any row of training. Unlike there, NaN is an
/// error. Weights of a data set count in the variance; a row of weight 0 counts as absent.
///
/// ```
/// use chunkfit::estimator::TransformRows;
/// use chunkfit::preprocessing::VarianceThreshold;
/// use linfa::DatasetBase;
/// use linfa::traits::Fit;
/// use ndarray::array;
///
/// let data = DatasetBase::from(array![[0.0, 2.0, 0.0, 3.0], [0.0, 1.0, 4.0, 3.0], [0.0, 1.0, 1.0, 3.0]]);
/// let selector = VarianceThreshold::params().fit(&data)?;
/// assert_eq!(selector.support(), [1, 2]);
/// assert_eq!(selector.transform_rows(&array![[5.0, 6.0, 7.0, 8.0]])?, array![[6.0, 7.0]]);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Support", into = "Support")]
pub struct VarianceThreshold {
    n_features: usize,
    kept: KeptColumns,
}

/// The columns that were kept, of so many: all that there is to write down.
#[derive(Serialize, Deserialize)]
struct Support {
    n_features: usize,
    /// Ascending.
    kept: Vec<u32>,
}

/// What a [`VarianceThreshold`] is to do. Defaults are scikit-learn's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VarianceThresholdParams(VarianceThresholdValidParams);

/// The parameters of a [`VarianceThreshold`], checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VarianceThresholdValidParams {
    threshold: f64,
}

impl VarianceThreshold {
    /// The default parameters.
    pub fn params() -> VarianceThresholdParams {
        VarianceThresholdParams(VarianceThresholdValidParams { threshold: 0.0 })
    }

    /// How many columns there were.
    pub fn n_features(&self) -> usize {
        self.n_features
    }

    /// The columns that were kept, ascending (scikit-learn's `get_support(indices=True)`).
    pub fn support(&self) -> &[u32] {
        self.kept.columns()
    }
}

impl VarianceThresholdParams {
    /// The largest variance that a column may have and still be left out; a finite number of 0, the
    /// default, or more (scikit-learn's `threshold`).
    pub fn threshold(mut self, threshold: f64) -> Self {
        self.0.threshold = threshold;
        self
    }
}

linfa_traits!({} "VarianceThreshold": VarianceThresholdParams, VarianceThresholdValidParams, VarianceThreshold);

impl VarianceThresholdValidParams {
    fn validate(&self) -> Result<()> {
        if self.threshold >= 0.0 && self.threshold.is_finite() {
            return Ok(());
        }
        Err(Error::parameter("threshold", self.threshold, "a finite number of 0 or more"))
    }

    fn selector(&self, state: &ColumnStates<WeightedMoments>) -> Result<VarianceThreshold> {
        check_rows(state.n_rows(), "VarianceThreshold")?;
        let variances = state.to_dense(|stored| stored.with_zeros(state.weight()).variance())?;
        check_overflow("VarianceThreshold", &[&variances])?;
        let varies = |&(_, variance): &(u32, f64)| variance > self.threshold;
        let kept: Vec<u32> = (0..).zip(variances).filter(varies).map(|(column, _)| column).collect();
        if kept.is_empty() {
            let expected = "below the variance of some column; no column has one above it";
            return Err(Error::parameter("threshold", self.threshold, expected));
        }
        VarianceThreshold::try_from(Support { n_features: state.n_features(), kept })
    }
}

impl TryFrom<Support> for VarianceThreshold {
    type Error = Error;

    fn try_from(Support { n_features, kept }: Support) -> Result<Self> {
        if n_features > 1 << 32 {
            return Err(Error::parameter("n_features", n_features, "at most 2^32, as columns are numbered"));
        }
        let ascending = kept.windows(2).all(|pair| pair[0] < pair[1]);
        if !ascending || kept.last().is_some_and(|&last| last as usize >= n_features) {
            return Err(Error::parameter("kept", kept, format!("ascending columns below {n_features}")));
        }
        Ok(VarianceThreshold { n_features, kept: KeptColumns::new(kept) })
    }
}

impl From<VarianceThreshold> for Support {
    fn from(VarianceThreshold { n_features, kept }: VarianceThreshold) -> Self {
        Support { n_features, kept: kept.into_columns() }
    }
}

compiled_states!(WeightedMoments, sparse);

macro_rules! learns_from {
    ($rows:ident, $of:ident) => {
        impl<F: Float> LearnRows<$rows<F>> for VarianceThresholdValidParams {
            type State = ColumnStates<WeightedMoments>;
            type Learned = VarianceThreshold;

            fn learn(&self, rows: &$rows<F>) -> Result<Self::State> {
                self.learn_weighted(rows, None)
            }

            fn learn_weighted(&self, rows: &$rows<F>, sample_weight: Option<&[f64]>) -> Result<Self::State> {
                F::run::<$of<'_>>((rows, sample_weight))
            }

            fn merge(a: Self::State, b: Self::State) -> Result<Self::State> {
                merge_states(a, b)
            }

            /// # Errors
            /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) when no column is
            /// left.
            fn finish(&self, state: Self::State) -> Result<VarianceThreshold> {
                self.selector(&state)
            }
        }
    };
}

learns_from!(Array2, LearnDense);
learns_from!(Csr, LearnSparse);

impl<F: Float> TransformRows<Array2<F>> for VarianceThreshold {
    type Output = Array2<F>;
    const NAME: &'static str = "select columns";

    fn transform_rows(&self, rows: &Array2<F>) -> Result<Array2<F>> {
        F::run::<TransformDense<'_>>((self, rows))
    }
}

float_computation!(TransformDense<'a>((&'a VarianceThreshold, &'a Array2<F>)) -> Result<Array2<F>> = transform_dense);

fn transform_dense<F: Float>((fitted, rows): (&VarianceThreshold, &Array2<F>)) -> Result<Array2<F>> {
    check_columns(fitted.n_features, rows.ncols())?;
    for ((row, column), &value) in rows.indexed_iter() {
        finite(value, row, column)?;
    }
    Ok(rows.select(Axis(1), &fitted.support().iter().map(|&column| column as usize).collect::<Vec<_>>()))
}

impl<F: Float> TransformRows<Csr<F>> for VarianceThreshold {
    type Output = Csr<F>;
    const NAME: &'static str = "select columns";

    fn transform_rows(&self, rows: &Csr<F>) -> Result<Csr<F>> {
        F::run::<TransformSparse<'_>>((self, rows))
    }
}

float_computation!(TransformSparse<'a>((&'a VarianceThreshold, &'a Csr<F>)) -> Result<Csr<F>> = transform_sparse);

fn transform_sparse<F: Float>((fitted, rows): (&VarianceThreshold, &Csr<F>)) -> Result<Csr<F>> {
    check_columns(fitted.n_features, rows.n_features())?;
    let mut selected = CsrBuilder::with_capacity(fitted.support().len(), rows.n_rows(), rows.nnz())?;
    for (row, (columns, values)) in rows.view().iter().enumerate() {
        for (&column, &value) in columns.iter().zip(values) {
            finite(value, row, column as usize)?;
            if let Some(number) = fitted.kept.number(column) {
                selected.push(number, value);
            }
        }
        selected.end_row()?;
    }
    Ok(selected.finish())
}

impl Model for VarianceThreshold {
    type Kind = kind::Transformer;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use linfa::ParamGuard;
    use ndarray::array;

    /// What scikit-learn 1.9 keeps of these columns at each threshold.
    #[test]
    fn columns_are_kept_as_in_scikit_learn() {
        let x = array![[0.0, 0.1, 2.0, 0.0, -1.0], [0.0, 0.1, 2.5, 0.0, 3.0], [0.0, 0.1, 2.0, 5.0, 0.0]];
        for (threshold, kept) in
            [(0.0, &[2, 3, 4][..]), (0.05, &[2, 3, 4]), (0.06, &[3, 4]), (2.0, &[3, 4]), (3.0, &[3])]
        {
            let params = VarianceThreshold::params().threshold(threshold).check().unwrap();
            let dense = LearnRows::<Array2<f64>>::finish(&params, params.learn(&x).unwrap()).unwrap();
            let rows = Csr::from_dense(&x).unwrap();
            let sparse = LearnRows::<Csr<f64>>::finish(&params, params.learn(&rows).unwrap()).unwrap();
            assert_eq!((dense.support(), &dense), (kept, &sparse));
            let selected = dense.transform_rows(&x).unwrap();
            assert_eq!(sparse.transform_rows(&rows).unwrap().to_dense(), selected);
            assert_eq!(selected.column(0), x.column(kept[0] as usize));
        }
    }

    /// As a forged model file may have it: what is made of it takes no room for each of the columns.
    #[test]
    fn as_many_columns_as_can_be_cost_nothing() {
        let support = |kept| Support { n_features: 1 << 32, kept };
        let selector = VarianceThreshold::try_from(support(vec![3, u32::MAX])).unwrap();
        assert_eq!((selector.n_features(), selector.support()), (1 << 32, &[3, u32::MAX][..]));
        assert!(VarianceThreshold::try_from(support(vec![3, 3])).is_err());
    }

    #[test]
    fn bad_thresholds_and_columns_are_refused() {
        let named = |error: Error| matches!(error.kind(), ErrorKind::InvalidParameter { name: "threshold", .. });
        assert!(named(VarianceThreshold::params().threshold(-1.0).check().unwrap_err()));
        assert!(named(VarianceThreshold::params().threshold(f64::NAN).check().unwrap_err()));
        let params = VarianceThreshold::params().check().unwrap();
        let constant = params.learn(&array![[1.0, 2.0], [1.0, 2.0]]).unwrap();
        assert!(named(LearnRows::<Array2<f64>>::finish(&params, constant).unwrap_err()));
        let learned = params.learn(&array![[1.0, 2.0], [3.0, 2.0]]).unwrap();
        let selector = LearnRows::<Array2<f64>>::finish(&params, learned).unwrap();
        assert!(selector.transform_rows(&array![[1.0]]).is_err());
        let error = selector.transform_rows(&array![[1.0, 2.0], [1.0, f64::NAN]]).unwrap_err();
        assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column: 1 }, Some(1)));
    }
}
