//! Row counts: which lists know them, and what happens where they are wrong.

use chunkfit::datasets::synthetic::{Classification, Documents, Regression};
use chunkfit::prelude::*;
use ndarray::Array2;

#[test]
fn counts_are_known_of_what_keeps_rows() {
    let runtime = Runtime::new();
    let memory = Chunks::from_memory([vec![1, 2, 3], vec![], vec![4]]);
    let known = Some(vec![3, 0, 1]);
    assert_eq!(memory.row_counts(), known);
    assert_eq!(memory.identified("numbers").cached().row_counts(), known);
    assert_eq!(memory.map_rows("twice", |x| 2 * x).row_counts(), known);
    assert_eq!(memory.concat(&memory.rechunk(3)).row_counts(), Some(vec![3, 0, 1, 3, 1]));
    let mapped = memory.map("as it is", Vec::clone);
    assert_eq!(mapped.row_counts(), None);
    assert_eq!(mapped.concat(&memory).row_counts(), None);
    assert_eq!(memory.filter("all", |_| true).row_counts(), None);
    assert_eq!(every_nth_split(&memory, 2).0.row_counts(), None);
    assert_eq!(mapped.keep_in_memory(&runtime).unwrap().row_counts(), known);
    assert_eq!(mapped.counted(&runtime).unwrap().row_counts(), known);
    assert_eq!(mapped.with_row_counts([3, 0, 1]).map_rows("half", |x| x / 2).row_counts(), known);
    assert_eq!(Chunks::<Vec<u8>>::from_memory([]).row_counts(), Some(vec![]));
    assert_eq!(Classification::new(1).chunks(2, 7).unwrap().row_counts(), Some(vec![7; 2]));
    assert_eq!(Regression::new(1).chunks(2, 8).unwrap().row_counts(), Some(vec![8; 2]));
    assert_eq!(Documents::new(1).chunks(2, 9).unwrap().row_counts(), Some(vec![9; 2]));
}

#[test]
fn counting_leaves_the_chunks_what_they_are() {
    let runtime = Runtime::new();
    let chunks = Chunks::from_fn("rows", 4, |c| Ok(vec![c; c]));
    let counted = chunks.counted(&runtime).unwrap();
    assert!(chunks.iter().zip(counted.iter()).all(|(a, b)| a.key() == b.key()));
    // Both are one: each chunk is made once.
    assert_eq!(runtime.run((&chunks, &counted)).unwrap().summary.runs("rows"), 4);
}

#[test]
fn a_chunk_of_another_number_of_rows_than_stated_is_an_error() {
    let runtime = Runtime::new();
    let chunks = Chunks::from_fn("rows", 4, |c| Ok(Array2::<f64>::zeros((5 + c / 3, 2))));
    let stated = chunks.with_row_counts([5; 4]);
    for wrong in [stated.clone(), stated.rechunk(7), stated.rechunk(5)] {
        let error = runtime.compute(wrong).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::ShapeMismatch { what: "rows", expected: 5, found: 6 });
        assert_eq!((error.place().chunk, error.place().task.as_deref()), (Some(3), Some("rows")), "{error}");
    }
    let in_memory = Chunks::from_memory([vec![1], vec![2, 3]]).with_row_counts([1, 1]);
    let error = runtime.compute(in_memory).unwrap_err();
    assert!(error.to_string().contains("expected 1 rows, found 2 (chunk 1"), "{error}");
    for wrong in [chunks.with_row_counts([5; 3]), chunks.with_row_counts([5; 5])] {
        assert!(runtime.compute(wrong).unwrap_err().to_string().contains("row counts"));
    }
}

#[test]
fn what_is_made_otherwise_the_second_time_is_an_error_where_it_is_cut() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let calls = AtomicUsize::new(0);
    let chunks = Chunks::from_fn("rows", 3, move |_| Ok(vec![0; 4 + calls.fetch_add(1, Ordering::Relaxed) / 3]));
    let counted = chunks.counted(&Runtime::new()).unwrap();
    assert_eq!(counted.row_counts(), Some(vec![4; 3]));
    let error = Runtime::new().threads(1).compute(counted.rechunk(3)).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::ShapeMismatch { what: "rows", expected: 4, found: 5 });
    assert_eq!((error.place().chunk, error.place().task.as_deref()), (Some(0), Some("rechunk")), "{error}");
}
