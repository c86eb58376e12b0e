//! Chunks that are on disk already are not made again, and what is made of them has the same bits.

use std::fs;
use std::path::{Path, PathBuf};

use chunkfit::combine::{Chained, Fitted, FittedPipeline, Pipeline, PipelineFit};
use chunkfit::data::{Csr, Footprint, Text};
use chunkfit::datasets::synthetic::Documents;
use chunkfit::graph::{ChunkCache, Lazy, Run, Runtime};
use chunkfit::linear::SgdClassifier;
use chunkfit::model_selection::{Grid, Search, StratifiedKFold};
use chunkfit::sources::JsonLines;
use chunkfit::text::{HashingVectorizer, HashingVectorizerParams};
use chunkfit::{Chunks, Result};
use linfa::{DatasetBase, ParamGuard};
use ndarray::Array1;

const FILES: usize = 6;

type Examples = DatasetBase<Text, Array1<String>>;

/// Six files of documents in two languages of a few words.
fn corpus(folder: &Path) -> PathBuf {
    let data = folder.join("data");
    fs::create_dir(&data).unwrap();
    for file in 0..FILES {
        let line = |i: usize| {
            let words =
                if i.is_multiple_of(2) { ["der", "hund", "bellt", "laut"] } else { ["the", "dog", "barks", "laut"] };
            let text: String = (0..20).map(|k| format!("{} w{} ", words[(i * k + k) % 4], i * k % 97)).collect();
            format!("{{\"text\": \"{text}\", \"language\": \"{}\"}}\n", ["de", "en"][i % 2])
        };
        let lines: String = (0..50).map(|i| line(file * 50 + i)).collect();
        fs::write(data.join(format!("{file}.jsonl")), lines).unwrap();
    }
    data
}

fn read(data: &Path) -> Chunks<Examples> {
    JsonLines::open(data).unwrap().text_and_label::<String>("text", "language").unwrap().chunks()
}

fn vectorizer() -> HashingVectorizerParams<f32> {
    HashingVectorizer::params().n_features(1 << 12).dtype()
}

type Fit = PipelineFit<HashingVectorizer<f32>, Lazy<SgdClassifier<f32, String>>>;

fn fit(data: &Path) -> Fit {
    let sgd = SgdClassifier::params();
    Pipeline::new(vectorizer(), Chained::new(sgd).epochs(3)).fit(&read(data))
}

type Model = FittedPipeline<HashingVectorizer<f32>, SgdClassifier<f32, String>>;

/// The coefficients' bits, and the run.
fn run(data: &Path, runtime: &Runtime) -> (Vec<u32>, Run<Model>) {
    let run = runtime.run(fit(data)).unwrap();
    (run.values.model.coef().iter().map(|x| x.to_bits()).collect(), run)
}

fn entries(cache: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(cache).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<_> = files.filter(|file| file.extension().is_some_and(|end| end == "chunk")).collect();
    files.sort();
    files
}

#[test]
fn the_next_run_reads_no_file_and_ends_with_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    let (data, cache) = (corpus(folder.path()), folder.path().join("cache"));
    let plain = run(&data, &Runtime::new().threads(1)).0;
    for threads in [1, 2, 4] {
        // A limit below two chunks: in every epoch they are needed again.
        for limit in [1 << 30, 60_000] {
            let _ = fs::remove_dir_all(&cache);
            let runtime = Runtime::new().threads(threads).memory_limit(limit).chunk_cache(ChunkCache::new(&cache));
            let (first_bits, first) = run(&data, &runtime);
            let (again_bits, again) = run(&data, &runtime);
            assert_eq!((&first_bits, &again_bits), (&plain, &plain), "{threads} threads, {limit} bytes");
            let tasks = |run: &Run<Model>| ["parse", "vectorize"].map(|name| run.summary.runs(name));
            assert_eq!((tasks(&first), tasks(&again)), ([FILES; 2], [0; 2]), "{threads} threads, {limit} bytes");
            assert_eq!((first.summary.cached(), again.summary.cached()), (FILES, 0));
            let epochs = if limit < 1 << 30 { 3 } else { 1 };
            assert!(again.summary.loaded() <= epochs * FILES && again.summary.loaded() >= FILES);
            assert_eq!(again.summary.rows("vectorize"), 50 * FILES);
            if limit < 1 << 30 {
                assert!(first.summary.loaded() > 0, "later epochs read the cache: {:?}", first.summary);
                assert_eq!(first.summary.reruns(), 0, "and make nothing again: {:?}", first.summary);
            }
            assert_eq!(entries(&cache).len(), FILES);
        }
    }
}

