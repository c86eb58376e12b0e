//! Sealed states whose checksum is right and whose content is not: reading, merging and finishing them is an error or a
//! value, never a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};

use linfa::DatasetBase;
use ndarray::{Array1, Array2};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::*;
use crate::bayes::{BernoulliNb, GaussianNb, MultinomialNb};
use crate::estimator::{FitAverage, FitSummed, Weighting};
use crate::linear::{ElasticNet, LinearRegression, LogisticRegression, NearestCentroid, SgdClassifier, SgdRegressor};

type Labelled = DatasetBase<Array2<f64>, Array1<usize>>;
type Numbered = DatasetBase<Array2<f64>, Array1<f64>>;

fn features(c: usize) -> Array2<f64> {
    Array2::from_shape_fn((12, 4), |(i, j)| ((c * 31 + i * 7 + j * 13) % 17) as f64 / 8.0)
}

fn labelled(c: usize, classes: usize) -> Labelled {
    DatasetBase::new(features(c), (0..12).map(|i| (i + c) % classes).collect())
}

fn numbered(c: usize) -> Numbered {
    DatasetBase::new(features(c), (0..12).map(|i| ((i * 5 + c) % 7) as f64).collect())
}

/// Bytes with something else at some places: other numbers, more or fewer of them.
fn forged(bytes: &[u8], rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..rng.gen_range(1..4) {
        let at = rng.gen_range(0..bytes.len());
        match rng.gen_range(0..6) {
            0 => bytes[at] = rng.r#gen(),
            1 => bytes[at] ^= 1 << rng.gen_range(0..8),
            2 => bytes[at] = [0, 1, 2, 3, 0x7f, 0x80, 0xff][rng.gen_range(0..7)],
            3 => bytes.insert(at, rng.gen_range(0..3)),
            4 if bytes.len() > 1 => drop(bytes.remove(at)),
            // The greatest number that there is, where a length or a count may stand.
            _ => drop(bytes.splice(at..=at, [0xff; 9].into_iter().chain([1]))),
        }
    }
    bytes
}

/// A law over forgeries of a value: whatever is read is used, and nothing panics.
fn assert_no_panic<T: Serialize + DeserializeOwned>(name: &str, value: &T, n: usize, use_it: impl Fn(T)) {
    let bytes = postcard::to_stdvec(value).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(bytes.len() as u64);
    let mut read = 0;
    for _ in 0..n {
        let forged = forged(&bytes, &mut rng);
        let outcome = catch_unwind(AssertUnwindSafe(|| match postcard::from_bytes::<T>(&forged) {
            Ok(value) => {
                use_it(value);
                1
            }
            Err(_) => 0,
        }));
        read += outcome.unwrap_or_else(|_| panic!("{name}: {forged:?} of {bytes:?}"));
    }
    assert!(read > 0, "{name}: some forgeries look right");
}

/// Forges the state of a chunk, and what of several chunks is in an [`OrderedMerge`].
fn assert_states<P, X, T>(name: &str, params: &P, chunks: &[DatasetBase<X, T>])
where
    P: FitAverage<X, T>,
    X: linfa::dataset::Records,
    P::State: Serialize + DeserializeOwned + Clone,
{
    for weighting in [Weighting::Curvature, Weighting::Samples] {
        let states: Vec<P::State> = chunks.iter().map(|chunk| params.fit_state(chunk, weighting).unwrap()).collect();
        let finish = |merge: OrderedMerge<P::State>| {
            if let Ok(Some(state)) = merge.finish(P::merge) {
                let _ = params.finish(state);
            }
        };
        for state in [states[0].clone(), P::merge(states[0].clone(), states[1].clone()).unwrap()] {
            assert_no_panic(name, &state, 1_500, |forged: P::State| {
                for order in [[0, 1], [1, 0]] {
                    let mut merge = OrderedMerge::new();
                    let _ = merge.insert(order[0], 12, forged.clone(), P::merge);
                    let _ = merge.insert(order[1], 12, states[0].clone(), P::merge);
                    finish(merge);
                }
                let _ = params.finish(forged);
            });
        }
        let mut some = OrderedMerge::new();
        for (chunk, state) in [0, 1, 2, 5, 6].into_iter().zip(states.iter().cycle()) {
            some.insert(chunk, 12, state.clone(), P::merge).unwrap();
        }
        assert_no_panic(name, &some, 1_500, |mut forged: OrderedMerge<P::State>| {
            let mut other = forged.clone();
            let _ = forged.insert(3, 12, states[0].clone(), P::merge);
            let _ = other.absorb(some.clone(), P::merge);
            finish(forged);
            finish(other);
        });
    }
}

