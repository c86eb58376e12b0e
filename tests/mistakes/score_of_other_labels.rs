//! A classifier that learned `bool` is scored on labels that are numbers.
//!
//! E0277
//! - cannot be scored
//! - labels of another type are mapped, by `Chunks::map`

use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, Array2, array};
use chunkfit::prelude::*;

fn numbers() -> Chunks<DatasetBase<Array2<f64>, Array1<bool>>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], array![false, true])])
}

fn numbered() -> Chunks<DatasetBase<Array2<f64>, Array1<usize>>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], array![0, 1])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let fit = Chained::new(SgdClassifier::<f64, bool>::params()).fit(&numbers());
    Runtime::new().compute(fit.score(&numbered()))?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let fit = Chained::new(SgdClassifier::<f64, bool>::params()).fit(&numbers());
    let labelled = numbered().map("label", |chunk| chunk.clone().map_targets(|&label| label == 1));
    Runtime::new().compute(fit.score(&labelled))?;
    Ok(())
}
