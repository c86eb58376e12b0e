//! One pass of stochastic gradient descent over rows like hashed text: 1,400,000 values, 70 a row unless it
//! says otherwise, in 2^18 columns, few columns being frequent and most being rare.

#[path = "common/rows.rs"]
mod rows;

use chunkfit::Result;
use chunkfit::data::Float;
use chunkfit::linear::{LearningRate, Loss, Penalty, SgdClassifier, SgdClassifierParams, SgdTeam};
use linfa::traits::{FitWith, Predict};
use rows::{Chunk, rows};

/// Rows, and values in each.
const ROWS: usize = 20_000;
const VALUES: usize = 70;

fn main() {
    divan::main();
}

/// Passes over the chunks in turn; the result must be better than guessing.
fn pass<F: Float>(bencher: divan::Bencher<'_, '_>, params: SgdClassifierParams<bool>, n_chunks: usize) {
    let chunks = (0..n_chunks).map(|seed| rows(ROWS / n_chunks, VALUES, seed as u64));
    pass_over::<F>(bencher, params, chunks.collect::<Result<Vec<_>>>().expect("rows are valid"), 0.75);
}

fn pass_over<F: Float>(
    bencher: divan::Bencher<'_, '_>,
    params: SgdClassifierParams<bool>,
    chunks: Vec<Chunk<F>>,
    least: f64,
) {
    let learn = || {
        let mut model = None;
        for chunk in &chunks {
            model = Some(params.fit_with(model, chunk).expect("rows are finite"));
        }
        model.expect("there are chunks")
    };
    let (first, model) = (&chunks[0], learn());
    let right = model.predict(&first.records).iter().zip(&first.targets).filter(|(a, b)| a == b).count();
    assert!(right as f64 > least * first.targets.len() as f64, "{right} of {} right", first.targets.len());
    let n_rows: usize = chunks.iter().map(|chunk| chunk.targets.len()).sum();
    bencher.counter(divan::counter::ItemsCount::new(n_rows)).bench(learn);
}

#[divan::bench]
fn defaults(bencher: divan::Bencher<'_, '_>) {
    pass::<f64>(bencher, SgdClassifier::params(), 1);
}

#[divan::bench]
fn unshuffled(bencher: divan::Bencher<'_, '_>) {
    pass::<f64>(bencher, SgdClassifier::params().shuffle(false), 1);
}

#[divan::bench]
fn in_20_chunks(bencher: divan::Bencher<'_, '_>) {
    pass::<f64>(bencher, SgdClassifier::params(), 20);
}

const LOSSES: [Loss; 9] = [
    Loss::Hinge,
    Loss::LogLoss,
    Loss::ModifiedHuber,
    Loss::SquaredHinge,
    Loss::Perceptron,
    Loss::SquaredError,
    Loss::Huber { epsilon: 1.0 },
    Loss::EpsilonInsensitive { epsilon: 0.1 },
    Loss::SquaredEpsilonInsensitive { epsilon: 0.1 },
];

#[divan::bench(args = LOSSES)]
fn by_loss(bencher: divan::Bencher<'_, '_>, loss: Loss) {
    pass::<f64>(bencher, SgdClassifier::params().loss(loss).learning_rate(LearningRate::Constant).eta0(0.5), 1);
}

/// The same number of values in rows of so many.
#[divan::bench(args = [10, 70, 700], types = [f32, f64])]
fn by_values_of_a_row<F: Float>(bencher: divan::Bencher<'_, '_>, values: usize) {
    let chunk = rows::<F>(ROWS * VALUES / values, values, 0).expect("rows are valid");
    // A row of ten values has two that tell its class.
    pass_over(bencher, SgdClassifier::params(), vec![chunk], 0.65);
}

/// Six models that differ in loss and alpha, as a search trains them: together, or one by one.
#[divan::bench(args = [true, false])]
fn six_in_20_chunks(bencher: divan::Bencher<'_, '_>, together: bool) {
    let alphas = [1e-3, 1e-4, 1e-5];
    let params = [Loss::Hinge, Loss::LogLoss]
        .into_iter()
        .flat_map(|loss| alphas.map(|alpha| SgdClassifier::params().loss(loss).alpha(alpha)));
    let params: Vec<SgdClassifierParams<bool>> = params.collect();
    let chunks: Vec<Chunk<f64>> =
        (0..20).map(|seed| rows(ROWS / 20, VALUES, seed)).collect::<Result<_>>().expect("rows are valid");
    let teams = if together { vec![params] } else { params.into_iter().map(|params| vec![params]).collect() };
    bencher.counter(divan::counter::ItemsCount::new(6 * ROWS)).bench(|| {
        let learn = |team: &Vec<SgdClassifierParams<bool>>| {
            let mut team = SgdTeam::<f64, bool>::new(team.clone()).expect("they fit together");
            chunks.iter().for_each(|chunk| drop(team.fit_chunk(chunk).expect("rows are finite")));
            team
        };
        teams.iter().map(learn).collect::<Vec<_>>()
    });
}

#[divan::bench]
fn elastic_net(bencher: divan::Bencher<'_, '_>) {
    let penalty = Penalty::ElasticNet { l1_ratio: 0.15 };
    pass::<f64>(
        bencher,
        SgdClassifier::params().penalty(penalty).alpha(1e-6).learning_rate(LearningRate::Constant).eta0(1.0),
        1,
    );
}
