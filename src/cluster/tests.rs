//! What holds for clusters.

use linfa::traits::{Fit, FitWith, Predict};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, Axis, Slice, array};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::row_sample::RowSample;
use super::*;
use crate::data::Csr;
use crate::error::{Error, ErrorKind};
use crate::estimator::TransformRows;

/// Rows around three corners, and which corner each is from.
fn clouds(n: usize, seed: u64) -> (Array2<f64>, Vec<usize>) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let corners: Vec<usize> = (0..n).map(|_| random.gen_range(0..3)).collect();
    let rows = Array2::from_shape_fn((n, 3), |(i, j)| {
        if corners[i] == j { 10.0 + random.gen_range(-1.0..1.0) } else { f64::from(random.gen_range(0..2)) }
    });
    (rows, corners)
}

fn three() -> MiniBatchKMeansParams {
    MiniBatchKMeans::params().n_clusters(3)
}

#[test]
fn rows_of_one_corner_are_one_cluster() {
    let (rows, corners) = clouds(200, 1);
    for init in [Init::KMeansPlusPlus, Init::Centers(Array2::eye(3))] {
        let model = three().init(init).batch_size(20).fit(&DatasetBase::from(rows.clone())).unwrap();
        let clusters: Array1<usize> = model.predict(&rows);
        for (a, b) in (0..200).zip(1..200) {
            assert_eq!(clusters[a] == clusters[b], corners[a] == corners[b]);
        }
        assert_eq!((model.n_steps(), model.counts().iter().sum::<f64>()), (10, 200.0));
        assert!(model.inertia(&rows).unwrap() < 200.0 * 3.0);
    }
}

/// The slow twin: the mean of all rows that ever were in the cluster and of the first centre, which counts
/// nothing.
#[test]
fn a_centre_is_the_mean_of_the_rows_that_moved_it() {
    let (rows, _) = clouds(60, 2);
    let begin = Array2::eye(3) * 9.0;
    let params = three().init(Init::Centers(begin.clone())).reassignment_ratio(0.0);
    let (mut model, mut sums, mut counts) = (None, Array2::<f64>::zeros((3, 3)), [0.0; 3]);
    for start in [0, 20, 40] {
        let chunk = rows.slice_axis(Axis(0), Slice::from(start..start + 20)).to_owned();
        let before = model.as_ref().map_or(begin.clone(), |model: &MiniBatchKMeans| model.cluster_centers().to_owned());
        for row in chunk.rows() {
            let distance = |k: usize| (&row - &before.row(k)).mapv(|x| x * x).sum();
            let nearest = (0..3).min_by(|&a, &b| distance(a).total_cmp(&distance(b))).unwrap();
            sums.row_mut(nearest).scaled_add(1.0, &row);
            counts[nearest] += 1.0;
        }
        model = Some(params.fit_with(model, &DatasetBase::from(chunk)).unwrap());
    }
    let model = model.unwrap();
    for (k, count) in counts.into_iter().enumerate() {
        let mean = sums.row(k).mapv(|sum| sum / count);
        assert!((&mean - &model.cluster_centers().row(k)).iter().all(|apart| apart.abs() < 1e-12));
    }
}

/// Several batches of one chunk, or a chunk each: batches are what counts, not chunks.
#[test]
fn chunks_of_whole_batches_give_the_same_bits() {
    let (rows, _) = clouds(120, 3);
    let params = three().batch_size(10).seed(4);
    let whole = params.fit(&DatasetBase::from(rows.clone())).unwrap();
    for size in [10, 30, 60] {
        let step = |model, part: ndarray::ArrayView2<'_, f64>| {
            Some(params.fit_with(model, &DatasetBase::from(part.to_owned())).unwrap())
        };
        assert_eq!(rows.axis_chunks_iter(Axis(0), size).fold(None, step).unwrap(), whole);
    }
    assert_ne!(params.clone().seed(5).fit(&DatasetBase::from(rows.clone())).unwrap(), whole);
    assert_ne!(params.init(Init::Random).fit(&DatasetBase::from(rows)).unwrap(), whole);
}

#[test]
fn sparse_and_dense_rows_are_the_same_rows() {
    let (rows, _) = clouds(80, 5);
    let sparse = Csr::from_dense(&rows).unwrap();
    let params = three().batch_size(16);
    let dense = params.fit(&DatasetBase::from(rows.clone())).unwrap();
    let of_sparse = params.fit(&DatasetBase::new(sparse.clone(), ())).unwrap();
    let apart = |a: Array2<f64>, b: Array2<f64>| (a - b).mapv(f64::abs).iter().copied().fold(0.0, f64::max);
    assert!(apart(dense.cluster_centers().to_owned(), of_sparse.cluster_centers().to_owned()) < 1e-12);
    assert!(apart(dense.transform_rows(&rows).unwrap(), of_sparse.transform_rows(&sparse).unwrap()) < 1e-6);
    assert_eq!(Predict::<&Csr<f64>, Array1<usize>>::predict(&of_sparse, &sparse), dense.predict(&rows));
    // The nearest of all distances.
    for (cluster, distances) in dense.predict(&rows).iter().zip(dense.transform_rows(&rows).unwrap().rows()) {
        assert!(distances.iter().all(|&distance| distances[*cluster] <= distance));
    }
}

