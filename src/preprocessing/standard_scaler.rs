//! Columns of mean 0 and variance 1.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::column_states::{ColumnStates, compiled_states, map_dense, map_sparse};
use super::scales::check_scales;
use crate::data::checked::checked_when_read;
use crate::data::{Csr, Float, float_computation};
use crate::error::{Error, Result};
use crate::estimator::{
    LearnRows, Model, TransformRows, check_columns, check_numbers, check_overflow, check_rows, kind, linfa_traits,
};
use crate::statistics::WeightedMoments;

/// Subtracts every column's mean and divides by its standard deviation (scikit-learn's
/// `StandardScaler`).
///
/// Dense and sparse rows, in `f32` and `f64`; sparse ones are not centred, which would fill their
/// zeros, so they need [`with_mean(false)`](StandardScalerParams::with_mean). A column that is
/// constant up to rounding is not scaled. The variance is that of all rows (divided by their
/// number, or by the sum of their weights); mean and variance have all digits at any mean. Unlike there, NaN is an
/// error, and so is a column whose variance is beyond what a float can hold. Weights of a data set count
/// (scikit-learn's `sample_weight`); a row of weight 0 counts as absent.
///
/// ```
/// use chunkfit::estimator::TransformRows;
/// use chunkfit::preprocessing::StandardScaler;
/// use linfa::DatasetBase;
/// use linfa::traits::Fit;
/// use ndarray::array;
///
/// let data = DatasetBase::from(array![[1.0, 5.0], [3.0, 5.0]]);
/// let scaler = StandardScaler::params().fit(&data)?;
/// assert_eq!(scaler.transform_rows(&array![[2.0, 6.0], [4.0, 5.0]])?, array![[0.0, 1.0], [2.0, 0.0]]);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct StandardScaler {
    params: StandardScalerValidParams,
    n_rows: usize,
    mean: Vec<f64>,
    var: Vec<f64>,
    scale: Vec<f64>,
}

checked_when_read!(StandardScaler, serialize: [], deserialize: []);

/// What a [`StandardScaler`] is to do. Defaults are scikit-learn's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StandardScalerParams(StandardScalerValidParams);

/// The parameters of a [`StandardScaler`], checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StandardScalerValidParams {
    with_mean: bool,
    with_std: bool,
}

impl StandardScaler {
    /// The default parameters.
    pub fn params() -> StandardScalerParams {
        StandardScalerParams(StandardScalerValidParams { with_mean: true, with_std: true })
    }

    /// How many rows it learned from, those of weight 0 not counted (scikit-learn's `n_samples_seen_`, which is the sum
    /// of the weights where there are some).
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The mean of every column (scikit-learn's `mean_`).
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// The variance of every column (scikit-learn's `var_`).
    pub fn var(&self) -> &[f64] {
        &self.var
    }

    /// By what every column is divided (scikit-learn's `scale_`); ones without `with_std`.
    pub fn scale(&self) -> &[f64] {
        &self.scale
    }

    /// Refuses parts that do not fit together, as a file may have them.
    fn check_read(&self) -> Result<()> {
        check_columns(self.scale.len(), self.mean.len())?;
        check_columns(self.scale.len(), self.var.len())?;
        check_scales(&self.scale)?;
        check_numbers("mean", &self.mean, f64::is_finite)?;
        check_numbers("var", &self.var, |var| var >= 0.0 && (var.is_finite() || !self.params.with_std))
    }
}

impl StandardScalerParams {
    /// Whether columns are moved to mean 0, by default true (scikit-learn's `with_mean`). Must be
    /// false for sparse rows.
    pub fn with_mean(mut self, with_mean: bool) -> Self {
        self.0.with_mean = with_mean;
        self
    }

    /// Whether columns are scaled to variance 1, by default true (scikit-learn's `with_std`).
    pub fn with_std(mut self, with_std: bool) -> Self {
        self.0.with_std = with_std;
        self
    }
}

linfa_traits!({} "StandardScaler": StandardScalerParams, StandardScalerValidParams, StandardScaler);

impl StandardScalerValidParams {
    fn validate(&self) -> Result<()> {
        Ok(())
    }

    fn check_sparse(&self) -> Result<()> {
        if self.with_mean {
            return Err(Error::parameter("with_mean", true, "false for sparse rows, whose zeros it would fill"));
        }
        Ok(())
    }

