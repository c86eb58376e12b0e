//! A learner from a stream is given a combinator.
//!
//! E0277
//! - has no `partial_fit`
//! - `Online` takes the parameters of an estimator without a combinator around them

use chunkfit::combine::Online;
use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::array;
use chunkfit::prelude::*;

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let chunk = DatasetBase::new(array![[0.0], [1.0]], array![false, true]);
    Online::new(Chained::new(SgdClassifier::<f64, bool>::params())).learn([chunk])
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let chunk = DatasetBase::new(array![[0.0], [1.0]], array![false, true]);
    Online::new(SgdClassifier::<f64, bool>::params()).learn([chunk])
}
