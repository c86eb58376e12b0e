//! Bytes of a source's file for Parquet's reader of pages, which asks for one page after the other.

use std::io::{self, BufReader, Read};

use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

use crate::sources::source_file::SourceFile;

/// Bytes that are read at once to find the header of a page: 1 KiB.
const HEADER_BYTES: usize = 1 << 10;

/// A file that is read from any place, a page or a header at a time.
pub(super) struct FileBytes(pub(super) SourceFile);

impl FileBytes {
    fn from(&self, start: u64, length: u64) -> io::Result<Box<dyn Read>> {
        let end = start.saturating_add(length);
        if end > self.0.bytes() {
            let problem = format!("bytes {start} to {end} are wanted of {}: the file is damaged", self.0.bytes());
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, problem));
        }
        self.0.reader(start..end)
    }
}

impl Length for FileBytes {
    fn len(&self) -> u64 {
        self.0.bytes()
    }
}

impl ChunkReader for FileBytes {
    type T = BufReader<Box<dyn Read>>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        let reader = self.from(start, 0).map_err(external)?;
        Ok(BufReader::with_capacity(HEADER_BYTES, reader))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let mut bytes = Vec::with_capacity(length.min(self.0.bytes() as usize));
        let mut reader = self.from(start, length as u64).map_err(external)?.take(length as u64);
        reader.read_to_end(&mut bytes).map_err(external)?;
        if bytes.len() < length {
            return Err(external(io::Error::new(io::ErrorKind::UnexpectedEof, "the file ends too early")));
        }
        Ok(bytes.into())
    }
}

fn external(error: io::Error) -> ParquetError {
    ParquetError::External(Box::new(error))
}
