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
//! [`chunk_bytes`](TextLines::chunk_bytes) are cut between records. [`BadRecords`] says what is done with
//! records that cannot be read, and [`ReadReport`] what was. A file that changes while it is read is an error, too.
//!
//! A document is made of one field of a record, or of several that are joined (`TextFields`). Fields that the names of a
//! file's folders state (Hive partitions, `year=2024/label=spam/part-0.csv`) are there in every record of the file.
//!
//! Files in other formats: [`Chunks::from_files`](crate::Chunks::from_files) and a function that reads one.
//!
//! # Compressed files
//!
//! Text files that gzip, Zstandard, bzip2 or xz compressed (feature `compression`) are recognized by their first bytes,
//! whatever their names. They are cut into chunks as their contents would be, in one of three ways:
//!
//! - **When it is read**: a file whose content fits into a chunk is one chunk, and is decompressed when that is made. So
//!   thousands of small files are opened without being decompressed. Zstandard's headers say how large a content
//!   is at most. A file of gzip, bzip2 or xz is taken for one if it has at most a sixteenth of
//!   [`chunk_bytes`](TextLines::chunk_bytes), and gzip's stated size is at most `chunk_bytes`. A gzip file of several
//!   members states the size of the last one; its chunk may be larger than `chunk_bytes`.
//! - **By frames**: block gzip (as `bgzip` writes it) and files of many Zstandard frames of at most `chunk_bytes` each,
//!   which state their sizes. A chunk is decompressed from the frame before it on. Opening such a file reads its headers.
//! - **By a spill file**: any other file is decompressed once, when the source is asked for its [`Reading`], in
//!   pieces of 256 KiB, into a file in the folder for temporary files, or in
//!   [`spill_folder`](TextLines::spill_folder). Up to four files are decompressed at a time. The spill file is cut and
//!   read as any file, can be read by its owner only, and is removed when the last reading, chunk and value made of it is
//!   dropped. Those that killed processes leave are removed an hour later, when something is spilled into the same
//!   folder. [`Reading::spilled_bytes`] says how much there is.
//!
//! The cuts depend on the file and on `chunk_bytes`, never on threads or the memory limit; chunks are known by the
//! compressed file, in every process. Decompressing takes a window or dictionary: 128 MiB at most for Zstandard, 192 MiB
//! for xz; more is an error. [`max_content_bytes`](TextLines::max_content_bytes) and
//! [`max_compression_ratio`](TextLines::max_compression_ratio) bound what a file may hold. In an object store a file of
//! at most `chunk_bytes` is looked at when it is opened only if its name has the ending of a compression (`.gz`, `.zst`,
//! `.bz2`, `.xz`); without one it is one chunk, and an error if it holds more than 16 times `chunk_bytes`, or 64 MiB if
//! that is more.
//!
//! A file that was cut short, or has something else behind its content, is an error, and so is a damaged one that has a
//! checksum (Zstandard's is optional). Zeros behind gzip and xz, and frames of Zstandard that are to be skipped, are
//! passed over. Archives (zip, tar, 7z, rar) and other compressions (LZ4, Snappy, LZMA) are named in an error.
//!
//! Texts in other [encodings](TextLines::encoding) than UTF-8 (feature `encodings`) are cut in the same way: one that
//! might be larger than a chunk in UTF-8 is converted into a spill file.
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
#[cfg(any(feature = "arrow", feature = "formats"))]
mod fields;
mod files;
#[cfg(feature = "formats")]
mod json_lines;
mod lines;
mod look_ahead;
mod partitions;
mod read_some;
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
#[cfg(any(feature = "arrow", feature = "formats"))]
mod text_fields;
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
#[cfg(any(feature = "arrow", feature = "formats"))]
pub use text_fields::TextFields;
pub use text_lines::TextLines;