/// Forges the answers of a pass, their sums, and the searches that go from pass to pass.
fn assert_passes<P, X: linfa::dataset::Records, T>(name: &str, params: &P, chunks: &[DatasetBase<X, T>])
where
    P: FitSummed<X, T>,
    P::Part: Serialize + DeserializeOwned + Clone,
    P::Sum: Serialize + DeserializeOwned + Clone,
    P::PassState: Serialize + DeserializeOwned + Clone,
{
    let mut state = params.begin().unwrap();
    for _ in 0..3 {
        let parts: Vec<P::Part> =
            chunks.iter().map(|chunk| params.ask(&state, &params.rows(chunk).unwrap()).unwrap()).collect();
        assert_no_panic(name, &parts[0], 1_000, |forged: P::Part| {
            let mut sums = OrderedSum::new();
            let _ = sums.insert(0, 12, forged, P::sum, P::merge_sums);
            let _ = sums.insert(1, 12, parts[1].clone(), P::sum, P::merge_sums);
            if let Ok(Some(sum)) = sums.finish(P::sum, P::merge_sums) {
                let _ = params.advance(state.clone(), sum);
            }
        });
        let mut sums = OrderedSum::new();
        for (chunk, part) in (0..20).zip(parts.iter().cycle()) {
            sums.insert(chunk, 12, part.clone(), P::sum, P::merge_sums).unwrap();
        }
        assert_no_panic(name, &sums, 1_000, |mut forged: OrderedSum<P::Part, P::Sum>| {
            let _ = forged.insert(25, 12, parts[1].clone(), P::sum, P::merge_sums);
            if let Ok(Some(sum)) = forged.finish(P::sum, P::merge_sums) {
                let _ = params.advance(state.clone(), sum);
            }
        });
        let sum = sums.finish(P::sum, P::merge_sums).unwrap().unwrap();
        assert_no_panic(name, &state, 1_000, |forged: P::PassState| {
            if let Ok(part) = params.ask(&forged, &params.rows(&chunks[0]).unwrap()) {
                let _ = P::sum(&[&part]);
            }
            if let Ok(next) = params.advance(forged, sum.clone()) {
                let _ = params.model(next);
            }
        });
        state = params.advance(state, sum).unwrap();
    }
}

#[test]
fn forged_states_of_averages_are_refused_or_merged() {
    let (two, three): (Vec<_>, Vec<_>) = (0..3).map(|c| (labelled(c, 2), labelled(c, 3))).unzip();
    let numbers: Vec<Numbered> = (0..3).map(numbered).collect();
    for chunks in [two, three] {
        assert_states("logistic regression", &LogisticRegression::<f64, usize>::params(), &chunks);
        assert_states("SGD", &SgdClassifier::<f64, usize>::params(), &chunks);
        assert_states("multinomial", &MultinomialNb::<usize>::params(), &chunks);
        assert_states("Bernoulli", &BernoulliNb::<usize>::params(), &chunks);
        assert_states("Gaussian", &GaussianNb::<usize>::params(), &chunks);
        assert_states("nearest centroid", &NearestCentroid::<usize>::params(), &chunks);
    }
    assert_states("SGD regression", &SgdRegressor::<f64>::params(), &numbers);
    assert_states("least squares", &LinearRegression::<f64>::params(), &numbers);
    assert_states("elastic net", &ElasticNet::params().alpha(0.01), &numbers);
}

#[test]
fn forged_answers_of_passes_are_refused_or_summed_up() {
    let (two, three): (Vec<_>, Vec<_>) = (0..3).map(|c| (labelled(c, 2), labelled(c, 3))).unzip();
    for chunks in [two, three] {
        assert_passes("logistic regression", &LogisticRegression::<f64, usize>::params(), &chunks);
    }
}
