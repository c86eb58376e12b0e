//! Class probabilities of a one-class SVM.
//!
//! E0277
//! - has no class probabilities
//! - an outlier detector `decision_function`

use chunkfit::linear::SgdOneClassSvm;
use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array2, array};
use chunkfit::prelude::*;

fn numbers() -> Chunks<DatasetBase<Array2<f64>, ()>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], ())])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let fit = Chained::new(SgdOneClassSvm::<f64>::params()).fit(&numbers());
    Runtime::new().compute(fit.predict_proba(&numbers()).iter().cloned().collect::<Vec<_>>())?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let fit = Chained::new(SgdOneClassSvm::<f64>::params()).fit(&numbers());
    Runtime::new().compute(fit.decision_function(&numbers()).iter().cloned().collect::<Vec<_>>())?;
    Ok(())
}
