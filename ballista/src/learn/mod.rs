//! Fits of chunks inside an aggregate function, the labels' type known at last.
//!
//! - [`Step`]: what one query does of a fit: an average, a round from a model, a pass.
//! - [`Partial`]: what an accumulator holds: rows that are not fitted yet, and states that are. [`partial`] makes one.
//! - [`minimization`]: what the client does with a logistic regression's minimization between two passes.

mod answers;
mod asking;
mod averaging;
mod buffer;
pub(crate) mod minimization;
mod partial;
mod step;

pub(crate) use buffer::Names;
pub(crate) use partial::{Partial, partial};
pub use step::Step;

use chunkfit::data::Csr;
use linfa::DatasetBase;
use ndarray::Array1;

/// Vectorized rows with labels.
type Examples<L> = DatasetBase<Csr<f64>, Array1<L>>;
