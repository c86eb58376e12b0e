//! Every way in which the library writes into a folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chunkfit::Result;
use chunkfit::combine::FittedPipeline;
use chunkfit::data::Text;
use chunkfit::graph::{ChunkCache, Key};
use chunkfit::persist::Persist;
use chunkfit::prelude::*;
use chunkfit::sinks::{Csv, JsonLines as JsonLinesOut, RowFormat, Sink, Svmlight};
use chunkfit::sources::{BadRecords, IndexBase, JsonLines};
use linfa::{DatasetBase, ParamGuard};
use ndarray::Array1;
use tempfile::TempDir;

/// A way to use a folder.
pub struct User {
    pub name: &'static str,
    /// Uses a folder that is there: writes, reads again, makes room, replaces.
    pub run: fn(&Ground, &Path) -> Result<()>,
    /// The names of the files that the user asks for, which are replaced.
    pub outputs: &'static [&'static str],
    /// Whether there is nothing else afterwards.
    pub leaves_nothing_but_outputs: bool,
    /// The modules that write these files.
    pub modules: &'static [&'static str],
}

pub static USERS: &[User] = &[
    User {
        name: "chunk cache",
        run: cache,
        outputs: &[],
        leaves_nothing_but_outputs: false,
        modules: &["graph/chunk_cache.rs", "graph/slot_file.rs"],
    },
    User {
        name: "checkpoint",
        run: checkpoint,
        outputs: &[],
        leaves_nothing_but_outputs: false,
        modules: &["graph/checkpoint.rs", "graph/slot_file.rs"],
    },
    User {
        name: "sink of JSON lines",
        run: |ground, folder| sink(ground, folder, JsonLinesOut),
        outputs: &["a.jsonl", "b.jsonl"],
        leaves_nothing_but_outputs: false,
        modules: &["sinks/folder.rs", "sinks/part_file.rs", "sinks/receipt.rs"],
    },
    User {
        name: "sink of CSV",
        run: |ground, folder| sink(ground, folder, Csv::default()),
        outputs: &["a.csv", "b.csv"],
        leaves_nothing_but_outputs: false,
        modules: &["sinks/folder.rs", "sinks/part_file.rs", "sinks/receipt.rs"],
    },
    User {
        name: "sink of svmlight",
        run: sparse_sink,
        outputs: &["a.svmlight", "b.svmlight"],
        leaves_nothing_but_outputs: false,
        modules: &["sinks/folder.rs", "sinks/part_file.rs", "sinks/receipt.rs"],
    },
    #[cfg(feature = "parquet")]
    User {
        name: "sink of Parquet",
        run: |ground, folder| sink(ground, folder, chunkfit::sinks::Parquet),
        outputs: &["a.parquet", "b.parquet"],
        leaves_nothing_but_outputs: false,
        modules: &["sinks/folder.rs", "sinks/part_file.rs", "sinks/receipt.rs"],
    },
    User {
        name: "rejected records",
        run: rejected,
        outputs: &[],
        leaves_nothing_but_outputs: false,
        modules: &["sources/bad_records.rs", "sources/set_aside.rs"],
    },
    #[cfg(feature = "parquet")]
    User {
        name: "rejected rows of tables",
        run: rejected_rows,
        outputs: &[],
        leaves_nothing_but_outputs: false,
        modules: &["sources/bad_records.rs", "sources/set_aside.rs"],
    },
    #[cfg(feature = "compression")]
    User {
        name: "spill folder",
        run: spill,
        outputs: &[],
        leaves_nothing_but_outputs: true,
        modules: &["sources/contents.rs"],
    },
    User {
        name: "saved model",
        run: |ground, folder| ground.fit(1 << 8)?.save(folder.join("model.safetensors")),
        outputs: &["model.safetensors"],
        leaves_nothing_but_outputs: true,
        modules: &["persist/file.rs"],
    },
    #[cfg(feature = "diagnostics")]
    User {
        name: "report and trace",
        run: report,
        outputs: &["report.html", "trace.json"],
        leaves_nothing_but_outputs: true,
        modules: &["diagnostics/file.rs"],
    },
    #[cfg(feature = "download")]
    User {
        name: "download",
        run: super::downloads::download,
        outputs: &["one.sgm", "two.sgm"],
        leaves_nothing_but_outputs: true,
        modules: &["datasets/reuters/download.rs"],
    },
];

/// Data to learn from, some records of which are bad.
#[derive(Clone)]
pub struct Ground(Arc<TempDir>);

type Model = FittedPipeline<HashingVectorizer<f64>, SgdClassifier<f64, bool>>;

impl Ground {
    pub fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("data")).unwrap();
        for (name, shift) in [("a", 0), ("b", 1)] {
            let line = |i: usize| match i % 9 {
                4 => "{\"t\":\"cut short\n".to_owned(),
                _ => format!("{{\"t\":\"w{} w{}\",\"l\":{}}}\n", i % 5 + shift, i % 3, i.is_multiple_of(2)),
            };
            let lines: String = (0..30).map(line).collect();
            fs::write(place.path().join(format!("data/{name}.jsonl")), lines).unwrap();
        }
        Ground(Arc::new(place))
    }

    fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn examples(&self, policy: BadRecords) -> Result<Chunks<DatasetBase<Text, Array1<bool>>>> {
        Ok(JsonLines::open(self.data())?.bad_records(policy).text_and_label::<bool>("t", "l")?.chunks())
    }

    fn fit_with(&self, runtime: &Runtime, n_features: usize) -> Result<Model> {
        let text = HashingVectorizer::params().n_features(n_features);
        let chained = Chained::new(SgdClassifier::params()).epochs(2);
        runtime.compute(Pipeline::new(text, chained).fit(&self.examples(BadRecords::skip())?))
    }

    fn fit(&self, n_features: usize) -> Result<Model> {
        self.fit_with(&Runtime::new().threads(1), n_features)
    }
}

