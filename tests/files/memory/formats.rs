//! Files of made-up documents in every format that is read in chunks, and the chunks of such files.
//!
//! The benchmark `memory` and the test of peak memory write and read the same files.

use std::error::Error as StdError;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, RecordBatch, StringArray};
use arrow_ipc::writer::FileWriter;
use arrow_schema::Schema;
use chunkfit::data::{Csr, Text};
use chunkfit::datasets::synthetic::Documents;
use chunkfit::sources::{ArrowIpc, Csv, IndexBase, JsonLines, Parquet, Svmlight};
use chunkfit::{Chunks, Error, Runtime};
use linfa::DatasetBase;
use ndarray::Array1;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

/// Columns of rows in svmlight files, and of hashed text.
pub const COLUMNS: usize = 1 << 20;

/// Different texts in the tables with dictionaries.
const DIFFERENT: usize = 400;

/// Bytes of text in the record batches that are given to a writer of tables.
const BATCH: u64 = 4_000_000;

pub type Failure = Box<dyn StdError + Send + Sync>;

/// A format of files, with the settings of its writer that the memory for reading may depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    JsonLines,
    Csv,
    Svmlight,
    /// Row groups of so many MB of text. With a dictionary, the texts are few and come again and again.
    Parquet {
        group_mb: u64,
        dictionary: bool,
    },
    /// Record batches of so many MB of text.
    Arrow {
        batch_mb: u64,
    },
    /// JSON lines in one gzip member.
    Gzip,
    /// JSON lines in one Zstandard frame.
    Zstd,
}

/// The formats by their names.
pub const FORMATS: [(&str, Format); 11] = [
    ("json-lines", Format::JsonLines),
    ("csv", Format::Csv),
    ("svmlight", Format::Svmlight),
    ("parquet-16", Format::Parquet { group_mb: 16, dictionary: false }),
    ("parquet-16-dictionary", Format::Parquet { group_mb: 16, dictionary: true }),
    ("parquet-128", Format::Parquet { group_mb: 128, dictionary: false }),
    ("parquet-128-dictionary", Format::Parquet { group_mb: 128, dictionary: true }),
    ("arrow-16", Format::Arrow { batch_mb: 16 }),
    ("arrow-128", Format::Arrow { batch_mb: 128 }),
    ("gzip", Format::Gzip),
    ("zstd", Format::Zstd),
];

/// The format of this name.
pub fn named(name: &str) -> Option<Format> {
    FORMATS.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)
}

/// Documents that a file repeats until it is long enough.
pub struct Corpus {
    texts: Vec<String>,
    labels: Vec<bool>,
}

impl Corpus {
    /// So many documents of so many words on average.
    pub fn new(documents: usize, words: usize) -> Result<Self, Error> {
        let chunks = Documents::new(42).mean_length(words).chunks(1, documents)?;
        let made = Runtime::new().threads(1).compute(chunks.gather())?;
        let texts = made.records.iter().map(str::to_owned).collect();
        Ok(Corpus { texts, labels: made.targets.iter().map(|&class| class == 1).collect() })
    }

    /// The documents again and again.
    fn rows(&self, different: usize) -> impl Iterator<Item = (&str, bool)> {
        let different = different.min(self.texts.len());
        let rows = self.texts[..different].iter().map(String::as_str).zip(self.labels.iter().copied());
        rows.cycle()
    }

    /// The documents as lines of one format.
    fn lines(&self, line: impl Fn(&str, bool) -> String) -> Vec<String> {
        self.rows(self.texts.len()).take(self.texts.len()).map(|(text, label)| line(text, label)).collect()
    }
}

impl Format {
    /// The end of a file's name.
    fn ending(self) -> &'static str {
        match self {
            Format::JsonLines => "jsonl",
            Format::Csv => "csv",
            Format::Svmlight => "svmlight",
            Format::Parquet { .. } => "parquet",
            Format::Arrow { .. } => "arrow",
            Format::Gzip => "jsonl.gz",
            Format::Zstd => "jsonl.zst",
        }
    }

    /// Writes a file with about so many bytes of content: of lines before they are compressed, or of text in a table.
    /// Gives its path and the number of its rows.
    pub fn write(self, folder: &Path, bytes: u64, corpus: &Corpus) -> Result<(PathBuf, usize), Failure> {
        fs::create_dir_all(folder)?;
        let path = folder.join(format!("documents.{}", self.ending()));
        let part = folder.join(".part");
        let mut file = BufWriter::with_capacity(1 << 20, File::create(&part)?);
        let json = || corpus.lines(json_line);
        let rows = match self {
            Format::JsonLines => write_lines(&mut file, "", &json(), bytes)?,
            Format::Csv => write_lines(&mut file, "label,text\n", &corpus.lines(csv_line), bytes)?,
            Format::Svmlight => write_lines(&mut file, "", &corpus.lines(svmlight_line), bytes)?,
            Format::Parquet { group_mb, dictionary } => write_parquet(&mut file, group_mb, dictionary, bytes, corpus)?,
            Format::Arrow { batch_mb } => write_arrow(&mut file, batch_mb, bytes, corpus)?,
            Format::Gzip => {
                let mut encoder = flate2::write::GzEncoder::new(&mut file, flate2::Compression::fast());
                let rows = write_lines(&mut encoder, "", &json(), bytes)?;
                encoder.finish()?;
                rows
            }
            Format::Zstd => {
                let mut encoder = zstd::Encoder::new(&mut file, 1)?;
                let rows = write_lines(&mut encoder, "", &json(), bytes)?;
                encoder.finish()?;
                rows
            }
        };
        file.into_inner()?;
        fs::rename(part, &path)?;
        Ok((path, rows))
    }

    /// The chunks of a file that `write` wrote; `chunk_bytes` 0 is the default.
    pub fn read(self, path: &Path, chunk_bytes: u64) -> Result<Examples, Error> {
        // Each format has the same two methods, and no trait for them.
        macro_rules! documents {
            ($format:ident) => {{
                let source = $format::open(path)?;
                let source = if chunk_bytes > 0 { source.chunk_bytes(chunk_bytes) } else { source };
                Examples::Documents(source.text_and_label("text", "label")?.chunks())
            }};
        }
        Ok(match self {
            Format::JsonLines | Format::Gzip | Format::Zstd => documents!(JsonLines),
            Format::Csv => documents!(Csv),
            Format::Parquet { .. } => documents!(Parquet),
            Format::Arrow { .. } => documents!(ArrowIpc),
            Format::Svmlight => {
                let source = Svmlight::open(path)?;
                let source = if chunk_bytes > 0 { source.chunk_bytes(chunk_bytes) } else { source };
                Examples::Rows(source.rows_and_labels(COLUMNS, IndexBase::One)?.chunks())
            }
        })
    }
}

