//! Tests of the elastic net.

use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use linfa::traits::{Fit, Predict};
use ndarray::{Array1, Array2, Axis, array};
use proptest::prelude::*;

use super::{ElasticNet, ElasticNetParams, ElasticNetState, Lasso};
use crate::data::{Csr, FeatureRows, Rows};
use crate::error::{ErrorKind, Result};
use crate::estimator::{FitAverage, FitPasses, FitSummed, RefineAverage, Weighting};
use crate::linear::LinearRegression;

type Dense = DatasetBase<Array2<f64>, Array1<f64>>;

/// Numbers from -1 to 1, the same every time.
fn noise(seed: usize) -> impl FnMut() -> f64 {
    let mut state = seed as u64;
    move || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as f64 / f64::from(1_u32 << 30) - 1.0
    }
}

/// Rows of which a third of the values are 0, and targets that depend on the first four columns.
fn data(n: usize, columns: usize, seed: usize) -> Dense {
    let mut noise = noise(seed);
    let x = Array2::from_shape_fn((n, columns), |_| if noise() < -0.33 { 0.0 } else { noise() + 0.3 });
    let true_coef = [2.0, -1.5, 1.0, 0.5];
    let target = |i: usize| true_coef.iter().take(columns).enumerate().map(|(j, w)| w * x[(i, j)]).sum::<f64>();
    let y = (0..n).map(|i| target(i) + 0.5 * noise() + 3.0).collect();
    DatasetBase::new(x, y)
}

fn weighted(data: Dense) -> Dense {
    let n = data.n_rows();
    data.with_weights((0..n).map(|i| (i % 4) as f32 / 2.0).collect())
}

fn sparse(data: &Dense) -> DatasetBase<Csr<f64>, Array1<f64>> {
    let x = Csr::from_dense(&data.records).unwrap();
    DatasetBase::new(x, data.targets.clone()).with_weights(data.weights.clone())
}

fn parts(data: &Dense, n: usize) -> Vec<Dense> {
    let rows = data.n_rows();
    (0..n).map(|k| data.select_rows(&(k * rows / n..(k + 1) * rows / n).collect::<Vec<_>>())).collect()
}

fn exact(l1_ratio: f64, alpha: f64) -> ElasticNetParams {
    ElasticNet::params().alpha(alpha).l1_ratio(l1_ratio).tol(1e-13).max_iter(100_000)
}

/// The objective, as its definition says.
fn objective(data: &Dense, model: &ElasticNet<f64>, (alpha, l1_ratio): (f64, f64)) -> f64 {
    let errors = &data.targets - &model.predict(&data.records);
    let weight = |i: usize| f64::from(data.weight_for(i));
    let total: f64 = (0..errors.len()).map(weight).sum();
    let loss: f64 = errors.iter().enumerate().map(|(i, error)| weight(i) * error * error).sum();
    let (absolute, squares) = (model.coef().mapv(f64::abs).sum(), model.coef().mapv(|w| w * w).sum());
    loss / (2.0 * total) + alpha * l1_ratio * absolute + alpha * (1.0 - l1_ratio) / 2.0 * squares
}

/// The optimum by proximal gradient steps (a slow twin): coefficients, then the intercept.
fn by_proximal_gradient(data: &Dense, (alpha, l1_ratio): (f64, f64), intercept: bool) -> ElasticNet<f64> {
    let weights: Array1<f64> = (0..data.n_rows()).map(|i| f64::from(data.weight_for(i))).collect();
    let weights = &weights / weights.sum();
    let (means, mean) = (weights.dot(&data.records), weights.dot(&data.targets));
    let (means, mean) = if intercept { (means, mean) } else { (&means * 0.0, 0.0) };
    let (x, y) = (&data.records - &means, &data.targets - mean);
    let steepest = (&x * &x * weights.view().insert_axis(Axis(1))).sum() + alpha * (1.0 - l1_ratio);
    let mut coef = Array1::<f64>::zeros(x.ncols());
    for _ in 0..20_000 {
        let slopes = x.t().dot(&((x.dot(&coef) - &y) * &weights)) + &coef * (alpha * (1.0 - l1_ratio));
        let shrunk = |v: f64| (v.abs() - alpha * l1_ratio / steepest).max(0.0).copysign(v);
        coef = (&coef - &(slopes / steepest)).mapv(shrunk);
    }
    let intercept = mean - means.dot(&coef);
    ElasticNet::from_parts(coef, intercept).unwrap()
}

/// The fit of chunks by sums of squares and products.
fn summed<X: FeatureRows>(
    params: &ElasticNetParams,
    chunks: &[DatasetBase<X, Array1<X::Elem>>],
) -> Result<ElasticNet<X::Elem>> {
    passes(params, chunks, FitSummed::<X, Array1<X::Elem>>::begin(params)?)
}

