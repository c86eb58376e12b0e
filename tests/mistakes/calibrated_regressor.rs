//! Probabilities of a regressor are calibrated.
//!
//! E0277
//! - `SgdRegressor<f64>` has no decision values
//! - a regressor and a clusterer have `predict`

use chunkfit::calibration::Calibration;
use chunkfit::linear::SgdRegressor;
use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, Array2, array};
use chunkfit::prelude::*;

fn numbers() -> Chunks<DatasetBase<Array2<f64>, Array1<f64>>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], array![0.5, 1.5])])
}

fn labelled() -> Chunks<DatasetBase<Array2<f64>, Array1<bool>>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], array![false, true])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let fit = Chained::new(SgdRegressor::params()).fit(&numbers());
    Runtime::new().compute(fit.calibrated(&labelled(), Calibration::Sigmoid))?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    Runtime::new().compute(Chained::new(SgdRegressor::params()).fit(&numbers()))?;
    let fit = Chained::new(SgdClassifier::params()).fit(&labelled());
    Runtime::new().compute(fit.calibrated(&labelled(), Calibration::Sigmoid))?;
    Ok(())
}
