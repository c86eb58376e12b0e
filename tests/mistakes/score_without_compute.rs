//! A score is read before it is computed.
//!
//! E0277
//! - has no value to show before it is computed
//! - `Runtime::new().compute(handle)?` gives the value

use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, Array2, array};
use chunkfit::prelude::*;

fn numbers() -> Chunks<DatasetBase<Array2<f64>, Array1<bool>>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], array![false, true])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let fit = Chained::new(SgdClassifier::params()).fit(&numbers());
    println!("{}", fit.score(&numbers()));
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let fit = Chained::new(SgdClassifier::params()).fit(&numbers());
    println!("{}", Runtime::new().compute(fit.score(&numbers()))?);
    Ok(())
}
