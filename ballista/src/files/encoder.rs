//! Record batches as the bytes of a file.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::csv;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::json::LineDelimitedWriter;
use datafusion::error::Result;
use datafusion::parquet::arrow::ArrowWriter;

use crate::table::Format;

/// Where the writers of the formats write: whoever has a handle can take what is there.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Encodes batch after batch; what is ready can be taken meanwhile.
pub(super) struct Encoder {
    writer: Writer,
    written: Written,
}

enum Writer {
    Parquet(Box<ArrowWriter<Written>>),
    JsonLines(LineDelimitedWriter<Written>),
    Csv(Box<csv::Writer<Written>>),
}

impl Encoder {
    pub fn new(format: Format, schema: &SchemaRef) -> Result<Self> {
        let written = Written::default();
        let to = written.clone();
        let mut writer = match format {
            Format::Parquet => Writer::Parquet(Box::new(ArrowWriter::try_new(to, schema.clone(), None)?)),
            Format::JsonLines => Writer::JsonLines(LineDelimitedWriter::new(to)),
            Format::Csv => Writer::Csv(Box::new(csv::WriterBuilder::new().with_header(true).build(to))),
        };
        if let Writer::Csv(csv) = &mut writer {
            // The names of the columns, also where there are no rows.
            csv.write(&RecordBatch::new_empty(schema.clone()))?;
        }
        Ok(Encoder { writer, written })
    }

    pub fn encode(&mut self, batch: &RecordBatch) -> Result<()> {
        match &mut self.writer {
            Writer::Parquet(parquet) => parquet.write(batch)?,
            Writer::JsonLines(json) => json.write(batch)?,
            Writer::Csv(csv) => csv.write(batch)?,
        }
        Ok(())
    }

    /// What is ready and was not taken yet.
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.written.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The rest.
    pub fn finish(self) -> Result<Vec<u8>> {
        match self.writer {
            Writer::Parquet(parquet) => drop(parquet.close()?),
            Writer::JsonLines(mut json) => json.finish()?,
            Writer::Csv(csv) => drop(csv.into_inner()),
        }
        Ok(std::mem::take(&mut self.written.0.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}
