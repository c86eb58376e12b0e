//! `rechunk` and `rechunk_bytes`: the slow twin, bounded memory, lasting keys, and models that are learned from batches.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chunkfit::data::{Chunk, Rows};
use chunkfit::datasets::synthetic::Classification;
use chunkfit::graph::ChunkCache;
use chunkfit::prelude::*;
use ndarray::Array2;
use proptest::prelude::*;

use super::containers::{Container, Law, SIZES, all_rows, chunks_of, runtimes, try_on_all};

struct CutAtNumbersOfRows;

impl Law for CutAtNumbersOfRows {
    fn check<D: Rows + Chunk + Clone>(&self, container: Container<D>) {
        for sizes in SIZES {
            let all = all_rows(&container, sizes);
            for rows in [1, 2, 3, 5, 13, 1000] {
                let expected: Vec<Vec<String>> = all.chunks(rows).map(<[String]>::to_vec).collect();
                let made = chunks_of(&container, sizes).rechunk(rows);
                assert_eq!(made.row_counts(), Some(expected.iter().map(Vec::len).collect()));
                for runtime in runtimes() {
                    let made: Vec<_> = runtime.compute(&made).unwrap().iter().map(container.show).collect();
                    assert_eq!(made, expected, "{} of {sizes:?} by {rows}", container.name);
                }
            }
        }
    }
}

#[test]
fn all_rows_come_in_order_in_chunks_of_so_many_of_any_kind() {
    try_on_all(CutAtNumbersOfRows);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn cuts_of_cuts_are_cuts(
        sizes in prop::collection::vec(0usize..9, 0..12),
        first in 1usize..15,
        second in 1usize..15,
        threads in 1usize..4,
    ) {
        let container = Container { name: "Vec", make: |rows| rows.collect::<Vec<usize>>(), show: |_| Vec::new() };
        let all: Vec<usize> = (0..sizes.iter().sum()).collect();
        let expected: Vec<Vec<usize>> = all.chunks(second).map(<[usize]>::to_vec).collect();
        let made = chunks_of(&container, &sizes).rechunk(first).rechunk(second);
        prop_assert_eq!(Runtime::new().threads(threads).compute(made).unwrap(), expected);
    }
}

#[test]
fn bytes_are_shared_out_by_their_mean() {
    let runtime = Runtime::new();
    let chunks = Chunks::from_fn("rows", 5, |c| Ok(Array2::from_elem((10 * c, 4), c as f64)));
    let counted = chunks.counted(&runtime).unwrap();
    let made = runtime.compute(counted.rechunk_bytes(40 * 32)).unwrap();
    let sizes: Vec<usize> = made.iter().map(Array2::nrows).collect();
    assert!(sizes.iter().sum::<usize>() == 100 && (30..=40).contains(&sizes[0]), "{sizes:?}");
    assert!(sizes[..sizes.len() - 1].iter().all(|size| *size == sizes[0]));
    // Whatever is known of what is cut is known of its parts.
    assert_eq!(counted.rechunk(7).rechunk_bytes(40 * 32).row_counts().unwrap().iter().sum::<usize>(), 100);
    assert_eq!(counted.rechunk_bytes(1).len(), 100);
    assert_eq!(counted.rechunk_bytes(usize::MAX).len(), 1);
    for unknown in [chunks.rechunk_bytes(7), chunks.with_row_counts([0, 10, 20, 30, 40]).rechunk_bytes(7)] {
        let error = runtime.compute(unknown).unwrap_err();
        assert!(
            error.to_string().contains("numbers of rows and bytes") && error.to_string().contains("counted"),
            "{error}"
        );
    }
}

