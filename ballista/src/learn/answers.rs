//! Answers of chunks: states or sums, of every kind of fit.

use std::fmt::Debug;

use datafusion::error::Result;

use super::Examples;

/// States, or answers in a pass, of numbered chunks.
pub(super) trait Answers<L>: Debug + Send + Sync {
    /// Fits, or asks, a chunk.
    fn add(&mut self, chunk: u32, examples: &Examples<L>) -> Result<()>;

    /// As bytes; nothing is left.
    fn take(&mut self) -> Result<Vec<u8>>;

    /// Adds those in such bytes.
    fn absorb(&mut self, bytes: &[u8]) -> Result<()>;

    /// What the query gives; nothing is left.
    fn finish(&mut self) -> Result<Vec<u8>>;

    /// About the bytes held.
    fn bytes(&self) -> usize;
}
