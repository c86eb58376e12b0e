//! Shuffled chunks and rows: all rows once, the same order on any number of threads, in bounded memory; chains that go
//! over chunks in another order in each epoch; files sorted by label learned as well as shuffled ones.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use chunkfit::combine::EarlyStopping;
use chunkfit::data::{Codec, Csr, Footprint, Identified, Keyed, Rows};
use chunkfit::datasets::reuters::{self, Labelled};
use chunkfit::estimator::PartialFit;
use chunkfit::graph::Key;
use chunkfit::linear::{Averaging, Loss};
use chunkfit::metrics::Scorer;
use chunkfit::model_selection::{Grid, KFold, Search};
use chunkfit::prelude::*;
use chunkfit::sources::JsonLines;
use linfa::DatasetBase;
use ndarray::{Array1, Array2, Axis};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

/// Chunks of so many rows, numbered from 0.
fn numbered(sizes: &[usize]) -> Vec<Vec<u64>> {
    let mut next = 0;
    sizes.iter().map(|&n| (0..n).map(|_| (next, next += 1).0).collect()).collect()
}

fn computed<D: Clone + chunkfit::data::Shared>(chunks: &Chunks<D>) -> Vec<D> {
    Runtime::new().compute(chunks).unwrap()
}

proptest! {
    #[test]
    fn all_rows_come_once_and_windows_keep_to_themselves(
        sizes in prop::collection::vec(0usize..20, 0..12), window in 1usize..14, seed: u64
    ) {
        let chunks = numbered(&sizes);
        let in_memory = Chunks::from_memory(chunks.clone()).shuffled(window, seed);
        let shuffled = computed(&in_memory);
        let made = chunks.clone();
        let made = Chunks::from_fn("numbers", chunks.len(), move |c| Ok(made[c].clone())).with_row_counts(sizes.clone());
        prop_assert_eq!(computed(&made.shuffled(window, seed)), &shuffled[..]);
        let n_rows: Vec<usize> = shuffled.iter().map(Vec::len).collect();
        prop_assert_eq!(made.shuffled(window, seed).row_counts(), Some(n_rows.clone()));
        prop_assert_eq!(in_memory.row_counts(), Some(n_rows));
        let rows: BTreeSet<u64> = shuffled.iter().flatten().copied().collect();
        prop_assert_eq!(rows.len(), sizes.iter().sum::<usize>());
        for outputs in shuffled.chunks(window) {
            // Whole chunks of the list, and only these, were mixed.
            let rows: BTreeSet<u64> = outputs.iter().flatten().copied().collect();
            let inputs = chunks.iter().filter(|chunk| chunk.iter().any(|row| rows.contains(row)));
            prop_assert_eq!(inputs.map(Vec::len).sum::<usize>(), rows.len());
            let (least, most) = (outputs.iter().map(Vec::len).min(), outputs.iter().map(Vec::len).max());
            prop_assert!(most.unwrap() - least.unwrap() <= 1, "{:?}", outputs);
        }
    }
}

#[test]
fn every_place_is_equally_likely_for_every_row() {
    let chunks = Chunks::from_memory(numbered(&[2, 1, 3]));
    let mut counts = [[0usize; 6]; 6];
    for seed in 0..3000 {
        for (place, row) in computed(&chunks.shuffled(3, seed)).into_iter().flatten().enumerate() {
            counts[row as usize][place] += 1;
        }
    }
    // 500 each; a standard deviation is 20.
    assert!(counts.iter().flatten().all(|count| (410..590).contains(count)), "{counts:?}");
}

#[test]
fn a_row_keeps_its_target_weight_and_key() {
    let chunk = |c: usize| {
        let x = Array2::from_shape_fn((4, 1), |(i, _)| (4 * c + i) as f64);
        let weights: Array1<f32> = x.column(0).mapv(|x| x as f32 + 1.0);
        let keys = x.column(0).mapv(|x| x as usize).to_vec();
        let targets: Array1<bool> = x.column(0).mapv(|x| (x as usize).is_multiple_of(2));
        let records = Keyed::new(Csr::from_dense(&x).unwrap(), keys).unwrap();
        DatasetBase::new(records, targets).with_weights(weights).with_feature_names(vec!["x"])
    };
    let shuffled = computed(&Chunks::from_memory((0..5).map(chunk)).shuffled(3, 7));
    let mut seen = BTreeSet::new();
    for chunk in &shuffled {
        assert_eq!(chunk.feature_names(), ["x"]);
        for i in 0..chunk.n_rows() {
            let key = chunk.records.keys()[i];
            let stored = chunk.records.rows().to_dense()[[i, 0]];
            assert_eq!((stored, chunk.targets[i], chunk.weights[i]), (key as f64, key % 2 == 0, key as f32 + 1.0));
            seen.insert(key);
        }
    }
    assert_eq!(seen, (0..20).collect());
}

