//! Decision values of a regressor.
//!
//! E0277
//! - has no decision values
//! - a regressor and a clusterer have `predict`

use chunkfit::linear::LinearRegression;
use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, Array2, array};
use chunkfit::prelude::*;

fn numbers() -> Chunks<DatasetBase<Array2<f64>, Array1<f64>>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], array![0.5, 1.5])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let fit = Summed::new(LinearRegression::params()).fit(&numbers());
    Runtime::new().compute(fit.decision_function(&numbers()).iter().cloned().collect::<Vec<_>>())?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let fit = Summed::new(LinearRegression::params()).fit(&numbers());
    let values: Chunks<Array1<f64>> = fit.predict(&numbers());
    Runtime::new().compute(values.iter().cloned().collect::<Vec<_>>())?;
    Ok(())
}
