//! Sizes of graphs: lists of many chunks are cut in a time that grows as they do.

use std::time::{Duration, Instant};

use chunkfit::prelude::*;

#[test]
fn graphs_of_many_chunks_are_built_in_no_time() {
    let many = Chunks::from_fn("rows", 100_000, |c| Ok(vec![c; 10])).with_row_counts(vec![10; 100_000]);
    for rows in [3, 128, 1_000_000] {
        let begin = Instant::now();
        let made = many.rechunk(rows);
        // Without optimisation, on a busy machine.
        assert!(begin.elapsed() < Duration::from_secs(10), "{rows} rows: {:?}", begin.elapsed());
        assert_eq!(made.len(), 1_000_000_usize.div_ceil(rows));
    }
}
