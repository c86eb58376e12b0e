//! Labels of a classifier are floats.
//!
//! E0277
//! - is not a label of a class
//! - use `usize`, `bool`, `String`
//! - to predict numbers, use a regressor

use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, Array2, array};
use chunkfit::prelude::*;

fn numbers<L>(labels: Array1<L>) -> Chunks<DatasetBase<Array2<f64>, Array1<L>>>
where
    DatasetBase<Array2<f64>, Array1<L>>: chunkfit::data::Chunk,
{
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], labels)])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let fit = Chained::new(SgdClassifier::params()).fit(&numbers(array![0.0, 1.0]));
    Runtime::new().compute(fit)?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let fit = Chained::new(SgdClassifier::params()).fit(&numbers(array![0, 1]));
    Runtime::new().compute(fit)?;
    Ok(())
}
