//! A halving search over fits that cannot go on from a model.
//!
//! E0277
//! - cannot go on from a model
//! - build a `Chained` of an estimator that has `partial_fit`

use chunkfit::linfa::DatasetBase;
use chunkfit::model_selection::{Grid, Halving, Search};
use chunkfit::ndarray::{Array1, Array2, array};
use chunkfit::prelude::*;

fn numbers() -> Chunks<DatasetBase<Array2<f64>, Array1<bool>>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], array![false, true])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let grid = Grid::new(SgdClassifier::params()).vary("alpha", [1e-3, 1e-5], |sgd, alpha| sgd.alpha(alpha));
    let search = Search::new(grid, |sgd| Averaged::new(sgd.clone()));
    let found = search.halve(&Runtime::new(), &numbers(), Halving::new(2), 1)?;
    println!("{:?}", found.best().candidate);
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let grid = Grid::new(SgdClassifier::params()).vary("alpha", [1e-3, 1e-5], |sgd, alpha| sgd.alpha(alpha));
    let search = Search::new(grid, |sgd| Chained::new(sgd.clone()));
    let found = search.halve(&Runtime::new(), &numbers(), Halving::new(2), 1)?;
    println!("{:?}", found.best().candidate);
    Ok(())
}
