//! One error for the whole crate: what went wrong, where, and what to try next.

mod kind;
mod place;
pub(crate) mod remedy;
pub(crate) mod shown;
#[cfg(test)]
mod tests;

use std::any::Any;
use std::error::Error as StdError;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

pub use kind::ErrorKind;
pub use place::Place;
use shown::{VALUE, sentence, shorten, value as shown};

/// How many causes of an error are shown.
const MOST_CAUSES: usize = 16;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong and where. Cheap to clone; match on [`Error::kind`].
///
/// The place (file, chunk, row, task) is filled in on the way up: an algorithm knows the row, the
/// scheduler knows the chunk and the file.
///
/// `{}` shows this error; its cause is its [`source`](StdError::source), as crates that report chains of errors expect.
/// A program that shows nothing but the error shows its [`full_message`](Error::full_message), or `{:?}`, which is what
/// Rust prints of an error that `main` returns: both have the causes too. `{:#?}` shows the parts, of which the kind is one.
///
/// Names, values and other errors' messages come from files and may hold anything: they are escaped where they are
/// shown, and cut where they are long.
///
/// ```
/// use std::error::Error as _;
/// use chunkfit::Error;
/// let error = Error::io("read", "a.txt", std::io::Error::other("the disk is gone"));
/// assert_eq!(error.to_string(), "cannot read (file a.txt)");
/// assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("the disk is gone"));
/// assert_eq!(error.full_message(), "cannot read (file a.txt): the disk is gone");
/// ```
///
/// `?` makes one of an [`std::io::Error`], for a `main` that reads files of its own:
///
/// ```no_run
/// use chunkfit::prelude::*;
/// fn main() -> Result<(), chunkfit::Error> {
///     let numbers = std::fs::read("numbers")?;
///     let chunks = Chunks::from_memory([numbers]);
///     println!("{}", Runtime::new().compute(chunks)?[0].len());
///     Ok(())
/// }
/// ```
pub struct Error(Box<Inner>);

