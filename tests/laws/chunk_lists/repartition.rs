//! `repartition`: so many chunks, of all rows in their order, with known row counts and without.

use chunkfit::data::{Chunk, Rows};
use chunkfit::prelude::*;

use super::containers::{Container, Law, SIZES, all_rows, chunks_of, runtimes, try_on_all, uncounted};

struct SoManyChunks;

impl Law for SoManyChunks {
    fn check<D: Rows + Chunk + Clone>(&self, container: Container<D>) {
        for sizes in SIZES {
            let all = all_rows(&container, sizes);
            for n in [1, 2, 3, 4, 7, 50] {
                let known = chunks_of(&container, sizes).repartition(n);
                let unknown = uncounted(&container, sizes).repartition(n);
                assert_eq!((known.len(), unknown.len()), (n, n));
                assert_eq!(unknown.row_counts().is_none(), !sizes.is_empty());
                for runtime in runtimes() {
                    let (known_chunks, unknown) = runtime.compute((&known, &unknown)).unwrap();
                    let what = format!("{} of {sizes:?} to {n}", container.name);
                    let counts: Vec<usize> = known_chunks.iter().map(D::n_rows).collect();
                    assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1, "{what}: {counts:?}");
                    assert_eq!(known.row_counts(), Some(counts));
                    for chunks in [known_chunks, unknown] {
                        assert_eq!(chunks.iter().flat_map(container.show).collect::<Vec<_>>(), all, "{what}");
                    }
                }
            }
        }
    }
}

#[test]
fn all_rows_come_in_order_in_so_many_chunks_of_any_kind() {
    try_on_all(SoManyChunks);
}

#[test]
fn without_row_counts_chunks_stay_together_or_are_cut_evenly() {
    let chunks = |n: usize| Chunks::from_fn("rows", n, |c| Ok(vec![c; 10])).identified("tens");
    let sizes =
        |chunks: Chunks<Vec<usize>>| Runtime::new().compute(chunks).unwrap().iter().map(Vec::len).collect::<Vec<_>>();
    assert_eq!(sizes(chunks(7).repartition(3)), [20, 20, 30]);
    assert_eq!(sizes(chunks(3).repartition(7)), [5, 5, 5, 5, 3, 3, 4]);
    let same = chunks(5).repartition(5);
    assert!(same.iter().zip(chunks(5).iter()).all(|(a, b)| a.key() == b.key()));
    assert!(
        chunks(7).repartition(3).iter().chain(chunks(3).repartition(7).iter()).all(|chunk| chunk.key().is_lasting())
    );
    let error = Runtime::new().compute(chunks(3).repartition(0)).unwrap_err();
    assert!(error.to_string().contains("n = 0: expected 1 or more chunks"), "{error}");
}

#[test]
fn the_columns_of_no_rows_are_those_of_the_data() {
    let x = Chunks::from_memory([ndarray::Array2::<f64>::zeros((2, 3))]);
    let shapes = |chunks: Chunks<ndarray::Array2<f64>>| {
        Runtime::new().compute(chunks).unwrap().iter().map(|chunk| chunk.dim()).collect::<Vec<_>>()
    };
    assert_eq!(shapes(x.repartition(3)), [(0, 3), (1, 3), (1, 3)]);
    assert_eq!(shapes(x.map("same", Clone::clone).repartition(3)), [(0, 3), (1, 3), (1, 3)]);
    assert_eq!(shapes(x.take(0)), [(0, 3)]);
    assert_eq!(shapes(x.map("same", Clone::clone).take(0)), [(0, 3)]);
    let heads = [x.head(0), x.map("same", Clone::clone).head(0)];
    assert!(heads.into_iter().all(|head| Runtime::new().compute(head).unwrap().dim() == (0, 3)));
}