/// Chunks of 100 rows from a function, which notes the chunks that it was asked for.
fn noted(n: usize) -> (Chunks<Vec<u64>>, Arc<Mutex<Vec<usize>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let note = asked.clone();
    let chunks = Chunks::from_fn("numbers", n, move |c| {
        note.lock().unwrap().push(c);
        Ok((0..100).map(|i| (100 * c + i) as u64).collect::<Vec<_>>())
    });
    (chunks, asked)
}

const BYTES: usize = 100 * size_of::<u64>() + size_of::<Vec<u64>>();

#[test]
fn shuffled_rows_are_the_same_on_any_threads_in_bounded_memory() {
    let sums = |chunks: &Chunks<Vec<u64>>| {
        chunks.carry("digest", Key::unique(), 0u64, |sum, chunk| {
            *sum = chunk.iter().fold(*sum, |sum, row| sum.wrapping_mul(31).wrapping_add(*row));
            Ok(*sum)
        })
    };
    let (chunks, _) = noted(60);
    let expected = computed(&sums(&chunks.shuffled(5, 3)));
    for (threads, limit) in [(1, 12 * BYTES), (2, 24 * BYTES), (4, usize::MAX), (4, 30 * BYTES)] {
        let (chunks, asked) = noted(60);
        let run = Runtime::new().threads(threads).memory_limit(limit).run(sums(&chunks.shuffled(5, 3))).unwrap();
        assert_eq!(run.values, expected, "{threads} threads, {limit} bytes");
        // The size of the first deal of a window's rows is not known beforehand.
        let most = limit.saturating_add(5 * BYTES);
        assert!(run.summary.peak_bytes <= most, "{threads} threads: {} of {limit} bytes", run.summary.peak_bytes);
        // With little room, threads that read ahead may have to drop a chunk.
        let reads = asked.lock().unwrap().len();
        let is_roomy = threads == 1 || limit == usize::MAX;
        assert!(reads <= if is_roomy { 60 } else { 90 }, "{threads} threads, {limit} bytes: {reads} reads");
    }
}

#[test]
fn a_window_of_no_chunk_is_an_error_and_an_empty_list_stays_empty() {
    let error = Runtime::new().compute(Chunks::from_memory([vec![1]]).shuffled(0, 1)).unwrap_err();
    assert!(error.to_string().contains("window"), "{error}");
    assert!(computed(&Chunks::<Vec<u64>>::from_memory([]).shuffled(3, 1)).is_empty());
}

/// Learns the first number of every chunk that it sees, in order.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Visits;

impl Identified for Visits {
    const NAME: &'static str = "tests::Visits";
}

impl<T> PartialFit<Array2<f64>, T> for Visits {
    type Model = Vec<usize>;

    fn partial_fit(&self, model: Option<Vec<usize>>, chunk: &DatasetBase<Array2<f64>, T>) -> Result<Vec<usize>, Error> {
        let mut seen = model.unwrap_or_default();
        seen.push(chunk.records[[0, 0]] as usize);
        Ok(seen)
    }

    fn codec(&self) -> Option<Codec<Vec<usize>>> {
        Some(Codec::serialized())
    }
}

type Blocks = Chunks<DatasetBase<Array2<f64>, Array1<bool>>>;

/// Chunks whose rows all hold the chunk's number; those that were made are noted.
fn blocks(n: usize) -> (Blocks, Arc<Mutex<Vec<usize>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let note = asked.clone();
    let chunks = Chunks::from_fn("block", n, move |c| {
        note.lock().unwrap().push(c);
        Ok(DatasetBase::new(Array2::from_elem((4, 1), c as f64), Array1::from_elem(4, c % 2 == 0)))
    });
    (chunks.identified(("blocks", n)), asked)
}

#[test]
fn each_epoch_has_an_order_of_its_own() {
    let (n, epochs) = (20, 4);
    let chain = |seed| Chained::new(Visits).epochs(epochs).shuffle_chunks(seed);
    let visits = |threads, seed| Runtime::new().threads(threads).compute(chain(seed).fit(&blocks(n).0)).unwrap();
    let visited = visits(1, 5);
    assert_eq!(visited, visits(4, 5));
    assert_ne!(visited, visits(1, 6));
    let orders: BTreeSet<&[usize]> = visited.chunks(n).collect();
    assert_eq!(orders.len(), epochs);
    for order in orders {
        assert_eq!(order.iter().copied().collect::<BTreeSet<_>>(), (0..n).collect());
    }
    // A chain of fewer epochs is the beginning of one of more.
    let fewer = Chained::new(Visits).epochs(2).shuffle_chunks(5);
    assert_eq!(Runtime::new().compute(fewer.fit(&blocks(n).0)).unwrap(), visited[..2 * n]);
}