#[test]
fn weights_are_copies_of_rows() {
    let (rows, _) = clouds(30, 6);
    let weights: Vec<f64> = (0..30).map(|i| (i % 3) as f64).collect();
    let copies: Vec<usize> = (0..30).flat_map(|i| vec![i; i % 3]).collect();
    let params = three().init(Init::Centers(Array2::eye(3))).reassignment_ratio(0.0).check().unwrap();
    let weighted = params.partial_fit_weighted(None, &rows, Some(&weights)).unwrap();
    let copied = params.partial_fit_weighted(None, &rows.select(Axis(0), &copies), None).unwrap();
    assert_eq!(weighted.counts(), copied.counts());
    assert!((&weighted.cluster_centers() - &copied.cluster_centers()).iter().all(|apart| apart.abs() < 1e-12));
}

#[test]
fn a_centre_without_rows_is_put_on_one() {
    let (rows, _) = clouds(100, 7);
    let far = array![[10.0, 0.0, 0.0], [0.0, 10.0, 0.0], [0.0, 0.0, 10.0], [-900.0, -900.0, -900.0]];
    let params = MiniBatchKMeans::params().init(Init::Centers(far));
    let data = DatasetBase::from(rows.clone());
    let stays = params.clone().reassignment_ratio(0.0).fit(&data).unwrap();
    assert_eq!((stays.cluster_centers()[(3, 0)], stays.counts()[3]), (-900.0, 0.0));
    let moved = params.fit(&data).unwrap();
    assert!(rows.rows().into_iter().any(|row| row == moved.cluster_centers().row(3)));
    let fewest = moved.counts()[..3].iter().copied().fold(f64::INFINITY, f64::min);
    assert_eq!(moved.counts()[3], fewest);
}

#[test]
fn what_cannot_be_learned_is_named() {
    let name = |error: Error| match error.kind() {
        ErrorKind::InvalidParameter { name, .. } => *name,
        ErrorKind::ShapeMismatch { what, .. } => *what,
        other => panic!("{other}"),
    };
    let params = MiniBatchKMeans::params;
    assert_eq!(name(params().n_clusters(0).check().unwrap_err()), "n_clusters");
    assert_eq!(name(params().init(Init::Centers(Array2::eye(3))).n_clusters(2).check().unwrap_err()), "n_clusters");
    assert_eq!(name(params().init(Init::Centers(array![[f64::NAN]])).check().unwrap_err()), "init");
    assert_eq!(name(params().batch_size(0).check().unwrap_err()), "batch_size");
    assert_eq!(name(params().reassignment_ratio(1.5).check().unwrap_err()), "reassignment_ratio");
    let few = DatasetBase::from(clouds(7, 8).0);
    assert_eq!(name(params().fit(&few).unwrap_err()), "n_clusters");
    assert_eq!(name(params().init(Init::Centers(Array2::eye(2))).fit(&few).unwrap_err()), "columns");
    let model = three().fit(&few).unwrap();
    assert_eq!(name(params().n_clusters(2).fit_with(Some(model.clone()), &few).unwrap_err()), "n_clusters");
    assert_eq!(name(model.inertia(&Array2::<f64>::eye(2)).unwrap_err()), "columns");
    let none = DatasetBase::from(Array2::<f64>::zeros((0, 3)));
    assert!(matches!(params().fit(&none).unwrap_err().kind(), ErrorKind::NoRows { .. }));
    let bad = three().fit(&DatasetBase::from(Array2::from_elem((5, 2), f64::INFINITY))).unwrap_err();
    assert_eq!((bad.kind(), bad.place().row), (&ErrorKind::NonFinite { column: 0 }, Some(0)));
}

