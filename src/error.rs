//! One error for the whole crate: what went wrong, where, and what to try next.

use std::any::Any;
use std::error::Error as StdError;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong and where. Cheap to clone; match on [`Error::kind`].
///
/// The place (file, chunk, row, task) is filled in on the way up: an algorithm knows the row, the
/// scheduler knows the chunk and the file.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    place: Place,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// Where an error happened, as far as it is known. Counts start at 0, but those of lines, and of
/// rows of files, at 1, as in editors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The file that was read.
    pub file: Option<PathBuf>,
    /// The line in that file.
    pub line: Option<u64>,
    /// The byte offset in that file.
    pub offset: Option<u64>,
    /// The row in that file, counted from 1 as lines are, where the file is a table.
    pub file_row: Option<u64>,
    /// The number of the chunk in its list.
    pub chunk: Option<usize>,
    /// The row within the chunk.
    pub row: Option<usize>,
    /// The task that failed, e.g. `partial_fit`.
    pub task: Option<String>,
}

/// The kinds of [`Error`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A parameter is outside its range.
    InvalidParameter {
        /// The parameter's name.
        name: &'static str,
        /// The value that was given.
        value: String,
        /// What is allowed.
        expected: String,
    },
    /// Two things that must have the same size have not.
    ShapeMismatch {
        /// What was counted, e.g. `columns`.
        what: &'static str,
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A matrix whose stored parts contradict each other.
    InvalidMatrix {
        /// What is wrong.
        problem: String,
    },
    /// A NaN or infinite value in the input.
    NonFinite {
        /// The column of the value.
        column: usize,
    },
    /// A value in the input that the estimator has no use for.
    InvalidFeature {
        /// The column of the value.
        column: usize,
        /// The value.
        value: f64,
        /// What is allowed.
        expected: &'static str,
    },
    /// An estimator was fitted on no rows at all.
    NoRows {
        /// What was to be fitted.
        estimator: &'static str,
    },
    /// Training whose weights grew beyond what a float can hold.
    Diverged {
        /// What was being fitted.
        estimator: &'static str,
    },
    /// A classifier needs rows of two classes side by side, and there were none.
    OneClass {
        /// The labels that were found.
        found: String,
    },
    /// A search in which every fit failed.
    NoCandidate {
        /// The first fit's error.
        error: String,
    },
    /// A search in which no candidate has a score that is a number.
    NoBest {
        /// The scorer that ranks the candidates.
        scorer: String,
    },
    /// A label that the model, or the declared classes, do not know.
    UnknownLabel {
        /// The label.
        label: String,
        /// The labels that are known.
        known: String,
    },
    /// A group that no row of training was of.
    UnknownGroup {
        /// The group's key.
        group: String,
        /// How many groups are known.
        known: usize,
    },
    /// A category that the encoder does not know.
    UnknownCategory {
        /// The column of the category.
        column: usize,
        /// The category.
        category: String,
    },
    /// A document that is not in the declared encoding.
    Decode {
        /// The encoding.
        encoding: &'static str,
        /// The first bad byte's offset in the document.
        position: usize,
    },
    /// A file that could not be read or written.
    Io {
        /// What was being done, e.g. `read`.
        action: &'static str,
    },
    /// A value that is to outlive the process, in a checkpoint or as an output file, and that no other would know again.
    NotLasting {
        /// The task whose value is to be kept or written.
        task: String,
        /// The task that it depends on, whose identity ends with this process.
        cause: String,
    },
    /// A chunk that does not fit into the memory that a run may use.
    TooLarge {
        /// What making it takes, with what it is made from, in bytes.
        bytes: usize,
        /// The limit, in bytes.
        limit: usize,
    },
    /// A model, or a dense result, that is larger than what this process may still take.
    ModelTooLarge {
        /// What was to be made, e.g. `SgdClassifier`.
        model: &'static str,
        /// What its numbers are, e.g. `3000 classes × 1048576 columns × 8 bytes`.
        shape: String,
        /// What they take together, in bytes.
        bytes: usize,
        /// What the process may take beside what it has: the least that its control group, `ulimit` and the machine's
        /// memory allow, in bytes.
        available: usize,
    },
    /// A chunk whose rows were fitted in two parts, or twice.
    RepeatedChunk {
        /// The chunk's number, or the first of those that overlap.
        chunk: u64,
    },
    /// A directory or pattern in which no file was found.
    NoFiles {
        /// What was looked for.
        wanted: String,
    },
    /// A file whose content is not in its format.
    Malformed {
        /// The format, e.g. `SGML`.
        format: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// Rows that a format of files cannot hold.
    Unwritable {
        /// The format, e.g. `CSV`.
        format: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// A download that failed or whose content is not what it should be.
    Download {
        /// The address.
        url: String,
        /// What went wrong.
        problem: String,
    },
    /// An estimator's own error; see [`StdError::source`].
    Estimator,
    /// A task panicked.
    Panicked {
        /// The panic's message.
        message: String,
    },
}

impl Error {
    /// An error of this kind, its place not yet known.
    pub fn new(kind: ErrorKind) -> Self {
        Error(Box::new(Inner { kind, place: Place::default(), source: None }))
    }

    /// A parameter outside its range: its name, the value given, what is allowed.
    pub fn parameter(name: &'static str, value: impl fmt::Debug, expected: impl Into<String>) -> Self {
        Error::new(ErrorKind::InvalidParameter { name, value: format!("{value:?}"), expected: expected.into() })
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
        match (&error as &dyn Any).downcast_ref::<Error>() {
            Some(own) => own.clone(),
            None => Error::new(ErrorKind::Estimator).caused_by(error),
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

    /// Adds the error that caused this one.
    pub fn caused_by(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    /// Adds the file, unless one is known already.
    pub fn in_file(mut self, file: impl AsRef<Path>) -> Self {
        self.0.place.file.get_or_insert_with(|| file.as_ref().to_path_buf());
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
        self.0.place.task.get_or_insert_with(|| task.to_owned());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, place, source } = &*self.0;
        write!(f, "{kind}")?;
        if let Some(source) = source {
            write!(f, ": {source}")?;
        }
        if *place != Place::default() {
            write!(f, " ({place})")?;
        }
        Ok(())
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ErrorKind::InvalidParameter { name, value, expected } => {
                write!(f, "invalid parameter {name} = {value}: expected {expected}")
            }
            ErrorKind::ShapeMismatch { what, expected, found } => {
                write!(f, "expected {expected} {what}, found {found}")
            }
            ErrorKind::InvalidMatrix { problem } => write!(f, "invalid sparse matrix: {problem}"),
            ErrorKind::NonFinite { column } => {
                write!(f, "NaN or infinite value in column {column}: impute or drop such values")
            }
            ErrorKind::InvalidFeature { column, value, expected } => {
                write!(f, "the value {value} in column {column}: expected {expected}")
            }
            ErrorKind::NoRows { estimator } => {
                write!(f, "{estimator} was fitted on no rows: check the filter and the split that come before it")
            }
            ErrorKind::Diverged { estimator } => write!(
                f,
                "the weights of {estimator} grew beyond all bounds: scale the features, or lower the learning rate"
            ),
            ErrorKind::OneClass { found } => {
                write!(f, "found only {found}: a classifier needs rows of two classes side by side to tell them apart")
            }
            ErrorKind::NoCandidate { error } => {
                write!(f, "every fit of the search failed, the first one with: {error}")
            }
            ErrorKind::NoBest { scorer } => write!(
                f,
                "no candidate's mean {scorer} is a number, so none is the best: Search::run tells the scores and errors of every fold"
            ),
            ErrorKind::UnknownLabel { label, known } => write!(
                f,
                "label {label} was never seen in training, which saw {known}: train on data that has it, or declare all classes"
            ),
            ErrorKind::UnknownGroup { group, known } => write!(
                f,
                "there is no model of group {group}: none of its rows was among those of the {known} groups in training; \
                 train on some, or leave the group out"
            ),
            ErrorKind::UnknownCategory { column, category } => write!(
                f,
                "category {category} in column {column} is not known: train on data that has it, declare all \
                 categories, or say what is done with others"
            ),
            ErrorKind::Decode { encoding, position } => write!(
                f,
                "byte {position} of the document is not valid {encoding}: name the right encoding, or ignore or replace decode errors"
            ),
            ErrorKind::Io { action } => write!(f, "cannot {action}"),
            ErrorKind::NotLasting { task, cause } => write!(
                f,
                "a later run would not know {task} again: it depends on {cause}, which is known by its handle in this \
                 process only (a value in memory, a closure, parameters that do not serialize): name data with \
                 Chunks::identified, and give all else parameters that serialize; or run without a checkpoint, and \
                 have a sink rewrite its files every time"
            ),
            ErrorKind::RepeatedChunk { chunk } => write!(
                f,
                "chunk {chunk} came twice, so that its rows would have been fitted in parts: an aggregation that ran \
                 out of memory began its groups anew, or the rows of a chunk were dealt to several partitions; allow \
                 more memory or have fewer groups at a time, and number the chunks after the last repartitioning"
            ),
            ErrorKind::NoFiles { wanted } => write!(f, "found no {wanted}"),
            ErrorKind::TooLarge { bytes, limit } => write!(
                f,
                "it takes {} of memory with what it is made from, and the limit is {}: make the chunks smaller \
                 (`chunk_bytes`, where files are cut), or raise `Runtime::memory_limit`",
                size(*bytes),
                size(*limit)
            ),
            ErrorKind::ModelTooLarge { model, shape, bytes, available } => write!(
                f,
                "{model} would take {} ({shape}), and this process may take {} more: have fewer columns (`n_features` of \
                 a hashing vectorizer), check that the targets are classes and not numbers or ids, declare the classes \
                 that count, or hold the features as f32",
                size(*bytes),
                size(*available)
            ),
            ErrorKind::Malformed { format, problem } => write!(f, "not valid {format}: {problem}"),
            ErrorKind::Unwritable { format, problem } => write!(f, "cannot be written as {format}: {problem}"),
            ErrorKind::Download { url, problem } => write!(f, "cannot download {url}: {problem}"),
            ErrorKind::Estimator => write!(f, "the estimator failed"),
            ErrorKind::Panicked { message } => write!(f, "a task panicked: {message}"),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            self.file.as_ref().map(|x| format!("file {}", x.display())),
            self.line.map(|x| format!("line {x}")),
            self.offset.map(|x| format!("byte {x}")),
            self.file_row.map(|x| format!("row {x} of the file")),
            self.chunk.map(|x| format!("chunk {x}")),
            self.row.map(|x| format!("row {x}")),
            self.task.as_ref().map(|x| format!("task {x}")),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        f.write_str(&parts.join(", "))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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

/// linfa's traits ask for this of every error type.
impl From<linfa::Error> for Error {
    fn from(error: linfa::Error) -> Self {
        Error::new(ErrorKind::Estimator).caused_by(error)
    }
}

/// A number of bytes, for people.
fn size(bytes: usize) -> String {
    match bytes {
        ..1_048_576 => format!("{bytes} bytes"),
        _ => format!("{:.1} MiB", bytes as f64 / (1 << 20) as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_names_problem_cause_and_place() {
        let error = Error::io("read", "a.sgm", std::io::Error::other("denied")).in_chunk(3).in_chunk(4).at_row(7);
        assert_eq!(error.to_string(), "cannot read: denied (file a.sgm, chunk 3, row 7)");
        let own = Error::from_estimator(error.clone());
        assert_eq!(own.kind(), error.kind());
        assert!(matches!(Error::from_estimator(linfa::Error::NotEnoughSamples).kind(), ErrorKind::Estimator));
    }
}
