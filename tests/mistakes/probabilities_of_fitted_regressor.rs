//! Class probabilities of a fitted pipeline around a regressor, in memory.
//!
//! E0277
//! - has no class probabilities for a
//! - a regressor has `predict`

use chunkfit::combine::FittedPipeline;
use chunkfit::linear::LinearRegression;
use chunkfit::ndarray::{Array2, array};
use chunkfit::prelude::*;

type Model = FittedPipeline<StandardScaler, LinearRegression<f64>>;

fn rows() -> Array2<f64> {
    array![[0.0], [1.0]]
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let ask: fn(&Model) -> Result<f64, Error> = |model| Ok(model.predict_proba(&rows())?[(0, 0)]);
    let _ = ask;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let ask: fn(&Model) -> Result<f64, Error> = |model| Ok(model.predict(&rows())?[0]);
    let _ = ask;
    Ok(())
}
