//! `Summed` of an estimator that counts.
//!
//! E0277
//! - has no exact fit by sums
//! - naive Bayes into `Averaged`, which is exact

use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, Array2, array};
use chunkfit::prelude::*;

fn numbers() -> Chunks<DatasetBase<Array2<f64>, Array1<bool>>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], array![false, true])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    Runtime::new().compute(Summed::new(GaussianNb::params()).fit(&numbers()))?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    Runtime::new().compute(Averaged::new(GaussianNb::params()).fit(&numbers()))?;
    Ok(())
}
