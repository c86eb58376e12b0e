//! Averages of linfa's own linear regression, which is fitted on dense rows.

use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::Fit;
use ndarray::{ArrayBase, Data, Ix2};

use super::{ChunkWeight, RegressorState};
use crate::data::{FeatureRows, Float, Identified};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{FitAverage, Weighting};
use crate::linear::LinearRegressor;
use crate::linear::targets::targets_of;

impl Identified for linfa_linear::LinearRegression {
    const NAME: &'static str = "linfa_linear::LinearRegression";
}

/// linfa's ordinary least squares. Like it, this takes no notice of the data set's weights.
impl<F, D, T> FitAverage<ArrayBase<D, Ix2>, T> for linfa_linear::LinearRegression
where
    F: Float,
    D: Data<Elem = F>,
    T: AsSingleTargets<Elem = F>,
{
    type State = RegressorState;
    type Model = LinearRegressor<F>;

    fn fit_state(&self, chunk: &DatasetBase<ArrayBase<D, Ix2>, T>, weighting: Weighting) -> Result<Self::State> {
        // linfa panics where there are not as many targets as rows.
        let (rows, targets) = (chunk.records.nrows(), targets_of(chunk)?);
        if rows == 0 {
            return Ok(RegressorState::default());
        }
        chunk.records.check_finite()?;
        if let Some(row) = targets.iter().position(|target| !target.is_finite()) {
            let kind = ErrorKind::InvalidTarget { value: targets[row].to_string(), expected: "a finite number" };
            return Err(Error::new(kind).at_row(row));
        }
        let model = self.fit(chunk).map_err(Error::from_estimator)?;
        let model = LinearRegressor::from_parts(model.params().clone(), model.intercept())?;
        let weight = match weighting {
            Weighting::Uniform => ChunkWeight::All(1.0),
            Weighting::Samples => ChunkWeight::All(rows as f64),
            Weighting::Curvature => ChunkWeight::squared_curvature(&chunk.records),
        };
        RegressorState::from_fit(&model, weight)
    }

    fn merge(a: Self::State, b: Self::State) -> Result<Self::State> {
        a.merge(b)
    }

    fn finish(&self, state: Self::State) -> Result<Self::Model> {
        state.finish("linfa's LinearRegression")
    }
}