fn passes<X: FeatureRows>(
    params: &ElasticNetParams,
    chunks: &[DatasetBase<X, Array1<X::Elem>>],
    mut state: super::ElasticNetPasses,
) -> Result<ElasticNet<X::Elem>> {
    while !<ElasticNetParams as FitPasses<X, Array1<X::Elem>>>::is_done(&state) {
        let ask = |chunk| {
            let rows = FitPasses::<X, Array1<X::Elem>>::rows(params, chunk)?;
            FitPasses::<X, Array1<X::Elem>>::ask(params, &state, &rows)
        };
        let answers: Vec<_> = chunks.iter().map(ask).collect::<Result<_>>()?;
        let sum = <ElasticNetParams as FitPasses<X, Array1<X::Elem>>>::sum(&answers.iter().collect::<Vec<_>>())?;
        state = FitPasses::<X, Array1<X::Elem>>::advance(params, state, sum)?;
    }
    FitPasses::<X, Array1<X::Elem>>::model(params, state)
}

fn merged<X: FeatureRows>(
    params: &ElasticNetParams,
    chunks: &[DatasetBase<X, Array1<X::Elem>>],
    weighting: Weighting,
) -> ElasticNetState {
    let states = chunks.iter().map(|chunk| params.fit_state(chunk, weighting).unwrap());
    let merge = <ElasticNetParams as FitAverage<X, Array1<X::Elem>>>::merge;
    states.reduce(|a, b| merge(a, b).unwrap()).unwrap()
}

/// The average, made better in so many rounds.
fn averaged<X: FeatureRows>(
    params: &ElasticNetParams,
    chunks: &[DatasetBase<X, Array1<X::Elem>>],
    rounds: usize,
) -> ElasticNet<X::Elem> {
    let state = merged(params, chunks, Weighting::Curvature);
    if rounds == 1 {
        return FitAverage::<X, Array1<X::Elem>>::finish(params, state).unwrap();
    }
    let mut state = RefineAverage::<X, Array1<X::Elem>>::go_on(params, state).unwrap();
    (2..rounds).for_each(|_| state = RefineAverage::<X, Array1<X::Elem>>::next_round(params, state.clone()));
    passes(params, chunks, state).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_optimum_is_that_of_proximal_gradient_steps(
        seed in 0_usize..1000,
        n in 3_usize..30,
        columns in 1_usize..12,
        alpha in 0.01_f64..0.6,
        l1_ratio in prop::sample::select(vec![0.1, 0.5, 1.0]),
        intercept: bool,
        with_weights: bool,
    ) {
        let data = if with_weights { weighted(data(n, columns, seed)) } else { data(n, columns, seed) };
        let params = exact(l1_ratio, alpha).fit_intercept(intercept);
        let twin = objective(&data, &by_proximal_gradient(&data, (alpha, l1_ratio), intercept), (alpha, l1_ratio));
        let models = [
            params.check_ref().unwrap().fit(&data).unwrap(),
            params.check_ref().unwrap().fit(&sparse(&data)).unwrap(),
            summed(&params, &parts(&data, 3)).unwrap(),
            summed(&params, &[sparse(&data)]).unwrap(),
        ];
        for model in models {
            prop_assert!(model.converged());
            let found = objective(&data, &model, (alpha, l1_ratio));
            // The twin's steps are short, and it may not have come all the way.
            prop_assert!(found <= twin + 1e-12 && found >= twin - 1e-4, "{found}, not {twin}");
            prop_assert!(model.dual_gap().unwrap() <= 1e-11);
        }
    }
}

#[test]
fn rounds_come_to_the_optimum_and_never_go_back() {
    for (n, columns, l1_ratio, n_chunks) in
        [(400, 10, 1.0, 4), (400, 10, 0.5, 4), (120, 30, 1.0, 4), (90, 60, 0.7, 6), (300, 10, 0.0, 3)]
    {
        for intercept in [true, false] {
            let data = weighted(data(n, columns, 7));
            let params = exact(l1_ratio, 0.05).fit_intercept(intercept);
            let of = |model: &ElasticNet<f64>| objective(&data, model, (0.05, l1_ratio));
            let best = of(&params.check_ref().unwrap().fit(&data).unwrap());
            let (dense, of_sparse) =
                (parts(&data, n_chunks), parts(&data, n_chunks).iter().map(sparse).collect::<Vec<_>>());
            let mut last = f64::INFINITY;
            for rounds in 1..=12 {
                let model = averaged(&params, &dense, rounds);
                let now = of(&model);
                println!(
                    "{n} {columns} {l1_ratio} {rounds}: {:.3e} {} {:?}",
                    now / best - 1.0,
                    model.n_nonzero(),
                    model.dual_gap()
                );
                assert!(now <= last * (1.0 + 1e-12), "{now} after {last}");
                last = now;
                let model = averaged(&params, &of_sparse, rounds);
                println!("   sparse {:.3e} {} {:?}", of(&model) / best - 1.0, model.n_nonzero(), model.dual_gap());
            }
        }
    }
}
