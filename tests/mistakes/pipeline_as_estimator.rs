//! A whole pipeline stands inside of `Chained`.
//!
//! E0277
//! - states no name
//! - go into a combinator, and that into a pipeline, not the other way round

use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, array};
use chunkfit::prelude::*;

fn documents() -> Chunks<DatasetBase<Text, Array1<bool>>> {
    let documents: Text = ["oil is up", "tea is down"].into_iter().collect();
    Chunks::from_memory([DatasetBase::new(documents, array![true, false])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let model = Pipeline::new(HashingVectorizer::params(), SgdClassifier::params());
    Runtime::new().compute(Chained::new(model).fit(&documents()))?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let model = Pipeline::new(HashingVectorizer::params(), Chained::new(SgdClassifier::params()));
    Runtime::new().compute(model.fit(&documents()))?;
    Ok(())
}
