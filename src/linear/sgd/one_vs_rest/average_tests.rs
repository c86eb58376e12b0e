//! Tests of averages of one-vs-rest classifiers: every label is averaged as if it were alone.

use linfa::dataset::DatasetBase;
use linfa::traits::{FitWith, Predict};
use ndarray::{Array1, Array2};

use super::tests::{example, varied};
use super::{OneVsRest, OneVsRestParams};
use crate::data::{Csr, Rows};
use crate::error::ErrorKind;
use crate::estimator::{FitAverage, FitAverageFrom, Weighting};
use crate::linear::sgd::vector_state::SgdVectorState;
use crate::linear::{ClassWeight, LearningRate, SgdClassifier, SgdClassifierParams};

type Chunk = DatasetBase<Csr<f64>, Array2<bool>>;

const WEIGHTINGS: [Weighting; 3] = [Weighting::Curvature, Weighting::Samples, Weighting::Uniform];

/// With weights, of which some are 0; labels 2 and 5 are those of no row in some chunks, label 3 that of all.
fn chunks(labels: usize) -> Vec<Chunk> {
    let chunk = |c: usize| {
        let (x, mut y) = example(30 + 5 * c, labels, c as u64);
        if labels > 5 {
            [(2, c != 1, false), (5, c == 0, false), (3, c == 2, true)]
                .into_iter()
                .filter(|(_, one_sided, _)| *one_sided)
                .for_each(|(label, _, has)| y.column_mut(label).fill(has));
        }
        let weights = Array1::from_shape_fn(y.nrows(), |i| [1.0, 2.0, 0.0, 0.5][i % 4]);
        DatasetBase::new(x, y).with_weights(weights)
    };
    (0..3).map(chunk).collect()
}

fn merge(a: SgdVectorState, b: SgdVectorState) -> SgdVectorState {
    <OneVsRestParams as FitAverage<Csr<f64>, Array2<bool>>>::merge(a, b).unwrap()
}

fn finish(params: &OneVsRestParams, state: SgdVectorState) -> OneVsRest<f64> {
    FitAverage::<Csr<f64>, Array2<bool>>::finish(params, state).unwrap()
}

/// So many rounds over the chunks.
fn average(params: &OneVsRestParams, chunks: &[Chunk], weighting: Weighting, rounds: usize) -> OneVsRest<f64> {
    let round = |model: Option<OneVsRest<f64>>| {
        let states = chunks.iter().map(|chunk| match &model {
            None => params.fit_state(chunk, weighting).unwrap(),
            Some(model) => FitAverageFrom::fit_state_from(params, model, chunk, weighting).unwrap(),
        });
        finish(params, states.reduce(merge).unwrap())
    };
    (0..rounds).fold(None, |model, _| Some(round(model))).unwrap()
}

/// The same of one label alone.
fn alone(
    params: &SgdClassifierParams<bool>,
    (chunks, label): (&[Chunk], usize),
    weighting: Weighting,
    rounds: usize,
) -> SgdClassifier<f64, bool> {
    type Params = SgdClassifierParams<bool>;
    let merge = <Params as FitAverage<Csr<f64>, Array1<bool>>>::merge;
    let round = |model: Option<SgdClassifier<f64, bool>>| {
        let states = chunks.iter().map(|chunk| {
            let targets = chunk.targets.column(label).to_owned();
            let chunk = DatasetBase::new(chunk.records.clone(), targets).with_weights(chunk.weights.clone());
            match &model {
                None => params.fit_state(&chunk, weighting).unwrap(),
                Some(model) => FitAverageFrom::fit_state_from(params, model, &chunk, weighting).unwrap(),
            }
        });
        let state = states.reduce(|a, b| merge(a, b).unwrap()).unwrap();
        FitAverage::<Csr<f64>, Array1<bool>>::finish(params, state).unwrap()
    };
    (0..rounds).fold(None, |model, _| Some(round(model))).unwrap()
}

fn numbers(model: &OneVsRest<f64>) -> Vec<f64> {
    model.coef().iter().chain(model.intercept()).copied().collect()
}

fn assert_close(a: &[f64], b: &[f64], tolerance: f64, what: &str) {
    assert_eq!(a.len(), b.len(), "{what}");
    assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() <= tolerance * b.abs().max(1.0)), "{what}: {a:?} {b:?}");
}

#[test]
fn the_average_of_one_chunk_is_that_of_partial_fit() {
    for labels in [1, 3, 11] {
        let chunk = chunks(labels).remove(0);
        let dense =
            DatasetBase::new(chunk.records.to_dense(), chunk.targets.clone()).with_weights(chunk.weights.clone());
        for params in varied().into_iter().map(OneVsRest::params) {
            let fitted = params.fit_with(None, &chunk).unwrap();
            for weighting in WEIGHTINGS {
                let model = average(&params, std::slice::from_ref(&chunk), weighting, 1);
                assert_eq!((model.coef(), model.intercept()), (fitted.coef(), fitted.intercept()), "{params:?}");
                let facts = |model: &OneVsRest<f64>| (model.t(), model.n_rows_seen(), model.n_iter());
                assert_eq!(facts(&model), facts(&fitted));
                let state = params.fit_state(&dense, weighting).unwrap();
                let model = FitAverage::<Array2<f64>, Array2<bool>>::finish(&params, state).unwrap();
                assert_eq!(model.coef(), params.fit_with(None, &dense).unwrap().coef());
            }
        }
    }
}

