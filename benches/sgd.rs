//! One pass of stochastic gradient descent over rows like hashed text: 20,000 rows of some 70
//! values in 2^18 columns, few columns being frequent and most being rare.

use chunkfit::Result;
use chunkfit::data::{Csr, CsrBuilder};
use chunkfit::linear::{LearningRate, Loss, Penalty, SgdClassifier, SgdClassifierParams, SgdTeam};
use linfa::traits::{FitWith, Predict};
use linfa::{DatasetBase, Float};
use ndarray::Array1;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const ROWS: usize = 20_000;
const COLUMNS: usize = 1 << 18;
const VALUES: usize = 70;

type Chunk<F> = DatasetBase<Csr<F>, Array1<bool>>;

fn main() {
    divan::main();
}

/// Rows of length 1 whose label is that of the columns they have more of.
fn rows<F: Float>(n: usize, seed: u64) -> Result<Chunk<F>> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut x = CsrBuilder::with_capacity(COLUMNS, n, n * VALUES)?;
    let mut labels = Vec::with_capacity(n);
    for _ in 0..n {
        let label = rng.gen_bool(0.3);
        let mut columns: Vec<u32> = (0..VALUES)
            .map(|_| {
                // A column's rank among the frequent ones, and where hashing puts it.
                let rank = (COLUMNS as f64 * rng.r#gen::<f64>().powi(3)) as u32;
                let rank = if rng.gen_bool(0.2) { rank & !1 | u32::from(label) } else { rank };
                rank.wrapping_mul(0x9E37_79B1) & (COLUMNS as u32 - 1)
            })
            .collect();
        columns.sort_unstable();
        columns.dedup();
        let value = F::cast(1.0 / (columns.len() as f64).sqrt());
        columns.into_iter().for_each(|column| x.push(column, value));
        x.end_row()?;
        labels.push(label);
    }
    Ok(DatasetBase::new(x.finish(), Array1::from(labels)))
}

/// Passes over the chunks in turn; the result must be better than guessing.
fn pass<F: Float>(bencher: divan::Bencher<'_, '_>, params: SgdClassifierParams<bool>, n_chunks: usize) {
    let chunks: Vec<Chunk<F>> =
        (0..n_chunks).map(|seed| rows(ROWS / n_chunks, seed as u64)).collect::<Result<_>>().expect("rows are valid");
    let learn = || {
        let mut model = None;
        for chunk in &chunks {
            model = Some(params.fit_with(model, chunk).expect("rows are finite"));
        }
        model.expect("there are chunks")
    };
    let (first, model) = (&chunks[0], learn());
    let right = model.predict(&first.records).iter().zip(&first.targets).filter(|(a, b)| a == b).count();
    assert!(right * 10 > first.targets.len() * 8, "{right} of {} right", first.targets.len());
    bencher.counter(divan::counter::ItemsCount::new(ROWS)).bench(learn);
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

#[divan::bench]
fn f32_values(bencher: divan::Bencher<'_, '_>) {
    pass::<f32>(bencher, SgdClassifier::params(), 1);
}

#[divan::bench]
fn log_loss(bencher: divan::Bencher<'_, '_>) {
    pass::<f64>(bencher, SgdClassifier::params().loss(Loss::LogLoss), 1);
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
        (0..20).map(|seed| rows(ROWS / 20, seed)).collect::<Result<_>>().expect("rows are valid");
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
