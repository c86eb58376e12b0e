//! A model is used before it is computed.
//!
//! E0599
//! - no method named `coef` found for struct `Lazy<

use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, Array2, array};
use chunkfit::prelude::*;

fn numbers() -> Chunks<DatasetBase<Array2<f64>, Array1<bool>>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], array![false, true])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let model = Chained::new(SgdClassifier::params()).fit(&numbers());
    println!("{}", model.coef());
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let model = Runtime::new().compute(Chained::new(SgdClassifier::params()).fit(&numbers()))?;
    println!("{}", model.coef());
    Ok(())
}
