//! Several models that learn from the same chunks together.

use linfa::dataset::{DatasetBase, Records};

use crate::data::{RowSet, codec};
use crate::error::{Error, Result};

/// Estimators that learn together.
#[non_exhaustive]
pub struct Team<R: Records, T, M> {
    /// Their numbers, among those that teams were made of.
    pub members: Vec<usize>,
    /// What they have learned: nothing yet.
    pub learner: Box<dyn LearnTogether<R, T, M>>,
}

impl<R: Records, T, M> Team<R, T, M> {
    /// The estimators of these numbers, and what learns for them.
    pub fn new(members: Vec<usize>, learner: impl LearnTogether<R, T, M> + 'static) -> Self {
        Team { members, learner: Box::new(learner) }
    }
}

/// Several models that learn from the same chunks, each as it would alone: for estimators of your own whose
/// [`PartialFit::teams`](super::PartialFit::teams) has some.
pub trait LearnTogether<R: Records, T, M>: Send + Sync {
    /// One more chunk: these rows of it, of which there is one at least.
    ///
    /// # Errors
    /// What stops all members. A member that fails for itself does not stop the others; it is
    /// named, once, with its error.
    fn partial_fit(&mut self, chunk: &DatasetBase<R, T>, rows: &RowSet) -> Result<Vec<(usize, Error)>>;

    /// The errors of the members that failed.
    fn failures(&self) -> Vec<Option<Error>>;

    /// The model of a member; of one that failed, its error.
    ///
    /// # Errors
    /// That of the member.
    fn model(&self, member: usize) -> Result<M>;

    /// A copy that goes its own way.
    fn boxed_clone(&self) -> Box<dyn LearnTogether<R, T, M>>;

    /// What was learned so far, for a checkpoint; `None`, the default, if it cannot be written.
    ///
    /// # Errors
    /// What stops the run.
    fn to_bytes(&self) -> Result<Option<Vec<u8>>> {
        Ok(None)
    }

    /// The same members when they had learned what these bytes tell.
    ///
    /// # Errors
    /// Bytes that no such members wrote.
    fn resume(&self, bytes: &[u8]) -> Result<Box<dyn LearnTogether<R, T, M>>> {
        let _ = bytes;
        Err(codec::foreign())
    }
}
