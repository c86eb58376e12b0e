//! An estimator is fitted on chunks with no combinator around it.
//!
//! E0277
//! - does not fit a list of chunks
//! - wrap the parameters of an estimator in a combinator: `Chained` or `Averaged`

use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, Array2, array};
use chunkfit::prelude::*;

fn numbers() -> Chunks<DatasetBase<Array2<f64>, Array1<bool>>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], array![false, true])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let fit = FitChunks::fit(&SgdClassifier::params(), &numbers());
    Runtime::new().compute(fit)?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let fit = FitChunks::fit(&Chained::new(SgdClassifier::params()), &numbers());
    Runtime::new().compute(fit)?;
    Ok(())
}
