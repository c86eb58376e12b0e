//! `zip`, `flat_map`, `reduce` and `fold`: beside loops over all rows, with the same bits on any threads.

use chunkfit::prelude::*;
use ndarray::{Array1, Array2, array};

use super::containers::{SIZES, runtimes};

/// Chunks of these sizes of numbers whose sums depend on their order.
fn numbers(sizes: &[usize]) -> Chunks<Array1<f64>> {
    let sizes = sizes.to_vec();
    Chunks::from_fn("numbers", sizes.len(), move |c| {
        let first: usize = sizes[..c].iter().sum();
        Ok((first..first + sizes[c]).map(|i| 1.0 / (1.0 + i as f64)).collect())
    })
}

/// The tree by hand: neighbours, then pairs of neighbours.
fn tree(mut level: Vec<f64>) -> Option<f64> {
    while level.len() > 1 {
        level = level.chunks(2).map(|pair| pair.iter().copied().reduce(|a, b| a + b).unwrap()).collect();
    }
    level.pop()
}

#[test]
fn sums_are_those_of_the_tree_to_the_bit() {
    for sizes in SIZES {
        let chunks = numbers(sizes);
        let by_hand = |runtime: &Runtime| {
            let parts = runtime.compute(&chunks).unwrap();
            tree(parts.iter().map(|part| part.iter().fold(0.0, |sum, x| sum + x)).collect())
        };
        for runtime in runtimes() {
            let sum = chunks.fold("sum", 0.0, |sum, x| sum + x, |a, b| a + b);
            assert_eq!(runtime.compute(sum).unwrap().to_bits(), by_hand(&runtime).unwrap_or(0.0).to_bits());
            let sum = chunks.reduce("sum", |chunk| chunk.iter().fold(0.0, |sum, x| sum + x), |a, b| a + b);
            assert_eq!(runtime.compute(sum).ok().map(f64::to_bits), by_hand(&runtime).map(f64::to_bits));
        }
    }
}

#[test]
fn nothing_to_reduce_is_an_error_and_folds_to_what_it_begins_with() {
    let none = numbers(&[]);
    let error = Runtime::new().compute(none.reduce("sum", |x| x.sum(), |a, b| a + b)).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::TooFewChunks { needed: 1, found: 0 });
    assert_eq!(Runtime::new().compute(none.fold("sum", 7.0, |a, x| a + x, |a, b| a + b)).unwrap(), 7.0);
}

#[test]
fn errors_name_the_chunk() {
    let chunks = numbers(&[1, 2, 3]);
    let failing = |chunk: &Array1<f64>| match chunk.len() {
        2 => Err(Error::parameter("rows", 2, "other numbers")),
        n => Ok(n),
    };
    let error = Runtime::new().compute(chunks.try_reduce("count", failing, |a, b| Ok(a + b))).unwrap_err();
    assert_eq!((error.place().chunk, error.place().task.as_deref()), (Some(1), Some("count")));
    let error =
        Runtime::new().compute(chunks.try_reduce("count", |x| Ok(x.len()), |_, _| Err(Error::shape("x", 1, 2))));
    assert_eq!(error.unwrap_err().kind(), &ErrorKind::ShapeMismatch { what: "x", expected: 1, found: 2 });
    let error = Runtime::new().compute(chunks.try_zip(&chunks, "both", move |a, _| failing(a))).unwrap_err();
    assert_eq!((error.place().chunk, error.place().task.as_deref()), (Some(1), Some("both")));
}

#[test]
fn lists_and_chunks_that_differ_in_length_do_not_go_side_by_side() {
    let chunks = numbers(&[1, 2, 3]);
    let add = |other: &Chunks<Array1<f64>>| Runtime::new().compute(chunks.zip(other, "add", |a, b| a + b));
    let error = add(&numbers(&[1, 2])).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::ShapeMismatch { what: "chunks", expected: 3, found: 2 });
    let error = add(&numbers(&[1, 2, 4])).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::ShapeMismatch { what: "rows", expected: 3, found: 4 });
    assert_eq!(error.place().chunk, Some(2));
    let sums = add(&chunks).unwrap();
    assert_eq!(sums[1], Runtime::new().compute(&chunks).unwrap()[1].mapv(|x| 2.0 * x));
}

#[test]
fn zipped_chunks_stay_within_the_memory_limit() {
    let wide = |value: f64| Chunks::from_fn("wide", 200, move |c| Ok(Array2::from_elem((10, 100), value + c as f64)));
    for threads in [1, 2, 4] {
        let sums = wide(1.0).zip(&wide(2.0), "add", |a, b| a + b).map("sum", |sum| vec![sum.sum()]);
        let run = Runtime::new().threads(threads).memory_limit(60_000).run(sums).unwrap();
        assert!(run.summary.peak_bytes <= 60_000, "{threads} threads: {}", run.summary.peak_bytes);
        assert_eq!(run.values[7], [17_000.0]);
    }
}

#[test]
fn rows_give_any_number_of_values() {
    for sizes in SIZES {
        for runtime in runtimes() {
            let times = |x: &f64| vec![*x; (1.0 / x) as usize % 3];
            let expected: Vec<Vec<f64>> = runtime
                .compute(numbers(sizes))
                .unwrap()
                .iter()
                .map(|chunk| chunk.iter().flat_map(times).collect())
                .collect();
            let made = numbers(sizes).flat_map("times", times);
            assert_eq!((runtime.compute(&made).unwrap(), made.row_counts().is_none()), (expected, !sizes.is_empty()));
        }
    }
}

#[test]
fn products_of_columns_are_those_of_all_rows() {
    let x = array![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0], [9.0, 10.0]];
    let chunks = Chunks::from_memory([x.clone()]).rechunk(2);
    let gram = chunks.reduce("gram", |x| x.t().dot(x), |a, b| a + b);
    assert_eq!(Runtime::new().compute(gram).unwrap(), x.t().dot(&x));
}