/// Derived, it would be compiled in every crate that copies errors.
impl Clone for Error {
    fn clone(&self) -> Self {
        Error(self.0.clone())
    }
}

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    place: Place,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of this kind, its place not yet known. Of texts of more than some hundred characters, the middle is
    /// left out.
    pub fn new(mut kind: ErrorKind) -> Self {
        kind.shorten();
        Error(Box::new(Inner { kind, place: Place::default(), source: None }))
    }

    /// A parameter outside its range: its name, the value given, what is allowed.
    pub fn parameter(name: &'static str, value: impl fmt::Debug, expected: impl Into<String>) -> Self {
        Self::invalid_parameter(name, &value, expected.into())
    }

    fn invalid_parameter(name: &'static str, value: &dyn fmt::Debug, expected: String) -> Self {
        Error::new(ErrorKind::InvalidParameter { name, value: shown::debug(value), expected })
    }

    /// `expected` of `what` were needed, `found` were there.
    pub fn shape(what: &'static str, expected: usize, found: usize) -> Self {
        Error::new(ErrorKind::ShapeMismatch { what, expected, found })
    }

    /// An input/output error while doing `action` (a verb) on `file`.
    pub fn io(action: &'static str, file: impl AsRef<Path>, source: std::io::Error) -> Self {
        Error::new(ErrorKind::Io { action }).in_file(file).caused_by(source)
    }

    /// An error of any estimator as the crate's own; an [`Error`] comes through unchanged.
    pub fn from_estimator<E: StdError + Send + Sync + 'static>(error: E) -> Self {
        Self::own_or(ErrorKind::Estimator, error)
    }

    /// An error of a function of a row as the crate's own; an [`Error`] comes through unchanged.
    pub(crate) fn from_row_function<E: StdError + Send + Sync + 'static>(error: E) -> Self {
        Self::own_or(ErrorKind::RowFunction, error)
    }

    /// An [`Error`] as it is; another as the cause of one of this kind.
    fn own_or<E: StdError + Send + Sync + 'static>(kind: ErrorKind, error: E) -> Self {
        match (&error as &dyn Any).downcast_ref::<Error>() {
            Some(own) => own.clone(),
            None => Error::new(kind).caused_by(error),
        }
    }

    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Where it went wrong.
    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// The message of this error and of each of its causes, in one line: for those who show nothing but this text.
    pub fn full_message(&self) -> String {
        let causes = self.causes();
        causes.iter().fold(self.to_string(), |message, cause| format!("{message}: {cause}"))
    }

    /// The messages of the causes, nearest first. One that its effect quotes already is left out.
    fn causes(&self) -> Vec<String> {
        let mut messages = Vec::new();
        let mut last = self.to_string();
        let mut next = self.source();
        while let Some(cause) = next {
            if messages.len() == MOST_CAUSES {
                messages.push("…".to_owned());
                break;
            }
            let message = match cause.downcast_ref::<Error>() {
                Some(own) => own.to_string(),
                None => sentence(&cause.to_string()).to_string(),
            };
            if !last.contains(&message) {
                messages.push(message.clone());
                last = message;
            }
            next = cause.source();
        }
        messages
    }

    /// Adds the error that caused this one.
    pub fn caused_by(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    /// Adds the file, unless one is known already.
    pub fn in_file(self, file: impl AsRef<Path>) -> Self {
        self.in_path(file.as_ref())
    }

    fn in_path(mut self, file: &Path) -> Self {
        self.0.place.file.get_or_insert_with(|| file.to_path_buf());
        self
    }

    /// Adds the byte offset in the file, unless one is known already.
    pub fn at_offset(mut self, offset: u64) -> Self {
        self.0.place.offset.get_or_insert(offset);
        self
    }

    /// Adds the line in the file, counted from 1, unless one is known already.
    pub fn at_line(mut self, line: u64) -> Self {
        self.0.place.line.get_or_insert(line);
        self
    }

    /// Tells the line by another number, if one is known.
    pub(crate) fn renumber_line(mut self, number: impl FnOnce(u64) -> u64) -> Self {
        self.0.place.line = self.0.place.line.map(number);
        self
    }

    /// Adds the row in the file, counted from 1, unless one is known already.
    pub fn at_file_row(mut self, row: u64) -> Self {
        self.0.place.file_row.get_or_insert(row);
        self
    }

    /// Tells the row in the file by another number, if one is known.
    #[cfg(feature = "arrow")]
    pub(crate) fn renumber_file_row(mut self, number: impl FnOnce(u64) -> u64) -> Self {
        self.0.place.file_row = self.0.place.file_row.map(number);
        self
    }

    /// Adds the chunk, unless one is known already.
    pub fn in_chunk(mut self, chunk: usize) -> Self {
        self.0.place.chunk.get_or_insert(chunk);
        self
    }

    /// Adds the row, unless one is known already.
    pub fn at_row(mut self, row: usize) -> Self {
        self.0.place.row.get_or_insert(row);
        self
    }

    /// Tells the row by another number, if one is known.
    pub(crate) fn renumber_row(mut self, number: impl FnOnce(usize) -> usize) -> Self {
        self.0.place.row = self.0.place.row.map(number);
        self
    }

    /// Adds the task, unless one is known already.
    pub fn in_task(mut self, task: &str) -> Self {
        self.0.place.task.get_or_insert_with(|| {
            let mut task = task.to_owned();
            shorten(&mut task, VALUE);
            task
        });
        self
    }
}

/// This error: what went wrong and where. Its cause is its [`source`](StdError::source); see
/// [`full_message`](Error::full_message).
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, place, .. } = &*self.0;
        write!(f, "{kind}")?;
        if *place != Place::default() {
            write!(f, " ({place})")?;
        }
        Ok(())
    }
}

/// The message and a line for each cause, as Rust prints them of an error that `main` returns; the alternate form shows
/// the parts.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            write!(f, "{self}")?;
            return self.causes().iter().try_for_each(|cause| write!(f, "\n  caused by: {cause}"));
        }
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("place", &self.0.place)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|source| &**source as &(dyn StdError + 'static))
    }
}

/// Of kind [`Io`](ErrorKind::Io), without a file: [`Error::io`] names it. One of this crate's errors that was wrapped
/// comes out again.
impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        match error.downcast::<Error>() {
            Ok(own) => own,
            Err(error) => Error::new(ErrorKind::Io { action: "read or write" }).caused_by(error),
        }
    }
}

/// linfa's traits ask for this of every error type.
impl From<linfa::Error> for Error {
    fn from(error: linfa::Error) -> Self {
        Error::new(ErrorKind::Estimator).caused_by(error)
    }
}
