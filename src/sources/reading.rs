//! `Reading`: parts of files to chunks.

use std::any::type_name;
use std::borrow::Cow;
use std::error::Error as StdError;
use std::sync::Arc;

use linfa::DatasetBase;
use ndarray::Array1;

use super::report::{BadRecord, BlockReport, ReadReport};
use super::source_file::SourceFile;
use crate::chunks::{Chunks, examples_of, versioned};
use crate::data::{Chunk, FeatureValues, Footprint, Shared, short_name};
use crate::error::{Error, Result};
use crate::graph::{Key, Lazy, Task};

/// What is read from files, and how: a recipe for [`chunks`](Reading::chunks). Nothing is read yet.
#[must_use = "a reading does nothing until chunks() is called"]
pub struct Reading<D> {
    parts: Arc<[Part]>,
    read: Arc<Read<D>>,
    /// The name of a function that makes something else of the chunks, and the function's key.
    step: Option<(Arc<str>, Key)>,
}

/// The part of a file that is one chunk, as the graph knows it.
pub(super) struct Part {
    pub file: SourceFile,
    /// Of the file, of the part's place in it, and of all that is done with it.
    pub key: Key,
    /// The number of bytes that it will have, about.
    pub expected_bytes: u64,
    /// How many bytes are read in any case, whatever the file claims to hold.
    pub least_bytes: u64,
    /// Bytes that reading takes beside the chunk, and gives back when the chunk is made.
    pub working_bytes: u64,
    /// The lines before the first record of the file.
    pub header_lines: u64,
}

/// Makes a chunk of the part with a number.
type Read<D> = dyn Fn(usize) -> Result<Parsed<D>> + Send + Sync;

impl<D> Clone for Reading<D> {
    fn clone(&self) -> Self {
        Reading { parts: self.parts.clone(), read: self.read.clone(), step: self.step.clone() }
    }
}

/// A chunk and how it was read.
#[derive(Clone)]
pub(super) struct Parsed<D> {
    pub rows: D,
    pub report: BlockReport,
}

impl<D: Footprint> Footprint for Parsed<D> {
    fn heap_bytes(&self) -> usize {
        self.rows.heap_bytes()
    }

    fn row_count(&self) -> usize {
        self.rows.row_count()
    }
}

impl<D> Reading<D> {
    pub(super) fn new(parts: Vec<Part>, read: impl Fn(usize) -> Result<Parsed<D>> + Shared) -> Self {
        Reading { parts: parts.into(), read: Arc::new(read), step: None }
    }

    /// Size in bytes of the spill files on disk that this reading holds: the contents of compressed files, and of files in
    /// other encodings than UTF-8, that were decoded when the source was opened, as
    /// [`sources`](crate::sources#compressed-files) says. 0 if there are none. They are removed when the last reading,
    /// chunk and value made of them is dropped.
    pub fn spilled_bytes(&self) -> u64 {
        let of_files = self.parts.chunk_by(|a, b| a.file.path() == b.file.path());
        of_files.map(|parts| parts[0].file.spilled_bytes()).sum()
    }
}

impl<T: Shared> Reading<Vec<T>> {
    /// Examples for an estimator: a function gives the features and the label of every record. `T` has to be read, and
    /// nothing else. `name` shows in progress and errors.
    ///
    /// Features are an array of numbers (`[x, y]`, a dense row), a `Vec` of them, or a text (`String`): see
    /// [`FeatureValues`]. The identity of the result is this call's: with a chunk cache, a checkpoint or a sink take
    /// [`examples_versioned`](Self::examples_versioned).
    ///
    /// ```
    /// # #[cfg(feature = "formats")] {
    /// use chunkfit::prelude::*;
    /// use chunkfit::sources::Csv;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Customer {
    ///     age: f64,
    ///     calls: u32,
    ///     left: bool,
    /// }
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let file = folder.path().join("customers.csv");
    /// # std::fs::write(&file, "age,calls,left\n34,5,true\n61,0,false\n")?;
    /// let customers = Csv::open(&file)?.records::<Customer>()?;
    /// let examples = customers.examples("columns", |c| ([c.age, f64::from(c.calls)], c.left)).chunks();
    /// let chunk = Runtime::new().compute(&examples)?.remove(0);
    /// assert_eq!(chunk.records, ndarray::array![[34.0, 5.0], [61.0, 0.0]]);
    /// assert_eq!(chunk.targets, ndarray::array![true, false]);
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn examples<X: FeatureValues, L: Chunk>(
        &self,
        name: impl Into<Cow<'static, str>>,
        f: impl Fn(T) -> (X, L) + Shared,
    ) -> Reading<DatasetBase<X::Rows, Array1<L>>> {
        self.try_examples(name, move |record| Ok::<_, Error>(f(record)))
    }

    /// [`examples`](Self::examples) by a function that may fail: the error names the record's number in its chunk, and has
    /// the function's own error as its source. Records that the source leaves out as bad have no number.
    pub fn try_examples<X: FeatureValues, L: Chunk, E: StdError + Shared>(
        &self,
        name: impl Into<Cow<'static, str>>,
        f: impl Fn(T) -> std::result::Result<(X, L), E> + Shared,
    ) -> Reading<DatasetBase<X::Rows, Array1<L>>> {
        self.step(name.into(), Key::unique(), move |records| examples_of(records.into_iter().map(&f)))
    }

