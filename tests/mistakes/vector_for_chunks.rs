//! A vector of data sets is given in place of `Chunks`.
//!
//! E0308
//! - expected `&Chunks<
//! - found `&Vec<

use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::array;
use chunkfit::prelude::*;

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let data = vec![DatasetBase::new(array![[0.0], [1.0]], array![false, true])];
    Runtime::new().compute(Chained::new(SgdClassifier::params()).fit(&data))?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let data = vec![DatasetBase::new(array![[0.0], [1.0]], array![false, true])];
    Runtime::new().compute(Chained::new(SgdClassifier::params()).fit(&Chunks::from_memory(data)))?;
    Ok(())
}
