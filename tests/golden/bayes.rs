//! Golden values of naive Bayes.

use std::ops::Range;

use chunkfit::bayes::{BernoulliNb, ComplementNb, EventModel, GaussianNb, MultinomialNb, NaiveBayesParams};
use chunkfit::data::{Csr, CsrBuilder, Float, Rows};
use linfa::DatasetBase;
use linfa::traits::{FitWith, Predict};
use ndarray::{Array1, Array2};
use serde_json::Value;

use super::{cases, floats, sparse_rows};

fn csr<F: Float>(case: &Value) -> Csr<F> {
    let mut rows = CsrBuilder::new(case["n_features"].as_u64().expect("a number") as usize).expect("few columns");
    for row in sparse_rows(&case["x"]) {
        row.into_iter().for_each(|(column, value)| rows.push(column, F::cast(value)));
        rows.end_row().expect("ascending columns");
    }
    rows.finish()
}

/// Learns the case's chunks, as sparse and as dense rows, and compares with scikit-learn.
fn compare<K: EventModel, F: Float>(case: &Value, params: NaiveBayesParams<K, usize>, tolerance: f64) {
    let x = csr::<F>(case);
    let y: Array1<usize> = floats(&case["y"]).into_iter().map(|label| label as usize).collect();
    let (mut sparse, mut dense, mut start) = (None, None, 0);
    for n in floats(&case["chunks"]) {
        let rows: Vec<usize> = (start..start + n as usize).collect();
        start += rows.len();
        let (x, y) = (x.select_rows(&rows), y.select_rows(&rows));
        sparse = Some(params.fit_with(sparse, &DatasetBase::new(x.clone(), y.clone())).unwrap());
        dense = Some(params.fit_with(dense, &DatasetBase::new(x.to_dense(), y)).unwrap());
    }
    assert_eq!(start, x.n_rows());
    assert_eq!(sparse, dense);
    let model = sparse.unwrap();
    let what = format!("{} of {} classes, alpha {}", case["kind"], case["n_classes"], case["alpha"]);
    let expected: Vec<f64> = case["joint_log_likelihood"].as_array().unwrap().iter().flat_map(floats).collect();
    for joint in [model.predict_joint_log_proba(&x), model.predict_joint_log_proba(&x.to_dense())] {
        let joint = joint.unwrap();
        assert_eq!(joint.len(), expected.len(), "{what}");
        for (found, expected) in joint.iter().zip(&expected) {
            let found = found.to_f64().unwrap();
            assert!((found - expected).abs() <= tolerance * expected.abs(), "{what}: {found}, not {expected}");
        }
    }
    let labels: Vec<usize> = floats(&case["predict"]).into_iter().map(|label| label as usize).collect();
    assert_eq!(model.predict(&x).to_vec(), labels, "{what}");
}

#[test]
fn naive_bayes_is_that_of_scikit_learn() {
    for case in &cases("naive_bayes.json") {
        let alpha = case["alpha"].as_f64().unwrap();
        match case["kind"].as_str().unwrap() {
            "multinomial" => {
                compare::<_, f64>(case, MultinomialNb::params().alpha(alpha), 1e-12);
                compare::<_, f32>(case, MultinomialNb::params().alpha(alpha), 1e-6);
            }
            "complement" => {
                compare::<_, f64>(case, ComplementNb::params().alpha(alpha), 1e-12);
                compare::<_, f32>(case, ComplementNb::params().alpha(alpha), 1e-6);
            }
            "bernoulli" => {
                compare::<_, f64>(case, BernoulliNb::params().alpha(alpha), 1e-12);
                compare::<_, f32>(case, BernoulliNb::params().alpha(alpha), 1e-6);
            }
            other => panic!("unknown kind {other}"),
        }
    }
}

/// Joint log probabilities of rows 0 and 5 of what `params` learn from twelve made-up rows of classes
/// 0, 1, 2, 0, …; chunk by chunk, weighted if wanted.
fn made_up<K: EventModel>(params: NaiveBayesParams<K, usize>, weighted: bool, chunks: &[Range<usize>]) -> Vec<f64> {
    let value = |(i, j): (usize, usize)| ((i * 7 + j * 5 + i * i * j) % 11) as f64 / 4.0;
    let data = DatasetBase::new(Array2::from_shape_fn((12, 3), value), Array1::from_shape_fn(12, |i| i % 3));
    let weights = Array1::from_shape_fn(12, |i| 1.0 + (i % 4) as f32 * 0.5);
    let data = if weighted { data.with_weights(weights) } else { data };
    let learn = |model, rows: &Range<usize>| {
        Some(params.fit_with(model, &data.select_rows(&rows.clone().collect::<Vec<_>>())).unwrap())
    };
    let model = chunks.iter().fold(None, learn).unwrap();
    let rows = data.records.select_rows(&[0, 5]);
    model.predict_joint_log_proba(&rows).unwrap().into_iter().collect()
}

/// What scikit-learn 1.9.1 gives for them; the options and the weights that the file leaves out.
#[test]
fn options_and_weights_are_those_of_scikit_learn() {
    let whole = 0..12;
    let all = std::slice::from_ref(&whole);
    let three = vec![0, 1, 2];
    let prior = vec![0.2, 0.3, 0.5];
    let uniform = MultinomialNb::params().alphas(vec![0.5, 1.0, 2.0]).fit_prior(false);
    let given = MultinomialNb::params().classes(three.clone()).class_prior(prior.clone());
    let smooth = GaussianNb::params().classes(three).priors(prior).var_smoothing(0.1);
    let unsmoothed = GaussianNb::params().var_smoothing(0.0);
    #[rustfmt::skip]
    let cases = [
        (made_up(uniform, true, all), [-5.661532768388, -5.142708060165, -3.882248383335, -6.909514313598, -6.241221314658, -6.088570167366]),
        (made_up(given, false, all), [-5.977428677496, -5.425823873132, -3.664112439619, -7.166666343532, -6.474209309333, -5.545108343998]),
        (made_up(ComplementNb::params().norm(true).alpha(0.3), true, all), [0.9933651784431, 1.10289673926, 1.361939493897, 1.438842863664, 1.565793646983, 1.676391962471]),
        (made_up(BernoulliNb::params().binarize(Some(2.0)), true, all), [-3.664934329942, -3.819085009769, -2.034294209857, -4.491612903126, -2.432790648649, -3.441790778627]),
        (made_up(GaussianNb::params(), true, all), [-7.803615243225, -17.06859211384, -2.371565870425, -8.895045238441, -7.844260125515, -3.787477659299]),
        (made_up(smooth, false, all), [-5.922483699645, -11.26692974647, -2.363589920489, -7.783958413479, -6.319255723165, -3.016313810604]),
        (made_up(unsmoothed, true, &[0..5, 5..12]), [-7.8036152489, -17.0685922264, -2.37156586989, -8.895045252747, -7.844260163583, -3.787477659542]),
    ];
    for (number, (found, expected)) in cases.iter().enumerate() {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() <= 1e-11 * expected.abs(), "case {number}: {found}, not {expected}");
        }
    }
}