#[test]
fn what_is_damaged_or_gone_is_made_again_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (data, cache) = (corpus(folder.path()), folder.path().join("cache"));
    let runtime = Runtime::new().threads(2).chunk_cache(ChunkCache::new(&cache));
    let plain = run(&data, &runtime).0;
    let files = entries(&cache);
    // The header is whole, so the run learns of it only when it reads the chunk.
    let mut bytes = fs::read(&files[0]).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&files[0], bytes).unwrap();
    let cut = fs::read(&files[1]).unwrap();
    fs::write(&files[1], &cut[..cut.len() / 2]).unwrap();
    fs::remove_file(&files[2]).unwrap();
    let (bits, mended) = run(&data, &runtime);
    assert_eq!(bits, plain);
    assert_eq!((mended.summary.runs("parse"), mended.summary.runs("vectorize")), (3, 3));
    assert_eq!((mended.summary.loaded(), mended.summary.cached()), (FILES - 3, 3));
    let (bits, whole) = run(&data, &runtime);
    assert_eq!((bits, whole.summary.runs("parse")), (plain, 0));
}

/// Another process that makes room for itself may remove what this one is about to read.
#[test]
fn chunks_that_vanish_during_the_run_are_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let (data, cache) = (corpus(folder.path()), folder.path().join("cache"));
    for threads in [1, 3] {
        let runtime = Runtime::new().threads(threads).memory_limit(30_000).chunk_cache(ChunkCache::new(&cache));
        let plain = run(&data, &runtime).0;
        let vanishing = cache.clone();
        // Runs beside the first chunks of the fit.
        let remover = Chunks::from_fn("remove", 1, move |_| {
            entries(&vanishing).iter().for_each(|file| drop(fs::remove_file(file)));
            Ok(vec![0u8])
        });
        let (removed, model) = runtime.compute((remover, fit(&data))).unwrap();
        assert_eq!(removed.len(), 1);
        assert_eq!(model.model.coef().iter().map(|x| x.to_bits()).collect::<Vec<_>>(), plain);
    }
}

#[test]
fn other_parameters_and_changed_files_are_other_chunks() {
    let folder = tempfile::tempdir().unwrap();
    let (data, cache) = (corpus(folder.path()), folder.path().join("cache"));
    let runtime = Runtime::new().chunk_cache(ChunkCache::new(&cache));
    run(&data, &runtime);
    let mut text = fs::read_to_string(data.join("3.jsonl")).unwrap();
    text.push_str("{\"text\": \"new\", \"language\": \"en\"}\n");
    fs::write(data.join("3.jsonl"), text).unwrap();
    assert_eq!(run(&data, &runtime).1.summary.runs("parse"), 1);
    let bigrams = Pipeline::new(vectorizer().ngram_range(1, 2), Chained::new(SgdClassifier::params()));
    assert_eq!(runtime.run(bigrams.fit(&read(&data))).unwrap().summary.runs("vectorize"), FILES);
}

#[test]
fn the_next_search_parses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (data, cache) = (corpus(folder.path()), folder.path().join("cache"));
    let search = |alphas: &[f64], runtime: &Runtime| {
        let sgd = SgdClassifier::<f64, String>::params();
        let grid = Grid::new(sgd).vary("alpha", alphas.to_vec(), |sgd, alpha| sgd.alpha(alpha));
        let search = Search::new(grid, |sgd| Pipeline::new(vectorizer(), Chained::new(sgd.clone())));
        let run = search.folds(StratifiedKFold::new(3)).run_and_tell(runtime, &read(&data)).unwrap();
        let scores: Vec<f64> = run.values.candidates.iter().map(|row| row.mean_test_scores[0]).collect();
        (scores, run.summary)
    };
    let cached = Runtime::new().chunk_cache(ChunkCache::new(&cache));
    let (first, _) = search(&[1e-4, 1e-3], &cached);
    let (again, told) = search(&[1e-4, 1e-3, 1e-5], &cached);
    assert_eq!((told.runs("parse"), told.runs("vectorize"), told.runs("deal rows")), (0, 0, 0));
    assert_eq!((&first[..], &again), (&again[..2], &search(&[1e-4, 1e-3, 1e-5], &Runtime::new()).0));
}

