//! A search builds estimators with no combinator around them.
//!
//! E0277
//! - cannot be searched or cross-validated
//! - wrap the parameters of an estimator in `Chained`, `Averaged`, `Summed` or `Concatenated`

use chunkfit::linfa::DatasetBase;
use chunkfit::model_selection::{Grid, Search};
use chunkfit::ndarray::{Array1, Array2, array};
use chunkfit::prelude::*;

fn numbers() -> Chunks<DatasetBase<Array2<f64>, Array1<bool>>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], array![false, true])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let grid = Grid::new(SgdClassifier::params()).vary("alpha", [1e-3, 1e-5], |sgd, alpha| sgd.alpha(alpha));
    let found = Search::new(grid, |sgd| sgd.clone()).run(&Runtime::new(), &numbers())?;
    println!("{found}");
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let grid = Grid::new(SgdClassifier::params()).vary("alpha", [1e-3, 1e-5], |sgd, alpha| sgd.alpha(alpha));
    let found = Search::new(grid, |sgd| Chained::new(sgd.clone())).run(&Runtime::new(), &numbers())?;
    println!("{found}");
    Ok(())
}
