//! A file that is written aside and gets its name when it is whole.

use std::fs::{File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::entry::Entry;
use super::mode::{create_like, make_like};
use super::sweep::{ABANDONED, sweep};
use super::temporary::Temporary;

/// Whose the name is that a file will get, and so what it may replace there: a regular file in any case, and never a
/// folder, a pipe or a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// The user gave it, or it is documented as that of an output. A symbolic link that leads to a file, or to nothing, is
    /// replaced; what it leads to stays as it is.
    #[cfg_attr(
        not(any(feature = "formats", feature = "persist", feature = "diagnostics", feature = "download")),
        allow(dead_code, reason = "no feature that writes outputs")
    )]
    Given,
    /// The library chose it. A link of this name is left alone.
    Own,
}

/// Whether a file is forced onto the disk before it gets its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// It survives a power cut, or the one that it replaces does.
    Disk,
    /// A power cut may leave it damaged: for files with checksums, of what can be made again.
    Cache,
}

/// A file that is being written, under a hidden name of its own. It goes when it is dropped before it got its name. As
/// long as it is being written it is locked, which tells [`sweep`](super::sweep) that its process is alive.
#[derive(Debug)]
pub(crate) struct Part {
    temporary: Temporary,
    target: PathBuf,
    name: Name,
}

impl Part {
    /// A file that is written beside `target`, which names it when it is whole.
    pub(crate) fn beside(target: &Path, name: Name) -> io::Result<Self> {
        Part::within(folder_of(target), target, name)
    }

    /// The same, written in some other folder of the same file system.
    ///
    /// # Errors
    /// The folder cannot be written into; what lies at the target may not be replaced.
    pub(crate) fn within(folder: &Path, target: &Path, name: Name) -> io::Result<Self> {
        let replaced = replaceable(target, name)?;
        let temporary = Temporary::create(folder, |options| create_like(options, replaced.as_ref()))?;
        Ok(Part { temporary, target: target.to_owned(), name })
    }

    /// What is written to.
    pub(crate) fn file(&self) -> &File {
        self.temporary.file()
    }

    /// Gives the file its name, in the place of what bears it, and the permissions of that.
    ///
    /// # Errors
    /// It cannot be renamed, or what lies at the target now may not be replaced. The target is as it was.
    pub(crate) fn commit(self, durability: Durability) -> io::Result<()> {
        if let Some(replaced) = replaceable(&self.target, self.name)? {
            make_like(self.file(), &replaced)?;
        }
        if durability == Durability::Disk {
            self.file().sync_all()?;
        }
        self.temporary.rename(&self.target)
    }
}

/// Writes a whole file: whoever reads it meanwhile has the old one or the new one. The folder of a name that the user gave
/// is swept first; those with names of our own are swept once, when they are opened.
pub(crate) fn replace(target: &Path, name: Name, content: &[u8]) -> io::Result<()> {
    if name == Name::Given {
        sweep(folder_of(target), ABANDONED);
    }
    let part = Part::beside(target, name)?;
    part.file().write_all(content)?;
    part.commit(Durability::Disk)
}

fn folder_of(target: &Path) -> &Path {
    target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The file that will be replaced, if there is one: for a link, the file behind it, which is as private as what takes the
/// link's place has to be.
fn replaceable(target: &Path, name: Name) -> io::Result<Option<Metadata>> {
    let entry = match Entry::at(target)? {
        Entry::Link if name == Name::Given => Entry::behind_links(target)?,
        entry => entry,
    };
    match entry {
        Entry::Nothing => Ok(None),
        Entry::File(facts) => Ok(Some(facts)),
        other => Err(other.in_the_way()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn write(target: &Path, name: Name, content: &[u8]) -> io::Result<()> {
        replace(target, name, content)
    }

    #[test]
    fn a_file_is_whole_or_as_it_was() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("target");
        write(&target, Name::Own, b"earlier").unwrap();
        let part = Part::beside(&target, Name::Own).unwrap();
        part.file().write_all(b"half").unwrap();
        assert_eq!((fs::read(&target).unwrap(), fs::read_dir(place.path()).unwrap().count()), (b"earlier".to_vec(), 2));
        drop(part);
        assert_eq!((fs::read(&target).unwrap(), fs::read_dir(place.path()).unwrap().count()), (b"earlier".to_vec(), 1));
        write(&target, Name::Given, b"later").unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"later");
        assert!(write(&place.path().join("none/target"), Name::Given, b"").is_err());
    }

    #[test]
    fn what_comes_in_the_way_meanwhile_is_left_alone() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("target");
        let part = Part::beside(&target, Name::Given).unwrap();
        fs::create_dir(&target).unwrap();
        assert!(part.commit(Durability::Disk).unwrap_err().to_string().contains("a folder"));
        assert!(Part::beside(&target, Name::Given).is_err());
        assert!(target.is_dir() && fs::read_dir(place.path()).unwrap().count() == 1);
    }

    #[cfg(unix)]
    #[test]
    fn links_of_given_names_are_replaced_and_others_left_alone() {
        use std::os::unix::fs::symlink;
        let place = tempfile::tempdir().unwrap();
        let (link, behind, folder) =
            (place.path().join("link"), place.path().join("behind"), place.path().join("folder"));
        fs::write(&behind, "mine").unwrap();
        fs::create_dir(&folder).unwrap();
        symlink(&behind, &link).unwrap();
        assert!(write(&link, Name::Own, b"ours").is_err());
        assert_eq!(fs::read_link(&link).unwrap(), behind);
        write(&link, Name::Given, b"ours").unwrap();
        assert!(link.is_file() && !link.is_symlink());
        assert_eq!(fs::read(&behind).unwrap(), b"mine");
        for elsewhere in [&folder, Path::new("/dev/null")] {
            fs::remove_file(&link).unwrap();
            symlink(elsewhere, &link).unwrap();
            assert!(write(&link, Name::Given, b"ours").is_err());
            assert_eq!(fs::read_link(&link).unwrap(), elsewhere);
        }
        assert!(write(Path::new("/dev/null"), Name::Given, b"ours").is_err(), "a device is no file");
    }

    #[cfg(unix)]
    #[test]
    fn what_replaces_a_file_is_as_private_from_its_first_byte_on() {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let place = tempfile::tempdir().unwrap();
        let (target, new) = (place.path().join("target"), place.path().join("new"));
        fs::File::create(&new).unwrap();
        let by_mask = mode(&new);
        write(&target, Name::Own, b"").unwrap();
        assert_eq!(mode(&target), by_mask);
        for private in [0o600, 0o640, 0o400, 0o666, 0o660, 0o755] {
            fs::set_permissions(&target, fs::Permissions::from_mode(private)).unwrap();
            let part = Part::beside(&target, Name::Given).unwrap();
            assert_eq!(mode(part.temporary.path()) & !private, 0, "{private:o}");
            part.commit(Durability::Disk).unwrap();
            assert_eq!(mode(&target), private);
        }
    }
}
