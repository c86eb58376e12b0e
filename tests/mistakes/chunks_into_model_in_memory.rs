//! Chunks of a lazy list are given to a model in memory.
//!
//! E0277
//! - is not input that a model in memory predicts
//! - model.into_fit().predict(&chunks)

use chunkfit::combine::{FittedPipeline, IntoFit};
use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, array};
use chunkfit::prelude::*;

type Model = FittedPipeline<HashingVectorizer<f64>, SgdClassifier<f64, bool>>;
type Documents = Chunks<DatasetBase<Text, Array1<bool>>>;

fn documents() -> Documents {
    Chunks::from_memory([DatasetBase::new(["oil is up", "tea is down"].iter().collect(), array![true, false])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let ask: fn(Model) -> Result<Array1<bool>, Error> = |model| model.predict(&documents());
    let _ = ask;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let ask: fn(Model) -> Chunks<Array1<bool>> = |model| model.into_fit().predict(&documents());
    let _ = ask;
    Ok(())
}
