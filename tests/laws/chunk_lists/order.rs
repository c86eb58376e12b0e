//! Sizes of graphs: lists of many chunks are cut in a time that grows as they do.

use std::time::{Duration, Instant};

use chunkfit::prelude::*;

#[test]
fn graphs_of_many_chunks_are_built_in_no_time() {
    let n = 100_000;
    let many = Chunks::from_fn("rows", n, |c| Ok(vec![c; 10])).with_row_counts(vec![10; n]);
    let unknown = many.map("same", Vec::clone);
    type Build<'a> = Box<dyn Fn() -> usize + 'a>;
    let builds: [(&str, Build); 9] = [
        ("rechunk to less", Box::new(|| many.rechunk(3).len())),
        ("rechunk to more", Box::new(|| many.rechunk(128).len())),
        ("rechunk to one", Box::new(|| many.rechunk(usize::MAX).len())),
        ("repartition", Box::new(|| many.repartition(777).len())),
        ("repartition without counts", Box::new(|| unknown.repartition(777).len() + unknown.repartition(3 * n).len())),
        ("take", Box::new(|| many.take(n).len() + unknown.take(n).len())),
        ("head", Box::new(|| (many.head(n), unknown.head(n)).0.key().is_lasting().into())),
        ("zip", Box::new(|| many.zip(&unknown, "both", |a, _| a.clone()).len())),
        ("fold", Box::new(|| unknown.fold("sum", 0, |a, x| a + x, |a, b| a + b).key().is_lasting().into())),
    ];
    for (name, build) in builds {
        let begin = Instant::now();
        build();
        // Without optimisation, on a busy machine: what grows with the square would take minutes.
        assert!(begin.elapsed() < Duration::from_secs(20), "{name}: {:?}", begin.elapsed());
    }
}

#[test]
fn a_long_list_is_run_in_a_time_that_grows_as_it_does() {
    let begin = Instant::now();
    let n = 20_000;
    let many = Chunks::from_fn("rows", n, |c| Ok(vec![c; 2])).with_row_counts(vec![2; n]);
    let sum = many.rechunk(50).rechunk(3).fold("sum", 0, |a, x| a + x, |a, b| a + b);
    assert_eq!(Runtime::new().threads(2).compute(sum).unwrap(), n * (n - 1));
    assert_eq!(Runtime::new().threads(2).compute(many.map("same", Vec::clone).head(7)).unwrap(), [0, 0, 1, 1, 2, 2, 3]);
    assert!(begin.elapsed() < Duration::from_secs(30), "{:?}", begin.elapsed());
}
