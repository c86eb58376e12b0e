//! `Averaged` of k-means, the centers of which have no order.
//!
//! E0277
//! - cannot be averaged
//! - such as `KMeans`, into `Summed`

use chunkfit::cluster::KMeans;
use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array2, array};
use chunkfit::prelude::*;

fn numbers() -> Chunks<DatasetBase<Array2<f64>, ()>> {
    Chunks::from_memory([DatasetBase::new(array![[0.0], [1.0]], ())])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    Runtime::new().compute(Averaged::new(KMeans::params().n_clusters(2)).fit(&numbers()))?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    Runtime::new().compute(Summed::new(KMeans::params().n_clusters(2)).fit(&numbers()))?;
    Ok(())
}
