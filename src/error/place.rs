//! The place of an error: file, line, chunk, row, task.

use std::fmt;
use std::path::PathBuf;

use super::shown;

/// The place of an error, as far as it is known. Counts start at 0, but those of lines, and of
/// rows of files, at 1, as in editors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The file that was read.
    pub file: Option<PathBuf>,
    /// The line in that file.
    pub line: Option<u64>,
    /// The byte offset in that file.
    pub offset: Option<u64>,
    /// The row in that file, counted from 1 as lines are, where the file is a table.
    pub file_row: Option<u64>,
    /// The number of the chunk in its list.
    pub chunk: Option<usize>,
    /// The row within the chunk.
    pub row: Option<usize>,
    /// The task that failed, e.g. `partial_fit`.
    pub task: Option<String>,
}

/// Names are escaped, and cut where they are long.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            self.file.as_ref().map(|x| format!("file {}", shown::path(x))),
            self.line.map(|x| format!("line {x}")),
            self.offset.map(|x| format!("byte {x}")),
            self.file_row.map(|x| format!("row {x} of the file")),
            self.chunk.map(|x| format!("chunk {x}")),
            self.row.map(|x| format!("row {x}")),
            self.task.as_ref().map(|x| format!("task {}", shown::value(x))),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        f.write_str(&parts.join(", "))
    }
}
