//! `Summed` of an estimator that learns row by row.
//!
//! E0277
//! - has no exact fit
//! - such as `SgdClassifier`, goes into `Chained` or `Averaged` in place of `Summed`

use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, Array2, array};
use chunkfit::prelude::*;

fn numbers() -> Chunks<DatasetBase<Array2<f64>, Array1<bool>>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], array![false, true])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    Runtime::new().compute(Summed::new(SgdClassifier::params()).fit(&numbers()))?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    Runtime::new().compute(Chained::new(SgdClassifier::params()).fit(&numbers()))?;
    Ok(())
}
