//! Writing chunks into the files of a folder.

use std::any::type_name;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::folder::Folder;
use super::outputs::{FileChunks, Outputs, by_file};
use super::part_file::{Encoded, PartFile, Target};
use super::receipt::Receipt;
use super::report::{OutputFile, WriteReport};
use super::row_format::RowFormat;
use super::tabular::Tabular;
use super::{Csv, JsonLines, Svmlight};
use crate::chunks::{Chunks, FileVersion};
use crate::data::Shared;
use crate::error::{Error, Result};
use crate::graph::{Compute, Key, Lazy, Results, Runtime, Targets, Task};
use crate::sources::IndexBase;

/// A folder that chunks are written into, one file for every file that they were read from.
///
/// ```
/// use chunkfit::prelude::*;
/// use chunkfit::sinks::Sink;
/// use chunkfit::sources::TextLines;
///
/// # let place = tempfile::tempdir()?;
/// # let (input, out) = (place.path().join("in"), place.path().join("out"));
/// # std::fs::create_dir(&input)?;
/// std::fs::write(input.join("notes.txt"), "one\ntwo\n")?;
/// let notes = TextLines::open(&input)?.documents()?.chunks();
/// let report = Sink::json_lines(&out).write(&notes, &Runtime::new())?;
/// assert_eq!((report.written(), report.rows()), (1, 2));
/// assert_eq!(std::fs::read_to_string(out.join("notes.jsonl"))?, "{\"text\":\"one\"}\n{\"text\":\"two\"}\n");
///
/// let again = Sink::json_lines(&out).write(&notes, &Runtime::new())?;
/// assert_eq!((again.written(), again.skipped()), (0, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Names
/// The last ending of the input's name is replaced, after that of a compressed file: `a.jsonl.gz` becomes `a.csv`.
/// Folders are mirrored: `in/x/a.jsonl` and `in/y/a.jsonl` become `out/x/a.csv` and `out/y/a.csv`, seen from the
/// deepest folder that holds all inputs, or from [`inputs_in`](Self::inputs_in). Two inputs of the same output are an
/// error, and so is an output in the place of an input, links considered; any other file that has an output's name is
/// replaced. Chunks that come from no file are a file each, `part-00000.csv` by their numbers.
///
/// # What is there is whole
/// A file is written aside, forced onto the disk, and renamed when it is whole and its input is still what it was.
/// Whatever happens, the files that were finished stay, and the next run goes on behind them. Beside each, a small
/// hidden file (`.a.csv.written`) tells what it was made of: the input's path and
/// [state](crate::sources#what-tells-files-apart), how it was cut
/// and parsed, the model, all settings and the version of this crate. An output for which all of these are the same,
/// and whose own state is what it was, is not written again: one that was copied, moved or given other permissions is.
/// What killed runs have left is swept up by the next. One run
/// at a time writes into a folder. Outputs of inputs that are gone are left alone.
///
/// # What is replaced
/// Nothing is written in place. What replaces a file has its permissions, and its owner and group as far as the process
/// may; a new file has those that the process's mask (umask) leaves. A symbolic link with an output's name is replaced by
/// the output, and the file that it leads to stays as it is (as of a hard link the other names); a link that leads to
/// anything but a file, a folder, a pipe or a device in the place of an output are an error. Besides outputs and receipts,
/// the folder gets a hidden file `.chunkfit-lock`, which is locked and never changed, and, while they are written, files
/// `.chunkfit-part-` and 16 hexadecimal digits. Links and folders that bear such a name are left alone; and so is a file in
/// the place of a receipt that is none, whose output is then written by every run.
///
/// # Memory
/// Chunks become bytes on all threads, and are appended in their order as they come, within the runtime's
/// memory limit, however large a file is.
#[derive(Clone, Debug)]
pub struct Sink<F> {
    folder: PathBuf,
    format: Arc<F>,
    inputs_in: Option<PathBuf>,
    rewrite: bool,
}

impl Sink<JsonLines> {
    /// [JSON lines](JsonLines) in this folder, which is created if it is not there.
    pub fn json_lines(folder: impl Into<PathBuf>) -> Self {
        Sink::new(folder, JsonLines)
    }
}

impl Sink<Csv> {
    /// [Comma-separated values](Csv) in this folder, which is created if it is not there.
    pub fn csv(folder: impl Into<PathBuf>) -> Self {
        Sink::new(folder, Csv::default())
    }
}

impl Sink<Svmlight> {
    /// [svmlight](Svmlight) in this folder, which is created if it is not there; columns counted from 0 or from 1.
    pub fn svmlight(folder: impl Into<PathBuf>, base: IndexBase) -> Self {
        Sink::new(folder, Svmlight::new(base))
    }
}

impl<F: RowFormat> Sink<F> {
    /// Files of any format in this folder, which is created if it is not there.
    pub fn new(folder: impl Into<PathBuf>, format: F) -> Self {
        Sink { folder: folder.into(), format: Arc::new(format), inputs_in: None, rewrite: false }
    }

    /// The folder from which the inputs' folders are mirrored. Worth telling where a later run has other inputs beside
    /// these: by default it is the deepest that holds all inputs of the run.
    pub fn inputs_in(mut self, folder: impl Into<PathBuf>) -> Self {
        self.inputs_in = Some(folder.into());
        self
    }

