//! An estimator is fitted on chunks with no combinator around it, by the method of linfa.
//!
//! E0277
//! - TODO

use chunkfit::linfa::DatasetBase;
use chunkfit::linfa::traits::Fit as _;
use chunkfit::ndarray::{Array1, Array2, array};
use chunkfit::prelude::*;

fn numbers() -> Chunks<DatasetBase<Array2<f64>, Array1<bool>>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], array![false, true])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let fit = SgdClassifier::params().fit(&numbers());
    Runtime::new().compute(fit)?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let fit = SgdClassifier::params().fit(&DatasetBase::new(array![[0.0], [1.0]], array![false, true]))?;
    Runtime::new().compute(Chained::new(SgdClassifier::params()).fit(&numbers()))?;
    assert_eq!(fit.coef().len(), 1);
    Ok(())
}
