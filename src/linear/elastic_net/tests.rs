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

/// The model of a case, in memory.
fn fitted(params: &ElasticNetParams, data: &Dense) -> ElasticNet<f64> {
    params.check_ref().unwrap().fit(data).unwrap()
}

fn refused(outcome: Result<ElasticNet<f64>>) -> ErrorKind {
    outcome.unwrap_err().kind().clone()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

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
            fitted(&params, &data),
            params.check_ref().unwrap().fit(&sparse(&data)).unwrap(),
            summed(&params, &parts(&data, 3)).unwrap(),
            summed(&params, &[sparse(&data)]).unwrap(),
        ];
        for model in models {
            prop_assert!(model.converged());
            let found = objective(&data, &model, (alpha, l1_ratio));
            // The twin's steps are short, and it may not have come all the way.
            prop_assert!(found <= twin + 1e-12 && found >= twin - 1e-3, "{found}, not {twin}");
            prop_assert!(model.dual_gap().unwrap() <= 1e-11);
        }
    }

    /// Whatever the chunks are, the objective falls from round to round, and comes to the least one.
    #[test]
    fn rounds_come_to_the_optimum_and_never_go_back(
        seed in 0_usize..1000,
        n in 100_usize..160,
        columns in 2_usize..12,
        n_chunks in 2_usize..6,
        l1_ratio in prop::sample::select(vec![0.0, 0.5, 1.0]),
        intercept: bool,
        positive: bool,
    ) {
        let data = weighted(data(n, columns, seed));
        let params = exact(l1_ratio, 0.05).fit_intercept(intercept).positive(positive);
        let of = |model: &ElasticNet<f64>| objective(&data, model, (0.05, l1_ratio));
        let best = fitted(&params, &data);
        let (dense, of_sparse): (Vec<_>, Vec<_>) =
            parts(&data, n_chunks).into_iter().map(|part| (part.clone(), sparse(&part))).unzip();
        let mut last = f64::INFINITY;
        for rounds in [1, 2, 3, 5, 20] {
            let model = averaged(&params, &dense, rounds);
            let now = of(&model);
            prop_assert!(now <= last * (1.0 + 1e-12), "round {rounds}: {now} after {last}");
            prop_assert!((of(&averaged(&params, &of_sparse, rounds)) / now - 1.0).abs() <= 1e-9);
            last = now;
        }
        prop_assert!(last / of(&best) - 1.0 <= 1e-6, "{last}, not {}", of(&best));
        let after = averaged(&params, &dense, 20);
        prop_assert!(after.n_nonzero() <= best.n_nonzero() + 1, "{} for {}", after.coef(), best.coef());
    }
}

#[test]
fn an_average_has_the_coefficients_of_all_chunks_and_rounds_take_the_superfluous_away() {
    let data = data(400, 12, 7);
    let (params, chunks) = (exact(1.0, 0.03), parts(&data, 8));
    let used = |model: &ElasticNet<f64>| -> Vec<bool> { model.coef().iter().map(|&w| w != 0.0).collect() };
    let each = chunks.iter().map(|chunk| used(&fitted(&params, chunk)));
    let any = each.reduce(|a, b| a.iter().zip(&b).map(|(a, b)| *a || *b).collect()).unwrap();
    let (average, best) = (averaged(&params, &chunks, 1), fitted(&params, &data));
    assert_eq!(used(&average), any);
    assert!(average.n_nonzero() > best.n_nonzero());
    assert_eq!(average.dual_gap(), None);
    let model = averaged(&params, &chunks, 5);
    assert_eq!(used(&model), used(&best));
    assert_eq!((model.n_iter(), model.dual_gap().is_some()), (4, true));
}

