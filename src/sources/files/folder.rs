//! Files in folders on the disk: those of a folder, and those that a pattern matches.

use std::collections::{HashSet, VecDeque};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::path_pattern::{Component, PathPattern, is_data};
use super::{no_files, regular};
use crate::error::{Error, Result};
use crate::sources::partitions::partition;

/// The files in a folder and in its partitions.
pub(super) fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in folders_below(folder, |name| partition(&name.to_string_lossy()).is_some())? {
        found.extend(
            entries(&folder)?.into_iter().filter(|entry| is_data(&entry.file_name())).map(|entry| entry.path()),
        );
    }
    let has_folders = found.iter().any(|path| path.is_dir());
    let files = files(found)?;
    if files.is_empty() {
        let folder = folder.display();
        let within = if has_folders {
            format!("; for those in the folders within, use the pattern {folder}/**")
        } else {
            String::new()
        };
        return Err(no_files(format!("file in the folder {folder}{within}")));
    }
    Ok(files)
}

/// The files that a pattern matches.
pub(super) fn matches(wanted: &Path, pattern: &PathPattern) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    walk(PathBuf::new(), &pattern.0, &mut found)?;
    let files = files(found)?;
    if files.is_empty() { Err(no_files(format!("file that matches {}", wanted.display()))) } else { Ok(files) }
}

fn walk(path: PathBuf, components: &[Component], found: &mut Vec<PathBuf>) -> Result<()> {
    match components {
        [] => found.push(path),
        [Component::Name(name)] => {
            let path = path.join(name);
            match fs::symlink_metadata(&path) {
                Err(error) if is_missing(&error) => {}
                Err(error) => return Err(Error::io("open", path, error)),
                Ok(_) => found.push(path),
            }
        }
        [Component::Name(name), rest @ ..] => walk(path.join(name), rest, found)?,
        [Component::AnyFolders, rest @ ..] => {
            for folder in folders_below(&path, |_| true)? {
                walk(folder, rest, found)?;
            }
        }
        [component, rest @ ..] => {
            for entry in entries(&path)? {
                if component.matches(&entry.file_name()) {
                    walk(path.join(entry.file_name()), rest, found)?;
                }
            }
        }
    }
    Ok(())
}

/// A folder and those below it whose names are data and are `entered`, each of them once. Links are followed after all
/// else, so that a folder is found by its own name first, and never back up.
fn folders_below(folder: &Path, entered: impl Fn(&OsStr) -> bool) -> Result<Vec<PathBuf>> {
    let (mut folders, mut seen) = (Vec::new(), HashSet::new());
    let mut links = VecDeque::from([folder.to_owned()]);
    while let Some(link) = links.pop_front() {
        let mut open = match fs::canonicalize(here(&link)) {
            Err(error) if is_missing(&error) => continue,
            Err(error) => return Err(Error::io("list", link, error)),
            Ok(real) => vec![(link, real)],
        };
        while let Some((folder, real)) = open.pop() {
            if !seen.insert(real.clone()) {
                continue;
            }
            for entry in entries(&folder)? {
                let name = entry.file_name();
                let kind = entry.file_type().map_err(|error| Error::io("list", entry.path(), error))?;
                let path = folder.join(&name);
                match () {
                    () if !is_data(&name) || !entered(&name) => {}
                    () if kind.is_dir() => open.push((path, real.join(&name))),
                    () if kind.is_symlink() && path.is_dir() => {
                        let is_above = fs::canonicalize(&path).is_ok_and(|target| real.starts_with(target));
                        links.extend(Some(path).filter(|_| !is_above));
                    }
                    () => {}
                }
            }
            folders.push(folder);
        }
    }
    Ok(folders)
}

/// Paths of files, of paths that are all there: folders are left out.
fn files(found: Vec<PathBuf>) -> Result<Vec<PathBuf>> {
    let mut files = Vec::with_capacity(found.len());
    for path in found {
        let what = fs::metadata(&path).map_err(|error| Error::io("open", &path, error))?;
        if !what.is_dir() {
            regular(&path, &what)?;
            files.push(path);
        }
    }
    Ok(files)
}

/// The entries of a folder; none if it is not one. Sorted, so that the same links are followed everywhere.
fn entries(folder: &Path) -> Result<Vec<fs::DirEntry>> {
    let listed = fs::read_dir(here(folder)).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries = match listed {
        Err(error) if is_missing(&error) => Vec::new(),
        listed => listed.map_err(|error| Error::io("list", folder, error))?,
    };
    entries.sort_by_key(fs::DirEntry::file_name);
    Ok(entries)
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// The folder that an empty path is meant as.
fn here(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}
