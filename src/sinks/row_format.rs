//! What a format of files has to say.

use std::fs::File;

use serde::Serialize;

use super::assemble::{Assemble, Concatenate};
use super::table::Table;
use crate::data::Shared;
use crate::error::{Error, ErrorKind, Result};

/// How rows become the bytes of a file: [`JsonLines`](super::JsonLines), [`Csv`](super::Csv),
/// [`Svmlight`](super::Svmlight), or a format of your own.
///
/// A file is a header, then the rows of one chunk after the other. Chunks become bytes on all threads, without
/// knowing of each other. The format's serialized content is part of what a file is known by: two that write
/// differently must not serialize alike.
pub trait RowFormat: Serialize + Shared {
    /// What it is called in errors, e.g. `CSV`.
    const NAME: &'static str;

    /// How its files' names end, without the dot.
    const EXTENSION: &'static str;

    /// What a file of such tables begins with; all tables of a file must ask for the same. Unless it is written
    /// anew, nothing.
    ///
    /// # Errors
    /// A table that the format cannot hold: [`unwritable`].
    fn header(&self, _table: &Table) -> Result<Vec<u8>> {
        Ok(Vec::new())
    }

    /// The rows of a table.
    ///
    /// # Errors
    /// A table that the format cannot hold: [`unwritable`], with the row where one is to blame.
    fn rows(&self, table: &Table) -> Result<Vec<u8>>;

    /// How the rows of chunks are put together behind the header. Unless it is written anew, one after the other.
    fn assemble(&self, file: File) -> Box<dyn Assemble> {
        Box::new(Concatenate(file))
    }
}

/// The error for a table that a format cannot hold: what is wrong, and what to do about it.
pub fn unwritable<F: RowFormat>(problem: impl Into<String>) -> Error {
    Error::new(ErrorKind::Unwritable { format: F::NAME, problem: problem.into() })
}
