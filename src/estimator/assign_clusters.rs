//! Clusterings of rows: the cluster of each row, and its squared distance from the centre.

use ndarray::Array1;

use crate::data::Shared;
use crate::error::Result;

/// The clusters of some rows, one entry a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The number of each row's cluster.
    pub clusters: Array1<usize>,
    /// Each row's squared distance from the centre of its cluster, 0 or more: its share of the inertia.
    pub squared_distances: Array1<f64>,
}

/// A clusterer that tells for every row its cluster, and how far the row is from the cluster's centre: what its scores
/// ask for.
///
/// ```
/// use chunkfit::estimator::{AssignClusters, Assignment, Model, kind};
/// use chunkfit::linfa::DatasetBase;
/// use chunkfit::metrics::Scorer;
/// use chunkfit::ndarray::{Array1, Array2, array};
/// use chunkfit::prelude::*;
///
/// /// Clusters around whole numbers, in one column.
/// struct Rounded;
///
/// impl AssignClusters<Array2<f64>> for Rounded {
///     fn assign_clusters(&self, x: &Array2<f64>) -> Result<Assignment, Error> {
///         let column = x.column(0);
///         let clusters = column.mapv(|value| value.round().max(0.0) as usize);
///         let squared_distances = column.mapv(|value| (value - value.round().max(0.0)).powi(2));
///         Ok(Assignment { clusters, squared_distances })
///     }
/// }
///
/// impl Model for Rounded {
///     type Kind = kind::Clusterer;
/// }
///
/// let chunks = Chunks::from_memory([DatasetBase::new(array![[1.5], [2.0], [7.0]], array![true, true, false])]);
/// let fit = Lazy::value(Rounded);
/// let (score, table) = Runtime::new().compute((fit.score(&chunks), fit.contingency(&chunks)))?;
/// assert_eq!((score, table.adjusted_rand()), (-0.25, 1.0)); // the default is minus the inertia
/// # Ok::<(), Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not tell the clusters of rows of type `{X}`",
    note = "implement `chunkfit::estimator::AssignClusters` for a clusterer of your own, so that it can be scored"
)]
pub trait AssignClusters<X>: Shared {
    /// The cluster of each row, and its squared distance from the centre.
    ///
    /// # Errors
    /// A number of columns other than in training ([`ShapeMismatch`](crate::ErrorKind::ShapeMismatch)); a NaN or
    /// infinite value ([`NonFinite`](crate::ErrorKind::NonFinite)); a distance that is beyond what a float can hold
    /// ([`Overflow`](crate::ErrorKind::Overflow)).
    fn assign_clusters(&self, x: &X) -> Result<Assignment>;
}
