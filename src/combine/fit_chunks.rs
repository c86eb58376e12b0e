//! What learns over chunks.

use crate::chunks::Chunks;

/// Something that learns over chunks of type `D`: [`Chained`](super::Chained),
/// [`Averaged`](super::Averaged), [`Pipeline`](super::Pipeline), or your own.
///
/// `E` is the error type of the estimator within, which the compiler finds; the errors that a run
/// reports are the crate's own.
pub trait FitChunks<D, E> {
    /// A handle on the model to be: [`Fitted`](super::Fitted), and
    /// [`Compute`](crate::graph::Compute), whose value is the fitted model.
    type Fit;

    /// The graph that fits the chunks. Nothing runs yet.
    fn fit(&self, chunks: &Chunks<D>) -> Self::Fit;
}
