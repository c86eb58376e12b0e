//! Files: read, written, cut short, damaged and interrupted.
#![allow(clippy::unwrap_used)] // clippy knows tests, not their helpers

#[cfg(feature = "parquet")]
mod arrow;
#[cfg(feature = "download")]
mod download;
#[cfg(feature = "parquet")]
mod fields;
mod kills;
#[cfg(all(target_os = "linux", feature = "compression", feature = "formats", feature = "parquet"))]
mod memory;
mod odd_files;
mod own_records;
mod reuters;
mod row_by_row;
mod sinks;
mod sinks_interrupted;
#[cfg(feature = "parquet")]
mod sinks_round_trip;
mod sources;
#[cfg(all(feature = "object-store", feature = "parquet"))]
mod stores;
#[cfg(feature = "formats")]
mod values;
