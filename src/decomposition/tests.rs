//! What holds for all decompositions.

use std::slice;

use linfa::traits::{Fit, Transformer};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, Axis, array};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::data::{Csr, Rows};
use crate::error::{Error, ErrorKind};
use crate::estimator::{LearnRows, TransformRows};

/// Rows that vary less and less from the first column to the last, then turned.
fn rows(n: usize, columns: usize, seed: u64) -> Array2<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut noise = |n, scale: f64| {
        Array2::from_shape_fn((n, columns), |(_, j)| random.gen_range(-1.0..1.0) * scale.powi(j as i32))
    };
    let (rows, turn) = (noise(n, 0.6), noise(columns, 1.0));
    rows.dot(&turn) + 0.5
}

fn learned<P, R>(params: &P, parts: &[R]) -> P::Learned
where
    P: LearnRows<R>,
{
    let merge = |a, b| P::merge(a, b).unwrap();
    let first = parts.iter().map(|part| params.learn(part).unwrap()).reduce(merge).unwrap();
    (1..params.n_passes()).fold(params.finish(first).unwrap(), |so_far, _| {
        let states = parts.iter().map(|part| params.learn_again(&so_far, part).unwrap());
        params.finish_again(&so_far, states.reduce(merge).unwrap()).unwrap()
    })
}

fn parts<R: Rows>(rows: &R, sizes: &[usize]) -> Vec<R> {
    let mut start = 0;
    let part = |&size: &usize| {
        let part = rows.select_rows(&(start..start + size).collect::<Vec<_>>());
        start += size;
        part
    };
    sizes.iter().map(part).collect()
}

fn assert_close(a: &Array2<f64>, b: &Array2<f64>, tolerance: f64) {
    assert_eq!(a.dim(), b.dim());
    let apart = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(apart <= tolerance, "{apart} apart");
}

/// The law of chunks, where it is promised.
#[test]
fn svd_and_pca_are_the_same_wherever_parts_end() {
    let rows = rows(90, 12, 1);
    let sparse = Csr::from_dense(&rows.mapv(|x| if x.abs() < 0.4 { 0.0 } else { x })).unwrap();
    let svd = TruncatedSvd::params().n_components(4).n_oversamples(2).check().unwrap();
    let pca = Pca::params().n_components(4).check().unwrap();
    let whole = (learned(&svd, slice::from_ref(&sparse)), learned(&pca, slice::from_ref(&rows)));
    for sizes in [&[30, 60][..], &[1, 0, 44, 45], &[10; 9]] {
        let of_parts = (learned(&svd, &parts(&sparse, sizes)), learned(&pca, &parts(&rows, sizes)));
        assert_close(&of_parts.0.components(), &whole.0.components(), 1e-10);
        assert_close(&of_parts.1.axes().components().to_owned(), &whole.1.axes().components().to_owned(), 1e-10);
        assert_eq!(of_parts.0.n_rows(), 90);
    }
}

/// And where it is not: near, or equal if nothing is left out.
#[test]
fn incremental_pca_depends_on_where_parts_end_by_what_is_left_out() {
    let rows = rows(90, 6, 2);
    let exact = learned(&Pca::params().check().unwrap(), slice::from_ref(&rows));
    let apart = |n_components, sizes: &[usize]| {
        let params = IncrementalPca::params().n_components(n_components).check().unwrap();
        let step = |model, part: &Array2<f64>| Some(params.partial_fit(model, part).unwrap());
        let model = parts(&rows, sizes).iter().fold(None, step).unwrap();
        assert_close(
            &model.axes().mean().to_owned().insert_axis(Axis(0)),
            &exact.axes().mean().to_owned().insert_axis(Axis(0)),
            1e-12,
        );
        let first = |axes: &PrincipalAxes| axes.components().row(0).to_owned();
        (first(model.axes()) - first(exact.axes())).mapv(f64::abs).sum()
    };
    for sizes in [&[90][..], &[30, 60], &[6, 1, 83]] {
        assert!(apart(6, sizes) < 1e-10);
    }
    let left_out = apart(2, &[30, 60]);
    assert!(1e-10 < left_out && left_out < 0.05, "{left_out}");
}

