//! Rows grouped by what they are near to, in memory and single-threaded, over sparse and dense rows alike.
//!
//! [`MiniBatchKMeans`] learns batch after batch: over chunks by [`Chained`](crate::combine::Chained).

mod centers;
mod init;
mod mini_batch_k_means;
#[cfg(test)]
mod tests;

pub use init::Init;
pub use mini_batch_k_means::{MiniBatchKMeans, MiniBatchKMeansParams, MiniBatchKMeansValidParams};
