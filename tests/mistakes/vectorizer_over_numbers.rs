//! A vectorizer of text stands over rows of numbers.
//!
//! E0277
//! - does not transform chunks
//! - scalers and decompositions take rows of floats

use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, Array2, array};
use chunkfit::prelude::*;

fn numbers() -> Chunks<DatasetBase<Array2<f64>, Array1<bool>>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], array![false, true])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let fit = Pipeline::new(HashingVectorizer::params(), Chained::new(SgdClassifier::params())).fit(&numbers());
    Runtime::new().compute(fit)?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let fit = Pipeline::new(StandardScaler::params(), Chained::new(SgdClassifier::params())).fit(&numbers());
    Runtime::new().compute(fit)?;
    Ok(())
}
