//! Golden values of principal axes and singular vectors; `decomposition.py` made them.

use chunkfit::data::Csr;
use chunkfit::decomposition::{IncrementalPca, Pca, PrincipalAxes, TruncatedSvd};
use chunkfit::estimator::{LearnRows, TransformRows};
use linfa::ParamGuard;
use ndarray::{Array, Array2, ArrayView, Axis, Dimension, Slice};
use serde_json::Value;

use crate::{cases, floats};

fn matrix(value: &Value) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = value.as_array().unwrap().iter().map(floats).collect();
    Array2::from_shape_vec((rows.len(), rows[0].len()), rows.concat()).unwrap()
}

/// Of nested arrays, all numbers in order.
fn flat(value: &Value) -> Vec<f64> {
    value.as_array().map_or_else(|| vec![value.as_f64().unwrap()], |items| items.iter().flat_map(flat).collect())
}

fn assert_near<D: Dimension>(found: ArrayView<'_, f64, D>, expected: &Value, tolerance: f64, what: &str) {
    let expected = flat(expected);
    assert_eq!(found.len(), expected.len(), "{what}");
    let largest = expected.iter().fold(1e-300f64, |largest, value| largest.max(value.abs()));
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= tolerance * largest, "{what}: {found} for {expected}");
    }
}

fn assert_axes(axes: &PrincipalAxes, expected: &Value, tolerance: f64) {
    let near = |found: Array<f64, _>, name: &str| assert_near(found.view(), &expected[name], tolerance, name);
    near(axes.mean().to_owned(), "mean_");
    near(axes.singular_values().to_owned(), "singular_values_");
    near(axes.explained_variance(), "explained_variance_");
    near(axes.explained_variance_ratio(), "explained_variance_ratio_");
    assert_near(axes.components(), &expected["components_"], tolerance, "components_");
    let noise = expected["noise_variance_"].as_f64().unwrap();
    assert!((axes.noise_variance() - noise).abs() <= tolerance * axes.explained_variance()[0], "noise_variance_");
}

#[test]
fn incremental_pca_and_pca() {
    for case in cases("decomposition.json").iter().filter(|case| case["kind"] == "pca") {
        let n_components = case["n_components"].as_u64().map(|n| n as usize);
        let whiten = case["whiten"].as_bool().unwrap();
        let chunks: Vec<Array2<f64>> = case["chunks"].as_array().unwrap().iter().map(matrix).collect();
        let test = matrix(&case["test"]);

        let params = IncrementalPca::params().n_components(n_components).whiten(whiten).check().unwrap();
        let learn = |model, chunk| Some(params.partial_fit(model, chunk).unwrap());
        let incremental = chunks.iter().fold(None, learn).unwrap();
        assert_axes(incremental.axes(), &case["incremental"], 1e-10);
        assert_near(incremental.transform_rows(&test).unwrap().view(), &case["incremental"]["out"], 1e-10, "rows");

        let params = Pca::params().n_components(n_components).whiten(whiten).check().unwrap();
        let state = chunks.iter().fold(None, |state, chunk| Some(params.partial_fit(state, chunk).unwrap())).unwrap();
        let pca = LearnRows::<Array2<f64>>::finish(&params, state).unwrap();
        assert_axes(pca.axes(), &case["pca"], 1e-9);
        assert_near(pca.transform_rows(&test).unwrap().view(), &case["pca"]["out"], 1e-9, "rows");
    }
}

fn merged<P: LearnRows<Csr<f64>>>(_: &P, a: P::State, b: P::State) -> P::State {
    P::merge(a, b).unwrap()
}

#[test]
fn truncated_svd() {
    for case in cases("decomposition.json").iter().filter(|case| case["kind"] == "svd") {
        let rows = matrix(&case["x"]);
        let params = TruncatedSvd::params().n_components(case["n_components"].as_u64().unwrap() as usize).n_iter(20);
        let params = params.check().unwrap();
        let part = |numbers: std::ops::Range<usize>| {
            Csr::from_dense(&rows.slice_axis(Axis(0), Slice::from(numbers)).to_owned()).unwrap()
        };
        let parts = [part(0..15), part(15..rows.nrows())];
        let pass = |so_far: Option<TruncatedSvd>| {
            let sketch = |part: &Csr<f64>| match &so_far {
                None => params.learn(part).unwrap(),
                Some(so_far) => params.learn_again(so_far, part).unwrap(),
            };
            let state = merged(&params, sketch(&parts[0]), sketch(&parts[1]));
            match &so_far {
                None => LearnRows::<Csr<f64>>::finish(&params, state).unwrap(),
                Some(so_far) => LearnRows::<Csr<f64>>::finish_again(&params, so_far, state).unwrap(),
            }
        };
        let svd = (0..LearnRows::<Csr<f64>>::n_passes(&params)).fold(None, |so_far, _| Some(pass(so_far))).unwrap();
        let near = |found: &[f64], name: &str| assert_near(found.into(), &case[name], 1e-9, name);
        near(svd.singular_values(), "singular_values_");
        near(svd.explained_variance(), "explained_variance_");
        near(&svd.explained_variance_ratio(), "explained_variance_ratio_");
        assert_near(svd.components().view(), &case["components_"], 1e-8, "components_");
        let projected = svd.transform_rows(&part(0..4)).unwrap();
        assert_near(projected.view(), &case["out"], 1e-8, "rows");
    }
}
