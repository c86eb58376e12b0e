//! The estimator of a pipeline stands first, the transformer last.
//!
//! E0277
//! - is not the parameters of a transformer
//! - the transformers of a pipeline come first and the estimator, in its combinator, last

use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, array};
use chunkfit::prelude::*;

fn documents() -> Chunks<DatasetBase<Text, Array1<bool>>> {
    let documents: Text = ["oil is up", "tea is down"].into_iter().collect();
    Chunks::from_memory([DatasetBase::new(documents, array![true, false])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let fit = Pipeline::new(Chained::new(SgdClassifier::params()), HashingVectorizer::params()).fit(&documents());
    Runtime::new().compute(fit)?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let fit = Pipeline::new(HashingVectorizer::params(), Chained::new(SgdClassifier::params())).fit(&documents());
    Runtime::new().compute(fit)?;
    Ok(())
}
