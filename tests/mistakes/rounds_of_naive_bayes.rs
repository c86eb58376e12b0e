//! Further rounds of an average that is exact after the first.
//!
//! E0277
//! - does not become better by `rounds`
//! - leave `rounds` out

use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, Array2, array};
use chunkfit::prelude::*;

fn numbers() -> Chunks<DatasetBase<Array2<f64>, Array1<bool>>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], array![false, true])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    Runtime::new().compute(Averaged::new(GaussianNb::params()).rounds(3).fit(&numbers()))?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    Runtime::new().compute(Averaged::new(GaussianNb::params()).fit(&numbers()))?;
    Ok(())
}