/// The slow twin: power iteration, one vector after the other, each taken out of the rows.
#[test]
fn singular_vectors_are_those_of_power_iteration() {
    let rows = rows(60, 8, 3);
    let svd = TruncatedSvd::params().n_components(3).fit(&DatasetBase::from(rows.clone())).unwrap();
    let mut left = rows;
    for (value, component) in svd.singular_values().iter().zip(svd.components().rows()) {
        let mut vector = Array2::ones((8, 1));
        for _ in 0..20_000 {
            vector = left.t().dot(&left.dot(&vector));
            vector /= vector.iter().map(|x: &f64| x * x).sum::<f64>().sqrt();
        }
        let image = left.dot(&vector);
        assert!((image.iter().map(|x| x * x).sum::<f64>().sqrt() - value).abs() < 1e-9 * value);
        let same: f64 = vector.column(0).dot(&component);
        assert!((same.abs() - 1.0).abs() < 1e-9, "{same}");
        left = &left - &image.dot(&vector.t());
    }
}

#[test]
fn more_passes_come_nearer() {
    // Singular values that fall slowly.
    let mut random = ChaCha8Rng::seed_from_u64(4);
    let rows = Array2::from_shape_fn((200, 60), |_| random.gen_range(-1.0..1.0));
    let data = DatasetBase::from(rows);
    let total = |n_iter| {
        let params = TruncatedSvd::params().n_components(5).n_oversamples(3).n_iter(n_iter);
        params.fit(&data).unwrap().singular_values().iter().sum::<f64>()
    };
    let totals = [0, 1, 3, 10].map(total);
    assert!(totals.is_sorted() && totals[0] < totals[3], "{totals:?}");
}

#[test]
fn beyond_the_rank_there_are_zeros() {
    let rows = array![[1.0, 2.0, 0.0, 0.0], [2.0, 4.0, 0.0, 0.0], [0.0, 0.0, 3.0, 0.0]];
    let svd = TruncatedSvd::params().n_components(4).fit(&DatasetBase::from(rows.clone())).unwrap();
    assert!((svd.singular_values()[0] - 5.0).abs() < 1e-12 && (svd.singular_values()[1] - 3.0).abs() < 1e-12);
    assert_eq!(svd.singular_values()[2..], [0.0, 0.0]);
    assert_eq!(svd.components().row(3), array![0.0, 0.0, 0.0, 0.0]);
    // Nothing is lost: rows are their projections, turned back.
    assert_close(&svd.transform_rows(&rows).unwrap().dot(&svd.components()), &rows, 1e-12);
    let none = TruncatedSvd::params().fit(&DatasetBase::from(Array2::<f64>::zeros((3, 2)))).unwrap();
    assert_eq!(none.singular_values(), [0.0, 0.0]);
}

#[test]
fn sparse_and_dense_rows_of_either_precision_give_the_same() {
    let rows = rows(40, 6, 5).mapv(|x| if x < 0.2 { 0.0 } else { (x * 64.0).round() / 64.0 });
    let params = TruncatedSvd::params();
    let dense = params.fit(&DatasetBase::from(rows.clone())).unwrap();
    let narrow = rows.mapv(|x| x as f32);
    assert_eq!(params.fit(&DatasetBase::from(narrow)).unwrap(), dense);
    let sparse = Csr::from_dense(&rows).unwrap();
    let of_sparse = params.fit(&DatasetBase::new(sparse.clone(), ())).unwrap();
    assert_close(&of_sparse.components(), &dense.components(), 1e-10);
    assert_close(&of_sparse.transform(&sparse).unwrap(), &dense.transform(&rows).unwrap(), 1e-9);
}

#[test]
fn whitened_rows_have_variance_one() {
    let rows = rows(50, 5, 6);
    let data = DatasetBase::from(rows.clone());
    let pca = Pca::params().n_components(3).whiten(true).fit(&data).unwrap().transform_rows(&rows).unwrap();
    let incremental = IncrementalPca::params().n_components(3).whiten(true).fit(&data).unwrap();
    assert_close(&incremental.transform_rows(&rows).unwrap(), &pca, 1e-9);
    let products = pca.t().dot(&pca) / 49.0;
    assert_close(&products, &Array2::eye(3), 1e-9);
}

