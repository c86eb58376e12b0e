//! Parameters of an own estimator state no name, and do not serialize.
//!
//! E0277
//! - `MeanTarget` states no name
//! - give an estimator to `opaque` in place of `new`

use chunkfit::estimator::PartialFit;
use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, Array2, array};
use chunkfit::prelude::*;

/// The mean of all targets.
#[derive(Clone)]
struct MeanTarget;

impl PartialFit<Array2<f64>, Array1<f64>> for MeanTarget {
    type Model = (f64, f64);

    fn partial_fit(
        &self,
        model: Option<(f64, f64)>,
        chunk: &DatasetBase<Array2<f64>, Array1<f64>>,
    ) -> Result<(f64, f64), Error> {
        let (sum, rows) = model.unwrap_or_default();
        Ok((sum + chunk.targets.sum(), rows + chunk.targets.len() as f64))
    }
}

fn numbers() -> Chunks<DatasetBase<Array2<f64>, Array1<f64>>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], array![0.5, 1.5])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    Runtime::new().compute(Chained::new(MeanTarget).fit(&numbers()))?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    Runtime::new().compute(Chained::opaque(MeanTarget).fit(&numbers()))?;
    Ok(())
}
