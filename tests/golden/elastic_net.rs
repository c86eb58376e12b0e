//! Golden values of elastic nets and lassos.

use chunkfit::combine::{Averaged, Concatenated, FitChunks, Summed};
use chunkfit::data::{Chunk, Csr, FeatureRows, Float, Rows};
use chunkfit::linear::{ElasticNet, ElasticNetParams, Lasso};
use chunkfit::{Chunks, Runtime};
use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use ndarray::{Array1, Array2};
use serde_json::Value;

use super::{cases, floats};

type Values<X> = DatasetBase<X, Array1<<X as linfa::dataset::Records>::Elem>>;

fn matrix(case: &Value) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = case["x"].as_array().unwrap().iter().map(floats).collect();
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(i, j)| rows[i][j])
}

fn dataset<X: FeatureRows>(case: &Value, wrap: impl Fn(&Array2<f64>) -> X) -> Values<X> {
    let targets = floats(&case["y"]).into_iter().map(<X::Elem as linfa::Float>::cast).collect();
    let dataset = DatasetBase::new(wrap(&matrix(case)), targets);
    match &case["weight"] {
        Value::Null => dataset,
        weights => dataset.with_weights(floats(weights).into_iter().map(|weight| weight as f32).collect()),
    }
}

fn params(case: &Value) -> ElasticNetParams {
    let l1_ratio = case["l1_ratio"].as_f64().unwrap();
    let params = if l1_ratio == 1.0 { Lasso::params() } else { ElasticNet::params().l1_ratio(l1_ratio) };
    let (intercept, positive) = (case["intercept"].as_bool().unwrap(), case["positive"].as_bool().unwrap());
    params.alpha(case["alpha"].as_f64().unwrap()).fit_intercept(intercept).positive(positive)
}

/// The objective that a model comes to on the rows of a case.
fn objective<F: Float>(case: &Value, model: &ElasticNet<F>) -> f64 {
    let wide = |number: F| number.to_f64().unwrap();
    let coef = model.coef().mapv(wide);
    let errors = matrix(case).dot(&coef) + wide(model.intercept()) - Array1::from(floats(&case["y"]));
    let weights = match &case["weight"] {
        Value::Null => Array1::ones(errors.len()),
        weights => Array1::from(floats(weights)),
    };
    let (alpha, l1_ratio) = (case["alpha"].as_f64().unwrap(), case["l1_ratio"].as_f64().unwrap());
    let penalty = l1_ratio * coef.mapv(f64::abs).sum() + (1.0 - l1_ratio) / 2.0 * coef.dot(&coef);
    (&errors * &errors).dot(&weights) / (2.0 * weights.sum()) + alpha * penalty
}

fn check<F: Float>(case: &Value, model: &ElasticNet<F>, (of_objective, of_coef): (f64, f64), what: &str) {
    let what = format!("{what}, l1_ratio {} and alpha {}", case["l1_ratio"], case["alpha"]);
    let expected = case["objective"].as_f64().unwrap();
    let found = objective(case, model);
    assert!((found - expected).abs() <= of_objective * expected.max(1.0), "{what}: {found} is not {expected}");
    let size = floats(&case["coef"]).iter().fold(1.0_f64, |most, w| most.max(w.abs()));
    for (j, (&found, expected)) in model.coef().iter().zip(floats(&case["coef"])).enumerate() {
        let found = found.to_f64().unwrap();
        assert!((found - expected).abs() <= of_coef * size, "{what}, column {j}: {found} is not {expected}");
        let both_zero = (found == 0.0) == (expected == 0.0) || expected.abs() < of_coef;
        assert!(both_zero, "{what}, column {j}: {found} and {expected}");
    }
    let (found, expected) = (model.intercept().to_f64().unwrap(), case["coef_0"].as_f64().unwrap());
    assert!((found - expected).abs() <= of_coef * 200.0 * size, "{what}, intercept: {found} is not {expected}");
}

/// In memory, and summed over three chunks, of which one is empty; averaged in rounds.
fn compare<F: Float, X: FeatureRows<Elem = F> + Rows + Chunk>(
    case: &Value,
    wrap: impl Fn(&Array2<f64>) -> X,
    tol: f64,
    tolerance: (f64, f64),
) where
    Values<X>: Chunk + Rows,
{
    let data = dataset(case, wrap);
    let n = data.n_rows();
    let parts = [0..n / 3, 0..0, n / 3..n].map(|rows| data.select_rows(&rows.collect::<Vec<_>>()));
    let params = params(case).tol(tol).max_iter(100_000);
    params.check_ref().unwrap();
    let chunks = Chunks::from_memory(parts);
    let (whole, summed) = (Concatenated::new(params.clone()).fit(&chunks), Summed::new(params.clone()).fit(&chunks));
    let averaged = Averaged::new(params).rounds(150).fit(&chunks);
    let (whole, summed, averaged) = Runtime::new().compute((whole, summed, averaged)).unwrap();
    for (model, what) in [(whole, "in memory"), (summed, "summed"), (averaged, "averaged")] {
        assert!(model.converged(), "{what}: {:?} after {} of {case}", model.dual_gap(), model.n_iter());
        check(case, &model, tolerance, what);
    }
}

#[test]
fn objectives_are_those_of_scikit_learn() {
    for case in cases("elastic_net.json") {
        let narrow = |x: &Array2<f64>| x.mapv(|value| value as f32);
        if case["sparse"] == true {
            compare(&case, |x| Csr::from_dense(x).unwrap(), 1e-12, (1e-10, 1e-5));
            compare(&case, |x| Csr::from_dense(&narrow(x)).unwrap(), 1e-10, (1e-5, 1e-3));
        } else {
            compare(&case, Array2::clone, 1e-12, (1e-10, 1e-5));
            compare(&case, narrow, 1e-10, (1e-5, 1e-3));
        }
    }
}

#[test]
fn rounds_have_the_same_bits_on_any_number_of_threads() {
    let case = &cases("elastic_net.json")[0];
    let data = dataset(case, Array2::clone);
    let chunks: Vec<_> = (0..8).map(|k| data.select_rows(&(5 * k..5 * k + 5).collect::<Vec<_>>())).collect();
    let chunks = Chunks::from_memory(chunks);
    let on = |threads: usize| {
        let fits = [1, 2, 4].map(|rounds| Averaged::new(Lasso::params().alpha(0.05)).rounds(rounds).fit(&chunks));
        Runtime::new().threads(threads).compute(fits.to_vec()).unwrap()
    };
    let one = on(1);
    assert!(one[1] != one[2]);
    [2, 3].into_iter().for_each(|threads| assert_eq!(on(threads), one));
}
