//! Folds by label over targets that are floats.
//!
//! E0277
//! - `StratifiedKFold` makes no folds
//! - for targets that are numbers take `KFold`

use chunkfit::linear::LinearRegression;
use chunkfit::linfa::DatasetBase;
use chunkfit::metrics::Scorer;
use chunkfit::model_selection::{Candidate, Search};
use chunkfit::ndarray::{Array1, Array2, array};
use chunkfit::prelude::*;

fn numbers() -> Chunks<DatasetBase<Array2<f64>, Array1<f64>>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], array![0.5, 1.5])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let candidates = vec![Candidate::new(LinearRegression::params())];
    let search = Search::new(candidates, |params| Summed::new(params.clone())).scoring([Scorer::R2]);
    search.folds(chunkfit::model_selection::StratifiedKFold::new(2)).run(&Runtime::new(), &numbers())?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let candidates = vec![Candidate::new(LinearRegression::params())];
    let search = Search::new(candidates, |params| Summed::new(params.clone())).scoring([Scorer::R2]);
    search.folds(chunkfit::model_selection::KFold::new(2)).run(&Runtime::new(), &numbers())?;
    Ok(())
}