#[test]
fn what_cannot_be_cut_is_an_error_that_names_the_remedy() {
    let chunks = Chunks::from_fn("rows", 3, |c| Ok(vec![c; c]));
    let error = Runtime::new().compute(chunks.rechunk(2)).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::UnknownRowCounts { operation: "rechunk" });
    assert!(error.to_string().contains("Chunks::counted") && error.to_string().contains("with_row_counts"), "{error}");
    let error = Runtime::new().compute(chunks.with_row_counts([0, 1, 2]).rechunk(0)).unwrap_err();
    assert!(error.to_string().contains("rows = 0: expected 1 or more"), "{error}");
    let too_many = chunks.with_row_counts([usize::MAX, 1, 2]).rechunk(5);
    assert!(Runtime::new().compute(too_many).unwrap_err().to_string().contains("row counts"));
}

#[test]
fn parts_of_other_widths_do_not_go_together() {
    let chunks = Chunks::from_memory([Array2::<f64>::zeros((2, 3)), Array2::zeros((2, 4))]);
    let error = Runtime::new().compute(chunks.rechunk(3)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::ShapeMismatch { what: "columns", .. }), "{error}");
    assert_eq!(error.place().chunk, Some(0));
}

/// `n` chunks of `rows` rows of 100 numbers each.
fn wide(n: usize, rows: usize) -> Chunks<Array2<f64>> {
    Chunks::from_fn("make", n, move |c| Ok(Array2::from_elem((rows, 100), c as f64))).with_row_counts(vec![rows; n])
}

#[test]
fn memory_stays_within_a_small_limit() {
    // Ten rows take 8 kB.
    let (small, batch) = (8_000, 128 * 800);
    for threads in [1, 2, 4] {
        let limit = 5 * batch;
        let runtime = Runtime::new().threads(threads).memory_limit(limit);
        let sums = wide(1000, 10).rechunk(128).map("sum", |chunk| vec![chunk.sum()]);
        let run = runtime.run(&sums).unwrap();
        assert!(run.summary.peak_bytes <= limit, "{threads} threads, joined: {} bytes", run.summary.peak_bytes);
        assert_eq!((run.summary.rows("make"), run.values.len()), (10_000, 79));
        // Large chunks are cut into small ones, which are used and dropped before the next large one is cut.
        let limit = 5 * batch;
        let runtime = Runtime::new().threads(threads).memory_limit(limit);
        let sums = wide(79, 128).rechunk(10).map("sum", |chunk| vec![chunk.sum()]);
        let run = runtime.run(&sums).unwrap();
        assert!(run.summary.peak_bytes <= limit, "{threads} threads, cut: {} bytes", run.summary.peak_bytes);
        assert!(run.values.len() == (79 * 128_usize).div_ceil(10) && small < batch);
    }
}

/// Steps of a chain that add up what they see, one after the other, at the turns that chains have.
fn chain(chunks: &Chunks<Array2<f64>>) -> Lazy<f64> {
    use chunkfit::graph::{Key, Task};
    chunks.iter().enumerate().fold(Lazy::value(0.0), |sum, (c, chunk)| {
        sum.step(chunk, Task::new("step", Key::unique()).order(c), |sum, chunk| Ok(sum + chunk.sum()))
    })
}

#[test]
fn chunks_are_read_when_their_turn_comes_however_they_are_cut() {
    // Without a limit: in flight is what a few chunks hold, of 32 MB in all.
    for (chunks, rows) in [(wide(40, 1000), 10), (wide(4000, 10), 1000)] {
        for threads in [1, 2, 4] {
            let run = Runtime::new().threads(threads).run(chain(&chunks.rechunk(rows))).unwrap();
            let some = if threads == 1 { 2_500_000 } else { 16_000_000 };
            assert!(run.summary.peak_bytes < some, "{threads} threads, by {rows}: {} bytes", run.summary.peak_bytes);
        }
    }
}

