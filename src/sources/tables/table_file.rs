//! `TableFile`: the trait of file formats of tables.

use std::any::Any;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use super::spans::{PartSize, Span};
use crate::data::Shared;
use crate::error::{Error, ErrorKind, Result};
use crate::sources::source_file::SourceFile;

/// A file of tables, opened: what its footer tells.
pub(super) trait TableFile: Sized + Shared {
    /// What the format is called in errors.
    const FORMAT: &'static str;

    /// Reads the footer.
    fn open(file: &SourceFile) -> Result<Self>;

    /// The columns.
    fn schema(&self) -> &SchemaRef;

    /// The sizes of the parts that can be decoded each by itself, when only these columns are read, for chunks of so many
    /// bytes.
    fn part_sizes(&self, file: &SourceFile, columns: &[usize], chunk_bytes: u64) -> Result<Vec<PartSize>>;

    /// The bytes of the file that are read of some parts.
    fn ranges(&self, parts: Range<usize>, columns: &[usize]) -> Vec<Range<u64>>;

    /// How many rows lie before a part: for the numbers of rows in errors, which nobody counts while all is
    /// well.
    fn rows_before(&self, file: &SourceFile, part: usize) -> Result<u64>;

    /// The rows of a span, in batches of about so many rows. Of the columns, which ascend, others are
    /// not decoded.
    fn batches<'a>(
        &'a self,
        file: &'a SourceFile,
        span: &Span,
        columns: &[usize],
        batch_rows: usize,
    ) -> Result<Batches<'a>>;
}

/// Rows batch by batch.
pub(super) type Batches<'a> = Box<dyn Iterator<Item = Result<RecordBatch>> + 'a>;

/// How many bytes at the end of a file are read at once to find its footer.
pub(super) const TAIL: u64 = 64 << 10;

/// What is wrong with a file.
pub(super) fn malformed(format: &'static str, problem: impl ToString) -> Error {
    Error::new(ErrorKind::Malformed { format, problem: problem.to_string() })
}

/// The sum of what a file tells, which may be anything where it is damaged.
pub(super) fn sum(counts: impl Iterator<Item = u64>) -> u64 {
    counts.fold(0, u64::saturating_add)
}

/// Has a reader work that is not made for every damaged file: where it panics, the file is to blame.
pub(super) fn guarded<T>(format: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let problem = format!("its content contradicts itself, the file is damaged: {}", message(&*panic));
        Err(malformed(format, problem))
    })
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}
