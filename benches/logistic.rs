//! Logistic regression on one chunk like a file of a text collection: 700 documents, 70 words each,
//! out of 2^18 hashed columns, words as unevenly common as in text.

use chunkfit::data::{Csr, CsrBuilder};
use chunkfit::estimator::{FitAverage, Weighting};
use chunkfit::linear::LogisticRegression;
use divan::Bencher;
use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const ROWS: usize = 700;
const WORDS: usize = 70;
const COLUMNS: usize = 1 << 18;

fn main() {
    divan::main();
}

/// Documents of `classes` classes, each of which prefers some words.
fn documents(classes: usize) -> DatasetBase<Csr<f64>, Array1<usize>> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut rows = CsrBuilder::new(COLUMNS).expect("the columns fit u32");
    let mut labels = Vec::new();
    for _ in 0..ROWS {
        let class = rng.gen_range(0..classes);
        let mut columns: Vec<u32> = (0..WORDS)
            .map(|_| {
                // Zipf's law: the rank's logarithm is uniform.
                let rank = 30_000f64.powf(rng.r#gen()) as usize;
                let word = if rank.is_multiple_of(7) { rank * 31 + class } else { rank * 31 };
                (word.wrapping_mul(2_654_435_761) % COLUMNS) as u32
            })
            .collect();
        columns.sort_unstable();
        columns.dedup();
        let value = 1.0 / (columns.len() as f64).sqrt();
        columns.into_iter().for_each(|column| rows.push(column, value));
        rows.end_row().expect("sorted, distinct columns");
        labels.push(class);
    }
    DatasetBase::new(rows.finish(), Array1::from(labels))
}

#[divan::bench(args = [2, 5])]
fn sparse_c_1(bencher: Bencher, classes: usize) {
    let data = documents(classes);
    let params = LogisticRegression::params().c(1.0);
    assert!(params.fit(&data).expect("a fit").converged());
    bencher.bench_local(|| params.fit_state(&data, Weighting::Uniform).expect("a fit"));
}

#[divan::bench(args = [2, 5])]
fn sparse_alpha_1e_5(bencher: Bencher, classes: usize) {
    let data = documents(classes);
    let params = LogisticRegression::params();
    assert!(params.fit(&data).expect("a fit").converged());
    bencher.bench_local(|| params.fit_state(&data, Weighting::Curvature).expect("a fit"));
}

#[divan::bench(args = [2, 5])]
fn dense_20_000_x_30(bencher: Bencher, classes: usize) {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let x = Array2::from_shape_simple_fn((20_000, 30), || rng.gen_range(-1.0..1.0));
    let noisy = |row: ndarray::ArrayView1<'_, f64>| {
        let place = (row[0] + row[1] * row[2] + 2.0) / 4.0 + rng.gen_range(-0.1..0.1);
        ((place.clamp(0.0, 0.999)) * classes as f64) as usize
    };
    let y: Array1<usize> = x.rows().into_iter().map(noisy).collect();
    let data = DatasetBase::new(x, y);
    let params = LogisticRegression::params();
    assert!(params.fit(&data).expect("a fit").converged());
    bencher.bench_local(|| params.fit(&data).expect("a fit"));
}