#[test]
fn rows_of_unlike_chunks_come_to_the_optimum_too() {
    // Every chunk has columns of its own, and means far from the others'.
    let mut data = data(120, 6, 3);
    for (i, mut row) in data.records.rows_mut().into_iter().enumerate() {
        let chunk = i / 40;
        row.indexed_iter_mut()
            .for_each(|(j, v)| *v = if j % 3 == chunk || j < 2 { *v + 5.0 * chunk as f64 } else { 0.0 });
    }
    let (params, chunks) = (exact(0.8, 0.05), parts(&data, 3));
    let of = |model: &ElasticNet<f64>| objective(&data, model, (0.05, 0.8));
    let best = of(&fitted(&params, &data));
    assert!(of(&averaged(&params, &chunks, 1)) > 1.05 * best);
    assert!(of(&averaged(&params, &chunks, 40)) <= (1.0 + 1e-6) * best);
    // Sparse, columns are missing in whole chunks.
    let chunks: Vec<_> = chunks.iter().map(sparse).collect();
    assert!(of(&averaged(&params, &chunks, 40)) <= (1.0 + 1e-6) * best);
}

#[test]
fn wide_rows_are_fitted_column_by_column_and_in_rounds() {
    // 3,000 columns, of which 12 have values.
    let narrow = data(60, 12, 5);
    let mut x = Array2::zeros((60, 3000));
    (0..12).for_each(|j| x.column_mut(250 * j).assign(&narrow.records.column(j)));
    let wide = DatasetBase::new(x, narrow.targets.clone());
    let (params, of) = (exact(1.0, 0.1), |model: &ElasticNet<f64>, data| objective(data, model, (0.1, 1.0)));
    let best = of(&fitted(&params, &narrow), &narrow);
    let models = [
        fitted(&params, &wide),
        params.check_ref().unwrap().fit(&sparse(&wide)).unwrap(),
        averaged(&params, &parts(&wide, 3).iter().map(sparse).collect::<Vec<_>>(), 20),
    ];
    for model in models {
        assert!((of(&model, &wide) / best - 1.0).abs() <= 1e-9, "{}, not {best}", of(&model, &wide));
    }
    let error = summed(&params, &[sparse(&wide)]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooManyColumns { found: 3000, most: 2048, .. }));
    assert!(error.to_string().contains("`Averaged` with `rounds`"), "{error}");
}

#[test]
fn a_column_of_one_value_and_one_of_zeros_have_no_coefficient() {
    let mut data = data(30, 4, 2);
    data.records.column_mut(1).fill(0.1);
    data.records.column_mut(2).fill(0.0);
    for alpha in [0.0, 0.1] {
        for l1_ratio in [0.0, 1.0] {
            let params = exact(l1_ratio, alpha).max_iter(200);
            let models = [
                fitted(&params, &data),
                params.check_ref().unwrap().fit(&sparse(&data)).unwrap(),
                averaged(&params, &parts(&data, 2), 3),
                averaged(&params, &parts(&data, 2).iter().map(sparse).collect::<Vec<_>>(), 3),
                fitted(&params, &data.select_rows(&[0, 1])),
            ];
            for model in models {
                assert_eq!((model.coef()[1], model.coef()[2]), (0.0, 0.0), "{alpha} {l1_ratio}");
            }
        }
    }
}

#[test]
fn without_a_penalty_it_is_least_squares_and_with_an_l2_penalty_ridge_regression() {
    let data = data(50, 5, 4);
    for alpha in [0.0, 0.3] {
        let model = fitted(&exact(0.0, alpha), &data);
        let linear = LinearRegression::params().alpha(alpha).tol(1e-12).check().unwrap().fit(&data).unwrap();
        assert!(model.converged());
        let apart = (model.coef() - linear.coef()).mapv(f64::abs).sum();
        assert!(apart < 1e-5, "{} for {}", model.coef(), linear.coef());
    }
}

