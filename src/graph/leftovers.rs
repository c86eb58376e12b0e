//! Files that processes were killed in the middle of writing.

use std::fs;
use std::path::Path;
use std::time::Duration;

/// Removes files of a folder whose names begin so and that were not changed for so long: younger ones may be
/// another process's, that is writing now. What cannot be removed does no harm.
pub(crate) fn sweep(folder: &Path, prefix: &str, older_than: Duration) {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    for file in files.filter(|file| file.file_name().as_encoded_bytes().starts_with(prefix.as_bytes())) {
        let changed = file.metadata().and_then(|facts| facts.modified()).ok();
        if changed.and_then(|time| time.elapsed().ok()).is_some_and(|age| age > older_than) {
            let _ = fs::remove_file(file.path());
        }
    }
}
