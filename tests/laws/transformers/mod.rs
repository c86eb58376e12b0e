//! Transformers, clusterers and decompositions: weighted results are those of scikit-learn, an overflow is an error that
//! names the column, and moments have all digits at any mean. What all estimators have in common is held by the conformance
//! suite.

mod moments;
mod scores;
mod subjects;

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use chunkfit::cluster::{KMeans, MiniBatchKMeans};
use chunkfit::estimator::{LearnRows, TransformRows};
use chunkfit::prelude::*;
use chunkfit::preprocessing::{LabelBinarizer, MultiLabelBinarizer, OneHotEncoder, OrdinalEncoder};
use linfa::traits::{Fit, FitWith};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, Axis, array};

use self::subjects::{Dense, Subject, WAYS, Way, subjects};

/// Counts that vary, of which every column has zeros; three columns.
fn rows(n: usize) -> Array2<f64> {
    Array2::from_shape_fn((n, 3), |(i, j)| ((i * (7 + j) + i * i * (j + 1)) % (5 + j)) as f64)
}

fn data(records: Array2<f64>, weights: Vec<f32>) -> Dense {
    let targets = Array1::zeros(records.nrows());
    DatasetBase::new(records, targets).with_weights(Array1::from(weights))
}

/// What a subject learns, with a limit of time: an algorithm that never ends is a failure, not a test that hangs.
fn learned(subject: &'static Subject, data: &Dense, probe: &Array2<f64>, way: Way) -> Result<Vec<f64>, Error> {
    let (done, result) = mpsc::channel();
    let (data, probe) = (data.clone(), probe.clone());
    thread::spawn(move || done.send((subject.learn)(&data, &probe, way)));
    let result = result.recv_timeout(Duration::from_secs(120));
    result.unwrap_or_else(|problem| panic!("{} {way:?} panics, or never ends: {problem}", subject.name))
}

fn assert_close(found: &[f64], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let largest = expected.iter().fold(1.0f64, |largest, value| largest.max(value.abs()));
    for (a, b) in found.iter().zip(expected) {
        assert!((a - b).abs() <= 1e-7 * largest, "{what}: {found:?}, expected {expected:?}");
    }
}

/// An error, or numbers that are finite; never a panic, a NaN, or an end that never comes.
#[test]
fn numbers_as_large_as_can_be_are_learned_from_or_refused() {
    let sizes = [1e155, -1e200, 1e308, -1e308, f64::MAX, 5e-324];
    let mut refused = 0;
    for subject in subjects() {
        for way in WAYS {
            for (a, &one) in sizes.iter().enumerate() {
                for &other in &sizes[a..] {
                    let mut large = rows(20);
                    (large[(2, 0)], large[(9, 0)], large[(16, 2)]) = (one, other, one);
                    for (from, to) in [(&large, &large), (&rows(20), &large), (&large, &rows(20))] {
                        match learned(subject, &data(from.clone(), vec![]), to, way) {
                            Ok(numbers) => assert!(
                                numbers.iter().all(|number| number.is_finite()),
                                "{} {way:?} of {one:e} and {other:e}: {numbers:?}",
                                subject.name
                            ),
                            Err(error) => {
                                refused += 1;
                                let kind = error.kind();
                                let told = matches!(kind, ErrorKind::Overflow { .. } | ErrorKind::Diverged { .. })
                                    || matches!(kind, ErrorKind::InvalidParameter { .. });
                                assert!(told, "{} {way:?} of {one:e} and {other:e}: {error:?}", subject.name);
                            }
                        }
                    }
                }
            }
        }
    }
    assert!(refused > 100, "{refused}");
}

/// The last number of the row of an error names the value's column.
#[test]
fn what_overflows_is_named() {
    let mut large = rows(12);
    large[(4, 2)] = 1e200;
    let column = |error: Error| match error.kind() {
        ErrorKind::Overflow { column, .. } => *column,
        other => panic!("{other}"),
    };
    for name in ["StandardScaler", "VarianceThreshold", "Pca", "TruncatedSvd", "IncrementalPca"] {
        let subject = subjects().iter().find(|subject| subject.name == name).unwrap();
        for way in WAYS {
            assert_eq!(column(learned(subject, &data(large.clone(), vec![]), &rows(2), way).unwrap_err()), 2, "{name}");
        }
    }
    let y: Array1<usize> = (0..12).map(|i| i % 2).collect();
    assert_eq!(column(GaussianNb::params().fit(&DatasetBase::new(large, y)).unwrap_err()), 2);
}

/// What scikit-learn gives: the row of weight 0 has no part in the centre.
#[test]
fn a_centre_is_the_weighted_mean() {
    let rows = || DatasetBase::from(array![[1.0], [2.0], [3.0]]).with_weights(array![0.0, 1.0, 1.0]);
    assert_eq!(KMeans::params().n_clusters(1).fit(&rows()).unwrap().cluster_centers()[(0, 0)], 2.5);
    let mini = MiniBatchKMeans::params().n_clusters(1);
    assert_eq!(mini.fit(&rows()).unwrap().cluster_centers()[(0, 0)], 2.5);
    let chunks = Chunks::from_memory([rows(), rows()]);
    let fit = Preprocess::new(KMeans::params().n_clusters(1)).fit(&chunks);
    let chained = Chained::new(mini.clone()).fit(&chunks);
    let (model, chained) = Runtime::new().compute((&fit, chained)).unwrap();
    assert_eq!((model.cluster_centers()[(0, 0)], chained.cluster_centers()[(0, 0)]), (2.5, 2.5));
    // A chunk of rows of weight 0 changes nothing.
    let nothing = rows().with_weights(array![0.0, 0.0, 0.0]);
    let model = mini.fit(&rows()).unwrap();
    assert_eq!(mini.check().unwrap().fit_with(Some(model.clone()), &nothing).unwrap(), model);
}

