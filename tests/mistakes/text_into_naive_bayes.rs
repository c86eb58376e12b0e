//! Text goes into naive Bayes, with no vectorizer before it.
//!
//! E0277
//! - is not a container of rows of floats
//! - text needs a vectorizer before the estimator

use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, array};
use chunkfit::prelude::*;

fn documents() -> Chunks<DatasetBase<Text, Array1<bool>>> {
    let documents: Text = ["oil is up", "tea is down"].into_iter().collect();
    Chunks::from_memory([DatasetBase::new(documents, array![true, false])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let fit = Averaged::new(MultinomialNb::params()).fit(&documents());
    Runtime::new().compute(fit)?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let counts = HashingVectorizer::params().alternate_sign(false).norm(None);
    let fit = Pipeline::new(counts, Averaged::new(MultinomialNb::params())).fit(&documents());
    Runtime::new().compute(fit)?;
    Ok(())
}