#[test]
fn a_cache_that_is_full_keeps_what_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let (data, cache) = (corpus(folder.path()), folder.path().join("cache"));
    let unbounded = Runtime::new().chunk_cache(ChunkCache::new(&cache));
    let plain = run(&data, &unbounded).0;
    let bytes: u64 = entries(&cache).iter().map(|file| fs::metadata(file).unwrap().len()).sum();
    fs::remove_dir_all(&cache).unwrap();
    let half = Runtime::new().threads(1).chunk_cache(ChunkCache::new(&cache).max_bytes(bytes / 2));
    for _ in 0..3 {
        let (bits, told) = run(&data, &half);
        assert_eq!(bits, plain);
        let held: u64 = entries(&cache).iter().map(|file| fs::metadata(file).unwrap().len()).sum();
        assert!(held <= bytes / 2 && held > bytes / 4, "{held} of {bytes}");
        let missing = FILES - entries(&cache).len();
        assert!(told.summary.runs("parse") == FILES || told.summary.runs("parse") == missing, "{:?}", told.summary);
    }
}

#[test]
fn a_cache_that_cannot_be_written_is_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let (data, cache) = (corpus(folder.path()), folder.path().join("cache"));
    fs::create_dir_all(cache.join(".chunkfit-cache-lock")).unwrap();
    let (bits, told) = run(&data, &Runtime::new().chunk_cache(ChunkCache::new(&cache)));
    assert_eq!(bits, run(&data, &Runtime::new()).0);
    let [warning] = &told.summary.warnings[..] else { panic!("{:?}", told.summary.warnings) };
    assert!(warning.message.starts_with("the chunk cache is not written any more: "), "{warning}");
    assert_eq!(told.summary.cached(), 0);
}

#[test]
fn two_processes_may_share_a_cache() {
    let folder = tempfile::tempdir().unwrap();
    let (data, cache) = (corpus(folder.path()), folder.path().join("cache"));
    let plain = run(&data, &Runtime::new()).0;
    let runs = std::thread::scope(|scope| {
        let one = || {
            let runtime = Runtime::new().threads(2).memory_limit(30_000).chunk_cache(ChunkCache::new(&cache));
            run(&data, &runtime).0
        };
        let both = [scope.spawn(one), scope.spawn(one)];
        both.map(|handle| handle.join().unwrap())
    });
    assert_eq!(runs, [plain.clone(), plain]);
    assert_eq!(entries(&cache).len(), FILES);
}

#[test]
fn what_no_other_process_would_know_is_not_cached_and_what_cannot_be_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().chunk_cache(ChunkCache::new(folder.path()));
    let given = Chunks::from_memory([vec![1u8]]).map("twice", |x| x.repeat(2)).cached();
    assert_eq!(runtime.run(given.clone()).unwrap().summary.cached(), 0);
    let named = Chunks::from_memory([vec![1u8]]).identified("ones").map("twice", |x| x.repeat(2));
    let named = named.identified("twos").cached();
    assert_eq!(runtime.run(named.clone()).unwrap().summary.cached(), 1);
    let explained = runtime.explain(&named).unwrap();
    assert_eq!((explained.in_cache, explained.tasks), (1, 0));
    assert!(explained.to_string().contains("1 value read from the chunk cache"), "{explained}");

    #[derive(Clone)]
    struct Odd;
    impl Footprint for Odd {}
    let odd: Result<Vec<Vec<Odd>>> = runtime.compute(Chunks::from_memory([vec![Odd]]).cached());
    assert!(odd.err().unwrap().to_string().contains("COMPACT"));
}

/// The fitted model scores held-out chunks that come from the cache, too.
#[test]
fn scores_are_the_same_from_the_cache() {
    let folder = tempfile::tempdir().unwrap();
    let (data, cache) = (corpus(folder.path()), folder.path().join("cache"));
    let cached = Runtime::new().chunk_cache(ChunkCache::new(&cache));
    let score = |runtime: &Runtime| runtime.compute(fit(&data).score(&read(&data))).unwrap();
    let plain = score(&Runtime::new());
    assert_eq!((score(&cached), score(&cached)), (plain, plain));
    assert!(plain > 0.9, "{plain}");
}

#[test]
fn hashed_text_takes_less_than_half_the_memory_on_disk() {
    let documents = Documents::new(3).chunks(1, 500).unwrap();
    let documents = Runtime::new().compute(documents).unwrap().remove(0).records;
    for vectorizer in [vectorizer(), vectorizer().n_features(1 << 20), vectorizer().norm(None)] {
        let rows = vectorizer.check().unwrap().transform_text(&documents).unwrap();
        let bytes = Csr::<f32>::COMPACT.unwrap().to_bytes(&rows).len();
        assert!(bytes * 2 < rows.heap_bytes(), "{bytes} bytes for {}", rows.heap_bytes());
    }
}
