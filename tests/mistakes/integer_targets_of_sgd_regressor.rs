//! Targets of a chained regressor are integers.
//!
//! E0277
//! - has no `partial_fit`
//! - targets of a regressor are floats of the type of its rows

use chunkfit::linear::SgdRegressor;
use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::array;
use chunkfit::prelude::*;

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let chunk = DatasetBase::new(array![[0.0], [1.0]], array![3usize, 4]);
    let fit = Chained::new(SgdRegressor::params()).fit(&Chunks::from_memory([chunk]));
    Runtime::new().compute(fit)?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let chunk = DatasetBase::new(array![[0.0], [1.0]], array![3usize, 4].mapv(|target| target as f64));
    let fit = Chained::new(SgdRegressor::params()).fit(&Chunks::from_memory([chunk]));
    Runtime::new().compute(fit)?;
    Ok(())
}
