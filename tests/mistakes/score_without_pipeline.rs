//! A model of numbers is scored on text.
//!
//! E0277
//! - cannot be scored
//! - score the fit of the pipeline

use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, Array2, array};
use chunkfit::prelude::*;

fn numbers() -> Chunks<DatasetBase<Array2<f64>, Array1<bool>>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], array![false, true])])
}

fn documents() -> Chunks<DatasetBase<Text, Array1<bool>>> {
    let documents: Text = ["oil is up", "tea is down"].into_iter().collect();
    Chunks::from_memory([DatasetBase::new(documents, array![true, false])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let fit = Chained::new(SgdClassifier::params()).fit(&numbers());
    Runtime::new().compute(fit.score(&documents()))?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let fit = Chained::new(SgdClassifier::params()).fit(&numbers());
    Runtime::new().compute(fit.score(&numbers()))?;
    let pipeline = Pipeline::new(HashingVectorizer::params(), Chained::new(SgdClassifier::params()));
    Runtime::new().compute(pipeline.fit(&documents()).score(&documents()))?;
    Ok(())
}