/// The slow twin: assign each row, take the mean of each cluster, until nothing changes.
#[test]
fn k_means_ends_where_every_centre_is_the_mean_of_its_rows() {
    let (rows, corners) = clouds(150, 9);
    for init in [Init::KMeansPlusPlus, Init::Random] {
        let model = KMeans::params().n_clusters(3).init(init).fit(&DatasetBase::from(rows.clone())).unwrap();
        assert!(model.has_converged() && model.n_iter() >= 2);
        let clusters = model.predict(&rows);
        for k in 0..3 {
            let own: Vec<usize> = (0..150).filter(|&i| clusters[i] == k).collect();
            let mean = rows.select(Axis(0), &own).mean_axis(Axis(0)).unwrap();
            assert!((&mean - &model.cluster_centers().row(k)).iter().all(|apart| apart.abs() < 1e-12));
            assert_eq!(model.counts()[k], own.len() as f64);
        }
    }
    let model = KMeans::params().n_clusters(3).fit(&DatasetBase::from(rows.clone())).unwrap();
    let clusters = model.predict(&rows);
    assert!((1..150).all(|i| (clusters[i] == clusters[i - 1]) == (corners[i] == corners[i - 1])));
}

#[test]
fn a_step_never_raises_the_inertia() {
    let mut random = ChaCha8Rng::seed_from_u64(10);
    let data = DatasetBase::from(Array2::from_shape_fn((300, 4), |_| random.gen_range(-1.0..1.0)));
    let after = |max_iter| KMeans::params().n_clusters(6).max_iter(max_iter).fit(&data).unwrap();
    let inertia: Vec<f64> = (1..8).map(|n| after(n).inertia(&data.records).unwrap()).collect();
    assert!(inertia.is_sorted_by(|a, b| a >= b) && inertia[0] > inertia[6], "{inertia:?}");
    assert_eq!(after(3).n_iter(), 3);
    // Whatever comes after the last step that moved a centre.
    assert_eq!(after(200), after(201));
    let seeded = KMeans::params().n_clusters(6).max_iter(1).seed(1).fit(&data).unwrap();
    assert_ne!(seeded, after(1));
    assert_ne!(KMeans::params().n_clusters(6).max_iter(1).init_size(6).fit(&data).unwrap(), after(1));
}

/// Rows that are there many times do not crowd out others.
#[test]
fn a_sample_is_of_distinct_rows_and_the_same_of_any_parts() {
    let rows = Array2::from_shape_fn((400, 2), |(i, j)| if i % 2 == 0 { 0.0 } else { (i / 2 % 50 * (j + 1)) as f64 });
    let whole = RowSample::of(&rows, None, 20, 1);
    let parts: Vec<RowSample> =
        rows.axis_chunks_iter(Axis(0), 33).map(|part| RowSample::of(&part, None, 20, 1)).collect();
    let merge = |a: RowSample, b: RowSample| a.merge(b).unwrap();
    assert_eq!(parts.iter().cloned().reduce(merge).unwrap(), whole);
    assert_eq!(parts.into_iter().rev().reduce(merge).unwrap(), whole);
    assert_eq!(RowSample::of(&Csr::from_dense(&rows).unwrap(), None, 20, 1), whole);
    let (distinct, copies) = whole.into_rows().unwrap();
    assert_eq!((distinct.to_dense().nrows(), copies.len()), (20, 20));
    for (row, copies) in distinct.to_dense().rows().into_iter().zip(copies) {
        assert_eq!(rows.rows().into_iter().filter(|other| *other == row).count() as f64, copies);
    }
}

#[test]
fn k_means_names_what_it_cannot_do() {
    let named = |params: KMeansParams| params.check().unwrap_err().to_string();
    assert!(named(KMeans::params().n_clusters(0)).contains("n_clusters"));
    assert!(named(KMeans::params().max_iter(0)).contains("max_iter"));
    assert!(named(KMeans::params().init_size(0)).contains("init_size"));
    let twice = DatasetBase::from(array![[1.0], [1.0], [2.0]]);
    let few = KMeans::params().n_clusters(3).fit(&twice).unwrap_err();
    assert!(few.to_string().contains("at most the rows to begin on, 2"), "{few}");
    let none = DatasetBase::from(Array2::<f64>::zeros((0, 1)));
    for params in [KMeans::params(), KMeans::params().init(Init::Centers(array![[0.0]]))] {
        assert!(matches!(params.fit(&none).unwrap_err().kind(), ErrorKind::NoRows { .. }));
    }
}

/// Learning goes on from a model that was written and read as from the one that was not.
#[test]
fn models_are_plain_data() {
    let data = DatasetBase::from(clouds(50, 11).0);
    let k_means = KMeans::params().n_clusters(3).fit(&data).unwrap();
    assert_eq!(postcard::from_bytes::<KMeans>(&postcard::to_stdvec(&k_means).unwrap()).unwrap(), k_means);
    let model = three().fit(&data).unwrap();
    let read: MiniBatchKMeans = postcard::from_bytes(&postcard::to_stdvec(&model).unwrap()).unwrap();
    assert_eq!(three().fit_with(Some(read), &data).unwrap(), three().fit_with(Some(model), &data).unwrap());
}
