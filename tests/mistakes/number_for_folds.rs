//! The folds of a search are a number.
//!
//! E0277
//! - makes no folds
//! - folds come from a split: `KFold::new(5)`

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
    let search = Search::new(grid, |sgd| Chained::new(sgd.clone())).folds(3);
    println!("{}", search.run(&Runtime::new(), &numbers())?);
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let grid = Grid::new(SgdClassifier::params()).vary("alpha", [1e-3, 1e-5], |sgd, alpha| sgd.alpha(alpha));
    let search = Search::new(grid, |sgd| Chained::new(sgd.clone())).folds(chunkfit::model_selection::KFold::new(3));
    println!("{}", search.run(&Runtime::new(), &numbers())?);
    Ok(())
}
