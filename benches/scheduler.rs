//! What the scheduler costs a task: 100,000 tasks that add two numbers, in three shapes, with and
//! without a profile. Divide by 100,000 for the price of one.

#[path = "common/tasks.rs"]
mod tasks;

use chunkfit::Runtime;
use chunkfit::graph::Lazy;
use tasks::{TASKS, add, chain, chunks};

fn main() {
    divan::main();
}

/// Half of the tasks need nothing, the others merge them in a tree.
fn tree() -> Lazy<u64> {
    let mut level: Vec<Lazy<u64>> = (0..TASKS / 2).map(|_| Lazy::source(add(), || Ok(2))).collect();
    while level.len() > 1 {
        let merged = level.chunks(2).map(|pair| match pair {
            [a, b] => a.merge(b, add(), |a, b| Ok(a + b)),
            _ => pair[0].clone(),
        });
        level = merged.collect();
    }
    level.remove(0)
}

#[divan::bench(args = [1, 2], consts = [false, true], sample_count = 10)]
fn chain_of_100_000<const PROFILE: bool>(bencher: divan::Bencher<'_, '_>, threads: usize) {
    run(bencher, &chain(), threads, PROFILE);
}

#[divan::bench(args = [1, 2], consts = [false, true], sample_count = 10)]
fn tree_of_100_000<const PROFILE: bool>(bencher: divan::Bencher<'_, '_>, threads: usize) {
    run(bencher, &tree(), threads, PROFILE);
}

#[divan::bench(args = [1, 2], consts = [false, true], sample_count = 10)]
fn chunks_of_100_tasks<const PROFILE: bool>(bencher: divan::Bencher<'_, '_>, threads: usize) {
    run(bencher, &chunks(), threads, PROFILE);
}

fn run(bencher: divan::Bencher<'_, '_>, sum: &Lazy<u64>, threads: usize, profile: bool) {
    let runtime = Runtime::new().threads(threads).profile(profile);
    bencher.counter(divan::counter::ItemsCount::new(TASKS)).bench(|| {
        let run = runtime.run(sum).expect("nothing here fails");
        assert_eq!(run.values, TASKS);
        assert_eq!(run.profile.is_some(), profile);
        run
    });
}
