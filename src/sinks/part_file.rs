//! A file that grows chunk by chunk, and has its name when it is whole.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use super::assemble::Assemble;
use super::folder::Folder;
use super::receipt::Receipt;
use super::report::OutputFile;
use super::row_format::RowFormat;
use crate::chunks::FileVersion;
use crate::data::Footprint;
use crate::error::{Error, ErrorKind, Result};
use crate::files::{Durability, Name, Part};
use crate::graph::Key;

/// The rows of one chunk as bytes of a file.
#[derive(Clone, Debug)]
pub(super) struct Encoded {
    /// Of a chunk without rows that would tell the columns, none.
    pub header: Option<Vec<u8>>,
    pub rows: Vec<u8>,
    pub n_rows: usize,
}

impl Footprint for Encoded {
    fn heap_bytes(&self) -> usize {
        self.header.as_ref().map_or(0, Vec::capacity) + self.rows.capacity()
    }

    fn row_count(&self) -> usize {
        self.n_rows
    }
}

/// What a file will be.
#[derive(Debug)]
pub(super) struct Target {
    pub folder: Arc<Folder>,
    pub path: PathBuf,
    /// The file that the rows are of, as it has to be until all of them are read.
    pub input: Option<FileVersion>,
    /// What the content is known by in every process, if it is.
    pub key: Option<Key>,
    pub format: &'static str,
}

/// A file that is being written. Dropped before it is finished, it goes. Clones share the file: they are for the graph,
/// in which the last one is moved from step to step.
#[derive(Clone)]
pub(super) struct PartFile {
    target: Arc<Target>,
    open: Arc<OpenFile>,
    /// That of the first chunk that has one.
    header: Option<Vec<u8>>,
    rows: u64,
}

struct OpenFile {
    file: Part,
    rows: Box<dyn Assemble>,
}

impl PartFile {
    /// A file with the header, if it is known yet, and the rows of the first chunk.
    pub(super) fn begin(target: &Arc<Target>, format: &impl RowFormat, first: Encoded) -> Result<Self> {
        let failed = |error| Error::io("write", &target.path, error);
        let file = target.folder.part(&target.path, Name::Given).map_err(failed)?;
        let rows = format.assemble(file.file().try_clone().map_err(failed)?);
        let open = Arc::new(OpenFile { file, rows });
        PartFile { target: target.clone(), open, header: None, rows: 0 }.append(first)
    }

    /// The file with the rows of the next chunk.
    pub(super) fn append(mut self, next: Encoded) -> Result<Self> {
        let Some(header) = next.header else { return Ok(self) };
        if self.header.is_none() {
            let failed = |error| Error::io("write", &self.target.path, error);
            self.open.file.file().write_all(&header).map_err(failed)?;
            self.header = Some(header);
        } else if self.header != Some(header) {
            let problem = "the columns differ from those of the file's first chunk".to_owned();
            return Err(Error::new(ErrorKind::Unwritable { format: self.target.format, problem }));
        }
        let open = Arc::get_mut(&mut self.open).expect("a step has the only handle");
        open.rows.append(&next.rows).map_err(|error| error.in_file(&self.target.path))?;
        self.rows += next.n_rows as u64;
        Ok(self)
    }

    /// Gives the file its name, then its receipt: a file without one is whole as well, and will be written again.
    pub(super) fn finish(self) -> Result<OutputFile> {
        let PartFile { target, open, rows, .. } = self;
        let failed = |error| Error::io("write", &target.path, error);
        let OpenFile { file, rows: mut assembled } = Arc::into_inner(open).expect("the last step has the only handle");
        assembled.finish().map_err(|error| error.in_file(&target.path))?;
        drop(assembled);
        let bytes = file.file().metadata().map_err(failed)?.len();
        target.input.as_ref().map_or(Ok(()), FileVersion::check)?;
        Receipt::remove(&target.path)?;
        file.commit(Durability::Disk).map_err(failed)?;
        if let Some(key) = target.key {
            Receipt::write(&target.path, key, rows, &target.folder)?;
        }
        let input = target.input.as_ref().map(|input| input.path.to_path_buf());
        Ok(OutputFile { path: target.path.clone(), input, rows, bytes, skipped: false })
    }
}
