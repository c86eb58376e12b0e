//! Errors, as DataFusion and Ballista want them.

use std::fmt::Display;

use chunkfit::ErrorKind;
use datafusion::error::DataFusionError;

/// An error that trying again would not mend: Ballista fails the job at once.
pub(crate) fn refused(problem: impl Into<String>) -> DataFusionError {
    DataFusionError::Execution(problem.into())
}

/// The same of the planner: before anything has run.
pub(crate) fn unplanned(problem: impl Into<String>) -> DataFusionError {
    DataFusionError::Plan(problem.into())
}

/// An error of the core, with what was being done. Those of input and output may pass, and are told as such:
/// Ballista tries the task again for them, and for no others.
pub(crate) fn from_core(doing: impl Display) -> impl FnOnce(chunkfit::Error) -> DataFusionError {
    move |error| told(matches!(error.kind(), ErrorKind::Io { .. }), format!("{doing}: {}", error.full_message()))
}

/// An error of the end of a fit. Rows of one class may be the first of a window that grows, for which there is no fit.
pub(crate) fn from_end_of_fit(estimator: impl Display) -> impl FnOnce(chunkfit::Error) -> DataFusionError {
    move |error| match error.kind() {
        ErrorKind::OneClass { .. } => refused(format!(
            "{estimator}: {}; a fit gives one model of all rows: in a window over rows in an order it would begin with \
             one row; use GROUP BY there",
            error.full_message()
        )),
        _ => from_core(estimator)(error),
    }
}

/// An error of an object store, with what was being done. What is not there, or not allowed, will not be
/// there at the next try; all else may pass.
pub(crate) fn from_store(doing: impl Display) -> impl FnOnce(object_store::Error) -> DataFusionError {
    move |error| told(may_pass(&error), format!("{doing}: {error}"))
}

/// An error of a scan of files, with what was being done: as those of stores, if it comes from one.
pub(crate) fn from_scan(doing: &str, error: DataFusionError) -> DataFusionError {
    let passes = match error.find_root() {
        DataFusionError::ObjectStore(error) => may_pass(error),
        DataFusionError::IoError(_) => true,
        _ => false,
    };
    told(passes, format!("{doing}: {error}"))
}

fn told(may_pass: bool, problem: String) -> DataFusionError {
    if may_pass { DataFusionError::IoError(std::io::Error::other(problem)) } else { refused(problem) }
}

fn may_pass(error: &object_store::Error) -> bool {
    use object_store::Error::*;
    !matches!(
        error,
        NotFound { .. }
            | InvalidPath { .. }
            | NotSupported { .. }
            | NotImplemented { .. }
            | PermissionDenied { .. }
            | Unauthenticated { .. }
            | UnknownConfigurationKey { .. }
    )
}
