//! Files that are there as a whole or not at all.

use std::path::Path;

use crate::error::{Error, Result};
use crate::files::{Name, replace};

/// Writes under a hidden name in the same folder, then renames, so that a reader sees the old file or the new one.
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io) with the path, where the folder cannot be written, or where a folder, a pipe or
/// a device is in the file's place.
pub(super) fn write_whole(path: &Path, content: &[u8]) -> Result<()> {
    replace(path, Name::Given, content).map_err(|error| Error::io("write", path, error))
}
