//! Columns within a range.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::column_states::{ColumnState, ColumnStates, compiled_states, map_dense};
use super::scales::{check_scales, no_small_scale};
use crate::data::checked::checked_when_read;
use crate::data::{Float, float_computation};
use crate::error::{Error, Result};
use crate::estimator::{
    LearnRows, Model, TransformRows, check_columns, check_numbers, check_overflow, check_rows, kind, linfa_traits,
};

/// Moves and scales every column so that its values in training fill a range (scikit-learn's
/// `MinMaxScaler`).
///
/// Dense rows only, in `f32` and `f64`: it would fill the zeros of sparse ones; for those there is
/// [`MaxAbsScaler`](super::MaxAbsScaler). A constant column gets the lower end of the range. Unlike
/// there, NaN is an error. A row of weight 0 counts as absent; other weights make no difference.
///
/// ```
/// use chunkfit::estimator::TransformRows;
/// use chunkfit::preprocessing::MinMaxScaler;
/// use linfa::DatasetBase;
/// use linfa::traits::Fit;
/// use ndarray::array;
///
/// let scaler = MinMaxScaler::params().clip(true).fit(&DatasetBase::from(array![[1.0], [5.0]]))?;
/// assert_eq!(scaler.transform_rows(&array![[2.0], [9.0]])?, array![[0.25], [1.0]]);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct MinMaxScaler {
    params: MinMaxScalerValidParams,
    n_rows: usize,
    data_min: Vec<f64>,
    data_max: Vec<f64>,
    scale: Vec<f64>,
    min: Vec<f64>,
}

checked_when_read!(MinMaxScaler, serialize: [], deserialize: []);

/// What a [`MinMaxScaler`] is to do. Defaults are scikit-learn's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MinMaxScalerParams(MinMaxScalerValidParams);

/// The parameters of a [`MinMaxScaler`], checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MinMaxScalerValidParams {
    feature_range: (f64, f64),
    clip: bool,
}

impl MinMaxScaler {
    /// The default parameters.
    pub fn params() -> MinMaxScalerParams {
        MinMaxScalerParams(MinMaxScalerValidParams { feature_range: (0.0, 1.0), clip: false })
    }

    /// How many rows it learned from (scikit-learn's `n_samples_seen_`).
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The smallest value of every column (scikit-learn's `data_min_`).
    pub fn data_min(&self) -> &[f64] {
        &self.data_min
    }

    /// The largest value of every column (scikit-learn's `data_max_`).
    pub fn data_max(&self) -> &[f64] {
        &self.data_max
    }

    /// By what every column is multiplied (scikit-learn's `scale_`).
    pub fn scale(&self) -> &[f64] {
        &self.scale
    }

    /// What is then added to it (scikit-learn's `min_`).
    pub fn min(&self) -> &[f64] {
        &self.min
    }

    /// Refuses parts that do not fit together, as a file may have them.
    fn check_read(&self) -> Result<()> {
        self.params.validate()?;
        [&self.data_min, &self.data_max, &self.min]
            .iter()
            .try_for_each(|part| check_columns(self.scale.len(), part.len()))?;
        check_scales(&self.scale)?;
        check_numbers("min", &self.min, f64::is_finite)?;
        let extremes = self.data_min.iter().zip(&self.data_max).map(|(min, max)| max - min);
        check_numbers("data_max", &extremes.collect::<Vec<_>>(), |range| range >= 0.0 && range.is_finite())
    }
}

impl MinMaxScalerParams {
    /// The range that columns are to fill, lower end first, by default 0 to 1 (scikit-learn's
    /// `feature_range`).
    pub fn feature_range(mut self, low: f64, high: f64) -> Self {
        self.0.feature_range = (low, high);
        self
    }

    /// Whether values beyond those of training are cut off at the range's ends, by default false
    /// (scikit-learn's `clip`).
    pub fn clip(mut self, clip: bool) -> Self {
        self.0.clip = clip;
        self
    }
}

linfa_traits!({} "MinMaxScaler": MinMaxScalerParams, MinMaxScalerValidParams, MinMaxScaler);

impl MinMaxScalerValidParams {
    fn validate(&self) -> Result<()> {
        let (low, high) = self.feature_range;
        if low.is_finite() && high.is_finite() && low < high {
            return Ok(());
        }
        Err(Error::parameter("feature_range", self.feature_range, "two numbers, the lower one first"))
    }
}

/// The smallest and the largest value.
#[derive(Clone, Debug, PartialEq)]
pub struct Extremes {
    min: f64,
    max: f64,
}

impl Default for Extremes {
    fn default() -> Self {
        Extremes { min: f64::INFINITY, max: f64::NEG_INFINITY }
    }
}

impl ColumnState for Extremes {
    fn add(&mut self, value: f64, _: f64) {
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }

    fn merge(&mut self, other: &Self) {
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }
}

compiled_states!(Extremes);

impl<F: Float> LearnRows<Array2<F>> for MinMaxScalerValidParams {
    type State = ColumnStates<Extremes>;
    type Learned = MinMaxScaler;

    fn learn(&self, rows: &Array2<F>) -> Result<Self::State> {
        self.learn_weighted(rows, None)
    }

    fn learn_weighted(&self, rows: &Array2<F>, sample_weight: Option<&[f64]>) -> Result<Self::State> {
        F::run::<LearnDense<'_>>((rows, sample_weight))
    }

    fn merge(a: Self::State, b: Self::State) -> Result<Self::State> {
        merge_states(a, b)
    }

    fn finish(&self, state: Self::State) -> Result<MinMaxScaler> {
        check_rows(state.n_rows(), "MinMaxScaler")?;
        let (low, high) = self.feature_range;
        let (data_min, data_max) = (state.to_dense(|column| column.min)?, state.to_dense(|column| column.max)?);
        let ranges = data_min.iter().zip(&data_max).map(|(min, max)| max - min);
        let scale: Vec<f64> = ranges.map(|range| (high - low) / no_small_scale::<F>(range)).collect();
        let min: Vec<f64> = data_min.iter().zip(&scale).map(|(min, scale)| low - min * scale).collect();
        // A range beyond what a float can hold makes a scale of 0, by which all values would be one.
        let inverse: Vec<f64> = scale.iter().map(|scale| scale.recip()).collect();
        check_overflow("MinMaxScaler", &[&scale, &inverse, &min])?;
        Ok(MinMaxScaler { params: self.clone(), n_rows: state.n_rows(), data_min, data_max, scale, min })
    }
}

impl<F: Float> TransformRows<Array2<F>> for MinMaxScaler {
    type Output = Array2<F>;
    const NAME: &'static str = "scale";

    fn transform_rows(&self, rows: &Array2<F>) -> Result<Array2<F>> {
        F::run::<TransformDense<'_>>((self, rows))
    }
}

float_computation!(TransformDense<'a>((&'a MinMaxScaler, &'a Array2<F>)) -> Result<Array2<F>> = transform_dense);

fn transform_dense<F: Float>((fitted, rows): (&MinMaxScaler, &Array2<F>)) -> Result<Array2<F>> {
    let (low, high) = fitted.params.feature_range;
    map_dense("MinMaxScaler", rows, fitted.scale.len(), |column, value| {
        let scaled = value * fitted.scale[column] + fitted.min[column];
        if fitted.params.clip { scaled.clamp(low, high) } else { scaled }
    })
}

impl Model for MinMaxScaler {
    type Kind = kind::Transformer;
}