#[test]
fn chunks_are_read_when_they_are_visited() {
    let (n, epochs) = (100, 3);
    for (threads, chunks_in_memory) in [(1, 3), (2, 8)] {
        let (chunks, asked) = blocks(n);
        let one = Runtime::new().compute(&chunks).unwrap()[0].heap_bytes() + 200;
        asked.lock().unwrap().clear();
        let fit = Chained::new(Visits).epochs(epochs).shuffle_chunks(5).fit(&chunks);
        let runtime = Runtime::new().threads(threads).memory_limit(chunks_in_memory * one);
        let visited = runtime.compute(fit).unwrap();
        let asked = asked.lock().unwrap().clone();
        assert!(asked.len() <= epochs * n, "{threads} threads: {} reads", asked.len());
        if threads == 1 {
            // A chunk that is there from the epoch before is not read again.
            let mut visits = visited.iter();
            assert!(asked.iter().all(|chunk| visits.any(|visit| visit == chunk)), "{asked:?} for {visited:?}");
        }
    }
}

/// To deal out the train rows of a chunk, the rows of all chunks before it are counted: each chunk is read for that once,
/// and once more when it is visited.
#[test]
fn chunks_that_are_split_are_counted_before_the_first_visit_that_needs_it() {
    let n = 60;
    let (chunks, asked) = blocks(n);
    let one = Runtime::new().compute(&chunks).unwrap()[0].heap_bytes() + 200;
    asked.lock().unwrap().clear();
    let (train, _) = train_test_split(&chunks, 0.25, 3);
    let fit = Chained::new(Visits).shuffle_chunks(5).fit(&train);
    let visited = Runtime::new().threads(1).memory_limit(4 * one).compute(fit).unwrap();
    let asked = asked.lock().unwrap().clone();
    assert_eq!(visited.len(), n);
    assert!(asked.len() <= 2 * n, "{} reads", asked.len());
}

/// Blocks whose second column tells the label, of other values in each chunk.
fn separable(n: usize) -> Blocks {
    blocks(n).0.map("two columns", |chunk| {
        let c = chunk.records[[0, 0]];
        let x = Array2::from_shape_fn(
            (4, 2),
            |(i, j)| if j == 0 { 1.0 } else { (i as f64 - 1.5) * (1.0 + c % 3.0) - c / 9.0 },
        );
        let labels = x.map_axis(Axis(1), |row| row[1] > 0.0);
        DatasetBase::new(x, labels)
    })
}

#[test]
fn candidates_that_learn_as_a_team_visit_in_the_order_of_each_alone() {
    let data = separable(12);
    let loss = |alphas: &[f64], seed| {
        let grid = Grid::new(SgdClassifier::params().loss(Loss::LogLoss).shuffle(false));
        let grid = grid.vary("alpha", alphas.to_vec(), |sgd, alpha| sgd.alpha(alpha));
        let search = Search::new(grid, move |sgd| Chained::new(sgd.clone()).epochs(3).shuffle_chunks(seed));
        let search = search.folds(KFold::new(3)).scoring([Scorer::D2LogLoss]);
        let found = search.run(&Runtime::new().threads(2), &data).unwrap();
        found.candidates.iter().map(|candidate| candidate.mean_test_scores[0]).collect::<Vec<_>>()
    };
    let together = loss(&[1e-4, 1e-1], 9);
    assert_eq!(together, [loss(&[1e-4], 9), loss(&[1e-1], 9)].concat());
    assert_ne!(together, loss(&[1e-4, 1e-1], 10));
}

#[test]
fn early_stopping_shuffles_the_chunks_that_it_learns_from() {
    let data = separable(12);
    let chain = Chained::new(SgdClassifier::params().shuffle(false)).epochs(3).shuffle_chunks(9);
    let until = chain.clone().early_stopping(EarlyStopping::default().validation_fraction(0.25).n_iter_no_change(9));
    let learned = data.iter().enumerate().filter(|(c, _)| c % 4 != 3).map(|(_, chunk)| chunk.clone());
    let (stopped, alone) = (until.fit(&data), chain.fit(&Chunks::from_lazies(learned)));
    let in_order = Chained::new(SgdClassifier::params().shuffle(false)).epochs(3).fit(&data);
    let (stopped, alone, in_order) = Runtime::new().compute((stopped, alone, in_order)).unwrap();
    assert_eq!((stopped.coef(), stopped.intercept()), (alone.coef(), alone.intercept()));
    assert_ne!(stopped.coef(), in_order.coef());
}

