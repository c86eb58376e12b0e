//! Locating the files of Reuters-21578.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::parse::{parse, read_file};
use super::sample;
use super::stories::Stories;
use crate::error::{Error, ErrorKind, Result};

/// The folder of the collection within a folder of data sets.
pub(super) const FOLDER: &str = "reuters21578";

/// The environment variable that names a folder of data sets.
pub const DATA_VARIABLE: &str = "CHUNKFIT_DATA";

/// Where the files were found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// In a directory that the caller, or `CHUNKFIT_DATA`, named.
    Directory(PathBuf),
    /// In the user's cache.
    Cache(PathBuf),
    /// Downloaded into the user's cache just now.
    Downloaded(PathBuf),
    /// The small sample within the library: generated stories in the same format, not Reuters'.
    Sample,
}

/// One file of stories; a chunk that is still to be read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Source {
    /// A file on disk.
    File(PathBuf),
    /// A file within the library.
    Embedded {
        /// The name it would have on disk.
        name: &'static str,
        /// Its content.
        bytes: &'static [u8],
    },
}

/// The files of the collection, in the order of their names.
#[derive(Clone, Debug)]
#[must_use = "look at its origin: what was found may be the sample"]
#[non_exhaustive]
pub struct ReutersFiles {
    /// The files; one at least.
    pub files: Vec<Source>,
    /// Where they were found.
    pub origin: Origin,
    /// Why the sample stands in for the collection, when a download was tried and failed.
    pub download_error: Option<Error>,
}

impl Source {
    /// The file's path, or the embedded file's name.
    pub fn path(&self) -> &Path {
        match self {
            Source::File(path) => path,
            Source::Embedded { name, .. } => Path::new(name),
        }
    }

    /// Reads and parses the file.
    ///
    /// # Errors
    /// Those of [`read_file`](super::read_file).
    pub fn read(&self) -> Result<Stories> {
        match self {
            Source::File(path) => read_file(path),
            Source::Embedded { name, bytes } => parse(bytes).map_err(|error| error.in_file(name)),
        }
    }
}

impl ReutersFiles {
    /// The sample within the library.
    pub fn sample() -> Self {
        let files = sample::FILES.iter().map(|&(name, bytes)| Source::Embedded { name, bytes }).collect();
        ReutersFiles { files, origin: Origin::Sample, download_error: None }
    }

    /// All `.sgm` files of a directory.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when the directory cannot be read, [`ErrorKind::NoFiles`] when it has no such
    /// file; both name the directory.
    pub fn in_directory(directory: impl AsRef<Path>) -> Result<Self> {
        let directory = directory.as_ref();
        let files = sgm_files(directory)?.into_iter().map(Source::File).collect();
        Ok(ReutersFiles { files, origin: Origin::Directory(directory.to_owned()), download_error: None })
    }
}

/// Finds the files of Reuters-21578. The first of these that is there:
/// 1. `directory`, all its `.sgm` files;
/// 2. the folder `reuters21578` in the folder that the environment variable `CHUNKFIT_DATA` names;
/// 3. with the feature `download`: the folder `chunkfit/reuters21578` in the user's cache, into which
///    the collection is downloaded when it is not there, or when a file has another SHA-256 than it should: the files are
///    read once for it;
/// 4. the [sample](super::sample) within the library. When a download failed,
///    [`ReutersFiles::download_error`] says why.
///
/// # Errors
/// When the directory given, or the one of `CHUNKFIT_DATA`, cannot be read or has no `.sgm` file:
/// who names a directory gets its files or an error. Those of [`ReutersFiles::in_directory`].
pub fn locate(directory: Option<&Path>) -> Result<ReutersFiles> {
    let data = env::var_os(DATA_VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(named) = in_named(directory, data.as_deref()) {
        return named;
    }
    #[cfg(feature = "download")]
    if let Some(collection) = super::cached::cached_or_downloaded() {
        return Ok(collection);
    }
    Ok(ReutersFiles::sample())
}

/// The files of the directory, else those in a folder of data sets, if either is given.
fn in_named(directory: Option<&Path>, data: Option<&Path>) -> Option<Result<ReutersFiles>> {
    match (directory, data) {
        (Some(directory), _) => Some(ReutersFiles::in_directory(directory)),
        (None, Some(data)) => Some(ReutersFiles::in_directory(data.join(FOLDER))),
        (None, None) => None,
    }
}

fn sgm_files(directory: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = |error| Error::io("read directory", directory, error);
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let is_sgm = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("sgm"));
        if is_sgm && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        let wanted = format!(
            "file reut2-*.sgm in {}; name the directory that holds them, or let {DATA_VARIABLE} name the one that holds {FOLDER}",
            directory.display()
        );
        return Err(Error::new(ErrorKind::NoFiles { wanted }).in_file(directory));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(FOLDER)).unwrap();
        for name in names {
            fs::write(folder.path().join(FOLDER).join(name), sample::FILES[0].1).unwrap();
        }
        folder
    }

    #[test]
    fn a_named_directory_comes_first_and_its_files_are_sorted() {
        let (named, data) = (folder_with(&["reut2-001.sgm", "reut2-000.SGM", "readme.txt"]), folder_with(&["a.sgm"]));
        let search = |directory: Option<&Path>| in_named(directory, Some(data.path())).unwrap().unwrap();
        let directory = named.path().join(FOLDER);
        let found = search(Some(&directory));
        let names: Vec<_> = found.files.iter().map(|file| file.path().file_name().unwrap()).collect();
        assert_eq!(names, ["reut2-000.SGM", "reut2-001.sgm"]);
        assert_eq!(found.origin, Origin::Directory(directory));
        assert_eq!(found.files[0].read().unwrap(), parse(sample::FILES[0].1).unwrap());

        let found = search(None);
        assert_eq!(found.files, [Source::File(data.path().join(FOLDER).join("a.sgm"))]);
    }

    #[test]
    fn a_named_directory_without_files_is_an_error() {
        let empty = folder_with(&["reut2-000.txt"]);
        for path in [empty.path().join(FOLDER), empty.path().join("absent")] {
            let error = in_named(Some(&path), None).unwrap().unwrap_err();
            assert_eq!(error.place().file, Some(path));
        }
        for data in [empty.path().to_owned(), empty.path().join("absent")] {
            assert!(
                in_named(None, Some(&data)).unwrap().unwrap_err().to_string().contains(&data.display().to_string())
            );
        }
    }

    #[test]
    fn the_sample_is_what_is_left() {
        assert!(in_named(None, None).is_none());
        let found = ReutersFiles::sample();
        assert_eq!((found.origin, found.files.len()), (Origin::Sample, sample::FILES.len()));
        assert!(found.files.iter().all(|file| !file.read().unwrap().is_empty()));
    }
}
