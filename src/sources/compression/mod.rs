//! Compressed files: recognized by their first bytes, decompressed in pieces, and read like any other file.
//!
//! - [`Kind`]: what a file is, by its first bytes; archives and other formats are named in errors.
//! - [`decoder`]: the content of a compressed stream, in bounded memory; [`Guard`] holds it to the limits that are set.
//! - [`decoder_bytes`]: the memory that it takes.
//! - [`Frames`]: the index of a file of many small frames, made of their headers.
//! - [`ContentFile`]: the content as a file: such a one, or any other decompressed into a file of our own.

mod content_file;
mod decoder;
mod decoder_bytes;
mod frames;
mod guard;
#[cfg(feature = "compression")]
mod gzip;
mod kind;

use std::path::Path;

pub(super) use content_file::{ContentFile, Place};
pub(super) use decoder::decoder;
pub(super) use decoder_bytes::decoder_bytes;
pub(super) use frames::{Frames, Walked};
pub(super) use guard::{Guard, Limits};
pub(super) use kind::{HEAD, Kind};

/// Endings of the names of compressed files.
const ENDINGS: [&str; 7] = ["gz", "gzip", "bgz", "zst", "zstd", "bz2", "xz"];

pub(super) fn has_compression_ending(name: &Path) -> bool {
    name.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// The name of a file without the ending of compression, if it has one.
pub(crate) fn without_compression_ending(name: &Path) -> &Path {
    if has_compression_ending(name) { Path::new(name.file_stem().unwrap_or_default()) } else { name }
}
