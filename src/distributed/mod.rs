//! What [`Averaged`](crate::combine::Averaged) needs to run where chunks are fitted by many processes and
//! their states arrive in any order: an aggregate function of a query engine, say.
//!
//! - [`OrderedMerge`]: the states of numbered chunks, merged as soon as neighbours are there, in the tree
//!   that [`Averaged`](crate::combine::Averaged) merges them in. Whatever order they arrive in, the result
//!   has the bits of a run on one machine.
//! - [`OrderedSum`]: the same for the answers of a pass ([`FitPasses`](crate::estimator::FitPasses)).
//! - [`Count`]: how many chunks and rows are in it, to be compared with what was planned.
//! - [`seal`], [`unseal`]: values as bytes with a checksum, for processes of one version of this crate.
//!
//! There is no network in here and no engine: the crate `chunkfit-ballista` has them.
//!
//! ```
//! use chunkfit::distributed::OrderedMerge;
//! use chunkfit::estimator::{FitAverage, Weighting};
//! use chunkfit::linear::{LogisticRegression, LogisticRegressionParams};
//! use linfa::DatasetBase;
//! use ndarray::{Array1, Array2, array};
//!
//! type Params = LogisticRegressionParams<bool>;
//! let params: Params = LogisticRegression::<f64, bool>::params();
//! let merge = <Params as FitAverage<Array2<f64>, Array1<bool>>>::merge;
//! let mut all = OrderedMerge::new();
//! for chunk in [2, 0, 1] {
//!     let rows = DatasetBase::new(array![[0.0], [1.0 + f64::from(chunk)]], array![false, true]);
//!     all.insert(chunk, 2, params.fit_state(&rows, Weighting::Curvature)?, merge)?;
//! }
//! assert_eq!((all.count().chunks, all.count().rows), (3, 6));
//! let state = all.finish(merge)?.expect("there are chunks");
//! let model = FitAverage::<Array2<f64>, Array1<bool>>::finish(&params, state)?;
//! assert_eq!(model.classes(), [false, true]);
//! # Ok::<(), chunkfit::Error>(())
//! ```

#[cfg(test)]
mod forged_tests;
mod ordered_merge;
mod ordered_sum;
mod seal;
#[cfg(test)]
mod tests;

pub use ordered_merge::{Count, OrderedMerge};
pub use ordered_sum::OrderedSum;
pub use seal::{seal, unseal};
