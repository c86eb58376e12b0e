//! The files as lazy chunks.

use std::path::Path;

use super::locate::{ReutersFiles, Source, locate};
use super::parse::read_file;
use super::stories::Stories;
use crate::chunks::Chunks;
use crate::error::Result;

/// The stories in a directory, one chunk a file; nothing is read yet.
///
/// For the directory that `CHUNKFIT_DATA` names, the cache, a download or the sample, see
/// [`locate`] and [`ReutersFiles::open`].
///
/// # Errors
/// A directory that is missing, cannot be read, or holds no `.sgm` file.
pub fn open(directory: impl AsRef<Path>) -> Result<Chunks<Stories>> {
    locate(Some(directory.as_ref()))?.open()
}

impl ReutersFiles {
    /// The stories in these files, one chunk a file; nothing is read yet.
    ///
    /// # Errors
    /// A file that is not there any more.
    pub fn open(&self) -> Result<Chunks<Stories>> {
        let on_disk = |source: &Source| match source {
            Source::File(path) => Some(path.clone()),
            Source::Embedded { .. } => None,
        };
        match self.files.iter().map(on_disk).collect::<Option<Vec<_>>>() {
            Some(paths) => Chunks::from_files("parse", paths, |path| read_file(path)),
            None => {
                let files = self.files.clone();
                let names: Vec<_> = files.iter().map(|file| file.path().to_owned()).collect();
                let chunks = Chunks::from_fn("parse", files.len(), move |c| files[c].read());
                // The sample is part of the package, and has its version.
                Ok(chunks.identified(("reuters sample", env!("CARGO_PKG_VERSION"), names)))
            }
        }
    }
}
