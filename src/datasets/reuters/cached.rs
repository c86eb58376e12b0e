//! The collection in the user's cache, into which it is downloaded.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use super::download::Archive;
use super::locate::{FOLDER, Origin, ReutersFiles, Source};
use crate::error::{Error, ErrorKind};

/// The collection, downloaded if need be; the sample, if that failed. None when the user has no home.
pub(super) fn cached_or_downloaded() -> Option<ReutersFiles> {
    user_cache().map(|cache| in_cache_or_fetched(cache.join(FOLDER), &Archive::reuters()))
}

fn in_cache_or_fetched(folder: PathBuf, archive: &Archive) -> ReutersFiles {
    // Only the archive's own files: whatever else lies in the folder is not the collection.
    let paths = archive.paths(&folder);
    let (found, origin) = if archive.is_whole(&folder) {
        (Ok(()), Origin::Cache(folder))
    } else {
        let damaged = archive.damaged(&folder);
        let fetched = archive.fetch(&folder);
        (fetched.map_err(|error| with_damage(error, damaged.as_deref())), Origin::Downloaded(folder))
    };
    match found {
        Ok(()) => ReutersFiles { files: paths.map(Source::File).collect(), origin, download_error: None },
        Err(error) => ReutersFiles { download_error: Some(error), ..ReutersFiles::sample() },
    }
}

/// Says of a failed download that there are files, and why they are not used.
fn with_damage(error: Error, damaged: Option<&Path>) -> Error {
    let (ErrorKind::Download { url, problem }, Some(file)) = (error.kind(), damaged) else { return error };
    let problem = format!("{} is damaged: its SHA-256 is another, and it is not used; {problem}", file.display());
    Error::new(ErrorKind::Download { url: url.clone(), problem }).in_file(file).caused_by(error)
}

/// The library's folder in the user's cache; none when the user has no home.
fn user_cache() -> Option<PathBuf> {
    let strategy = etcetera::choose_base_strategy().ok()?;
    Some(strategy.cache_dir().join("chunkfit"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_failed_download_is_told() {
        let cache = tempfile::tempdir().unwrap();
        // Nothing listens on port 0.
        let archive = Archive::new("http://127.0.0.1:0/none.tar.gz", [("a.sgm", "00")]);
        let found = in_cache_or_fetched(cache.path().join(FOLDER), &archive);
        assert_eq!(found.origin, Origin::Sample);
        assert!(matches!(found.download_error.unwrap().kind(), ErrorKind::Download { .. }));
    }

    #[test]
    fn a_damaged_file_in_the_cache_is_not_used_and_said() {
        let cache = tempfile::tempdir().unwrap();
        // Of nothing at all.
        let hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let archive = Archive::new("http://127.0.0.1:0/none.tar.gz", [("a.sgm", hash)]);
        let file = cache.path().join("a.sgm");
        fs::write(&file, "").unwrap();
        let folder = cache.path().to_owned();
        assert_eq!(in_cache_or_fetched(folder.clone(), &archive).origin, Origin::Cache(folder.clone()));
        fs::write(&file, "damaged").unwrap();
        let found = in_cache_or_fetched(folder, &archive);
        assert_eq!(found.origin, Origin::Sample);
        let error = found.download_error.unwrap();
        assert_eq!(error.place().file, Some(file.clone()));
        assert!(
            matches!(error.kind(), ErrorKind::Download { problem, .. } if problem.contains("is damaged")),
            "{error}"
        );
        assert_eq!(fs::read(file).unwrap(), b"damaged", "until there is a better one");
    }
}
