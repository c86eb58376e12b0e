//! `Chained` of an estimator that has no `partial_fit`.
//!
//! E0277
//! - has no `partial_fit`
//! - such as `LogisticRegression`
//! - goes into `Averaged` or `Summed` in place of `Chained`

use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, Array2, array};
use chunkfit::prelude::*;

fn numbers() -> Chunks<DatasetBase<Array2<f64>, Array1<bool>>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], array![false, true])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    Runtime::new().compute(Chained::new(LogisticRegression::params()).fit(&numbers()))?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    Runtime::new().compute(Summed::new(LogisticRegression::params()).fit(&numbers()))?;
    Ok(())
}
