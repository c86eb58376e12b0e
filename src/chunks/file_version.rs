//! Which state of a file a chunk is made of.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use serde::Serialize;

use crate::error::{Error, Result};

/// A file as it was when it was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileVersion {
    pub path: Arc<Path>,
    pub bytes: u64,
    /// When it was changed last, since 1970; `None` where the system does not tell.
    changed: Option<Duration>,
}

impl FileVersion {
    pub fn of(path: impl AsRef<Path>) -> Result<Self> {
        let path: Arc<Path> = path.as_ref().into();
        let facts = fs::metadata(&path).map_err(|error| Error::io("open", &path, error))?;
        let changed = facts.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Ok(FileVersion { path, bytes: facts.len(), changed })
    }

    /// What tells this state from any other, in every process.
    pub fn identity(&self) -> impl Serialize + '_ {
        (self.path.as_os_str().as_encoded_bytes(), self.bytes, self.changed)
    }

    /// Fails when the file is not what it was: its cuts would then be somewhere else.
    pub fn check(&self) -> Result<()> {
        if FileVersion::of(&self.path)? == *self {
            return Ok(());
        }
        let changed = std::io::Error::other("it has changed since it was opened; open it again");
        Err(Error::io("read", &self.path, changed))
    }
}