#[test]
fn a_strong_penalty_leaves_the_mean_alone() {
    let data = data(20, 3, 1);
    let model = fitted(&Lasso::params().alpha(1e3), &data);
    assert_eq!((model.n_nonzero(), model.n_iter(), model.converged()), (0, 0, true));
    assert!((model.intercept() - data.targets.mean().unwrap()).abs() < 1e-12);
    // One row is its own mean; targets of one value need no coefficient.
    let model = fitted(&Lasso::params(), &data.select_rows(&[4]));
    assert_eq!((model.n_nonzero(), model.intercept()), (0, data.targets[4]));
    let same = DatasetBase::new(data.records.clone(), Array1::from_elem(20, 0.1));
    assert_eq!(fitted(&exact(1.0, 0.01), &same).n_nonzero(), 0);
}

#[test]
fn positive_coefficients_are_none_below_0() {
    let data = data(80, 6, 9);
    let free = fitted(&exact(0.5, 0.05), &data);
    assert!(free.coef().iter().any(|&w| w < 0.0));
    let params = exact(0.5, 0.05).positive(true);
    for model in [fitted(&params, &data), averaged(&params, &parts(&data, 4), 10)] {
        assert!(model.converged());
        assert!(model.coef().iter().all(|&w| w >= 0.0), "{}", model.coef());
    }
}

#[test]
fn rows_of_weight_0_are_as_if_absent_and_a_weight_of_2_is_a_row_twice() {
    let data = data(30, 4, 6);
    let weights: Vec<usize> = (0..30).map(|i| i % 3).collect();
    let repeated: Vec<usize> = (0..30).flat_map(|i| vec![i; weights[i]]).collect();
    let heavy = data.clone().with_weights(weights.iter().map(|&w| w as f32).collect());
    let (a, b) = (fitted(&exact(1.0, 0.1), &heavy), fitted(&exact(1.0, 0.1), &data.select_rows(&repeated)));
    assert!((a.coef() - b.coef()).mapv(f64::abs).sum() < 1e-6);
    // Only the proportions of weights matter.
    let heavier = data.with_weights(weights.iter().map(|&w| 4.0 * w as f32).collect());
    assert_eq!(fitted(&exact(1.0, 0.1), &heavier).coef(), a.coef());
}

#[test]
fn a_fit_that_has_not_converged_says_so() {
    let data = data(60, 8, 8);
    let model = fitted(&exact(1.0, 0.001).max_iter(2), &data);
    assert_eq!((model.n_iter(), model.converged()), (2, false));
    assert!(model.dual_gap().unwrap() > 0.0);
    assert!(!averaged(&exact(1.0, 0.001).max_iter(2), &parts(&data, 2), 1).converged());
    let model = averaged(&exact(1.0, 0.001), &parts(&data, 2), 2);
    assert_eq!((model.n_iter(), model.converged()), (1, false));
}

#[test]
fn parameters_out_of_range_are_named() {
    let named = |params: ElasticNetParams| match params.check().unwrap_err().kind() {
        ErrorKind::InvalidParameter { name, .. } => *name,
        other => panic!("{other:?}"),
    };
    let params = ElasticNet::params;
    let alpha = [params().alpha(-1.0), params().alpha(f64::NAN), params().alpha(f64::INFINITY)].map(named);
    assert_eq!(alpha, ["alpha"; 3]);
    assert_eq!(
        [params().l1_ratio(-0.1), params().l1_ratio(1.1), params().l1_ratio(f64::NAN)].map(named),
        ["l1_ratio"; 3]
    );
    assert_eq!(named(params().max_iter(0)), "max_iter");
    assert_eq!([params().tol(-1e-3), params().tol(f64::NAN)].map(named), ["tol"; 2]);
    let defaults = ElasticNet::params().alpha(1.0).l1_ratio(0.5).fit_intercept(true).positive(false);
    assert_eq!(params(), defaults.max_iter(1000).tol(1e-4));
}

