//! Rows grouped by what they are near to, in memory and single-threaded, over sparse and dense rows alike.
//!
//! | here | in scikit-learn | over chunks | wherever chunks end |
//! |---|---|---|---|
//! | [`KMeans`] | `KMeans(algorithm="lloyd", n_init=1, tol=0)` | [`Summed`](crate::combine::Summed), or a step of a [`Pipeline`](crate::combine::Pipeline); in parallel, a pass for every step | the same up to rounding |
//! | [`MiniBatchKMeans`] | `MiniBatchKMeans` | [`Chained`](crate::combine::Chained), one after the other, in one pass or a few | depends on batches and their order |

mod centers;
mod init;
mod k_means;
mod mini_batch_k_means;
mod nearest;
mod partial_fit;
mod passes;
#[cfg(feature = "persist")]
mod persist;
mod row_sample;
#[cfg(test)]
mod tests;

pub use init::Init;
pub use k_means::{KMeans, KMeansParams, KMeansValidParams};
pub use mini_batch_k_means::{MiniBatchKMeans, MiniBatchKMeansParams, MiniBatchKMeansValidParams};
