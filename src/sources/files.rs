//! Finding the files of a source.

mod folder;
pub(super) mod path_pattern;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use self::path_pattern::PathPattern;
use super::source_file::SourceFile;
use crate::error::{Error, ErrorKind, Result};

/// The files of a source, as they were when they were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files(pub(super) Vec<SourceFile>);

impl Files {
    /// The files that `wanted` names:
    /// - a file: this one;
    /// - a folder: the files that lie in it, and in folders within that are named as Hive's partitions (`year=2024/`),
    ///   not those in other folders;
    /// - a pattern, as `logs/2024-*/*.jsonl` or `**/*.csv`: the files that it matches. `?` is any character, `*` any number of
    ///   them, `[a-z]` one of some, `[!a-z]` one of all others, and `**` between slashes any number of folders; a pattern
    ///   that ends with `**` matches all files below.
    ///
    /// Hidden files and folders, whose names begin with `.` or `_`, are no data (`_SUCCESS`, `.ipynb_checkpoints`,
    /// `_temporary`): a folder's are left out, and a pattern matches them only where its own component begins so
    /// (`_old/*.csv`, `.*`). A partition such as `_x=1/` is not hidden.
    ///
    /// Links are followed: a link to a file is a file of its own name. `**` enters each folder once, though links lead to
    /// it as well, and does not follow links back up. Names that are not UTF-8 count; a wildcard matches what is not
    /// UTF-8 in them as `U+FFFD`.
    ///
    /// Sorted by path.
    ///
    /// # Errors
    /// [`ErrorKind::NoFiles`] when there is none; [`ErrorKind::InvalidParameter`] for a pattern that is none;
    /// [`ErrorKind::Io`] for what cannot be looked at (permissions, say), for a link to nothing, and for pipes, sockets and
    /// devices, which cannot be read in parts: that of `/dev/stdin`, write to a file first.
    pub fn find(wanted: impl AsRef<Path>) -> Result<Self> {
        let mut paths = paths(wanted.as_ref())?;
        paths.sort();
        paths.into_iter().map(SourceFile::of).collect::<Result<_>>().map(Files)
    }

    /// The files that any of these name, each as in [`Files::find`], one after the other. A file that
    /// several name, `a.csv` and `./a.csv`, is taken once, where it is named first.
    ///
    /// # Errors
    /// As [`Files::find`], for any of them.
    pub fn find_all<P: AsRef<Path>>(wanted: impl IntoIterator<Item = P>) -> Result<Self> {
        let found = wanted.into_iter().map(Files::find).collect::<Result<Vec<_>>>()?;
        let mut seen = HashSet::new();
        Ok(Files(
            found
                .into_iter()
                .flat_map(|files| files.0)
                .filter(|file| seen.insert(file.location().to_owned()))
                .collect(),
        ))
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
        self.0.iter().map(|file| file.bytes()).sum()
    }

    pub(super) fn versions(&self) -> &[SourceFile] {
        &self.0
    }
}

/// The paths that a name or pattern means. A file or folder of this very name goes before a pattern.
fn paths(wanted: &Path) -> Result<Vec<PathBuf>> {
    let pattern = PathPattern::of_path(wanted)?;
    let missing = match fs::metadata(wanted) {
        Ok(found) if found.is_dir() => return folder::files_in(wanted),
        Ok(found) => return regular(wanted, &found).map(|()| vec![wanted.to_owned()]),
        Err(missing) => missing,
    };
    match pattern {
        // No such name, or none that a file could have: `[a-z]…` may be too long for one.
        Some(pattern) => folder::matches(wanted, &pattern),
        None if missing.kind() != io::ErrorKind::NotFound => Err(Error::io("open", wanted, missing)),
        None if wanted.is_symlink() => Err(Error::io("open", wanted, io::Error::other("it is a link to nothing"))),
        None => Err(no_files(format!("file or folder {}", wanted.display()))),
    }
}

/// Refuses what is neither a file nor a folder: opening a pipe would wait for whoever writes into it, and parts of a file
/// are read more than once.
fn regular(path: &Path, found: &fs::Metadata) -> Result<()> {
    if found.is_file() {
        return Ok(());
    }
    let problem = format!("it is {}: write what comes out of it to a file, and open that", kind(found.file_type()));
    Err(Error::io("open", path, io::Error::other(problem)))
}

#[cfg(unix)]
fn kind(kind: fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match kind {
        _ if kind.is_fifo() => "a pipe",
        _ if kind.is_socket() => "a socket",
        _ => "a device",
    }
}

#[cfg(not(unix))]
fn kind(_: fs::FileType) -> &'static str {
    "no regular file"
}

pub(super) fn no_files(wanted: String) -> Error {
    Error::new(ErrorKind::NoFiles { wanted })
}
