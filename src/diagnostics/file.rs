//! Files that are there as a whole or not at all.

use std::io::Write;
use std::path::Path;

use crate::error::{Error, Result};

/// Writes under a temporary name in the same folder, then renames: a reader never sees half a file.
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io) with the path, where the folder cannot be written.
pub(super) fn write_whole(path: &Path, content: &[u8]) -> Result<()> {
    let failed = |error| Error::io("write", path, error);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut options = tempfile::Builder::new();
    options.prefix(".chunkfit-");
    // A temporary file is its owner's alone, a report is whoever's the user's mask says.
    #[cfg(unix)]
    options.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut beside = options.tempfile_in(folder).map_err(failed)?;
    beside.write_all(content).map_err(failed)?;
    beside.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}