    /// [`examples`](Self::examples) by a function that its name and a version identify: the chunks are known in every
    /// process, as a chunk cache, a checkpoint and a sink need it. Raise the version whenever the function changes; it must
    /// not capture anything: see [`Chunks::map_versioned`].
    ///
    /// ```no_run
    /// # #[cfg(feature = "formats")] {
    /// # use chunkfit::sources::JsonLines;
    /// #[derive(serde::Deserialize)]
    /// struct Story {
    ///     title: String,
    ///     body: String,
    ///     topic: String,
    /// }
    /// let stories = JsonLines::open("stories/")?.records::<Story>()?;
    /// let text = |story: Story| (format!("{} {}", story.title, story.body), story.topic);
    /// let examples = stories.examples_versioned("text", 1, text).chunks();
    /// assert!(examples.iter().all(|chunk| chunk.key().is_lasting()));
    /// # }
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    pub fn examples_versioned<X: FeatureValues, L: Chunk>(
        &self,
        name: impl Into<Cow<'static, str>>,
        version: u32,
        f: impl Fn(T) -> (X, L) + Shared,
    ) -> Reading<DatasetBase<X::Rows, Array1<L>>> {
        // Without an identity nothing is read that would be known by the wrong one.
        let (key, refused) = match versioned(version, &f) {
            Ok(key) => (key, None),
            Err(error) => (Key::unique(), Some(error)),
        };
        self.step(name.into(), key, move |records| match &refused {
            Some(error) => Err(error.clone()),
            None => examples_of(records.into_iter().map(|record| Ok::<_, Error>(f(record)))),
        })
    }

    /// Another chunk made of the records of each, in the same task.
    fn step<D: Chunk>(
        &self,
        name: Cow<'static, str>,
        key: Key,
        make: impl Fn(Vec<T>) -> Result<D> + Shared,
    ) -> Reading<D> {
        let read = self.read.clone();
        let read = move |c: usize| {
            let Parsed { rows, report } = read(c)?;
            Ok(Parsed { rows: make(rows)?, report })
        };
        let record = short_name(type_name::<T>());
        let key = Key::of("examples").bytes(name.as_bytes()).bytes(record.as_bytes()).input(key).finish();
        Reading { parts: self.parts.clone(), read: Arc::new(read), step: Some((name.into(), key)) }
    }
}

impl<D: Chunk> Reading<D> {
    /// The chunks, in the order of the files and of the records in them.
    ///
    /// They last from process to process, as a checkpoint needs it: a chunk is known by its file's
    /// absolute path and [state](crate::sources#what-tells-files-apart), by its place in the file, and by what is read of
    /// it.
    pub fn chunks(&self) -> Chunks<D> {
        Chunks::from_lazies((0..self.parts.len()).map(|c| {
            let read = self.read.clone();
            Lazy::source(self.task::<D>(c), move || Ok(read(c)?.rows))
        }))
    }

    /// The chunks, and what could not be read of all of them together: lazy as well, so compute it in
    /// one run with what is made from the chunks.
    pub fn chunks_and_report(&self) -> (Chunks<D>, Lazy<ReadReport>)
    where
        D: Clone,
    {
        let parsed: Vec<Lazy<Parsed<D>>> = (0..self.parts.len())
            .map(|c| {
                let read = self.read.clone();
                Lazy::source(self.task::<Parsed<D>>(c), move || read(c))
            })
            .collect();
        let derived =
            |name: &'static str, part: &Lazy<Parsed<D>>| Task::new(name, Key::of(name).input(part.key()).finish());
        let reports: Vec<_> =
            parsed.iter().map(|part| part.map(derived("report", part), |parsed| Ok(parsed.report.clone()))).collect();
        let rows = parsed.iter().map(|part| {
            let task = derived("rows", part).remakeable().measured::<D>();
            part.map_owned(task, |parsed| Ok(parsed.rows))
        });
        let rows = Chunks::from_lazies(rows);
        let key = reports.iter().fold(Key::of("reports"), |key, report| key.input(report.key())).finish();
        let parts = self.parts.clone();
        let report = Lazy::gather(&reports, Task::new("reports", key), move |reports| Ok(join(&parts, reports)));
        (rows, report)
    }

    fn task<T: Footprint + 'static>(&self, c: usize) -> Task {
        let Part { file, key, expected_bytes, least_bytes, working_bytes, .. } = &self.parts[c];
        let (name, key) = match &self.step {
            Some((name, step)) => (Some(name.clone()), Key::of("step").input(*step).input(*key).finish()),
            None => (None, *key),
        };
        let task =
            Task::new("parse", key).display_name(name).chunk(c).file(file.path().clone()).remakeable().measured::<T>();
        let task = task.least_bytes(*least_bytes as usize).working_bytes(*working_bytes as usize);
        task.expected_bytes(*expected_bytes as usize).spilled_bytes(file.spilled_bytes() as usize)
    }
}

/// One report of all; lines are counted on from part to part of a file.
fn join(parts: &[Part], reports: &[&BlockReport]) -> ReadReport {
    let mut whole = ReadReport::default();
    let mut lines = 0;
    for (i, (part, report)) in parts.iter().zip(reports).enumerate() {
        if i == 0 || parts[i - 1].file.path() != part.file.path() {
            lines = part.header_lines;
        }
        whole.records += report.records;
        whole.skipped += report.skipped;
        let in_file = |bad: &BadRecord| BadRecord { line: bad.line + lines, ..bad.clone() };
        whole.bad.extend(report.bad.iter().map(|bad| (part.file.path().to_path_buf(), in_file(bad))));
        lines += report.lines;
    }
    whole
}
