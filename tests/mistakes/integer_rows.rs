//! Rows are integers.
//!
//! E0277
//! - TODO

use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::array;
use chunkfit::prelude::*;

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let chunk = DatasetBase::new(array![[0, 3], [1, 2]], array![false, true]);
    let fit = Chained::new(SgdClassifier::params()).fit(&Chunks::from_memory([chunk]));
    Runtime::new().compute(fit)?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let chunk = DatasetBase::new(array![[0, 3], [1, 2]].mapv(f64::from), array![false, true]);
    let fit = Chained::new(SgdClassifier::params()).fit(&Chunks::from_memory([chunk]));
    Runtime::new().compute(fit)?;
    Ok(())
}
