//! Naive Bayes over rows like hashed text: 20,000 rows of some 70 counts in 2^18 columns, few columns
//! being frequent and most being rare.

use chunkfit::Result;
use chunkfit::bayes::{EventModel, MultinomialNb, NaiveBayesParams};
use chunkfit::data::{Csr, CsrBuilder};
use linfa::DatasetBase;
use linfa::traits::{FitWith, Predict};
use ndarray::Array1;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const ROWS: usize = 20_000;
const COLUMNS: usize = 1 << 18;
const VALUES: usize = 70;

type Chunk = DatasetBase<Csr<f64>, Array1<usize>>;

fn main() {
    divan::main();
}

/// Rows of counts whose label is that of the columns they have more of.
fn rows(n: usize, n_classes: u32, seed: u64) -> Result<Chunk> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut x = CsrBuilder::with_capacity(COLUMNS, n, n * VALUES)?;
    let mut labels = Vec::with_capacity(n);
    for _ in 0..n {
        let label = rng.gen_range(0..n_classes);
        let mut columns: Vec<u32> = (0..VALUES)
            .map(|_| {
                // A column's rank among the frequent ones, and where hashing puts it.
                let rank = (COLUMNS as f64 * rng.r#gen::<f64>().powi(3)) as u32;
                let rank = if rng.gen_bool(0.2) { rank - rank % n_classes + label } else { rank };
                rank.wrapping_mul(0x9E37_79B1) & (COLUMNS as u32 - 1)
            })
            .collect();
        columns.sort_unstable();
        columns.dedup();
        columns.into_iter().for_each(|column| x.push(column, f64::from(rng.gen_range(1..4))));
        x.end_row()?;
        labels.push(label as usize);
    }
    Ok(DatasetBase::new(x.finish(), Array1::from(labels)))
}

fn learned<K: EventModel>(
    params: &NaiveBayesParams<K, usize>,
    chunks: &[Chunk],
) -> chunkfit::bayes::NaiveBayes<K, usize> {
    let step = |model, chunk| Some(params.fit_with(model, chunk).expect("counts are finite"));
    chunks.iter().fold(None, step).expect("there are chunks")
}

/// `partial_fit` over 20 chunks; the result must be better than guessing.
#[divan::bench(args = [2, 20])]
fn learn(bencher: divan::Bencher<'_, '_>, n_classes: u32) {
    let chunks: Vec<Chunk> =
        (0..20).map(|seed| rows(ROWS / 20, n_classes, seed)).collect::<Result<_>>().expect("rows are valid");
    let params = MultinomialNb::params();
    let model = learned(&params, &chunks);
    let right = model.predict(&chunks[0].records).iter().zip(&chunks[0].targets).filter(|(a, b)| a == b).count();
    assert!(right * 10 > chunks[0].targets.len() * 8, "{right} of {} right", chunks[0].targets.len());
    bencher.counter(divan::counter::ItemsCount::new(ROWS)).bench(|| learned(&params, &chunks));
}

/// 20,000 labels.
#[divan::bench(args = [2, 20])]
fn predict(bencher: divan::Bencher<'_, '_>, n_classes: u32) {
    let chunk = rows(ROWS, n_classes, 0).expect("rows are valid");
    let model = learned(&MultinomialNb::params(), std::slice::from_ref(&chunk));
    model.predict(&chunk.records);
    bencher.counter(divan::counter::ItemsCount::new(ROWS)).bench(|| model.predict(&chunk.records));
}

/// The first labels after learning: what predicting needs is computed, and then they are.
#[divan::bench(args = [2, 20])]
fn predict_first(bencher: divan::Bencher<'_, '_>, n_classes: u32) {
    let chunk = rows(ROWS, n_classes, 0).expect("rows are valid");
    let model = learned(&MultinomialNb::params(), std::slice::from_ref(&chunk));
    // A copy computes its own.
    bencher.counter(divan::counter::ItemsCount::new(ROWS)).bench(|| model.clone().predict(&chunk.records));
}