    /// Writes every file, also those that are there already and of the same inputs. Needed for chunks that another
    /// process would not know again, such as those made by a closure (see [`Chunks::identified`]).
    pub fn rewrite(mut self) -> Self {
        self.rewrite = true;
        self
    }

    /// Writes the chunks.
    ///
    /// # Errors
    /// As [`plan`](Self::plan) and [`Runtime::compute`].
    pub fn write<D: Tabular + Shared>(&self, chunks: &Chunks<D>, runtime: &Runtime) -> Result<WriteReport> {
        runtime.compute(self.plan(chunks)?)
    }

    /// What is to be written, to be computed together with other values, such as scores or the report of what was
    /// read. The folder is this run's from now on, and which files are skipped is settled.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) for a folder that cannot be written into, one that another run writes
    /// into, and an input that is gone; [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) for outputs
    /// that would overwrite each other or an input; [`ErrorKind::NotLasting`](crate::ErrorKind::NotLasting) for chunks
    /// that another process would not know again, unless all is to be [rewritten](Self::rewrite). Computing it fails
    /// where the format cannot hold the rows, where the disk is full, and for an input that changes meanwhile.
    pub fn plan<D: Tabular + Shared>(&self, chunks: &Chunks<D>) -> Result<Writing> {
        if !self.rewrite {
            chunks.iter().try_for_each(Lazy::check_lasting)?;
        }
        let folder = Arc::new(Folder::open(&self.folder)?);
        let inputs = by_file(chunks);
        let outputs = Outputs { folder: &self.folder, inputs_in: self.inputs_in.as_deref(), extension: F::EXTENSION };
        let paths = outputs.paths(&inputs)?;
        let file = |(input, path): (&FileChunks, PathBuf)| {
            self.file(input, path, &chunks.as_slice()[input.chunks.clone()], &folder)
        };
        let files = inputs.iter().zip(paths).map(file).collect::<Result<_>>()?;
        Ok(Writing { files, _folder: folder.clone() })
    }

    /// One output file of some chunks.
    fn file<D: Tabular + Shared>(
        &self,
        input: &FileChunks,
        path: PathBuf,
        chunks: &[Lazy<D>],
        folder: &Arc<Folder>,
    ) -> Result<Lazy<OutputFile>> {
        let encoded: Vec<Lazy<Encoded>> = chunks.iter().map(|chunk| self.encode(chunk)).collect();
        let key =
            encoded.iter().fold(Key::of("output file").bytes(F::NAME.as_bytes()), |key, part| key.input(part.key()));
        let key = Some(key.finish()).filter(|key| key.is_lasting());
        if let Some(receipt) = key.filter(|_| !self.rewrite).and_then(|key| Receipt::read(&path, key)) {
            let input = input.file.as_ref().map(|file| file.to_path_buf());
            return Ok(Lazy::value(OutputFile {
                path,
                input,
                rows: receipt.rows,
                bytes: receipt.bytes(),
                skipped: true,
            }));
        }
        let parent = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(|error| Error::io("create the folder", parent, error))?;
        let input = input.file.as_ref().map(FileVersion::of).transpose()?;
        let target = Arc::new(Target { folder: folder.clone(), path, input, key, format: F::NAME });
        // A file that is written is this run's own: no other task is ever equal to these.
        let task = |name: &'static str| Task::new(name, Key::unique());
        let mut parts = encoded.iter();
        let format = self.format.clone();
        let first = parts
            .next()
            .map(|first| first.map_owned(task("append"), move |rows| PartFile::begin(&target, &*format, rows)));
        let first = first.expect("chunks of a file are at least one");
        let whole = parts.fold(first, |part, next| part.step_owned(next, task("append"), PartFile::append));
        Ok(whole.map_owned(task("finish file"), PartFile::finish))
    }

    fn encode<D: Tabular + Shared>(&self, chunk: &Lazy<D>) -> Lazy<Encoded> {
        // What was written stays: of two types that have one name in two modules, neither is taken for the other.
        let types = type_name::<(F, D)>().as_bytes();
        let key = Key::of("encode").bytes(types).params(&*self.format).input(chunk.key()).finish().of_type::<F>();
        let format = self.format.clone();
        chunk.map(Task::new("encode", key).measured::<Encoded>(), move |chunk| {
            let table = chunk.to_table()?;
            if table.is_open() {
                return Ok(Encoded { header: None, rows: Vec::new(), n_rows: 0 });
            }
            Ok(Encoded { header: Some(format.header(&table)?), rows: format.rows(&table)?, n_rows: table.n_rows() })
        })
    }
}

/// Files that are to be written; computes to a [`WriteReport`].
#[derive(Debug)]
#[must_use = "nothing is written until this is given to Runtime::compute"]
pub struct Writing {
    files: Vec<Lazy<OutputFile>>,
    /// Locked as long as the plan is there.
    _folder: Arc<Folder>,
}

impl Compute for Writing {
    type Output = WriteReport;

    fn targets(&self, targets: &mut Targets) {
        self.files.targets(targets);
    }

    fn extract(&self, results: &mut Results) -> WriteReport {
        WriteReport { files: self.files.extract(results) }
    }
}