#[test]
fn an_interrupted_shuffled_chain_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (n, stop) = (10, 13);
    let chain = |seed| Chained::new(Visits).epochs(3).shuffle_chunks(seed);
    let undisturbed = Runtime::new().compute(chain(4).fit(&blocks(n).0)).unwrap();
    // The chunk of visit 13, in the second epoch, cannot be read at its second time.
    let broken = Arc::new(Mutex::new(0));
    let bad = undisturbed[stop];
    let chunks = Chunks::from_fn("block", n, move |c| {
        let mut reads = broken.lock().unwrap();
        *reads += usize::from(c == bad);
        if c == bad && *reads == 2 {
            return Err(Error::parameter("block", c, "another"));
        }
        Ok(DatasetBase::new(Array2::from_elem((4, 1), c as f64), Array1::from_elem(4, c % 2 == 0)))
    });
    let chunks: Blocks = chunks.identified(("blocks", n));
    let runtime = Runtime::new().threads(1).memory_limit(400).checkpoint(Checkpoint::new(folder.path()));
    assert!(runtime.compute(chain(4).fit(&chunks)).is_err());
    // Another seed in between does not disturb it.
    runtime.compute(chain(5).fit(&blocks(n).0)).unwrap();
    let run = runtime.run(chain(4).fit(&blocks(n).0)).unwrap();
    assert_eq!(run.values, undisturbed);
    assert_eq!(run.summary.runs("partial_fit"), 3 * n - stop);
}

/// A folder with one file of Reuters stories, sorted in some way, and chunks of it.
fn file_of(folder: &Path, name: &str, stories: &[(bool, String)]) -> Chunks<DatasetBase<Text, Array1<bool>>> {
    let line = |(label, text): &(bool, String)| serde_json::json!({ "label": label, "text": text }).to_string() + "\n";
    let path = folder.join(name);
    fs::write(&path, stories.iter().map(line).collect::<String>()).unwrap();
    let lines = JsonLines::open(&path).unwrap().chunk_bytes(8 << 10);
    lines.text_and_label::<bool>("text", "label").unwrap().chunks()
}

#[test]
#[ignore = "needs the real Reuters files, in the folder that CHUNKFIT_DATA names"]
fn files_sorted_by_label_are_learned_as_well_as_shuffled_ones() {
    let data = std::env::var_os("CHUNKFIT_DATA").expect("CHUNKFIT_DATA names the folder of the real data");
    let stories = reuters::open(PathBuf::from(data).join("reuters21578")).unwrap();
    let stories = stories.map("label", |stories| reuters::acq_examples(stories, Labelled::EveryD));
    let (train, test) = every_nth_split(&stories, 5);
    let (train, test) = Runtime::new().compute((train.gather(), test)).unwrap();
    let mut rows: Vec<(bool, String)> =
        (0..train.n_rows()).map(|i| (train.targets[i], train.records.get(i).to_owned())).collect();
    let folder = tempfile::tempdir().unwrap();
    rows.sort_by_key(|(label, _)| *label);
    let sorted = file_of(folder.path(), "sorted.jsonl", &rows);
    let mixed = Runtime::new().compute(Chunks::from_memory(vec![rows]).shuffled(1, 11)).unwrap().remove(0);
    let mixed = file_of(folder.path(), "mixed.jsonl", &mixed);
    let test = Chunks::from_memory(test);
    let text = HashingVectorizer::params().n_features(1 << 18).alternate_sign(false);
    let f1 = |chunks: &Chunks<_>, seed| {
        let sgd = SgdClassifier::params().seed(seed).average(Averaging::From(1));
        let fit = Pipeline::new(text.clone(), Chained::new(sgd)).fit(chunks);
        fit.confusion(&test).map(chunkfit::graph::Task::new("f1", Key::unique()), |counts| Ok(counts.f1(&true)))
    };
    let seeds = 0..5u64;
    let all: Vec<[Lazy<f64>; 3]> =
        seeds.map(|seed| [f1(&mixed, seed), f1(&sorted, seed), f1(&sorted.shuffled(100, seed), seed)]).collect();
    let all = Runtime::new().compute(all.concat()).unwrap();
    let mean = |kind: usize| all.iter().skip(kind).step_by(3).sum::<f64>() / 5.0;
    let (mixed_f1, sorted_f1, shuffled_f1) = (mean(0), mean(1), mean(2));
    assert!(sorted.len() > 1500, "a sixteenth of the rows is mixed at a time, not all: {} chunks", sorted.len());
    assert!(
        (shuffled_f1 - mixed_f1).abs() < 0.01,
        "{shuffled_f1} of the sorted file shuffled, {mixed_f1} of the shuffled file"
    );
    assert!(sorted_f1 < mixed_f1 - 0.1, "{sorted_f1} of the sorted file as it is");
}
