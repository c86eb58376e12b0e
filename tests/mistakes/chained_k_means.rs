//! `Chained` of k-means, which takes passes over all chunks.
//!
//! E0277
//! - has no `partial_fit`
//! - `KMeans` goes into `Summed`

use chunkfit::cluster::KMeans;
use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, Array2, array};
use chunkfit::prelude::*;

fn numbers() -> Chunks<DatasetBase<Array2<f64>, Array1<bool>>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], array![false, true])])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    Runtime::new().compute(Chained::new(KMeans::params().n_clusters(2)).fit(&numbers()))?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    Runtime::new().compute(Summed::new(KMeans::params().n_clusters(2)).fit(&numbers()))?;
    Ok(())
}
