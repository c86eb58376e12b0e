//! Labels are `&str`, which a saved model could not own.
//!
//! E0277
//! - TODO

use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, Array2, array};
use chunkfit::prelude::*;

fn numbers<L: Clone>(labels: Array1<L>) -> Chunks<DatasetBase<Array2<f64>, Array1<L>>>
where
    DatasetBase<Array2<f64>, Array1<L>>: chunkfit::data::Chunk,
{
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], labels)])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let fit = Chained::new(SgdClassifier::params()).fit(&numbers(array!["ham", "spam"]));
    Runtime::new().compute(fit)?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let fit = Chained::new(SgdClassifier::params()).fit(&numbers(array!["ham".to_owned(), "spam".to_owned()]));
    Runtime::new().compute(fit)?;
    Ok(())
}
