//! Assembly of an output file of the rows of chunks, each as bytes.

use std::fs::File;
use std::io::Write;

use crate::error::{Error, ErrorKind, Result};

/// Puts the bytes of one chunk after the other into a file, which is empty.
pub trait Assemble: Send + Sync {
    /// Adds the rows of the next chunk.
    ///
    /// # Errors
    /// The file cannot be written, or does not take these rows.
    fn append(&mut self, rows: &[u8]) -> Result<()>;

    /// Ends the file.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    fn finish(&mut self) -> Result<()>;
}

/// The bytes as they are.
pub(super) struct Concatenate(pub File);

impl Assemble for Concatenate {
    fn append(&mut self, rows: &[u8]) -> Result<()> {
        self.0.write_all(rows).map_err(|error| Error::new(ErrorKind::Io { action: "write" }).caused_by(error))
    }

    fn finish(&mut self) -> Result<()> {
        Ok(())
    }
}
