//! Merging what `Averaged` made of the chunks: so many states in 2^18 columns, of which each holds those that its
//! chunk has, weighed column by column.

#[path = "common/rows.rs"]
mod rows;

use chunkfit::data::Csr;
use chunkfit::estimator::DecisionFunction;
use chunkfit::estimator::{FitAverage, Weighting};
use chunkfit::linear::{LogisticRegression, SgdClassifier};
use divan::Bencher;
use divan::counter::ItemsCount;
use linfa::ParamGuard;
use ndarray::Array1;
use rows::{Chunk, rows};

const ROWS: usize = 600;
const VALUES: usize = 70;

/// Chunks that differ; with more states than these they come again.
const CHUNKS: usize = 22;

fn main() {
    divan::main();
}

#[divan::bench(args = [22, 200])]
fn logistic(bencher: Bencher, n: usize) {
    merge(bencher, &LogisticRegression::params().check().expect("valid parameters"), n);
}

#[divan::bench(args = [22, 200])]
fn sgd(bencher: Bencher, n: usize) {
    merge(bencher, &SgdClassifier::params().check().expect("valid parameters"), n);
}

/// In a tree, neighbours with each other, as a run does it.
fn merge<E>(bencher: Bencher, estimator: &E, n: usize)
where
    E: FitAverage<Csr<f64>, Array1<bool>, Model: DecisionFunction<Csr<f64>>>,
{
    let chunks: Vec<Chunk<f64>> =
        (0..CHUNKS).map(|seed| rows(ROWS, VALUES, seed as u64).expect("valid rows")).collect();
    let fitted: Vec<E::State> =
        chunks.iter().map(|chunk| estimator.fit_state(chunk, Weighting::Curvature).expect("a fit")).collect();
    let states = || fitted.iter().cycle().take(n).cloned().collect::<Vec<_>>();
    let tree = |mut level: Vec<E::State>| {
        while level.len() > 1 {
            let mut states = level.into_iter();
            let mut merged = Vec::new();
            while let Some(a) = states.next() {
                merged.push(match states.next() {
                    Some(b) => E::merge(a, b).expect("states of one kind"),
                    None => a,
                });
            }
            level = merged;
        }
        level.remove(0)
    };
    let model = estimator.finish(tree(states())).expect("a model");
    let margins = model.decision_function(&chunks[0].records).expect("as many columns");
    let right = margins.iter().zip(&chunks[0].targets).filter(|(margin, label)| (**margin > 0.0) == **label).count();
    assert!(right * 10 > ROWS * 8, "{right} of {ROWS} right");
    bencher.counter(ItemsCount::new(n)).with_inputs(states).bench_local_values(tree);
}
