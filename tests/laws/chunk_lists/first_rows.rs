//! `head` and `take`: the first rows, without the chunks behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chunkfit::data::{Chunk, Rows};
use chunkfit::prelude::*;

use super::containers::{Container, Law, SIZES, all_rows, chunks_of, runtimes, try_on_all, uncounted};

struct FirstRows;

impl Law for FirstRows {
    fn check<D: Rows + Chunk + Clone>(&self, container: Container<D>) {
        for sizes in SIZES {
            let all = all_rows(&container, sizes);
            for n in [0, 1, 3, 5, 8, 13, usize::MAX] {
                let expected = &all[..n.min(all.len())];
                let lists = [chunks_of(&container, sizes), uncounted(&container, sizes)];
                for list in lists {
                    for runtime in runtimes() {
                        let (head, chunks) = runtime.compute((list.head(n), list.take(n))).unwrap();
                        let taken: Vec<String> = chunks.iter().flat_map(container.show).collect();
                        let what = format!("{n} of {}, {sizes:?}", container.name);
                        assert_eq!((&*(container.show)(&head), &*taken), (expected, expected), "{what}");
                        // Chunks end where they ended.
                        let cut = chunks.iter().zip(sizes).take_while(|(chunk, size)| chunk.n_rows() == **size).count();
                        assert!(chunks.iter().skip(cut + 1).all(|chunk| chunk.n_rows() == 0), "{what}");
                    }
                }
            }
        }
    }
}

#[test]
fn the_first_rows_come_of_any_kind() {
    try_on_all(FirstRows);
}

/// A hundred chunks of ten rows, and how many of them were made.
fn counting() -> (Chunks<Vec<usize>>, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = calls.clone();
    let chunks = Chunks::from_fn("rows", 100, move |c| {
        counter.fetch_add(1, Ordering::Relaxed);
        Ok(vec![c; 10])
    });
    (chunks, calls)
}

#[test]
fn chunks_behind_are_not_made() {
    type First = fn(&Chunks<Vec<usize>>) -> Vec<Lazy<Vec<usize>>>;
    let head: First = |chunks| vec![chunks.head(25)];
    let take: First = |chunks| chunks.take(25).as_slice().to_vec();
    for (first, is_take) in [(head, false), (take, true)] {
        for known in [false, true] {
            for threads in [1, 2, 4] {
                let (chunks, calls) = counting();
                let chunks = if known { chunks.with_row_counts([10; 100]) } else { chunks };
                let rows = Runtime::new().threads(threads).compute(first(&chunks)).unwrap().concat();
                assert_eq!(rows, [vec![0; 10], vec![1; 10], vec![2; 5]].concat());
                let made = calls.load(Ordering::Relaxed);
                let most = match (known, threads) {
                    (true, _) | (_, 1) => 3,
                    // Empty chunks follow one after the other, while other threads go ahead.
                    _ if is_take => 100,
                    _ => 3 + 2 * threads + 3,
                };
                assert!(made <= most, "{made} chunks, {threads} threads, a list: {is_take}");
            }
        }
    }
    // Further chunks have further rows, whatever else is computed beside.
    let (chunks, calls) = counting();
    let (head, all) = Runtime::new().compute((chunks.head(5), &chunks)).unwrap();
    assert_eq!((head.len(), all.len(), calls.load(Ordering::Relaxed)), (5, 100, 100));
}

#[test]
fn a_list_that_was_taken_serves_like_others() {
    let (chunks, _) = counting();
    let known = chunks.with_row_counts([10; 100]).take(25);
    assert_eq!(known.row_counts(), Some(vec![10, 10, 5]));
    let runtime = Runtime::new().threads(2).memory_limit(2000);
    let unknown = chunks.take(25);
    assert_eq!(unknown.len(), 100);
    let (a, b) = runtime.compute((known.rechunk(4), unknown.n_rows())).unwrap();
    assert_eq!((a.len(), b), (7, 25));
    let lasting = chunks.identified("tens");
    assert!(lasting.head(5).key().is_lasting() && lasting.take(5).iter().all(|chunk| chunk.key().is_lasting()));
    assert_ne!(lasting.head(5).key(), lasting.head(6).key());
}

#[test]
fn an_early_chunk_that_fails_is_the_error_and_one_behind_is_none() {
    let chunks = |bad: usize| {
        Chunks::from_fn("rows", 10, move |c| match c {
            c if c == bad => Err(Error::parameter("rows", c, "others")),
            _ => Ok(vec![c; 10]),
        })
    };
    // Threads that go ahead may have met it.
    for threads in [1, 2, 4].repeat(10) {
        let runtime = Runtime::new().threads(threads);
        for n_needed in [1, 2] {
            let n = 10 * n_needed + 1;
            let error = runtime.compute(chunks(n_needed).head(n)).unwrap_err();
            assert_eq!((error.place().chunk, error.place().task.as_deref()), (Some(n_needed), Some("rows")));
            assert_eq!(runtime.compute(chunks(n_needed).take(n)).unwrap_err().place(), error.place());
            assert_eq!(runtime.compute(chunks(n_needed + 1).head(n)).unwrap().len(), n);
            assert_eq!(runtime.compute(chunks(n_needed + 1).take(n)).unwrap().concat().len(), n);
        }
    }
    assert_eq!(Runtime::new().compute(chunks(0).head(0)).unwrap_err().place().chunk, Some(0));
}
