//! Permissions of files: those of what they replace, or what the user's mask leaves of all.

use std::fs::{File, Metadata, OpenOptions};
use std::io;

/// Lets a file be created with no more permissions than the one that it will replace; a new one with those that the
/// process's mask (umask) leaves.
#[cfg(unix)]
pub(super) fn create_like(options: &mut OpenOptions, replaced: Option<&Metadata>) {
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
    options.mode(replaced.map_or(0o666, |facts| facts.mode() & 0o777));
}

/// Lets a file be created that only its owner may read and write.
#[cfg(unix)]
pub(super) fn create_private(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

/// Gives a file the permissions of the one that it replaces, and its owner and group as far as this process may. Where the
/// group cannot be kept, it gets no permission.
#[cfg(unix)]
pub(super) fn make_like(file: &File, replaced: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    let own = file.metadata()?;
    let mut mode = replaced.mode() & 0o777;
    if (own.uid(), own.gid()) != (replaced.uid(), replaced.gid()) {
        let group = Some(replaced.gid());
        let kept = fchown(file, Some(replaced.uid()), group).or_else(|_| fchown(file, None, group));
        if kept.is_err() && own.gid() != replaced.gid() {
            mode &= 0o707;
        }
    }
    if file.metadata()?.mode() & 0o777 == mode {
        return Ok(());
    }
    file.set_permissions(std::fs::Permissions::from_mode(mode))
}

/// Other systems give a file the permissions of its folder.
#[cfg(not(unix))]
pub(super) fn create_like(_: &mut OpenOptions, _: Option<&Metadata>) {}

/// Other systems give a file the permissions of its folder.
#[cfg(not(unix))]
pub(super) fn make_like(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

/// Other systems give a file the permissions of its folder.
#[cfg(not(unix))]
pub(super) fn create_private(_: &mut OpenOptions) {}