/// The chunks of a file.
pub enum Examples {
    Documents(Chunks<DatasetBase<Text, Array1<bool>>>),
    Rows(Chunks<DatasetBase<Csr<f32>, Array1<bool>>>),
}

fn json_line(text: &str, label: bool) -> String {
    format!("{}\n", serde_json::json!({ "label": label, "text": text }))
}

fn csv_line(text: &str, label: bool) -> String {
    format!("{label},\"{}\"\n", text.replace('"', "\"\""))
}

/// The counts of words, each word in the column of its hash, counted from 1.
fn svmlight_line(text: &str, label: bool) -> String {
    let column =
        |word: &str| word.bytes().fold(0, |hash: usize, byte| hash * 31 % COLUMNS + usize::from(byte)) % COLUMNS;
    let mut counts = std::collections::BTreeMap::new();
    text.split_whitespace().for_each(|word| *counts.entry(column(word)).or_insert(0) += 1);
    let values = counts.iter().map(|(column, count)| format!(" {}:{count}", column + 1));
    format!("{label}{}\n", values.collect::<String>())
}

/// The number of lines that were written.
fn write_lines(out: &mut impl Write, header: &str, lines: &[String], bytes: u64) -> Result<usize, Failure> {
    out.write_all(header.as_bytes())?;
    let (mut written, mut rows) = (0, 0);
    for line in lines.iter().cycle() {
        if written >= bytes {
            break;
        }
        out.write_all(line.as_bytes())?;
        written += line.len() as u64;
        rows += 1;
    }
    Ok(rows)
}

/// The next rows with so many bytes of text.
fn batch<'a>(rows: &mut impl Iterator<Item = (&'a str, bool)>, bytes: u64) -> Result<RecordBatch, Failure> {
    let (mut texts, mut labels, mut taken) = (Vec::new(), Vec::new(), 0);
    for (text, label) in rows {
        taken += text.len() as u64;
        texts.push(text);
        labels.push(label);
        if taken >= bytes {
            break;
        }
    }
    let columns: [(&str, ArrayRef); 2] =
        [("label", Arc::new(BooleanArray::from(labels))), ("text", Arc::new(StringArray::from(texts)))];
    Ok(RecordBatch::try_from_iter(columns)?)
}

fn schema(corpus: &Corpus) -> Result<Arc<Schema>, Failure> {
    Ok(batch(&mut corpus.rows(1), 1)?.schema())
}

/// Row groups whose values have so many MB, compressed by Snappy as most writers do, in pages that only their encoded
/// size bounds: with a dictionary, a page has the values of the whole group.
fn write_parquet(
    file: &mut (impl Write + Send),
    group_mb: u64,
    dictionary: bool,
    bytes: u64,
    corpus: &Corpus,
) -> Result<usize, Failure> {
    let properties = WriterProperties::builder().set_dictionary_enabled(dictionary);
    let properties = properties.set_data_page_row_count_limit(usize::MAX).set_compression(Compression::SNAPPY).build();
    let mut writer = ArrowWriter::try_new(file, schema(corpus)?, Some(properties))?;
    let mut rows = corpus.rows(if dictionary { DIFFERENT } else { usize::MAX });
    let (mut left, mut written) = (bytes, 0);
    while left > 0 {
        let mut in_group = left.min(group_mb * 1_000_000);
        left -= in_group;
        while in_group > 0 {
            let size = in_group.min(BATCH);
            let batch = batch(&mut rows, size)?;
            writer.write(&batch)?;
            written += batch.num_rows();
            in_group -= size;
        }
        writer.flush()?;
    }
    writer.close()?;
    Ok(written)
}

fn write_arrow(file: &mut impl Write, batch_mb: u64, bytes: u64, corpus: &Corpus) -> Result<usize, Failure> {
    let mut writer = FileWriter::try_new(file, schema(corpus)?.as_ref())?;
    let mut rows = corpus.rows(usize::MAX);
    let (mut left, mut written) = (bytes, 0);
    while left > 0 {
        let size = left.min(batch_mb * 1_000_000);
        let batch = batch(&mut rows, size)?;
        writer.write(&batch)?;
        written += batch.num_rows();
        left -= size;
    }
    writer.finish()?;
    Ok(written)
}
