//! Report of what was read and what could not be.

use std::path::PathBuf;

use crate::error::Error;

/// How many bad records are told of one by one, for each chunk.
const SHOWN: usize = 100;

/// How the records of a source were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadReport {
    /// The records that were read.
    pub records: u64,
    /// The records that were left out because they are not in their format.
    pub skipped: u64,
    /// The files with bad records, in order, with what is wrong.
    pub bad: Vec<(PathBuf, BadRecord)>,
}

/// A record that is not in its format. Of each chunk, the first 100 are told of.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BadRecord {
    /// Its first line in the file, counted from 1; of Parquet and Arrow, its row, counted from 1 too.
    pub line: u64,
    /// Its first byte in the file, counted from 0; in a compressed file, in the content. None for a row of
    /// Parquet or Arrow, which has no bytes of its own.
    pub offset: Option<u64>,
    /// What is wrong with it. What it quotes is escaped, and cut where it is long.
    pub problem: String,
}

impl BadRecord {
    /// Adds to an error where the record lies.
    pub(super) fn place(&self, error: Error) -> Error {
        match self.offset {
            Some(offset) => error.at_line(self.line).at_offset(offset),
            None => error.at_file_row(self.line),
        }
    }
}

impl ReadReport {
    /// The share of records that were left out, from 0 to 1; 0 when there was no record.
    pub fn skipped_share(&self) -> f64 {
        self.skipped as f64 / (self.records + self.skipped).max(1) as f64
    }
}

/// How the records of one block were read; lines are counted within it.
#[derive(Clone, Debug, Default)]
pub(super) struct BlockReport {
    pub records: u64,
    pub skipped: u64,
    pub bad: Vec<BadRecord>,
    /// How many lines end in the block, or rows are in it.
    pub lines: u64,
}

impl BlockReport {
    pub(super) fn add_bad(&mut self, record: BadRecord) {
        self.skipped += 1;
        if self.bad.len() < SHOWN {
            self.bad.push(record);
        }
    }
}
