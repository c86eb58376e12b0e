//! Columns within -1 and 1.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::column_states::{ColumnState, ColumnStates, compiled_states, map_dense, map_sparse};
use super::scales::{check_scales, no_small_scale};
use crate::data::checked::checked_when_read;
use crate::data::{Csr, Float, float_computation};
use crate::error::Result;
use crate::estimator::{LearnRows, Model, TransformRows, check_columns, check_numbers, check_rows, kind, linfa_traits};

/// Divides every column by its largest absolute value (scikit-learn's `MaxAbsScaler`).
///
/// Dense and sparse rows, in `f32` and `f64`; zeros stay zeros. A column of next to nothing but
/// zeros is not scaled. Unlike there, NaN is an error. A row of weight 0 counts as absent; other weights make no
/// difference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct MaxAbsScaler {
    params: MaxAbsScalerValidParams,
    n_rows: usize,
    max_abs: Vec<f64>,
    scale: Vec<f64>,
}

checked_when_read!(MaxAbsScaler, serialize: [], deserialize: []);

/// What a [`MaxAbsScaler`] is to do. Defaults are scikit-learn's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MaxAbsScalerParams(MaxAbsScalerValidParams);

/// The parameters of a [`MaxAbsScaler`], checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MaxAbsScalerValidParams {
    clip: bool,
}

impl MaxAbsScaler {
    /// The default parameters.
    pub fn params() -> MaxAbsScalerParams {
        MaxAbsScalerParams(MaxAbsScalerValidParams { clip: false })
    }

    /// How many rows it learned from (scikit-learn's `n_samples_seen_`).
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The largest absolute value of every column (scikit-learn's `max_abs_`).
    pub fn max_abs(&self) -> &[f64] {
        &self.max_abs
    }

    /// By what every column is divided (scikit-learn's `scale_`).
    pub fn scale(&self) -> &[f64] {
        &self.scale
    }

    /// Refuses parts that do not fit together, as a file may have them.
    fn check_read(&self) -> Result<()> {
        check_columns(self.scale.len(), self.max_abs.len())?;
        check_scales(&self.scale)?;
        check_numbers("max_abs", &self.max_abs, |largest| largest >= 0.0 && largest.is_finite())
    }

    fn divide(&self, column: usize, value: f64) -> f64 {
        let scaled = value / self.scale[column];
        if self.params.clip { scaled.clamp(-1.0, 1.0) } else { scaled }
    }
}

impl MaxAbsScalerParams {
    /// Whether values beyond those of training are cut off at -1 and 1, by default false
    /// (scikit-learn's `clip`).
    pub fn clip(mut self, clip: bool) -> Self {
        self.0.clip = clip;
        self
    }
}

linfa_traits!({} "MaxAbsScaler": MaxAbsScalerParams, MaxAbsScalerValidParams, MaxAbsScaler);

impl MaxAbsScalerValidParams {
    fn validate(&self) -> Result<()> {
        Ok(())
    }

    fn scaler<F: Float>(&self, state: &ColumnStates<MaxAbs>) -> Result<MaxAbsScaler> {
        check_rows(state.n_rows(), "MaxAbsScaler")?;
        let max_abs = state.to_dense(|column| column.0)?;
        let scale = max_abs.iter().map(|&largest| no_small_scale::<F>(largest)).collect();
        Ok(MaxAbsScaler { params: self.clone(), n_rows: state.n_rows(), max_abs, scale })
    }
}

/// The largest absolute value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MaxAbs(f64);

impl ColumnState for MaxAbs {
    fn add(&mut self, value: f64, _: f64) {
        self.0 = self.0.max(value.abs());
    }

    fn merge(&mut self, other: &Self) {
        self.0 = self.0.max(other.0);
    }
}

compiled_states!(MaxAbs, sparse);

impl<F: Float> LearnRows<Array2<F>> for MaxAbsScalerValidParams {
    type State = ColumnStates<MaxAbs>;
    type Learned = MaxAbsScaler;

    fn learn(&self, rows: &Array2<F>) -> Result<Self::State> {
        self.learn_weighted(rows, None)
    }

    fn learn_weighted(&self, rows: &Array2<F>, sample_weight: Option<&[f64]>) -> Result<Self::State> {
        F::run::<LearnDense<'_>>((rows, sample_weight))
    }

    fn merge(a: Self::State, b: Self::State) -> Result<Self::State> {
        merge_states(a, b)
    }

    fn finish(&self, state: Self::State) -> Result<MaxAbsScaler> {
        self.scaler::<F>(&state)
    }
}

impl<F: Float> LearnRows<Csr<F>> for MaxAbsScalerValidParams {
    type State = ColumnStates<MaxAbs>;
    type Learned = MaxAbsScaler;

    fn learn(&self, rows: &Csr<F>) -> Result<Self::State> {
        self.learn_weighted(rows, None)
    }

    fn learn_weighted(&self, rows: &Csr<F>, sample_weight: Option<&[f64]>) -> Result<Self::State> {
        F::run::<LearnSparse<'_>>((rows, sample_weight))
    }

    fn merge(a: Self::State, b: Self::State) -> Result<Self::State> {
        merge_states(a, b)
    }

    fn finish(&self, state: Self::State) -> Result<MaxAbsScaler> {
        self.scaler::<F>(&state)
    }
}

impl<F: Float> TransformRows<Array2<F>> for MaxAbsScaler {
    type Output = Array2<F>;
    const NAME: &'static str = "scale";

    fn transform_rows(&self, rows: &Array2<F>) -> Result<Array2<F>> {
        F::run::<TransformDense<'_>>((self, rows))
    }
}

float_computation!(TransformDense<'a>((&'a MaxAbsScaler, &'a Array2<F>)) -> Result<Array2<F>> = transform_dense);

fn transform_dense<F: Float>((fitted, rows): (&MaxAbsScaler, &Array2<F>)) -> Result<Array2<F>> {
    map_dense("MaxAbsScaler", rows, fitted.scale.len(), |column, value| fitted.divide(column, value))
}

impl<F: Float> TransformRows<Csr<F>> for MaxAbsScaler {
    type Output = Csr<F>;
    const NAME: &'static str = "scale";

    fn transform_rows(&self, rows: &Csr<F>) -> Result<Csr<F>> {
        F::run::<TransformSparse<'_>>((self, rows))
    }
}

float_computation!(TransformSparse<'a>((&'a MaxAbsScaler, &'a Csr<F>)) -> Result<Csr<F>> = transform_sparse);

fn transform_sparse<F: Float>((fitted, rows): (&MaxAbsScaler, &Csr<F>)) -> Result<Csr<F>> {
    map_sparse("MaxAbsScaler", rows, fitted.scale.len(), |column, value| fitted.divide(column, value))
}

impl Model for MaxAbsScaler {
    type Kind = kind::Transformer;
}
