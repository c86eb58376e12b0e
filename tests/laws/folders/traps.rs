//! What a user may have at any name, and what it looks like.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What lies at a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trap {
    /// A file, days old.
    File,
    /// One that was written just now, for its owner alone.
    PrivateFile,
    /// One that nobody may write.
    ReadOnlyFile,
    /// A file without content.
    EmptyFile,
    Folder,
    /// A symbolic link to a file.
    Link,
    LinkToFolder,
    DanglingLink,
    /// A named pipe.
    Pipe,
    LinkToPipe,
}

impl Trap {
    #[cfg(unix)]
    pub const ALL: [Trap; 10] = [
        Trap::File,
        Trap::PrivateFile,
        Trap::ReadOnlyFile,
        Trap::EmptyFile,
        Trap::Folder,
        Trap::Link,
        Trap::LinkToFolder,
        Trap::DanglingLink,
        Trap::Pipe,
        Trap::LinkToPipe,
    ];
    #[cfg(not(unix))]
    pub const ALL: [Trap; 3] = [Trap::File, Trap::EmptyFile, Trap::Folder];

    /// Whether it is a regular file.
    pub fn is_file(self) -> bool {
        matches!(self, Trap::File | Trap::PrivateFile | Trap::ReadOnlyFile | Trap::EmptyFile)
    }

    pub fn plant(self, at: &Path, outside: &Outside) {
        match self {
            Trap::File => {
                fs::write(at, "a file of the user's, which is old").unwrap();
                let days_ago = SystemTime::now() - Duration::from_secs(3 * 24 * 3600);
                fs::File::options().write(true).open(at).unwrap().set_modified(days_ago).unwrap();
            }
            Trap::EmptyFile => fs::write(at, "").unwrap(),
            Trap::Folder => {
                fs::create_dir(at).unwrap();
                fs::write(at.join("notes.txt"), "mine").unwrap();
            }
            #[cfg(unix)]
            Trap::PrivateFile => file_of_mode(at, 0o600),
            #[cfg(unix)]
            Trap::ReadOnlyFile => file_of_mode(at, 0o444),
            #[cfg(unix)]
            Trap::Link => std::os::unix::fs::symlink(outside.0.join("file"), at).unwrap(),
            #[cfg(unix)]
            Trap::LinkToFolder => std::os::unix::fs::symlink(outside.0.join("folder"), at).unwrap(),
            #[cfg(unix)]
            Trap::DanglingLink => std::os::unix::fs::symlink(outside.0.join("nothing"), at).unwrap(),
            #[cfg(unix)]
            Trap::Pipe => pipe(at),
            #[cfg(unix)]
            Trap::LinkToPipe => std::os::unix::fs::symlink(outside.0.join("pipe"), at).unwrap(),
            #[cfg(not(unix))]
            other => unreachable!("{other:?} is not planted here, {}", outside.0.display()),
        }
    }
}

#[cfg(unix)]
fn file_of_mode(at: &Path, mode: u32) {
    fs::write(at, "a file of the user's").unwrap();
    fs::set_permissions(at, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}

#[cfg(unix)]
fn pipe(at: &Path) {
    assert!(std::process::Command::new("mkfifo").arg(at).status().unwrap().success());
}

/// What links lead to: a file, a folder with a file in it, a pipe.
pub struct Outside(PathBuf);

impl Outside {
    pub fn new(place: &Path) -> Self {
        let outside = place.join("outside");
        fs::create_dir_all(outside.join("folder")).unwrap();
        fs::write(outside.join("file"), "a file that lies elsewhere").unwrap();
        fs::write(outside.join("folder/notes.txt"), "mine").unwrap();
        #[cfg(unix)]
        pipe(&outside.join("pipe"));
        Outside(outside)
    }

    pub fn snapshot(&self) -> String {
        snapshot(&self.0)
    }
}

/// All that there is to see of what lies at a path, and in it.
pub fn snapshot(path: &Path) -> String {
    let Ok(facts) = fs::symlink_metadata(path) else { return format!("{}: nothing\n", path.display()) };
    let kind = facts.file_type();
    let mut seen = format!("{}: {kind:?} {:?}\n", path.display(), facts.permissions());
    if kind.is_symlink() {
        seen += &format!("to {:?}\n", fs::read_link(path).unwrap());
    } else if kind.is_file() {
        seen += &format!("{:?} {:?}\n", fs::read(path).unwrap(), facts.modified().unwrap());
    } else if kind.is_dir() {
        let mut entries: Vec<_> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        seen += &entries.iter().map(|entry| snapshot(entry)).collect::<String>();
    }
    seen
}
