//! An estimator ends a list of steps with no combinator around it.
//!
//! E0277
//! - does not fit a list of chunks
//! - wrap the parameters of an estimator in a combinator: `Chained` or `Averaged`

use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, array};
use chunkfit::prelude::*;

fn documents() -> Chunks<DatasetBase<Text, Array1<bool>>> {
    let documents: Text = ["oil is up", "tea is down"].into_iter().collect();
    Chunks::from_memory([DatasetBase::new(documents, array![true, false])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let steps = Pipeline::steps(HashingVectorizer::params()).then(TfidfTransformer::params());
    Runtime::new().compute(steps.estimator(SgdClassifier::params()).fit(&documents()))?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let steps = Pipeline::steps(HashingVectorizer::params()).then(TfidfTransformer::params());
    Runtime::new().compute(steps.estimator(Chained::new(SgdClassifier::params())).fit(&documents()))?;
    Ok(())
}