    fn scaler(&self, state: &ColumnStates<WeightedMoments>) -> Result<StandardScaler> {
        check_rows(state.n_rows(), "StandardScaler")?;
        let n = state.weight();
        let mean = state.to_dense(|stored| stored.with_zeros(n).mean())?;
        let var = state.to_dense(|stored| stored.with_zeros(n).variance())?;
        check_overflow("StandardScaler", &[&mean, if self.with_std { &var } else { &mean }])?;
        let scale = var
            .iter()
            .zip(&mean)
            .map(|(&var, &mean)| if !self.with_std || is_constant(var, mean, n) { 1.0 } else { var.sqrt() });
        Ok(StandardScaler { params: self.clone(), n_rows: state.n_rows(), scale: scale.collect(), mean, var })
    }
}

/// Whether a variance is within the rounding errors of that of a constant (Chan, Golub and LeVeque
/// 1983, as scikit-learn uses them).
fn is_constant(var: f64, mean: f64, n: f64) -> bool {
    var <= n * f64::EPSILON * var + (n * mean * f64::EPSILON).powi(2)
}

compiled_states!(WeightedMoments, sparse);

impl<F: Float> LearnRows<Array2<F>> for StandardScalerValidParams {
    type State = ColumnStates<WeightedMoments>;
    type Learned = StandardScaler;

    fn learn(&self, rows: &Array2<F>) -> Result<Self::State> {
        self.learn_weighted(rows, None)
    }

    fn learn_weighted(&self, rows: &Array2<F>, sample_weight: Option<&[f64]>) -> Result<Self::State> {
        F::run::<LearnDense<'_>>((rows, sample_weight))
    }

    fn merge(a: Self::State, b: Self::State) -> Result<Self::State> {
        merge_states(a, b)
    }

    fn finish(&self, state: Self::State) -> Result<StandardScaler> {
        self.scaler(&state)
    }
}

/// # Errors
/// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) for `with_mean`.
impl<F: Float> LearnRows<Csr<F>> for StandardScalerValidParams {
    type State = ColumnStates<WeightedMoments>;
    type Learned = StandardScaler;

    fn learn(&self, rows: &Csr<F>) -> Result<Self::State> {
        self.learn_weighted(rows, None)
    }

    fn learn_weighted(&self, rows: &Csr<F>, sample_weight: Option<&[f64]>) -> Result<Self::State> {
        self.check_sparse()?;
        F::run::<LearnSparse<'_>>((rows, sample_weight))
    }

    fn merge(a: Self::State, b: Self::State) -> Result<Self::State> {
        merge_states(a, b)
    }

    fn finish(&self, state: Self::State) -> Result<StandardScaler> {
        self.scaler(&state)
    }
}

impl<F: Float> TransformRows<Array2<F>> for StandardScaler {
    type Output = Array2<F>;
    const NAME: &'static str = "scale";

    fn transform_rows(&self, rows: &Array2<F>) -> Result<Array2<F>> {
        F::run::<TransformDense<'_>>((self, rows))
    }
}

float_computation!(TransformDense<'a>((&'a StandardScaler, &'a Array2<F>)) -> Result<Array2<F>> = transform_dense);

fn transform_dense<F: Float>((fitted, rows): (&StandardScaler, &Array2<F>)) -> Result<Array2<F>> {
    let shift = |column: usize| if fitted.params.with_mean { fitted.mean[column] } else { 0.0 };
    map_dense("StandardScaler", rows, fitted.scale.len(), |column, value| {
        (value - shift(column)) / fitted.scale[column]
    })
}

/// # Errors
/// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) for `with_mean`.
impl<F: Float> TransformRows<Csr<F>> for StandardScaler {
    type Output = Csr<F>;
    const NAME: &'static str = "scale";

    fn transform_rows(&self, rows: &Csr<F>) -> Result<Csr<F>> {
        F::run::<TransformSparse<'_>>((self, rows))
    }
}

float_computation!(TransformSparse<'a>((&'a StandardScaler, &'a Csr<F>)) -> Result<Csr<F>> = transform_sparse);

fn transform_sparse<F: Float>((fitted, rows): (&StandardScaler, &Csr<F>)) -> Result<Csr<F>> {
    fitted.params.check_sparse()?;
    map_sparse("StandardScaler", rows, fitted.scale.len(), |column, value| value / fitted.scale[column])
}

impl Model for StandardScaler {
    type Kind = kind::Transformer;
}
