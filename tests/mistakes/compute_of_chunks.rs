//! Chunks are computed as if they were one handle.
//!
//! E0277
//! - TODO

use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, Array2, array};
use chunkfit::prelude::*;

fn numbers() -> Chunks<DatasetBase<Array2<f64>, Array1<bool>>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], array![false, true])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let fit = Chained::new(SgdClassifier::params()).fit(&numbers());
    let labels: Chunks<Array1<bool>> = fit.predict(&numbers());
    Runtime::new().compute(labels)?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let fit = Chained::new(SgdClassifier::params()).fit(&numbers());
    let labels: Chunks<Array1<bool>> = fit.predict(&numbers());
    Runtime::new().compute(labels.iter().cloned().collect::<Vec<_>>())?;
    Ok(())
}
