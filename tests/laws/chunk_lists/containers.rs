//! Containers of numbered rows: every kind of chunk that the laws of lists are tried on.

use std::ops::Range;

use chunkfit::data::{Chunk, Keyed, Rows};
use chunkfit::prelude::*;
use linfa::DatasetBase;
use ndarray::{Array1, Array2};

/// A kind of chunk: rows with these numbers, and each row of a chunk as text that shows its bits.
pub struct Container<D> {
    pub name: &'static str,
    pub make: fn(Range<usize>) -> D,
    pub show: fn(&D) -> Vec<String>,
}

/// A law about lists of any kind of chunk.
pub trait Law {
    fn check<D: Rows + Chunk + Clone>(&self, container: Container<D>);
}

/// Tries a law on all kinds.
pub fn try_on_all(law: impl Law) {
    law.check(Container {
        name: "Vec",
        make: |rows| rows.map(word).collect(),
        show: |chunk: &Vec<String>| chunk.clone(),
    });
    law.check(Container {
        name: "Array1",
        make: |rows| rows.map(number).collect(),
        show: |chunk: &Array1<f64>| bits(chunk),
    });
    law.check(Container { name: "Array2", make: dense, show: show_dense });
    law.check(Container {
        name: "Csr",
        make: |rows| Csr::from_dense(&finite(rows)).unwrap(),
        show: |chunk: &Csr<f64>| (0..chunk.n_rows()).map(|i| format!("{:?}", chunk.row(i))).collect(),
    });
    law.check(Container {
        name: "Text",
        make: |rows| rows.map(word).collect(),
        show: |chunk: &Text| (0..chunk.n_rows()).map(|i| chunk.row(i).to_owned()).collect(),
    });
    law.check(Container {
        name: "DatasetBase",
        make: weighted,
        show: |chunk: &DatasetBase<Array2<f64>, Array1<usize>>| {
            let named = chunk.feature_names() == ["a".to_owned(), "b".to_owned()];
            assert!(chunk.weights.len() == chunk.n_rows() && (named || chunk.n_rows() == 0));
            let rows = show_dense(&chunk.records).into_iter().zip(&chunk.targets).zip(&chunk.weights);
            rows.map(|((record, target), weight)| format!("{record} {target} {weight}")).collect()
        },
    });
    law.check(Container {
        name: "Keyed",
        make: |rows| Keyed::new(dense(rows.clone()), rows.map(word).collect()).unwrap(),
        show: |chunk: &Keyed<Array2<f64>, String>| (0..chunk.n_rows()).map(|i| format!("{:?}", chunk.row(i))).collect(),
    });
}

fn word(i: usize) -> String {
    if i % 5 == 3 { String::new() } else { format!("row {i}") }
}

/// NaN and negative zero among them.
fn number(i: usize) -> f64 {
    match i % 7 {
        4 => f64::from_bits(f64::NAN.to_bits() | i as u64),
        5 => -0.0,
        _ => i as f64,
    }
}

fn dense(rows: Range<usize>) -> Array2<f64> {
    Array2::from_shape_fn((rows.len(), 2), |(i, j)| number(rows.start + i + 2 * j))
}

fn finite(rows: Range<usize>) -> Array2<f64> {
    Array2::from_shape_fn(
        (rows.len(), 3),
        |(i, j)| if (rows.start + i) % 3 == j { 0.0 } else { (rows.start + i) as f64 },
    )
}

fn weighted(rows: Range<usize>) -> DatasetBase<Array2<f64>, Array1<usize>> {
    let weights = rows.clone().map(|i| i as f32 / 3.0).collect();
    DatasetBase::new(dense(rows.clone()), rows.collect()).with_weights(weights).with_feature_names(vec!["a", "b"])
}

fn bits(numbers: &Array1<f64>) -> Vec<String> {
    numbers.iter().map(|x| format!("{:x}", x.to_bits())).collect()
}

fn show_dense(chunk: &Array2<f64>) -> Vec<String> {
    chunk.rows().into_iter().map(|row| bits(&row.to_owned()).join(" ")).collect()
}

/// Chunks of these sizes, one after the other, made whenever they are needed, of known row counts.
pub fn chunks_of<D: Rows + Chunk>(container: &Container<D>, sizes: &[usize]) -> Chunks<D> {
    uncounted(container, sizes).with_row_counts(sizes.iter().copied())
}

/// The same; the row counts are not known.
pub fn uncounted<D: Rows + Chunk>(container: &Container<D>, sizes: &[usize]) -> Chunks<D> {
    let make = container.make;
    let ends: Vec<usize> = sizes
        .iter()
        .scan(0, |end, size| {
            *end += size;
            Some(*end)
        })
        .collect();
    let sizes = sizes.to_vec();
    Chunks::from_fn("rows", sizes.len(), move |c| Ok(make(ends[c] - sizes[c]..ends[c])))
        .identified(("rows of", container.name))
}

/// The rows of all chunks, chunk by chunk, in memory: the slow twin of what cuts lists.
pub fn all_rows<D>(container: &Container<D>, sizes: &[usize]) -> Vec<String> {
    (container.show)(&(container.make)(0..sizes.iter().sum()))
}

/// Runtimes of all kinds: no result depends on which.
pub fn runtimes() -> Vec<Runtime> {
    let runtime = |(threads, limit)| Runtime::new().threads(threads).memory_limit(limit);
    [(1, usize::MAX), (2, usize::MAX), (4, usize::MAX), (1, 4000), (3, 4000)].map(runtime).into()
}

/// Sizes of chunks: none, empty ones anywhere, one, small, large, in turn.
pub const SIZES: [&[usize]; 8] = [
    &[],
    &[0],
    &[0, 0, 0],
    &[5],
    &[3, 3, 3, 3],
    &[0, 1, 0, 0, 7, 2, 0, 4, 0],
    &[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    &[20, 1, 0, 13],
];
