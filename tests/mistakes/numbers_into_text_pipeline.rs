//! Rows of numbers are given to a fitted pipeline of texts.
//!
//! E0277
//! - does not predict a
//! - give what the pipeline was fitted on, before its first transformer: texts

use chunkfit::combine::FittedPipeline;
use chunkfit::prelude::*;

type Model = FittedPipeline<HashingVectorizer<f64>, SgdClassifier<f64, bool>>;

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let ask: fn(&Model) -> Result<bool, Error> = |model| Ok(model.predict(&chunkfit::ndarray::array![[0.0, 1.0]])?[0]);
    let _ = ask;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let ask: fn(&Model) -> Result<bool, Error> = |model| Ok(model.predict(&["oil is up", "tea is down"])?[0]);
    let _ = ask;
    Ok(())
}
