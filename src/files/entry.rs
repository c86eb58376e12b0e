//! Directory entries: the kind of what lies at a path, links not followed.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::Path;

/// The kind of a directory entry. A link is a link, whatever it leads to.
#[derive(Debug)]
pub(crate) enum Entry {
    Nothing,
    File(Metadata),
    Link,
    Folder,
    /// A pipe, a socket or a device.
    Special,
}

impl Entry {
    pub(crate) fn at(path: &Path) -> io::Result<Self> {
        match fs::symlink_metadata(path) {
            Ok(facts) if facts.is_symlink() => Ok(Entry::Link),
            Ok(facts) => Ok(Entry::of(facts)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Entry::Nothing),
            Err(error) => Err(error),
        }
    }

    /// The same, seen through links.
    pub(crate) fn behind_links(path: &Path) -> io::Result<Self> {
        match fs::metadata(path) {
            Ok(facts) => Ok(Entry::of(facts)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Entry::Nothing),
            Err(error) => Err(error),
        }
    }

    fn of(facts: Metadata) -> Self {
        match facts {
            facts if facts.is_file() => Entry::File(facts),
            facts if facts.is_dir() => Entry::Folder,
            _ => Entry::Special,
        }
    }

    /// The error that this is in the place of a file of ours.
    pub(crate) fn in_the_way(&self) -> io::Error {
        let what = match self {
            Entry::Nothing => return ErrorKind::NotFound.into(),
            Entry::File(_) => "another file",
            Entry::Link => "a symbolic link",
            Entry::Folder => "a folder",
            Entry::Special => "a pipe, a socket or a device",
        };
        io::Error::other(format!("{what} is in its place, and is left alone: move it, or take another name or folder"))
    }
}

/// Opens a regular file. Anything else is not opened (a pipe would wait for its other end), and links are not followed.
/// `options` must not truncate.
pub(crate) fn open_regular(path: &Path, options: &OpenOptions) -> io::Result<File> {
    let entry = Entry::at(path)?;
    let Entry::File(before) = &entry else { return Err(entry.in_the_way()) };
    let file = options.open(path)?;
    let opened = file.metadata()?;
    if opened.is_file() && same_file(before, &opened) { Ok(file) } else { Err(entry.in_the_way()) }
}

/// Removes a file of ours, if it is there. What bears its name and is no regular file is left alone.
pub(crate) fn remove_own(path: &Path) -> io::Result<()> {
    match Entry::at(path)? {
        Entry::Nothing | Entry::Link | Entry::Folder | Entry::Special => Ok(()),
        Entry::File(_) => match fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        },
    }
}

/// Whether both are facts about one file; where the system does not tell, it is believed.
#[cfg(unix)]
pub(super) fn same_file(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

/// Whether both are facts about one file; where the system does not tell, it is believed.
#[cfg(not(unix))]
pub(super) fn same_file(_: &Metadata, _: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_are_opened_and_removed() {
        let place = tempfile::tempdir().unwrap();
        let (file, folder) = (place.path().join("file"), place.path().join("folder"));
        fs::write(&file, "mine").unwrap();
        fs::create_dir(&folder).unwrap();
        let read = || File::options().read(true).clone();
        assert!(open_regular(&file, &read()).is_ok());
        assert!(open_regular(&folder, &read()).unwrap_err().to_string().contains("a folder is in its place"));
        remove_own(&folder).unwrap();
        assert!(folder.is_dir());
        assert_eq!(open_regular(&place.path().join("none"), &read()).unwrap_err().kind(), ErrorKind::NotFound);
        remove_own(&place.path().join("none")).unwrap();
        #[cfg(unix)]
        {
            let link = place.path().join("link");
            std::os::unix::fs::symlink(&file, &link).unwrap();
            assert!(open_regular(&link, &read()).unwrap_err().to_string().contains("a symbolic link"));
            remove_own(&link).unwrap();
            assert!(link.is_symlink());
            assert!(matches!(Entry::behind_links(&link).unwrap(), Entry::File(_)));
        }
        remove_own(&file).unwrap();
        assert!(!file.exists());
    }
}
