//! Report of what was written.

use std::path::PathBuf;

/// What a sink has written, file by file in the order of the inputs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WriteReport {
    /// The output files.
    pub files: Vec<OutputFile>,
}

/// A file that is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutputFile {
    /// Where it is.
    pub path: PathBuf,
    /// The file that its rows come from, if they come from one.
    pub input: Option<PathBuf>,
    /// How many rows it has.
    pub rows: u64,
    /// How many bytes it has.
    pub bytes: u64,
    /// An earlier run wrote it, of the same inputs in the same way; it was not written again.
    pub skipped: bool,
}

impl WriteReport {
    /// How many files were written.
    pub fn written(&self) -> usize {
        self.files.len() - self.skipped()
    }

    /// How many files were there already, and of the same inputs.
    pub fn skipped(&self) -> usize {
        self.files.iter().filter(|file| file.skipped).count()
    }

    /// The rows of the files that were written.
    pub fn rows(&self) -> u64 {
        self.files.iter().filter(|file| !file.skipped).map(|file| file.rows).sum()
    }

    /// The bytes of the files that were written.
    pub fn bytes(&self) -> u64 {
        self.files.iter().filter(|file| !file.skipped).map(|file| file.bytes).sum()
    }
}