#[test]
fn a_chunk_depends_only_on_those_that_its_rows_lie_in() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = calls.clone();
    let chunks = Chunks::from_fn("rows", 20, move |c| {
        counter.fetch_add(1, Ordering::Relaxed);
        Ok(vec![c; 10])
    });
    let made = chunks.with_row_counts([10; 20]).rechunk(15);
    assert_eq!(Runtime::new().compute(&made.as_slice()[2]).unwrap(), [vec![3; 10], vec![4; 5]].concat());
    assert_eq!(calls.load(Ordering::Relaxed), 2);
    let same = chunks.with_row_counts([10; 20]).rechunk(10);
    assert!(same.iter().zip(chunks.with_row_counts([10; 20]).iter()).all(|(a, b)| a.key() == b.key()));
}

#[test]
fn lasting_chunks_last_and_lie_in_the_cache() {
    let folder = tempfile::tempdir().unwrap();
    let made = || Classification::new(3).chunks(10, 30).unwrap().rechunk(64);
    assert!(made().iter().all(|chunk| chunk.key().is_lasting()));
    assert_ne!(made().as_slice()[0].key(), made().as_slice()[1].key());
    let runtime = Runtime::new().chunk_cache(ChunkCache::new(folder.path()));
    let first = runtime.run(made().cached()).unwrap();
    let second = runtime.run(made().cached()).unwrap();
    assert_eq!((first.summary.cached(), second.summary.loaded(), second.summary.runs("generate")), (5, 5, 0));
    assert!(first.values.iter().zip(&second.values).all(|(a, b)| a.records == b.records && a.targets == b.targets));
    let other = Classification::new(3).chunks(10, 30).unwrap().rechunk(63).cached();
    assert_eq!(runtime.run(other).unwrap().summary.loaded(), 0);
}

#[test]
fn a_chain_goes_on_over_batches_from_its_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let data = Classification::new(5).chunks(12, 25).unwrap().rechunk(40);
    let fit = Chained::new(SgdClassifier::params()).epochs(3).fit(&data);
    let runtime = Runtime::new().checkpoint(Checkpoint::new(folder.path()));
    let first = runtime.run(&fit).unwrap();
    let second = runtime.run(&fit).unwrap();
    assert!(first.summary.kept() > 0 && second.summary.restored() == 1 && second.summary.runs("generate") == 0);
    assert_eq!(first.values.coef(), second.values.coef());
}

#[test]
fn models_learn_from_batches_as_from_chunks_of_that_size() {
    let made = Classification::new(7).chunks(40, 10).unwrap();
    let whole = Runtime::new().compute(made.gather()).unwrap();
    let by_hand = Chunks::from_memory(
        (0..400).step_by(64).map(|i| whole.select_rows(&(i..(i + 64).min(400)).collect::<Vec<_>>())),
    );
    let chained = Chained::new(SgdClassifier::params()).epochs(4);
    let averaged = Averaged::new(LogisticRegression::params());
    let expected = Runtime::new().compute((chained.fit(&by_hand), averaged.fit(&by_hand))).unwrap();
    for runtime in [1, 2, 4].map(|threads| Runtime::new().threads(threads).memory_limit(60_000)) {
        let batches = made.rechunk(64);
        let (chain, average) = runtime.compute((chained.fit(&batches), averaged.fit(&batches))).unwrap();
        assert_eq!((chain.coef(), chain.intercept()), (expected.0.coef(), expected.0.intercept()));
        assert_eq!((average.coef(), average.intercept()), (expected.1.coef(), expected.1.intercept()));
    }
}

#[test]
fn large_chunks_are_read_side_by_side_while_small_ones_are_cut_from_them() {
    let reading = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let counts = reading.clone();
    let chunks = Chunks::from_fn("read", 12, move |c| {
        let [now, most] = &*counts;
        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::sleep(std::time::Duration::from_millis(20));
        now.fetch_sub(1, Ordering::SeqCst);
        Ok(Array2::from_elem((1000, 10), c as f64))
    });
    let batches = chunks.with_row_counts([1000; 12]).rechunk(10);
    Runtime::new().threads(4).compute(chain(&batches)).unwrap();
    assert!(reading[1].load(Ordering::SeqCst) > 1);
}
