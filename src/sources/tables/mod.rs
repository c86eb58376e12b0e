//! Chunks from files of tables: Arrow's record batches, Parquet's row groups.
//!
//! A text file is cut anywhere and its records are looked for; a table says in its footer where its parts
//! lie, and a part is decoded whole. What is the same for both formats is here: parts are put
//! together up to the size of a chunk, only the columns that are wanted are read, rows that lack one of
//! them are bad records. What a format adds is a [`TableFile`].

mod formats;
mod ipc_file;
mod ipc_message;
mod ipc_stream;
#[cfg(feature = "parquet")]
mod parquet_bytes;
#[cfg(feature = "parquet")]
mod parquet_file;
#[cfg(feature = "parquet")]
mod parquet_sizes;
mod rows;
mod spans;
mod table_file;
mod table_reading;
mod table_rows;
mod wanted;

pub use formats::ArrowIpc;
#[cfg(feature = "parquet")]
pub use formats::Parquet;
