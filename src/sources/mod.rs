//! Chunks from files in the formats that people have.
//!
//! - [`TextLines`]: one document a line.
//! - `JsonLines` (feature `formats`): one JSON object a line.
//! - `Csv` (feature `formats`): comma- or tab-separated values.
//! - [`Svmlight`]: sparse rows and labels, as LIBSVM writes them.
//! - `Parquet` (feature `parquet`): tables by columns, row groups as chunks.
//! - `ArrowIpc` (feature `arrow`): tables as Arrow's record batches.
//!
//! Each is opened over one file, a folder or a pattern, on disk or in an object store ([`Files`]), set,
//! and asked for what is wanted of its records; the [`Reading`] it gives makes the chunks. Files larger than
//! [`chunk_bytes`](TextLines::chunk_bytes) are cut between records. Files that gzip or Zstandard
//! compressed are read whole (feature `compression`); one that was cut short, or has something else behind it, is an
//! error, and so is a damaged one that has a checksum (Zstandard's is optional). [`BadRecords`] says what is done with
//! records that cannot be read, and [`ReadReport`] what was. A file that changes while it is read is an error, too.
//!
//! Files in other formats: [`Chunks::from_files`](crate::Chunks::from_files) and a function that reads one.
//!
//! # What tells files apart
//!
//! Checkpoints, chunk caches and sinks know a chunk again by the file that it is from: by its absolute path, and by the
//! state of the file behind it, which is its size, its time of change to the nanosecond, and on Unix its inode and the
//! time at which the inode changed (elsewhere its time of creation). A run compares the same state after it has read from
//! a file.
//!
//! So a file is read again, though its content is the same, after it was copied, moved, unpacked again, given other
//! permissions or another link: all of these change the inode or its time. Nothing is lost but the time for it; a run that
//! is going on ends with an error that says so.
//!
//! What remains possible: a file that is written in place twice within one tick of the system's clock (some milliseconds),
//! its size kept, has one state for both contents; so has a file on a file system that tells neither inodes nor such
//! times, as some over a network do, if its size and time of change are kept. Where that may happen, give the new content
//! another name.
//!
//! Objects in stores are known by what the store calls itself, their names, sizes, tags, versions and times of change.

mod bad_records;
mod block;
mod block_reading;
#[cfg(any(feature = "arrow", feature = "formats"))]
mod columns;
pub(crate) mod compression;
mod contents;
#[cfg(feature = "formats")]
mod csv;
mod encoding;
mod files;
#[cfg(feature = "formats")]
mod json_lines;
mod lines;
#[allow(dead_code)] // until readers of rows take partitions as columns
mod partitions;
mod reading;
mod report;
mod set_aside;
mod source;
mod source_file;
#[cfg(feature = "object-store")]
mod stores;
mod svmlight;
#[cfg(feature = "arrow")]
mod tables;
mod text_lines;

#[cfg(feature = "formats")]
pub use self::csv::Csv;
pub use bad_records::BadRecords;
#[cfg(any(feature = "arrow", feature = "formats"))]
pub use columns::Field;
pub use files::Files;
#[cfg(feature = "formats")]
pub use json_lines::JsonLines;
pub use reading::Reading;
pub use report::{BadRecord, ReadReport};
pub use source::CHUNK_BYTES;
pub use svmlight::{IndexBase, Svmlight};
#[cfg(feature = "arrow")]
pub use tables::ArrowIpc;
#[cfg(feature = "parquet")]
pub use tables::Parquet;
pub use text_lines::TextLines;
