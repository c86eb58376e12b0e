//! Rows are integers.
//!
//! E0277
//! - is not a container of rows of floats
//! - integers are made floats by `rows.mapv(f64::from)`

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
