//! Bad records: what is done with records that are not in their format.

#[cfg(feature = "arrow")]
mod of_tables;

use std::path::PathBuf;

use serde::Serialize;

use super::report::{BadRecord, BlockReport};
use super::set_aside::{Origin, set_aside};
use crate::error::{Error, ErrorKind, Result, shown};
use crate::files::{ABANDONED, sweep};

/// What is done with records that cannot be read: by default the chunk fails with the first one.
///
/// Limits hold for each chunk, so that whether a chunk can be read does not depend on others;
/// [`Reading::chunks_and_report`](super::Reading::chunks_and_report) tells the sums.
///
/// ```
/// use chunkfit::sources::BadRecords;
/// let policy = BadRecords::skip().at_most(100).at_most_share(0.01).set_aside("rejected");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct BadRecords {
    skip: bool,
    max: Option<u64>,
    max_share: Option<f64>,
    folder: Option<PathBuf>,
}

impl BadRecords {
    /// The first bad record fails its chunk. The default.
    pub fn fail() -> Self {
        Self::default()
    }

    /// Bad records are left out and counted, however many there are.
    pub fn skip() -> Self {
        BadRecords { skip: true, ..Self::default() }
    }

    /// At most so many of a chunk are left out; one more, and the chunk fails.
    pub fn at_most(mut self, records: u64) -> Self {
        self.max = Some(records);
        self
    }

    /// At most this share of a chunk's records, from 0 to 1, is left out; else the chunk fails.
    pub fn at_most_share(mut self, share: f64) -> Self {
        self.max_share = Some(share);
        self
    }

    /// The bytes of bad records are written to this folder as they are: a file for each chunk that has
    /// any, `000012-name.jsonl.5f3c0e8a9b7d1246.jsonl` for chunk 12. The 16 digits stand for the source (the full path of
    /// its file, its format and what is read of it), so that sources of one folder, also of several runs, do not replace
    /// each other's. The folder is made if it is missing. Rows of Parquet and of Arrow,
    /// which have no bytes of their own, are written as a file of Arrow's record batches with the columns that
    /// were read: `000012-name.parquet.5f3c0e8a9b7d1246.arrow`.
    ///
    /// A file is written aside and renamed when it is whole. The next run over the same source replaces it, or removes it
    /// if that chunk has no bad record any more; no other file is touched.
    pub fn set_aside(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    pub(super) fn skips(&self) -> bool {
        self.skip
    }

    fn sets_aside(&self) -> bool {
        self.skip && self.folder.is_some()
    }

    /// The number of a chunk as far as it is known by it: what is set aside goes by it, and all else is the
    /// same wherever the file is in the list.
    pub(super) fn number(&self, chunk: usize) -> Option<usize> {
        Some(chunk).filter(|_| self.sets_aside())
    }

    pub(super) fn check(&self) -> Result<()> {
        match self.max_share {
            Some(share) if !(0.0..=1.0).contains(&share) => {
                Err(Error::parameter("at_most_share", share, "a share from 0 to 1"))
            }
            _ => Ok(()),
        }
    }

    /// Removes what processes that were killed in the middle of writing have left.
    pub(super) fn sweep(&self) {
        if let Some(folder) = self.folder.as_ref().filter(|_| self.skip) {
            sweep(folder, ABANDONED);
        }
    }
}

/// Where a record lies.
#[derive(Clone, Copy)]
pub(super) struct RecordPlace {
    /// Its first byte, counted from the block's.
    pub offset: usize,
    /// Its line, counted from 1 in the block.
    pub line: u64,
}

/// Counts the records of one block and deals with the bad ones.
pub(super) struct RecordTally<'a> {
    format: &'static str,
    policy: &'a BadRecords,
    block_offset: u64,
    report: BlockReport,
    rejected: Vec<u8>,
    /// How the name of the file of rejected records ends, if not as that of the source.
    rejected_ending: Option<&'static str>,
}

impl<'a> RecordTally<'a> {
    pub(super) fn new(format: &'static str, policy: &'a BadRecords, block_offset: u64) -> Self {
        let (report, rejected, rejected_ending) = (BlockReport::default(), Vec::new(), None);
        RecordTally { format, policy, block_offset, report, rejected, rejected_ending }
    }

    /// One more record was read.
    pub(super) fn good(&mut self) {
        self.report.records += 1;
    }

    /// One more record, with these bytes, could not be read.
    pub(super) fn bad(&mut self, place: RecordPlace, record: &[u8], problem: String) -> Result<()> {
        self.skip(self.bad_record(place, problem))?;
        if self.policy.folder.is_some() {
            self.rejected.extend_from_slice(record);
            if record.last() != Some(&b'\n') {
                self.rejected.push(b'\n');
            }
        }
        Ok(())
    }

    /// Counts a bad record, unless it is one too many.
    fn skip(&mut self, record: BadRecord) -> Result<()> {
        if !self.policy.skip {
            return Err(self.error(&record, record.problem.clone()));
        }
        if self.policy.max.is_some_and(|max| self.report.skipped >= max) {
            let skipped = self.report.skipped;
            let problem = format!("{}; it is one more bad record than the {skipped} allowed", record.problem);
            return Err(self.error(&record, problem));
        }
        self.report.add_bad(record);
        Ok(())
    }

    /// A record that cannot be read.
    pub(super) fn bad_record(&self, place: RecordPlace, problem: String) -> BadRecord {
        let problem = shown::sentence(&problem).to_string();
        BadRecord { line: place.line, offset: Some(self.block_offset + place.offset as u64), problem }
    }

    /// The error that a record is, whatever the policy.
    pub(super) fn error(&self, record: &BadRecord, problem: String) -> Error {
        let error = record.place(Error::new(ErrorKind::Malformed { format: self.format, problem }));
        error.at_row((self.report.records + self.report.skipped) as usize)
    }

    /// After the last record: checks the share and writes what is set aside.
    pub(super) fn finish(self, origin: &Origin) -> Result<BlockReport> {
        let (records, skipped) = (self.report.records, self.report.skipped);
        let share = skipped as f64 / (records + skipped).max(1) as f64;
        if let (Some(max), Some(first)) = (self.policy.max_share.filter(|max| share > *max), self.report.bad.first()) {
            let problem = format!(
                "{skipped} of {} records are bad, which is more than the share of {max} allowed; the first one: {}",
                records + skipped,
                first.problem
            );
            let error = Error::new(ErrorKind::Malformed { format: self.format, problem });
            return Err(first.place(error));
        }
        if let Some(folder) = &self.policy.folder {
            set_aside(folder, &origin.name(self.rejected_ending), &self.rejected)?;
        }
        Ok(self.report)
    }
}
