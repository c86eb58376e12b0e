//! The kinds of errors, and their messages.

use std::fmt;

use super::remedy::lasting_identity;
use super::shown::{TEXT, VALUE, sentence, shorten, value as shown};

/// The kinds of [`Error`](super::Error), for programs that go on after some of them.
///
/// - What was asked for: [`InvalidParameter`](Self::InvalidParameter), [`SameName`](Self::SameName),
///   [`NotLasting`](Self::NotLasting), [`NotCacheable`](Self::NotCacheable),
///   [`UnknownRowCounts`](Self::UnknownRowCounts), [`MismatchedStates`](Self::MismatchedStates).
/// - Too little data: [`NoRows`](Self::NoRows), [`NoScoredRows`](Self::NoScoredRows),
///   [`NoHeldOutRows`](Self::NoHeldOutRows), [`UndefinedScore`](Self::UndefinedScore), [`EmptyFold`](Self::EmptyFold),
///   [`TooFewChunks`](Self::TooFewChunks), [`OneClass`](Self::OneClass).
/// - What is in the data: [`ShapeMismatch`](Self::ShapeMismatch), [`InvalidMatrix`](Self::InvalidMatrix),
///   [`NonFinite`](Self::NonFinite), [`InvalidFeature`](Self::InvalidFeature), [`InvalidTarget`](Self::InvalidTarget),
///   [`UnknownLabel`](Self::UnknownLabel), [`UnknownGroup`](Self::UnknownGroup),
///   [`UnknownCategory`](Self::UnknownCategory), [`Decode`](Self::Decode), [`RepeatedChunk`](Self::RepeatedChunk).
/// - Numbers: [`NonFiniteResult`](Self::NonFiniteResult), [`Overflow`](Self::Overflow), [`Diverged`](Self::Diverged).
/// - Size: [`TooLarge`](Self::TooLarge), [`ModelTooLarge`](Self::ModelTooLarge),
///   [`TooManyColumns`](Self::TooManyColumns), [`TooManyGroups`](Self::TooManyGroups).
/// - Searches: [`NoCandidate`](Self::NoCandidate), [`NoBest`](Self::NoBest).
/// - Files and the network: [`Io`](Self::Io), [`NoFiles`](Self::NoFiles), [`Malformed`](Self::Malformed),
///   [`Unwritable`](Self::Unwritable), [`Download`](Self::Download).
/// - Code of others: [`Estimator`](Self::Estimator), [`RowFunction`](Self::RowFunction), [`Panicked`](Self::Panicked).
/// - Futures: [`Cancelled`](Self::Cancelled), [`WaitsForItself`](Self::WaitsForItself).
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
    /// A result that is NaN or infinite although it was made from finite numbers: they are beyond what a float can hold.
    NonFiniteResult {
        /// What came out, e.g. `decision value`.
        what: &'static str,
    },
    /// Values so large that what is computed of them is beyond what a float can hold.
    Overflow {
        /// What was being fitted, or was transforming.
        estimator: &'static str,
        /// The column of the values.
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
    /// A target that is NaN or infinite, or one that the estimator cannot learn from.
    InvalidTarget {
        /// The target.
        value: String,
        /// What is allowed.
        expected: &'static str,
    },
    /// More columns than the way of fitting takes.
    TooManyColumns {
        /// How many there are.
        found: usize,
        /// The most that there may be.
        most: usize,
        /// The part that takes no more, e.g. `the normal equations`.
        what: &'static str,
    },
    /// More groups, or distinct values, than may be held in memory.
    TooManyGroups {
        /// The most that there may be.
        max_groups: usize,
    },
    /// There were no rows at all to fit an estimator on, or a model is used that has seen none.
    NoRows {
        /// The estimator that was to be fitted, e.g. `SgdClassifier`, or the combinator that was to fit it, e.g. `Chained`.
        estimator: &'static str,
    },
    /// There were no rows at all to compute a score of.
    NoScoredRows {
        /// The score, e.g. `roc_auc`.
        score: String,
    },
    /// There were no rows among those held out to stop a chain early, to calibrate a model or to choose a threshold.
    NoHeldOutRows,
    /// A score that is not a number on the rows that it is of, e.g. the R² of a single row.
    UndefinedScore {
        /// The score, e.g. `validation score`.
        score: &'static str,
    },
    /// A fold that has no rows to train on, or none to test on.
    EmptyFold {
        /// The number of the fold in its split.
        fold: usize,
        /// The number of rows to train on.
        train: usize,
        /// The number of rows to test on.
        test: usize,
    },
    /// Fewer chunks than are needed.
    TooFewChunks {
        /// The number that is needed.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// An operation that cuts chunks at numbers of rows, over chunks whose row counts are not known.
    UnknownRowCounts {
        /// The operation, e.g. `rechunk`.
        operation: &'static str,
    },
    /// States, or models, that cannot be merged: what made them was set otherwise, or they are of another pass.
    MismatchedStates {
        /// The setting or pass of the first one.
        expected: String,
        /// The setting or pass of the other one.
        found: String,
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
    /// Two types of parameters that state one [name](crate::data::Identified) and version, so that a checkpoint could take
    /// the one for the other.
    SameName {
        /// The name.
        name: &'static str,
        /// The version.
        version: u32,
        /// The type that stated it first.
        one: &'static str,
        /// The type that is refused.
        other: &'static str,
    },
    /// A value that is to outlive the process, in a checkpoint or as an output file, and that no other would know again.
    NotLasting {
        /// The task whose value is to be kept or written.
        task: String,
        /// The task that it depends on, whose identity ends with this process.
        cause: String,
    },
    /// Chunks for a chunk cache of a type that has no form to be written in.
    NotCacheable {
        /// The type of the chunks.
        chunk: &'static str,
    },
    /// A chunk that does not fit into the memory that a run may use.
    TooLarge {
        /// What making it takes, with what it is made from, in bytes.
        bytes: usize,
        /// The bytes that the memory limit leaves for chunks.
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
    /// An estimator's own error; see [`std::error::Error::source`].
    Estimator,
    /// A function of a row failed; see [`std::error::Error::source`].
    RowFunction,
    /// A task panicked.
    Panicked {
        /// The panic's message.
        message: String,
    },
    /// A computation was cancelled, by its future, by the end of its session or from a dashboard.
    Cancelled,
    /// A task waits for a future of its own session, which may need the task's thread.
    WaitsForItself,
}

impl ErrorKind {
    /// Cuts the texts that came from elsewhere, so that no error holds a file's content.
    pub(super) fn shorten(&mut self) {
        use ErrorKind::*;
        match self {
            InvalidParameter { name: _, value, expected } => {
                shorten(value, VALUE);
                shorten(expected, TEXT);
            }
            NoCandidate { error: text }
            | NoFiles { wanted: text }
            | OneClass { found: text }
            | InvalidMatrix { problem: text }
            | Malformed { format: _, problem: text }
            | Unwritable { format: _, problem: text }
            | Panicked { message: text } => shorten(text, TEXT),
            ModelTooLarge { model: _, shape: name, bytes: _, available: _ }
            | NoBest { scorer: name }
            | NoScoredRows { score: name }
            | InvalidTarget { value: name, expected: _ }
            | UnknownGroup { group: name, known: _ }
            | UnknownCategory { column: _, category: name } => shorten(name, VALUE),
            UnknownLabel { label, known } => {
                shorten(label, VALUE);
                shorten(known, TEXT);
            }
            MismatchedStates { expected, found } => {
                shorten(expected, VALUE);
                shorten(found, VALUE);
            }
            NotLasting { task, cause } => {
                shorten(task, VALUE);
                shorten(cause, VALUE);
            }
            Download { url, problem } => {
                shorten(url, TEXT);
                shorten(problem, TEXT);
            }
            ShapeMismatch { .. }
            | NonFinite { .. }
            | NonFiniteResult { .. }
            | Overflow { .. }
            | InvalidFeature { .. }
            | NoRows { .. }
            | NoHeldOutRows
            | UndefinedScore { .. }
            | EmptyFold { .. }
            | TooFewChunks { .. }
            | UnknownRowCounts { .. }
            | TooManyColumns { .. }
            | TooManyGroups { .. }
            | NotCacheable { .. }
            | Diverged { .. }
            | Decode { .. }
            | Io { .. }
            | TooLarge { .. }
            | SameName { .. }
            | RepeatedChunk { .. }
            | Cancelled
            | WaitsForItself
            | RowFunction
            | Estimator => {}
        }
    }
}

/// Texts that came from elsewhere are escaped, and cut where they are long.
impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ErrorKind::InvalidParameter { name, value, expected } => {
                write!(f, "invalid parameter {name} = {}: expected {}", shown(value), sentence(expected))
            }
            ErrorKind::ShapeMismatch { what: what @ "columns", expected, found } => write!(
                f,
                "expected {expected} {what}, found {found}: the number of columns differs from training, or from that of \
                 the rows before"
            ),
            ErrorKind::ShapeMismatch { what, expected, found } => {
                write!(f, "expected {expected} {what}, found {found}")
            }
            ErrorKind::InvalidMatrix { problem } => write!(f, "invalid sparse matrix: {}", sentence(problem)),
            ErrorKind::NonFinite { column } => {
                write!(f, "NaN or infinite value in column {column}: impute or drop such values")
            }
            ErrorKind::NonFiniteResult { what } => write!(
                f,
                "the {what} is NaN or infinite, though what it is made from is finite: scale the features and targets, \
                 or look at the model's coefficients"
            ),
            ErrorKind::Overflow { estimator, column } => write!(
                f,
                "the values of column {column} are too large for {estimator}: their sums or squares are beyond what a \
                 float can hold; divide the column by a large number first"
            ),
            ErrorKind::InvalidFeature { column, value, expected } => {
                write!(f, "the value {value} in column {column}: expected {expected}")
            }
            ErrorKind::NoRows { estimator } => {
                write!(f, "there were no rows for {estimator}: check the filter and the split that come before it")
            }
            ErrorKind::InvalidTarget { value, expected } => {
                write!(f, "the target {}: expected {expected}; drop the row, or correct it", shown(value))
            }
            ErrorKind::TooManyColumns { found, most, what } => {
                write!(f, "{found} columns are too many for {what}, which takes {most} at most")
            }
            ErrorKind::TooManyGroups { max_groups } => write!(
                f,
                "there are more than {max_groups} groups: check that the key is what was meant and no number of the row, \
                 raise `max_groups` if there is memory for more, or take a part of the groups at a time, with a filter \
                 on the key before"
            ),
            ErrorKind::NoScoredRows { score } => write!(
                f,
                "there were no rows to compute the score {} of: check the filter and the split that come before it, and \
                 that some rows have a weight above 0",
                shown(score)
            ),
            ErrorKind::NoHeldOutRows => f.write_str(
                "there were no rows among those held out: hold out more (`validation_fraction` for early stopping), check \
                 the filter and the split that come before, and that some rows have a weight above 0",
            ),
            ErrorKind::UndefinedScore { score } => write!(
                f,
                "the {score} is not a number on these rows: hold out more of them (R² needs two rows at least), and scale \
                 values whose squares are beyond what a float can hold"
            ),
            ErrorKind::EmptyFold { fold, train, test } => write!(
                f,
                "fold {fold} has {train} rows to train on and {test} to test on: it needs some of both; have fewer folds, \
                 another share of test rows, or more data"
            ),
            ErrorKind::TooFewChunks { needed, found } => write!(
                f,
                "found {found} chunks where {needed} are needed: make the chunks smaller (`chunk_bytes`, where files are cut)"
            ),
            ErrorKind::UnknownRowCounts { operation } => write!(
                f,
                "`{operation}` cuts by numbers of {}, which are not known of these chunks before they are made: count them in a \
                 run of its own (`Chunks::counted`){}",
                if *operation == "rechunk_bytes" { "rows and bytes" } else { "rows" },
                if *operation == "rechunk_bytes" { "" } else { ", or state them (`Chunks::with_row_counts`)" }
            ),
            ErrorKind::MismatchedStates { expected, found } => write!(
                f,
                "what was learned does not go together: {} was expected, and {} was found; merge and finish only what one \
                 estimator has learned, with the same parameters and in the same pass",
                shown(expected),
                shown(found)
            ),
            ErrorKind::Diverged { estimator } => write!(
                f,
                "the weights of {estimator} grew beyond all bounds: scale the features, or lower the learning rate"
            ),
            ErrorKind::OneClass { found } => {
                let found = sentence(found);
                write!(f, "found only {found}: a classifier needs rows of two classes side by side to tell them apart")
            }
            ErrorKind::NoCandidate { error } => {
                write!(f, "every fit of the search failed, the first one with: {}", sentence(error))
            }
            ErrorKind::NoBest { scorer } => write!(
                f,
                "no candidate's mean {} is a number, so none is the best: Search::run tells the scores and errors of every fold",
                shown(scorer)
            ),
            ErrorKind::UnknownLabel { label, known } => write!(
                f,
                "label {} was never seen in training, which saw {}: train on data that has it, or declare all classes",
                shown(label),
                sentence(known)
            ),
            ErrorKind::UnknownGroup { group, known } => write!(
                f,
                "there is no model of group {}: none of its rows was among those of the {known} groups in training; \
                 train on some, or leave the group out",
                shown(group)
            ),
            ErrorKind::UnknownCategory { column, category } => write!(
                f,
                "category {} in column {column} is not known: train on data that has it, declare all \
                 categories, or say what is done with others",
                shown(category)
            ),
            ErrorKind::Decode { encoding, position } => write!(
                f,
                "byte {position} of the document is not valid {encoding}: name the right encoding, or ignore or replace decode errors"
            ),
            ErrorKind::Io { action } => write!(f, "cannot {action}"),
            ErrorKind::SameName { name, version, one, other } => write!(
                f,
                "the types {one} and {other} both have the name {name} in version {version}, by which a checkpoint knows an \
                 estimator: give one of them another NAME, or raise its VERSION; if they differ only in a type between the \
                 angle brackets, rename that one; or give an estimator to `opaque`, which asks for no name"
            ),
            ErrorKind::NotLasting { task, cause } => write!(
                f,
                "a later run would not know {} again: it depends on {}, which is known by its handle in this \
                 process only (a value in memory, a closure, parameters that do not serialize): {}; give all else \
                 parameters that serialize; or run without a checkpoint, and have a sink rewrite its files every time",
                shown(task),
                shown(cause),
                lasting_identity(&shown(cause).to_string())
            ),
            ErrorKind::RepeatedChunk { chunk } => write!(
                f,
                "chunk {chunk} came twice, so that its rows would have been fitted in parts: an aggregation that ran \
                 out of memory began its groups anew, or the rows of a chunk were dealt to several partitions; allow \
                 more memory or have fewer groups at a time, and number the chunks after the last repartitioning"
            ),
            ErrorKind::NoFiles { wanted } => write!(f, "found no {}", sentence(wanted)),
            ErrorKind::NotCacheable { chunk } => write!(
                f,
                "chunks of type {chunk} cannot be cached: set Footprint::COMPACT for it, or do without `cached`"
            ),
            ErrorKind::TooLarge { bytes, limit } => write!(
                f,
                "it takes {} of memory with what it is made from, and the memory limit leaves {}: make the chunks \
                 smaller (`chunk_bytes`, where files are cut), or raise `Runtime::memory_limit`",
                size(*bytes),
                size(*limit)
            ),
            ErrorKind::ModelTooLarge { model, shape, bytes, available } => write!(
                f,
                "{model} would take {} ({}), and this process may take {} more: have fewer columns (`n_features` of \
                 a hashing vectorizer), check that the targets are classes and not numbers or ids, declare the classes \
                 that count, or hold the features as f32",
                size(*bytes),
                shown(shape),
                size(*available)
            ),
            ErrorKind::Malformed { format, problem } => write!(f, "not valid {format}: {}", sentence(problem)),
            ErrorKind::Unwritable { format, problem } => {
                write!(f, "cannot be written as {format}: {}", sentence(problem))
            }
            ErrorKind::Download { url, problem } => {
                write!(f, "cannot download {}: {}", sentence(url), sentence(problem))
            }
            ErrorKind::Estimator => write!(f, "the estimator failed"),
            ErrorKind::RowFunction => write!(f, "the function failed on a row"),
            ErrorKind::Cancelled => f.write_str("the computation was cancelled"),
            ErrorKind::WaitsForItself => f.write_str(
                "a task waits for a future of its own session, which may need the task's thread: make what it waits for an \
                 input of the task",
            ),
            ErrorKind::Panicked { message } => write!(f, "a task panicked: {}", sentence(message)),
        }
    }
}

/// A number of bytes, for people.
fn size(bytes: usize) -> String {
    match bytes {
        ..1_048_576 => format!("{bytes} bytes"),
        _ => format!("{:.1} MiB", bytes as f64 / (1 << 20) as f64),
    }
}
