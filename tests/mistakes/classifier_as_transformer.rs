//! A classifier stands in the place of a transformer.
//!
//! E0277
//! - `SgdClassifierParams<bool>` is not the parameters of a transformer
//! - the transformers of a pipeline come first and the estimator, in its combinator, last

use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, Array2, array};
use chunkfit::prelude::*;

fn numbers() -> Chunks<DatasetBase<Array2<f64>, Array1<bool>>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], array![false, true])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let sgd = SgdClassifier::<f64, bool>::params();
    let fit = Pipeline::new(sgd, Chained::new(SgdClassifier::params())).fit(&numbers());
    Runtime::new().compute(fit)?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let fit = Pipeline::new(MaxAbsScaler::params(), Chained::new(SgdClassifier::params())).fit(&numbers());
    Runtime::new().compute(fit)?;
    Ok(())
}
