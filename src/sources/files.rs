//! Finding the files of a source.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::source_file::SourceFile;
use crate::error::{Error, ErrorKind, Result};

/// The files of a source, as they were when they were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files(pub(super) Vec<SourceFile>);

impl Files {
    /// The files that `wanted` names:
    /// - a file: this one;
    /// - a folder: the files that lie in it, not those in folders within; names that begin with `.`
    ///   or `_` are left out, as they are not data (`_SUCCESS`);
    /// - a pattern, as `logs/2024-*/*.jsonl` or `**/*.csv` (the rules of the crate `glob`): what it matches.
    ///
    /// Sorted by path.
    ///
    /// # Errors
    /// [`ErrorKind::NoFiles`] when there is none; [`ErrorKind::InvalidParameter`] for a pattern that is
    /// none; [`ErrorKind::Io`] for what cannot be looked at.
    pub fn find(wanted: impl AsRef<Path>) -> Result<Self> {
        let wanted = wanted.as_ref();
        // What exists by this very name is meant, whatever signs the name has.
        let mut paths = match wanted {
            file if file.is_file() => vec![file.to_owned()],
            folder if folder.is_dir() => files_in(folder)?,
            pattern => matches(pattern)?,
        };
        paths.sort();
        paths.into_iter().map(SourceFile::of).collect::<Result<_>>().map(Files)
    }

    /// The files that any of these name, each as in [`Files::find`], one after the other. A file that
    /// several name is taken once, where it is named first.
    ///
    /// # Errors
    /// As [`Files::find`], for any of them.
    pub fn find_all<P: AsRef<Path>>(wanted: impl IntoIterator<Item = P>) -> Result<Self> {
        let found = wanted.into_iter().map(Files::find).collect::<Result<Vec<_>>>()?;
        let mut seen = HashSet::new();
        Ok(Files(found.into_iter().flat_map(|files| files.0).filter(|file| seen.insert(file.path().clone())).collect()))
    }

    /// Their paths, in order.
    pub fn paths(&self) -> impl ExactSizeIterator<Item = &Path> {
        self.0.iter().map(|file| &**file.path())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes of all of them together, as they lie on the disk.
    pub fn bytes(&self) -> u64 {
        self.0.iter().map(SourceFile::bytes).sum()
    }

    pub(super) fn versions(&self) -> &[SourceFile] {
        &self.0
    }
}

fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error| Error::io("list", folder, error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let is_data = path.file_name().is_some_and(|name| is_data(name.as_encoded_bytes()));
        if path.is_file() && is_data {
            paths.push(path);
        }
    }
    if paths.is_empty() { Err(no_files(format!("file in the folder {}", folder.display()))) } else { Ok(paths) }
}

fn matches(pattern: &Path) -> Result<Vec<PathBuf>> {
    let text = pattern.to_str().ok_or_else(|| no_files(format!("file {}", pattern.display())))?;
    if !text.contains(['*', '?', '[']) {
        return Err(no_files(format!("file or folder {text}")));
    }
    let found =
        glob::glob(text).map_err(|error| Error::parameter("pattern", text, format!("a pattern: {}", error.msg)))?;
    let mut paths = Vec::new();
    for path in found {
        let path = path.map_err(|error| Error::io("list", pattern, error.into()))?;
        if path.is_file() {
            paths.push(path);
        }
    }
    if paths.is_empty() { Err(no_files(format!("file that matches {text}"))) } else { Ok(paths) }
}

/// Names that begin with `.` or `_` are not those of data (`_SUCCESS`).
pub(super) fn is_data(name: &[u8]) -> bool {
    !matches!(name.first(), Some(b'.' | b'_'))
}

pub(super) fn no_files(wanted: String) -> Error {
    Error::new(ErrorKind::NoFiles { wanted })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(files: &Files) -> Vec<&str> {
        files.paths().map(|path| path.file_name().unwrap().to_str().unwrap()).collect()
    }

    #[test]
    fn a_file_a_folder_and_a_pattern_are_found_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.csv", "a.csv", "c.txt", "_SUCCESS", ".hidden", "odd[1].txt"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        fs::create_dir(folder.path().join("deeper.csv")).unwrap();
        let at = |name: &str| folder.path().join(name);
        assert_eq!(names(&Files::find(folder.path()).unwrap()), ["a.csv", "b.csv", "c.txt", "odd[1].txt"]);
        assert_eq!(names(&Files::find(at("*.csv")).unwrap()), ["a.csv", "b.csv"]);
        assert_eq!(names(&Files::find(at("odd[1].txt")).unwrap()), ["odd[1].txt"]);
        let several = Files::find_all([at("c.txt"), at("*.csv"), at("b.csv")]).unwrap();
        assert_eq!(names(&several), ["c.txt", "a.csv", "b.csv"]);
        assert_eq!((several.len(), several.bytes(), several.is_empty()), (3, 15, false));
    }

    #[test]
    fn errors_name_what_was_looked_for() {
        let folder = tempfile::tempdir().unwrap();
        let message = |wanted: &Path| Files::find(wanted).unwrap_err().to_string();
        assert!(message(folder.path()).starts_with("found no file in the folder "));
        assert!(message(&folder.path().join("*.csv")).ends_with("*.csv"));
        assert_eq!(message(Path::new("no/such.csv")), "found no file or folder no/such.csv");
        assert!(matches!(Files::find("a[").unwrap_err().kind(), ErrorKind::InvalidParameter { .. }));
    }
}
