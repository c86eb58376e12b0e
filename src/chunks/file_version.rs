//! File versions: the state of a file that a chunk is made of.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::files::State;

/// A file as it was when it was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileVersion {
    /// As it was given: what it is called in errors, and what the names of outputs follow.
    pub path: Arc<Path>,
    /// Where it lies, whatever the process's working folder is by now.
    absolute: Arc<Path>,
    pub bytes: u64,
    /// Of the file behind all links.
    state: State,
}

impl FileVersion {
    pub(crate) fn of(path: impl AsRef<Path>) -> Result<Self> {
        let path: Arc<Path> = path.as_ref().into();
        let failed = |error| Error::io("open", &path, error);
        let absolute: Arc<Path> = std::path::absolute(&path).map_err(failed)?.into();
        let state = State::of(&fs::metadata(&absolute).map_err(failed)?);
        Ok(FileVersion { path, absolute, bytes: state.bytes, state })
    }

    /// Where it lies: what it is opened by.
    pub(crate) fn absolute(&self) -> &Path {
        &self.absolute
    }

    /// What tells this state from another, in every process.
    pub(crate) fn identity(&self) -> impl Serialize + '_ {
        (self.absolute.as_os_str().as_encoded_bytes(), self.state)
    }

    /// Fails when the file is not what it was: its cuts would then be somewhere else.
    pub(crate) fn check(&self) -> Result<()> {
        let now = fs::metadata(&self.absolute).map_err(|error| Error::io("open", &self.path, error))?;
        if State::of(&now) == self.state { Ok(()) } else { Err(self.changed("it has changed")) }
    }

    /// The same, where it is opened by its path as given: that has to mean the same file still.
    pub(crate) fn check_as_given(&self) -> Result<()> {
        match std::path::absolute(&self.path) {
            Ok(absolute) if *absolute == *self.absolute => self.check(),
            _ => Err(self.changed("the process has gone to another working folder")),
        }
    }

    fn changed(&self, what: &str) -> Error {
        let changed = std::io::Error::other(format!("{what} since it was opened; open it again"));
        Error::io("read", &self.path, changed)
    }
}