fn cache(ground: &Ground, folder: &Path) -> Result<()> {
    let runtime = |bytes| Runtime::new().threads(2).chunk_cache(ChunkCache::new(folder).max_bytes(bytes));
    let plain = ground.fit(1 << 8)?.model;
    for _ in 0..2 {
        assert_eq!(ground.fit_with(&runtime(1 << 30), 1 << 8)?.model, plain);
    }
    let chunks = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let ours = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with(".chunkfit-") && path.is_file();
    let bytes = chunks.filter(ours).map(|path| fs::symlink_metadata(path).unwrap().len()).max().unwrap_or(0);
    // There is room for two chunks, and the first ones go.
    ground.fit_with(&runtime(2 * bytes), 1 << 7).map(drop)
}

fn checkpoint(ground: &Ground, folder: &Path) -> Result<()> {
    for n_features in [1 << 8, 1 << 8, 1 << 7] {
        ground.fit_with(&Runtime::new().threads(2).checkpoint(Checkpoint::new(folder)), n_features)?;
    }
    Ok(())
}

fn sink<F: RowFormat>(ground: &Ground, folder: &Path, format: F) -> Result<()> {
    let sink = Sink::new(folder, format);
    let chunks = ground.examples(BadRecords::skip())?;
    // Written, looked at, replaced.
    sink.write(&chunks, &Runtime::new())?;
    sink.write(&chunks, &Runtime::new())?;
    sink.rewrite().write(&chunks, &Runtime::new()).map(drop)
}

fn sparse_sink(ground: &Ground, folder: &Path) -> Result<()> {
    let text = HashingVectorizer::<f64>::params().n_features(1 << 8).check()?;
    let rows = ground.examples(BadRecords::skip())?.map_keyed("hash", Key::of("hash").finish(), move |chunk| {
        Ok(DatasetBase::new(text.transform_text(&chunk.records)?, chunk.targets.clone()))
    });
    let sink = Sink::new(folder, Svmlight::new(IndexBase::One));
    sink.write(&rows, &Runtime::new())?;
    sink.rewrite().write(&rows, &Runtime::new()).map(drop)
}

fn rejected(ground: &Ground, folder: &Path) -> Result<()> {
    for _ in 0..2 {
        Runtime::new().compute(ground.examples(BadRecords::skip().set_aside(folder))?)?;
    }
    Ok(())
}

/// Rows of Parquet that lack a label.
#[cfg(feature = "parquet")]
fn rejected_rows(ground: &Ground, folder: &Path) -> Result<()> {
    use arrow_array::{BooleanArray, RecordBatch, StringArray};
    let table = ground.0.path().join("table.parquet");
    if !table.exists() {
        let texts = StringArray::from_iter_values(["oil", "tea", "ore"]);
        let labels = BooleanArray::from(vec![Some(true), None, Some(false)]);
        let batch = RecordBatch::try_from_iter_with_nullable([
            ("t", Arc::new(texts) as arrow_array::ArrayRef, false),
            ("l", Arc::new(labels), true),
        ]);
        let batch = batch.unwrap();
        let file = fs::File::create(&table).unwrap();
        let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
    }
    let source = chunkfit::sources::Parquet::open(&table)?.bad_records(BadRecords::skip().set_aside(folder));
    for _ in 0..2 {
        Runtime::new().compute(source.text_and_label::<bool>("t", "l")?.chunks())?;
    }
    Ok(())
}

/// A compressed file, which is larger than a chunk.
#[cfg(feature = "compression")]
fn spill(ground: &Ground, folder: &Path) -> Result<()> {
    use std::io::Write;
    let packed = ground.0.path().join("packed.jsonl.gz");
    if !packed.exists() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&fs::read(ground.data().join("a.jsonl")).unwrap()).unwrap();
        fs::write(&packed, encoder.finish().unwrap()).unwrap();
    }
    let source = JsonLines::open(&packed)?.spill_folder(folder).chunk_bytes(100).bad_records(BadRecords::skip());
    for _ in 0..2 {
        let reading = source.text_and_label::<bool>("t", "l")?;
        assert!(reading.spilled_bytes() > 0);
        Runtime::new().compute(reading.chunks())?;
    }
    Ok(())
}

#[cfg(feature = "diagnostics")]
fn report(ground: &Ground, folder: &Path) -> Result<()> {
    let run = Runtime::new().profile(true).run(ground.examples(BadRecords::skip())?)?;
    chunkfit::diagnostics::Report::new("A run").run(&run).write(folder.join("report.html"))?;
    run.profile.as_ref().unwrap().write_chrome_trace(folder.join("trace.json"))
}
