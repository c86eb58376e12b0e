//! An estimator ends a pipeline with no combinator around it.
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
    let fit = Pipeline::new(HashingVectorizer::params(), SgdClassifier::params()).fit(&documents());
    Runtime::new().compute(fit)?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let fit = Pipeline::new(HashingVectorizer::params(), Chained::new(SgdClassifier::params())).fit(&documents());
    Runtime::new().compute(fit)?;
    Ok(())
}