#[test]
fn what_cannot_be_learned_is_named() {
    let name = |error: Error| match error.kind() {
        ErrorKind::InvalidParameter { name, .. } => name.to_string(),
        other => other.to_string(),
    };
    let data = DatasetBase::from(rows(3, 4, 7));
    assert_eq!(name(TruncatedSvd::params().n_components(0).check().unwrap_err()), "n_components");
    assert_eq!(name(TruncatedSvd::params().n_components(5).fit(&data).unwrap_err()), "n_components");
    assert_eq!(name(Pca::params().n_components(4).fit(&data).unwrap_err()), "n_components");
    assert_eq!(name(IncrementalPca::params().n_components(4).fit(&data).unwrap_err()), "n_components");
    assert_eq!(name(IncrementalPca::params().n_components(0).check().unwrap_err()), "n_components");
    let none = DatasetBase::from(Array2::<f64>::zeros((0, 4)));
    assert!(matches!(TruncatedSvd::params().fit(&none).unwrap_err().kind(), ErrorKind::NoRows { .. }));
    assert!(matches!(Pca::params().fit(&none).unwrap_err().kind(), ErrorKind::NoRows { .. }));
    assert!(matches!(IncrementalPca::params().fit(&none).unwrap_err().kind(), ErrorKind::NoRows { .. }));
    let bad = DatasetBase::from(array![[1.0, 2.0], [f64::NAN, 0.0]]);
    for error in [
        TruncatedSvd::params().fit(&bad).unwrap_err(),
        Pca::params().fit(&bad).unwrap_err(),
        IncrementalPca::params().fit(&bad).unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column: 0 }, Some(1)));
    }
    let pca = Pca::params().fit(&data).unwrap();
    assert!(matches!(pca.transform_rows(&rows(2, 3, 8)).unwrap_err().kind(), ErrorKind::ShapeMismatch { .. }));
}

#[test]
fn every_parameter_changes_something() {
    let data = DatasetBase::from(rows(60, 20, 9));
    let begin = || TruncatedSvd::params().n_components(3).n_iter(0).n_oversamples(2);
    let svd = begin().fit(&data).unwrap();
    for other in [begin().n_iter(1), begin().n_oversamples(3), begin().n_components(4), begin().seed(1)] {
        assert_ne!(other.fit(&data).unwrap(), svd);
    }
    let ratio: f64 = begin().n_iter(5).fit(&data).unwrap().explained_variance_ratio().iter().sum();
    assert!(0.5 < ratio && ratio <= 1.0, "{ratio}");
}

#[test]
fn models_are_plain_data() {
    let data = DatasetBase::from(rows(30, 4, 10));
    let svd = TruncatedSvd::params().fit(&data).unwrap();
    assert_eq!(postcard::from_bytes::<TruncatedSvd>(&postcard::to_stdvec(&svd).unwrap()).unwrap(), svd);
    let pca = Pca::params().fit(&data).unwrap();
    assert_eq!(postcard::from_bytes::<Pca>(&postcard::to_stdvec(&pca).unwrap()).unwrap(), pca);
    let incremental = IncrementalPca::params().fit(&data).unwrap();
    let read = postcard::from_bytes::<IncrementalPca>(&postcard::to_stdvec(&incremental).unwrap()).unwrap();
    assert_eq!(read, incremental);
}

/// The least values that are told, as the documents say.
#[test]
fn values_a_millionth_of_the_largest_are_still_there() {
    let values = [1.0, 1e-2, 1e-4, 1e-6];
    let mut random = ChaCha8Rng::seed_from_u64(11);
    // Turned by a reflection on either side.
    let mut reflect = |matrix: Array2<f64>| {
        let normal = Array2::from_shape_fn((4, 1), |_| random.gen_range(0.1..1.0));
        let square: f64 = normal.iter().map(|x| x * x).sum();
        &matrix - normal.dot(&normal.t().dot(&matrix)) * (2.0 / square)
    };
    let turned = reflect(Array2::from_diag(&Array1::from(values.to_vec())));
    let rows = reflect(turned.t().to_owned());
    let svd = TruncatedSvd::params().n_components(4).fit(&DatasetBase::from(rows)).unwrap();
    for (found, expected) in svd.singular_values().iter().zip(values) {
        assert!((found / expected - 1.0).abs() < 1e-3, "{found} for {expected}");
    }
}
