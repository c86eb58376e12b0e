//! The rows of one chunk, as they come out of a file.

use arrow_array::{BooleanArray, RecordBatch};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{ArrowError, SchemaRef};
use arrow_select::filter::filter_record_batch;

use super::table_file::{Batches, malformed};
use super::wanted::Projection;
use crate::error::Result;
use crate::sources::bad_records::RecordTally;

/// Gives the rows batch by batch, has each of them judged, and remembers what became of it.
pub(super) struct TableRows<'a, 'p> {
    pub format: &'static str,
    pub projection: &'a Projection,
    pub batches: Batches<'a>,
    pub tally: &'a mut RecordTally<'p>,
    /// How many rows there were so far.
    pub passed: u64,
    /// Those of them that are to be set aside.
    pub rejected: Vec<RecordBatch>,
}

impl TableRows<'_, '_> {
    /// What the batches are.
    pub(super) fn schema(&self) -> &SchemaRef {
        self.projection.schema()
    }

    /// The next rows, their columns in the order in which they are wanted.
    pub(super) fn next_batch(&mut self) -> Result<Option<RecordBatch>> {
        let Some(batch) = self.batches.next() else { return Ok(None) };
        self.projection.arrange(&batch?, self.format).map(Some)
    }

    /// Asks for every row of a batch whether it can be taken. Gives those that can be.
    pub(super) fn judge(
        &mut self,
        batch: RecordBatch,
        mut take: impl FnMut(usize) -> Result<(), String>,
    ) -> Result<RecordBatch> {
        let mut good = vec![true; batch.num_rows()];
        for (row, good) in good.iter_mut().enumerate() {
            match take(row) {
                Ok(()) => self.tally.good(),
                Err(problem) => {
                    *good = false;
                    self.tally.bad_row(self.passed + row as u64 + 1, problem)?;
                }
            }
        }
        self.passed += good.len() as u64;
        if good.iter().all(|&good| good) {
            return Ok(batch);
        }
        if self.tally.sets_aside() {
            let bad = good.iter().map(|good| !good).collect::<Vec<_>>();
            self.rejected.push(self.select(&batch, bad)?);
        }
        self.select(&batch, good)
    }

    /// For batches whose rows are all taken, whatever they hold.
    pub(super) fn take_all(&mut self, batch: &RecordBatch) {
        (0..batch.num_rows()).for_each(|_| self.tally.good());
        self.passed += batch.num_rows() as u64;
    }

    /// Hands what is to be set aside to the tally: a file of Arrow's record batches.
    pub(super) fn finish(self) -> Result<u64> {
        let Some(first) = self.rejected.first() else { return Ok(self.passed) };
        let write = || -> Result<Vec<u8>, ArrowError> {
            let mut writer = FileWriter::try_new(Vec::new(), &first.schema())?;
            self.rejected.iter().try_for_each(|rows| writer.write(rows))?;
            writer.into_inner()
        };
        self.tally.reject(write().map_err(|error| malformed(self.format, error))?);
        Ok(self.passed)
    }

    fn select(&self, batch: &RecordBatch, rows: Vec<bool>) -> Result<RecordBatch> {
        filter_record_batch(batch, &BooleanArray::from(rows)).map_err(|error| malformed(self.format, error))
    }
}
