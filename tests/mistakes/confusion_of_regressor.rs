//! A confusion matrix of a regressor.
//!
//! E0277
//! - do not have this score
//! - `residuals` those of regressors

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
    println!("{:?}", Runtime::new().compute(fit.confusion(&numbers()))?);
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let fit = Summed::new(LinearRegression::params()).fit(&numbers());
    println!("{:?}", Runtime::new().compute(fit.residuals(&numbers()))?);
    Ok(())
}