/// scikit-learn's centres, steps and means with weights.
#[test]
fn weighted_numbers_are_those_of_scikit_learn() {
    let x = array![[1.0, 10.0], [2.0, -3.0], [0.0, 0.0], [4.0, 7.0], [5.0, 1.0], [-2.0, 2.0], [3.0, 3.0], [8.0, -1.0]];
    let weights = array![0.5f32, 2.0, 1.0, 3.0, 0.25, 1.5, 0.75, 1.25];
    let data = DatasetBase::from(x.clone()).with_weights(weights);
    let scaler = StandardScaler::params().fit(&data).unwrap();
    assert_close(scaler.mean(), &[2.6341463414634148, 2.3658536585365852], "means");
    assert_close(scaler.var(), &[8.23200475907198, 16.76859012492564], "variances");
    let begin = chunkfit::cluster::Init::Centers(x.select(Axis(0), &[0, 1]));
    let model = KMeans::params().init(begin).fit(&data).unwrap();
    let centres: Vec<f64> = model.cluster_centers().iter().copied().collect();
    assert_close(&centres, &[3.571428571428571, 7.428571428571428, 2.1481481481481484, -0.2592592592592591], "centres");
}

/// Values whose squares are beyond a float go through, as in scikit-learn.
#[test]
fn clusters_of_large_values_are_found() {
    for size in [1e155, 1e200, 1e290] {
        let x = array![[size, 0.0], [0.9 * size, 0.0], [-size, 1.0], [-1.1 * size, 0.0]];
        let data = DatasetBase::from(x.clone());
        let sparse = DatasetBase::new(Csr::from_dense(&x).unwrap(), ());
        let mini = MiniBatchKMeans::params().n_clusters(2).reassignment_ratio(0.0);
        let all = [
            KMeans::params().n_clusters(2).fit(&data).unwrap().cluster_centers().to_owned(),
            KMeans::params().n_clusters(2).fit(&sparse).unwrap().cluster_centers().to_owned(),
            mini.fit(&data).unwrap().cluster_centers().to_owned(),
        ];
        for centres in all {
            let mut found = centres.column(0).mapv(|centre| centre / size).to_vec();
            found.sort_by(f64::total_cmp);
            assert_close(&found, &[-1.05, 0.95], "centres");
        }
        let model = KMeans::params().n_clusters(2).fit(&data).unwrap();
        let distances = model.transform_rows(&x).unwrap();
        assert!(distances.iter().all(|distance| distance.is_finite() && *distance <= 2.2 * size));
        assert_eq!(model.inertia(&x).is_ok(), size == 1e155, "the squares of the distances are beyond a float");
    }
}

/// An infinite weight of a word is learned; the row that has the word is refused, by name.
#[test]
fn a_word_that_no_document_had_is_an_error_when_it_comes() {
    let params = TfidfTransformer::params().smooth_idf(false).check().unwrap();
    let counts = Csr::from_dense(&array![[1.0, 0.0, 2.0], [3.0, 0.0, 0.0]]).unwrap();
    let tfidf = LearnRows::<Csr<f64>>::finish(&params, params.learn(&counts).unwrap()).unwrap();
    assert!(tfidf.transform_rows(&counts).is_ok());
    let unseen = Csr::from_dense(&array![[1.0, 0.0, 2.0], [3.0, 1.0, 0.0]]).unwrap();
    let error = tfidf.transform_rows(&unseen).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "smooth_idf", .. }));
    assert!(error.place().row == Some(1) && error.to_string().contains("column 1"), "{error}");
}

/// Categories and classes of rows of weight 0 are not known.
#[test]
fn encoders_leave_out_rows_of_weight_zero() {
    let categories = array![["a", "x"], ["b", "y"], ["c", "x"]];
    let weights = Some(&[1.0, 0.0, 0.5][..]);
    let learned = OneHotEncoder::params().check().unwrap().learn_weighted(&categories, weights).unwrap();
    let one_hot = OneHotEncoder::params().check().unwrap().finish(learned).unwrap();
    assert_eq!(one_hot.categories().collect::<Vec<_>>(), [&["a", "c"][..], &["x"]]);
    let params = OrdinalEncoder::params().categories(vec![vec!["a", "c"], vec!["x"]]).check().unwrap();
    assert!(params.learn(&categories).is_err() && params.learn_weighted(&categories, weights).is_ok());
    let error = params.learn_weighted(&categories, Some(&[0.0, 1.0, 1.0])).unwrap_err();
    assert_eq!(error.place().row, Some(1));
    let labels = categories.column(0).to_owned();
    let params = LabelBinarizer::params().check().unwrap();
    assert_eq!(params.finish(params.learn_weighted(&labels, weights).unwrap()).unwrap().classes(), ["a", "c"]);
    let params = MultiLabelBinarizer::params().check().unwrap();
    let sets: Vec<Vec<i32>> = vec![vec![3], vec![1, 3], vec![2]];
    let learned = params.learn_weighted(&sets, weights).unwrap();
    assert_eq!(LearnRows::<Vec<Vec<i32>>>::finish(&params, learned).unwrap().classes(), [2, 3]);
    for bad in [&[1.0][..], &[1.0, f64::NAN, 1.0], &[1.0, -1.0, 1.0]] {
        assert!(params.learn_weighted(&sets, Some(bad)).is_err());
        assert!(LabelBinarizer::params().check().unwrap().learn_weighted(&labels, Some(bad)).is_err());
        assert!(OneHotEncoder::params().check().unwrap().learn_weighted(&categories, Some(bad)).is_err());
    }
}
