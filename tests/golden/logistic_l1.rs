//! Golden values of logistic regression with L1 and elastic-net penalties.

use chunkfit::combine::{Averaged, Summed};
use chunkfit::data::{Csr, FeatureRows, Float, Rows};
use chunkfit::linear::{LogisticRegression, LogisticRegressionParams};
use chunkfit::{Chunks, Runtime};
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2};
use serde_json::Value;

use super::{cases, floats};

fn matrix(value: &Value) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = value.as_array().unwrap().iter().map(floats).collect();
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(i, j)| rows[i][j])
}

fn data<X: FeatureRows + Rows>(case: &Value, wrap: impl Fn(Array2<f64>) -> X) -> DatasetBase<X, Array1<usize>> {
    let labels = floats(&case["y"]).into_iter().map(|label| label as usize).collect();
    let data = DatasetBase::new(wrap(matrix(&case["x"])), labels);
    match &case["weight"] {
        Value::Null => data,
        weights => data.with_weights(floats(weights).into_iter().map(|weight| weight as f32).collect()),
    }
}

fn params(case: &Value) -> LogisticRegressionParams<usize> {
    let number = |name: &str| case[name].as_f64().unwrap();
    let intercept = case["fit_intercept"].as_bool().unwrap();
    LogisticRegression::params().c(number("C")).l1_ratio(number("l1_ratio")).fit_intercept(intercept).tol(1e-9)
}

/// The mean loss and the penalty.
fn objective<F: Float>(case: &Value, model: &LogisticRegression<F, usize>) -> f64 {
    let data = data(case, |x| x);
    let coef = model.coef().mapv(|w| w.to_f64().unwrap());
    let mut margins = data.records.dot(&coef.t()) + model.intercept().mapv(|b| b.to_f64().unwrap());
    if margins.ncols() == 1 {
        margins = Array2::from_shape_fn((margins.nrows(), 2), |(i, k)| k as f64 * margins[(i, 0)]);
    }
    let (mut loss, mut weight) = (0.0, 0.0);
    for (i, row) in margins.rows().into_iter().enumerate() {
        let own = f64::from(data.weight_for(i));
        loss += own * (row.mapv(f64::exp).sum().ln() - row[data.targets[i]]);
        weight += own;
    }
    let number = |name: &str| case[name].as_f64().unwrap();
    let squares = 0.5 * (1.0 - number("l1_ratio")) * coef.mapv(|w| w * w).sum();
    loss / weight + number("alpha") * (number("l1_ratio") * coef.mapv(f64::abs).sum() + squares)
}

fn check<F: Float>(case: &Value, model: &LogisticRegression<F, usize>, tolerance: f64, what: &str) {
    let name =
        |key: &str| format!("{} of {} classes, C {}, l1_ratio {}", key, case["classes"], case["C"], case["l1_ratio"]);
    let expected = case["objective"].as_f64().unwrap();
    let found = objective(case, model);
    assert!((found - expected).abs() < tolerance, "{what}, {}: {found}, not {expected}", name("objective"));
    let coef: Vec<f64> = case["coef"].as_array().unwrap().iter().flat_map(floats).collect();
    assert_eq!(model.coef().len(), coef.len());
    for (&found, expected) in model.coef().iter().zip(coef) {
        let found = found.to_f64().unwrap();
        assert_eq!(found == 0.0, expected == 0.0, "{what}, {}: {found}, not {expected}", name("zeros"));
        assert!((found - expected).abs() < tolerance.sqrt(), "{what}, {}: {found}, not {expected}", name("coef"));
    }
    for (&found, expected) in model.intercept().iter().zip(floats(&case["intercept"])) {
        let found = found.to_f64().unwrap();
        assert!((found - expected).abs() < tolerance.sqrt(), "{what}, {}: {found}, not {expected}", name("intercept"));
    }
    assert_eq!(model.n_nonzero() as u64, case["n_nonzero"].as_u64().unwrap());
}

/// In three chunks, of which one is empty.
fn chunks<X: FeatureRows + Rows + Send + Sync + 'static>(
    data: &DatasetBase<X, Array1<usize>>,
) -> Chunks<DatasetBase<X, Array1<usize>>>
where
    DatasetBase<X, Array1<usize>>: chunkfit::data::Chunk,
{
    let n = data.n_rows();
    Chunks::from_memory([0..n / 3, 0..0, n / 3..n].map(|rows| data.select_rows(&rows.collect::<Vec<_>>())))
}

#[test]
fn objectives_and_zeros_are_those_of_scikit_learn() {
    for case in cases("logistic_l1.json") {
        let (params, dense) = (params(&case), data(&case, |x| x));
        let sparse = data(&case, |x| Csr::from_dense(&x).unwrap());
        let narrow = data(&case, |x| x.mapv(|x| x as f32));
        let passes =
            (Summed::new(params.clone()).fit(&chunks(&dense)), Summed::new(params.clone()).fit(&chunks(&sparse)));
        let (summed, summed_sparse) = Runtime::new().compute(passes).unwrap();
        let models = [
            (params.fit(&dense).unwrap(), "dense"),
            (params.fit(&sparse).unwrap(), "sparse"),
            (summed, "summed"),
            (summed_sparse, "summed sparse"),
        ];
        for (model, what) in &models {
            assert!(model.converged(), "{what}: {case}");
            check(&case, model, 1e-9, what);
        }
        check(&case, &params.fit(&narrow).unwrap(), 1e-6, "dense f32");
    }
}

/// An average has whatever any chunk selected; rounds lead to the minimum.
#[test]
fn rounds_of_averages_lead_to_the_fit_of_all_rows() {
    for case in cases("logistic_l1.json") {
        // A chunk's own C would be another penalty.
        let params = params(&case).alpha(case["alpha"].as_f64().unwrap());
        let dense = data(&case, |x| x);
        let rounds = [1, 2, 12].map(|rounds| Averaged::new(params.clone()).rounds(rounds).fit(&chunks(&dense)));
        let models = Runtime::new().compute(rounds.to_vec()).unwrap();
        let expected = case["objective"].as_f64().unwrap();
        let off: Vec<f64> = models.iter().map(|model| (objective(&case, model) - expected).abs()).collect();
        assert!(off[1] <= 0.5 * off[0] + 1e-9, "{off:?}: {case}");
        check(&case, &models[2], 1e-9, "rounds");
    }
}
