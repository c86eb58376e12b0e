//! What is computed is not a handle: the parameters of an estimator.
//!
//! E0277
//! - is not something that a runtime computes
//! - an estimator is fitted first, `estimator.fit(&chunks)`

use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, Array2, array};
use chunkfit::prelude::*;

fn numbers() -> Chunks<DatasetBase<Array2<f64>, Array1<bool>>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], array![false, true])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    Runtime::new().compute(Chained::new(SgdClassifier::<f64, bool>::params()))?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    Runtime::new().compute(Chained::new(SgdClassifier::<f64, bool>::params()).fit(&numbers()))?;
    Ok(())
}