#[test]
fn labels_are_averaged_as_they_would_be_alone() {
    let chunks = chunks(11);
    for each in varied() {
        let params = OneVsRest::params(each.clone());
        for weighting in WEIGHTINGS {
            for rounds in [1, 2] {
                let model = average(&params, &chunks, weighting, rounds);
                for label in 0..11 {
                    let alone = alone(&each, (&chunks, label), weighting, rounds);
                    // Steps are counted for all labels alike, those too that the longest chunk says nothing of.
                    if rounds > 1 && alone.t() != model.t() {
                        assert!(alone.t() < model.t() && [2, 3].contains(&label), "label {label}");
                        continue;
                    }
                    let case = format!("label {label}, {weighting:?}, {rounds} rounds, {each:?}");
                    let own = [&model.coef().row(label).to_vec()[..], &[model.intercept()[label]]].concat();
                    let expected = [&alone.coef().row(0).to_vec()[..], &[alone.intercept()[0]]].concat();
                    assert_close(&own, &expected, 1e-10, &case);
                    assert_eq!(model.n_rows_seen(), alone.n_rows_seen(), "{case}");
                }
            }
        }
    }
}

#[test]
fn labels_of_all_rows_or_of_none_have_the_average_of_the_chunks() {
    let mut chunks = chunks(11);
    for chunk in &mut chunks {
        chunk.targets.column_mut(4).fill(false);
        chunk.targets.column_mut(9).fill(true);
    }
    let params = OneVsRest::params(varied().remove(0));
    for weighting in WEIGHTINGS {
        let model = average(&params, &chunks, weighting, 2);
        assert!(model.intercept()[4] < 0.0 && model.intercept()[9] > 0.0, "{weighting:?}");
    }
    let plain = average(&params, &chunks, Weighting::Uniform, 1);
    let fitted: Vec<_> = chunks.iter().map(|chunk| params.fit_with(None, chunk).unwrap()).collect();
    for label in [4, 9] {
        let mean = fitted.iter().map(|model| model.coef().row(label).to_owned()).reduce(|a, b| a + b).unwrap() / 3.0;
        assert_close(&plain.coef().row(label).to_vec(), &mean.to_vec(), 1e-12, "the mean");
    }
}

#[test]
fn the_order_of_merging_does_not_matter_and_no_rows_change_nothing() {
    let chunks = chunks(11);
    for params in varied().into_iter().map(OneVsRest::params) {
        for weighting in WEIGHTINGS {
            let states: Vec<_> = chunks.iter().map(|chunk| params.fit_state(chunk, weighting).unwrap()).collect();
            let at = |i: usize| states[i].clone();
            let expected = numbers(&finish(&params, merge(merge(at(0), at(1)), at(2))));
            for other in [merge(at(0), merge(at(1), at(2))), merge(merge(at(2), at(0)), at(1))] {
                assert_close(&numbers(&finish(&params, other)), &expected, 1e-12, "another order");
            }
            let weightless = chunks[1].clone().with_weights(Array1::zeros(35));
            for none in [chunks[0].select_rows(&[]), weightless] {
                let none = params.fit_state(&none, weighting).unwrap();
                assert_eq!(none, SgdVectorState::default());
                assert_eq!(merge(at(0), none.clone()), at(0));
                assert_eq!(merge(none, at(1)), at(1));
            }
        }
    }
}

/// With AdaGrad each chunk begins a round with its share of the squares of all.
#[test]
fn rounds_are_nearer_to_the_labels() {
    let chunks: Vec<Chunk> = (0..4).map(|c| example(60, 9, c + 20)).map(|(x, y)| DatasetBase::new(x, y)).collect();
    let each = SgdClassifier::params().alpha(1e-3);
    for each in [each.clone(), each.learning_rate(LearningRate::AdaGrad).eta0(0.5)] {
        let params = OneVsRest::params(each);
        let wrong = |rounds: usize| -> usize {
            let model = average(&params, &chunks, Weighting::Curvature, rounds);
            let of = |chunk: &Chunk| {
                model.predict(&chunk.records).iter().zip(&chunk.targets).filter(|(a, b)| a != b).count()
            };
            chunks.iter().map(of).sum()
        };
        assert!(wrong(6) < wrong(1), "{} {}", wrong(6), wrong(1));
    }
}

#[test]
fn chunks_that_do_not_fit_are_refused_by_name() {
    let params = OneVsRest::params(SgdClassifier::params());
    let chunk = |n: usize, labels: usize| {
        let (x, y) = example(n, labels, 1);
        DatasetBase::new(x, y)
    };
    let state = |chunk: &Chunk| params.fit_state(chunk, Weighting::Uniform).unwrap();
    let merge = <OneVsRestParams as FitAverage<Csr<f64>, Array2<bool>>>::merge;
    let error = merge(state(&chunk(20, 3)), state(&chunk(20, 4))).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::ShapeMismatch { what: "labels", expected: 3, found: 4 });
    let model = finish(&params, state(&chunk(20, 3)));
    let error = FitAverageFrom::fit_state_from(&params, &model, &chunk(9, 4), Weighting::Uniform).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::ShapeMismatch { what: "labels", expected: 3, found: 4 });
    let narrow = DatasetBase::new(Csr::from_dense(&Array2::<f64>::eye(2)).unwrap(), Array2::default((2, 3)));
    let error = FitAverageFrom::fit_state_from(&params, &model, &narrow, Weighting::Uniform).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::ShapeMismatch { what: "columns", found: 2, .. }));
    let error = params.fit_state(&chunk(5, 0), Weighting::Uniform).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "labels", .. }));
    let balanced = OneVsRest::params(SgdClassifier::params().class_weight(ClassWeight::Balanced));
    let error = balanced.fit_state(&chunk(20, 3), Weighting::Uniform).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "class_weight", .. }));
    let error = FitAverage::<Csr<f64>, Array2<bool>>::finish(&params, SgdVectorState::default()).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NoRows { estimator: "OneVsRest" });
}
