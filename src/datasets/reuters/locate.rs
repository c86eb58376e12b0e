//! Where the files are.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

#[cfg(feature = "download")]
use super::download::Archive;
use super::parse::{parse, read_file};
use super::sample;
use super::stories::Stories;
use crate::error::{Error, ErrorKind, Result};

/// The folder of the collection within a folder of data sets.
const FOLDER: &str = "reuters21578";

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
    let search = Search {
        directory: directory.map(Path::to_owned),
        data: env::var_os(DATA_VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from),
        #[cfg(feature = "download")]
        download: user_cache().map(|cache| (cache.join(FOLDER), Archive::reuters())),
    };
    search.run()
}

/// Where to look: what [`locate`] gets from its surroundings, so that tests can set it.
#[derive(Default)]
struct Search {
    directory: Option<PathBuf>,
    data: Option<PathBuf>,
    /// The collection's folder in the cache, and what to download into it.
    #[cfg(feature = "download")]
    download: Option<(PathBuf, Archive)>,
}

impl Search {
    fn run(self) -> Result<ReutersFiles> {
        if let Some(directory) = self.directory {
            return ReutersFiles::in_directory(directory);
        }
        if let Some(data) = self.data {
            return ReutersFiles::in_directory(data.join(FOLDER));
        }
        #[cfg(feature = "download")]
        if let Some((folder, archive)) = self.download {
            return Ok(cached_or_downloaded(folder, &archive));
        }
        Ok(ReutersFiles::sample())
    }
}

#[cfg(feature = "download")]
fn cached_or_downloaded(folder: PathBuf, archive: &Archive) -> ReutersFiles {
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
#[cfg(feature = "download")]
fn with_damage(error: Error, damaged: Option<&Path>) -> Error {
    let (ErrorKind::Download { url, problem }, Some(file)) = (error.kind(), damaged) else { return error };
    let problem = format!("{} is damaged: its SHA-256 is another, and it is not used; {problem}", file.display());
    Error::new(ErrorKind::Download { url: url.clone(), problem }).in_file(file).caused_by(error)
}

/// The library's folder in the user's cache; none when the user has no home.
#[cfg(feature = "download")]
fn user_cache() -> Option<PathBuf> {
    use etcetera::BaseStrategy;

    let strategy = etcetera::choose_base_strategy().ok()?;
    Some(strategy.cache_dir().join("chunkfit"))
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
        let search = |directory: Option<&Path>| Search {
            directory: directory.map(Path::to_owned),
            data: Some(data.path().to_owned()),
            ..Search::default()
        };
        let directory = named.path().join(FOLDER);
        let found = search(Some(&directory)).run().unwrap();
        let names: Vec<_> = found.files.iter().map(|file| file.path().file_name().unwrap()).collect();
        assert_eq!(names, ["reut2-000.SGM", "reut2-001.sgm"]);
        assert_eq!(found.origin, Origin::Directory(directory));
        assert_eq!(found.files[0].read().unwrap(), parse(sample::FILES[0].1).unwrap());

        let found = search(None).run().unwrap();
        assert_eq!(found.files, [Source::File(data.path().join(FOLDER).join("a.sgm"))]);
    }

    #[test]
    fn a_named_directory_without_files_is_an_error() {
        let empty = folder_with(&["reut2-000.txt"]);
        for path in [empty.path().join(FOLDER), empty.path().join("absent")] {
            let search = Search { directory: Some(path.clone()), ..Search::default() };
            let error = search.run().unwrap_err();
            assert_eq!(error.place().file, Some(path));
        }
        for data in [empty.path().to_owned(), empty.path().join("absent")] {
            let search = Search { data: Some(data.clone()), ..Search::default() };
            assert!(search.run().unwrap_err().to_string().contains(&data.display().to_string()));
        }
    }

    #[test]
    fn the_sample_is_what_is_left() {
        let found = Search::default().run().unwrap();
        assert_eq!((found.origin, found.files.len()), (Origin::Sample, sample::FILES.len()));
        assert!(found.files.iter().all(|file| !file.read().unwrap().is_empty()));
    }

    #[cfg(feature = "download")]
    #[test]
    fn a_failed_download_is_told() {
        let cache = tempfile::tempdir().unwrap();
        // Nothing listens on port 0.
        let archive = Archive::new("http://127.0.0.1:0/none.tar.gz", [("a.sgm", "00")]);
        let found = cached_or_downloaded(cache.path().join(FOLDER), &archive);
        assert_eq!(found.origin, Origin::Sample);
        assert!(matches!(found.download_error.unwrap().kind(), ErrorKind::Download { .. }));
    }

    #[cfg(feature = "download")]
    #[test]
    fn a_damaged_file_in_the_cache_is_not_used_and_said() {
        let cache = tempfile::tempdir().unwrap();
        // Of nothing at all.
        let hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let archive = Archive::new("http://127.0.0.1:0/none.tar.gz", [("a.sgm", hash)]);
        let file = cache.path().join("a.sgm");
        fs::write(&file, "").unwrap();
        let folder = cache.path().to_owned();
        assert_eq!(cached_or_downloaded(folder.clone(), &archive).origin, Origin::Cache(folder.clone()));
        fs::write(&file, "damaged").unwrap();
        let found = cached_or_downloaded(folder, &archive);
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
