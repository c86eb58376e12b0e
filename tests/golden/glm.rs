//! Golden values of generalized linear regressions.

use chunkfit::combine::{Averaged, Concatenated, FitChunks, Summed};
use chunkfit::data::{Csr, Rows};
use chunkfit::estimator::FitSummed;
use chunkfit::linear::{Family, GammaRegressor, Glm, GlmParams, LinearRegression, PoissonRegressor, TweedieRegressor};
use chunkfit::{Chunks, Runtime};
use linfa::DatasetBase;
use linfa::traits::Predict;
use ndarray::{Array1, Array2};
use serde_json::Value;

use super::{cases, floats};

type Dense = DatasetBase<Array2<f64>, Array1<f64>>;

fn dataset(case: &Value) -> Dense {
    let rows: Vec<Vec<f64>> = case["x"].as_array().unwrap().iter().map(floats).collect();
    let x = Array2::from_shape_fn((rows.len(), rows[0].len()), |(i, j)| rows[i][j]);
    let dataset = DatasetBase::new(x, Array1::from(floats(&case["y"])));
    match &case["weight"] {
        Value::Null => dataset,
        weights => dataset.with_weights(floats(weights).into_iter().map(|weight| weight as f32).collect()),
    }
}

/// In three chunks, of which one is empty.
fn chunks(dataset: &Dense) -> Chunks<Dense> {
    let n = dataset.n_rows();
    Chunks::from_memory([0..n / 3, 0..0, n / 3..n].map(|rows| dataset.select_rows(&rows.collect::<Vec<_>>())))
}

fn check<K: Family>(case: &Value, model: &Glm<K, f64>, tolerance: f64, what: &str) {
    let close = |found: f64, expected: f64| {
        assert!((found - expected).abs() <= tolerance * expected.abs().max(1.0), "{what}: {found} is not {expected}");
    };
    // Of columns that depend on each other steps find one of many best fits, which predict alike.
    if case["dependent"] == false || what == "normal equations" {
        model.coef().iter().zip(floats(&case["coef"])).for_each(|(&found, expected)| close(found, expected));
    }
    close(model.intercept(), case["coef_0"].as_f64().unwrap());
    let predicted = model.predict(&dataset(case).records);
    floats(&case["predicted"]).into_iter().zip(&predicted).for_each(|(expected, &found)| close(found, expected));
}

/// All rows at once, dense and sparse, and in passes over chunks.
fn check_all<K: Family>(case: &Value, params: GlmParams<K>)
where
    GlmParams<K>: FitSummed<Array2<f64>, Array1<f64>, Model = Glm<K, f64>> + serde::Serialize,
{
    let alpha = case["alpha"].as_f64().unwrap();
    let params = params.alpha(alpha).fit_intercept(case["intercept"].as_bool().unwrap()).tol(1e-11);
    let dense = dataset(case);
    let sparse = DatasetBase::new(Csr::from_dense(&dense.records).unwrap(), dense.targets.clone());
    let sparse = sparse.with_weights(dense.weights.clone());
    let whole = Concatenated::new(params.clone()).fit(&chunks(&dense));
    let sparse = Concatenated::new(params.clone()).fit(&Chunks::from_memory([sparse]));
    let summed = Summed::new(params).fit(&chunks(&dense));
    let (whole, sparse, summed) = Runtime::new().compute((whole, sparse, summed)).unwrap();
    for (model, what) in [(whole, "dense"), (sparse, "sparse"), (summed, "summed")] {
        assert!(model.converged(), "{what} {case}");
        check(case, &model, 1e-6, what);
    }
}

#[test]
fn regressions_are_those_of_scikit_learn() {
    for case in cases("glm.json") {
        match case["kind"].as_str().unwrap() {
            "linear" => check_all(&case, LinearRegression::params()),
            "poisson" => check_all(&case, PoissonRegressor::params()),
            "gamma" => check_all(&case, GammaRegressor::params()),
            _ => check_all(&case, TweedieRegressor::params().power(case["power"].as_f64().unwrap())),
        }
    }
}

/// The sums of squares and products of three chunks, merged.
#[test]
fn the_normal_equations_of_chunks_give_the_fit_of_all_rows() {
    for case in cases("glm.json").iter().filter(|case| case["kind"] == "linear") {
        let alpha = case["alpha"].as_f64().unwrap();
        let params = LinearRegression::params().alpha(alpha).fit_intercept(case["intercept"].as_bool().unwrap());
        let fit = Averaged::new(params).fit(&chunks(&dataset(case)));
        check(case, &Runtime::new().compute(fit).unwrap(), 1e-10, "normal equations");
    }
}
