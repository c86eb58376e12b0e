//! What is done with records that are not in their format.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::block::Block;
use super::report::{BadRecord, BlockReport};
use crate::error::{Error, ErrorKind, Result};

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
    /// any, `000012-name.jsonl` for chunk 12. The folder is made if it is missing.
    pub fn set_aside(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    pub(super) fn skips(&self) -> bool {
        self.skip
    }

    pub(super) fn sets_aside(&self) -> bool {
        self.folder.is_some()
    }

    pub(super) fn check(&self) -> Result<()> {
        match self.max_share {
            Some(share) if !(0.0..=1.0).contains(&share) => {
                Err(Error::parameter("at_most_share", share, "a share from 0 to 1"))
            }
            _ => Ok(()),
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
pub(super) struct Tally<'a> {
    format: &'static str,
    policy: &'a BadRecords,
    block_offset: u64,
    report: BlockReport,
    rejected: Vec<u8>,
}

impl<'a> Tally<'a> {
    pub fn new(format: &'static str, policy: &'a BadRecords, block_offset: u64) -> Self {
        Tally { format, policy, block_offset, report: BlockReport::default(), rejected: Vec::new() }
    }

    /// One more record was read.
    pub fn good(&mut self) {
        self.report.records += 1;
    }

    /// One more record, with these bytes, could not be read.
    pub fn bad(&mut self, place: RecordPlace, record: &[u8], problem: String) -> Result<()> {
        let offset = self.block_offset + place.offset as u64;
        if !self.policy.skip {
            return Err(self.failure(place, problem));
        }
        if self.policy.max.is_some_and(|max| self.report.skipped >= max) {
            let limit = format!("{problem}; it is one more bad record than the {} allowed", self.report.skipped);
            return Err(self.failure(place, limit));
        }
        self.report.add_bad(BadRecord { line: place.line, offset, problem });
        if self.policy.folder.is_some() {
            self.rejected.extend_from_slice(record);
            if record.last() != Some(&b'\n') {
                self.rejected.push(b'\n');
            }
        }
        Ok(())
    }

    /// The error that a record is, whatever the policy.
    pub fn failure(&self, place: RecordPlace, problem: String) -> Error {
        Error::new(ErrorKind::Malformed { format: self.format, problem })
            .at_line(place.line)
            .at_offset(self.block_offset + place.offset as u64)
            .at_row((self.report.records + self.report.skipped) as usize)
    }

    /// After the last record: checks the share and writes what is set aside.
    pub fn finish(self, block: &Block, chunk: usize) -> Result<BlockReport> {
        let (records, skipped) = (self.report.records, self.report.skipped);
        let share = skipped as f64 / (records + skipped).max(1) as f64;
        if let (Some(max), Some(first)) = (self.policy.max_share.filter(|max| share > *max), self.report.bad.first()) {
            let problem = format!(
                "{skipped} of {} records are bad, which is more than the share of {max} allowed; the first one: {}",
                records + skipped,
                first.problem
            );
            let error = Error::new(ErrorKind::Malformed { format: self.format, problem });
            return Err(error.at_line(first.line).at_offset(first.offset));
        }
        if let Some(folder) = &self.policy.folder {
            set_aside(folder, chunk, &block.file.path, &self.rejected)?;
        }
        Ok(self.report)
    }
}

/// The same chunk always writes the same file, so that reading it again changes nothing.
fn set_aside(folder: &Path, chunk: usize, source: &Path, rejected: &[u8]) -> Result<()> {
    let name = source.file_name().unwrap_or_default().to_string_lossy();
    let file = folder.join(format!("{chunk:06}-{name}"));
    if rejected.is_empty() {
        // Not what an earlier run over another state of the data left there.
        return match fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", &file, error)),
            _ => Ok(()),
        };
    }
    fs::create_dir_all(folder).map_err(|error| Error::io("create", folder, error))?;
    fs::write(&file, rejected).map_err(|error| {
        // Half a file would look like a whole one. That this may fail as well changes nothing.
        let _ = fs::remove_file(&file);
        Error::io("write", &file, error)
    })
}
