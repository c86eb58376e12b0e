//! Bad rows of tables, which have no bytes of their own.

use super::{BadRecords, RecordTally};
use crate::error::{Result, shown};
use crate::sources::report::BadRecord;

impl<'a> RecordTally<'a> {
    /// For the rows of a table.
    pub(crate) fn of_rows(format: &'static str, policy: &'a BadRecords) -> Self {
        RecordTally { rejected_ending: Some(".arrow"), ..RecordTally::new(format, policy, 0) }
    }

    /// One more row of a table could not be read; rows are counted from 1 in the chunk.
    pub(crate) fn bad_row(&mut self, row: u64, problem: String) -> Result<()> {
        self.skip(BadRecord { line: row, offset: None, problem: shown::sentence(&problem).to_string() })
    }

    /// Whether bad records are to be set aside.
    pub(crate) fn sets_aside(&self) -> bool {
        self.policy.sets_aside()
    }

    /// What is to be set aside of the rows of a table.
    pub(crate) fn reject(&mut self, rows: Vec<u8>) {
        self.rejected = rows;
    }
}
