//! Chunks from memory, functions and files.

use std::path::Path;
use std::sync::Arc;

use super::{Chunks, FileVersion};
use crate::data::{Chunk, Shared};
use crate::error::Result;
use crate::graph::{Key, Lazy, Task};

impl<D: Shared> Chunks<D> {
    /// Chunks that are in memory already. They do not count against the memory limit.
    pub fn from_memory(chunks: impl IntoIterator<Item = D>) -> Self {
        let mut parts = Vec::new();
        for chunk in chunks {
            parts.push(Lazy::given(Task::new("chunk", Key::unique()).chunk(parts.len()), chunk));
        }
        Self::from_lazies(parts)
    }
}

impl<D: Chunk> Chunks<D> {
    /// One chunk a file, read with `read` when its turn comes. `name` shows in progress and
    /// errors, and must differ between readers that give the same type: with the file's absolute path and its
    /// [state](crate::sources#what-tells-files-apart) it identifies the chunk.
    ///
    /// # Errors
    /// A file that is not there. What `read` finds wrong shows when the chunk is computed, with
    /// the file's name added; and so does that a file has changed since.
    pub fn from_files<P: AsRef<Path>>(
        name: &'static str,
        files: impl IntoIterator<Item = P>,
        read: impl Fn(&Path) -> Result<D> + Shared,
    ) -> Result<Self> {
        let read = Arc::new(read);
        let chunk = |(c, file): (usize, P)| {
            let file = FileVersion::of(file)?;
            let task = Task::new(name, Key::of(name).params(&file.identity()).finish())
                .chunk(c)
                .file(file.path.clone())
                .remakeable()
                .measured::<D>()
                .expected_bytes(file.bytes as usize);
            let read = read.clone();
            Ok(Lazy::source(task, move || {
                file.check_as_given()?;
                let chunk = read(&file.path)?;
                // What was read while somebody wrote does not count.
                file.check_as_given()?;
                Ok(chunk)
            }))
        };
        Ok(Self::from_lazies(files.into_iter().enumerate().map(chunk).collect::<Result<Vec<_>>>()?))
    }

    /// `n` chunks, chunk `c` made by `make(c)` when its turn comes, and again when it is needed
    /// again: it must give the same every time.
    pub fn from_fn(name: &'static str, n: usize, make: impl Fn(usize) -> Result<D> + Shared) -> Self {
        let (make, call) = (Arc::new(make), Key::unique());
        Self::from_lazies((0..n).map(|c| {
            let key = Key::of(name).input(call).params(&c).finish();
            let make = make.clone();
            Lazy::source(Task::new(name, key).chunk(c).remakeable().measured::<D>(), move || make(c))
        }))
    }
}