#[test]
fn input_that_does_not_fit_is_refused_with_its_place() {
    let (params, data) = (ElasticNet::params(), data(6, 2, 1));
    let all = |data: &Dense| {
        let outcomes = [params.check_ref().unwrap().fit(data), summed(&params, std::slice::from_ref(data))];
        let [a, b] = outcomes.map(|outcome| outcome.unwrap_err());
        assert_eq!(a.kind(), b.kind());
        assert_eq!(
            params.fit_state(data, Weighting::Samples).map_err(|error| error.kind().clone()).unwrap_err(),
            *a.kind()
        );
        a
    };
    let mut odd = data.clone();
    odd.records[(4, 1)] = f64::NAN;
    let error = all(&odd);
    assert_eq!(error.kind(), &ErrorKind::NonFinite { column: 1 });
    assert!(error.to_string().contains("row 4"), "{error}");
    let mut odd = data.clone();
    odd.targets[3] = f64::INFINITY;
    assert!(matches!(all(&odd).kind(), ErrorKind::InvalidTarget { .. }));
    let weights = |weight: f32| data.clone().with_weights(array![1.0, 1.0, weight, 1.0, 1.0, 1.0]);
    for weight in [-1.0, f32::NAN] {
        assert!(matches!(all(&weights(weight)).kind(), ErrorKind::InvalidParameter { name: "sample_weight", .. }));
    }
    assert!(matches!(all(&data.clone().with_weights(array![1.0])).kind(), ErrorKind::ShapeMismatch { .. }));
    let short = DatasetBase::new(data.records.clone(), array![1.0]);
    assert!(matches!(all(&short).kind(), ErrorKind::ShapeMismatch { .. }));
    let huge = DatasetBase::new(&data.records * 1e200, data.targets.clone());
    assert!(matches!(all(&huge).kind(), ErrorKind::Diverged { .. }));
    let few = huge.select_rows(&[0]);
    assert!(params.check_ref().unwrap().fit(&few).is_ok_and(|model| model.n_nonzero() == 0));
}

#[test]
fn no_rows_are_refused_in_the_end_and_chunks_must_have_the_same_columns() {
    let (params, data) = (ElasticNet::params(), data(6, 2, 1));
    let none = data.select_rows(&[]);
    let no_rows = ErrorKind::NoRows { estimator: "ElasticNet" };
    assert_eq!(refused(params.check_ref().unwrap().fit(&none)), no_rows);
    assert_eq!(refused(summed(&params, &[none.clone(), none.clone()])), no_rows);
    let state = merged(&params, std::slice::from_ref(&none), Weighting::Curvature);
    assert_eq!(state, ElasticNetState::default());
    assert_eq!(refused(FitAverage::<Array2<f64>, Array1<f64>>::finish(&params, state.clone())), no_rows);
    assert!(RefineAverage::<Array2<f64>, Array1<f64>>::go_on(&params, state).is_err());
    // Among others they change nothing.
    let chunks = [none.clone(), data.clone(), none];
    assert_eq!(summed(&params, &chunks).unwrap(), summed(&params, std::slice::from_ref(&data)).unwrap());
    assert_eq!(averaged(&params, &chunks, 3), averaged(&params, std::slice::from_ref(&data), 3));
    let other = DatasetBase::new(Array2::ones((3, 5)), Array1::ones(3));
    assert!(matches!(refused(summed(&params, &[data.clone(), other.clone()])), ErrorKind::ShapeMismatch { .. }));
    let state = merged(&params, std::slice::from_ref(&data), Weighting::Curvature);
    let state = RefineAverage::<Array2<f64>, Array1<f64>>::go_on(&params, state).unwrap();
    assert!(matches!(refused(passes(&params, &[data, other], state)), ErrorKind::ShapeMismatch { .. }));
}

#[cfg(feature = "persist")]
#[test]
fn a_model_file_comes_back_with_its_duality_gap() {
    use crate::persist::{Persist, Training};
    let data = data(20, 3, 1);
    for model in [fitted(&exact(1.0, 0.1), &data), averaged(&exact(1.0, 0.1), &parts(&data, 2), 1)] {
        assert_eq!(ElasticNet::<f64>::from_bytes(&model.to_bytes(&Training::default()).unwrap()).unwrap(), model);
    }
}
