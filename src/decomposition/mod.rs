//! Rows in terms of fewer columns, in which they vary most.
//!
//! | here | in scikit-learn | rows | over chunks | wherever chunks end |
//! |---|---|---|---|---|
//! | [`TruncatedSvd`] | `TruncatedSVD(algorithm="randomized")` | sparse, dense; not centred | in parallel, `n_iter + 1` passes | the same up to rounding |
//! | [`Pca`] | `PCA(svd_solver="covariance_eigh")` | dense, up to some thousand columns | in parallel, one pass | the same up to rounding |
//! | [`IncrementalPca`] | `IncrementalPCA` | dense | one after the other | near, unless all axes are kept |
//!
//! A data set's weights count, as if every row were there so often; a row of weight 0 counts as absent. Values whose
//! squares are beyond what a float can hold are an error.
//!
//! The first two are learned by [`Pipeline`](crate::combine::Pipeline) and
//! [`Preprocess`](crate::combine::Preprocess), the last by [`Chained`](crate::combine::Chained).

mod centred_rows;
mod incremental_pca;
mod partial_fit;
mod pca;
#[cfg(feature = "persist")]
mod persist;
mod principal_axes;
mod sketch;
mod symmetric;
#[cfg(test)]
mod tests;
mod truncated_svd;

pub use incremental_pca::{IncrementalPca, IncrementalPcaParams, IncrementalPcaValidParams};
pub use pca::{Pca, PcaParams, PcaValidParams};
pub use principal_axes::PrincipalAxes;
pub use truncated_svd::{TruncatedSvd, TruncatedSvdParams, TruncatedSvdValidParams};
