//! Whatever order and groups the chunks come in, the bits are those of a run on one machine.

use std::fmt::Debug;

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::*;
use crate::combine::Averaged;
use crate::data::Identified;
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{FitAverage, FitPasses, RefineAverage, Weighting};
use crate::linear::{LogisticRegression, LogisticRegressionParams, SgdClassifier, SgdClassifierParams};
use crate::{Chunks, Runtime};

/// The slow, obvious twin: level by level, over all chunks, those without a value too.
fn merge_tree<S>(mut level: Vec<Option<S>>, merge: impl Fn(S, S) -> S) -> Option<S> {
    while level.len() > 1 {
        let mut nodes = level.into_iter();
        let mut next = Vec::new();
        while let Some(left) = nodes.next() {
            next.push(match (left, nodes.next().flatten()) {
                (Some(left), Some(right)) => Some(merge(left, right)),
                (left, right) => left.or(right),
            });
        }
        level = next;
    }
    level.pop().flatten()
}

/// Shows the tree itself: every other order of merging shows.
fn shown(left: String, right: String) -> Result<String> {
    Ok(format!("({left} {right})"))
}

/// Chunks, some of which have no rows; an order of those that have; in which of four partial results each is; and
/// whether
/// partial results travel.
fn arrivals() -> impl Strategy<Value = (usize, Vec<u32>, Vec<usize>, bool)> {
    (1..70_usize, any::<u64>(), any::<bool>()).prop_flat_map(|(n, present, travels)| {
        let chunks: Vec<u32> = (0..n as u32).filter(|c| present >> (c % 64) & 1 == 1).collect();
        let groups = proptest::collection::vec(0..4_usize, chunks.len());
        (Just(n), Just(chunks).prop_shuffle(), groups, Just(travels))
    })
}

proptest! {
    #[test]
    fn states_are_merged_in_one_tree((n, order, groups, travels) in arrivals()) {
        let mut partials = vec![OrderedMerge::new(); 4];
        for (&chunk, &group) in order.iter().zip(&groups) {
            partials[group].insert(chunk, 10, chunk.to_string(), shown).unwrap();
        }
        let mut all = OrderedMerge::new();
        for partial in partials {
            let partial = if travels {
                OrderedMerge::from_bytes("text", &partial.to_bytes("text").unwrap()).unwrap()
            } else {
                partial
            };
            all.absorb(partial, shown).unwrap();
        }
        let count = Count { chunks: order.len() as u64, rows: 10 * order.len() as u64 };
        prop_assert_eq!(all.count(), count);
        let leaves = (0..n as u32).map(|c| order.contains(&c).then(|| c.to_string())).collect();
        let expected = merge_tree(leaves, |a, b| shown(a, b).unwrap());
        prop_assert_eq!(all.finish(shown).unwrap(), expected);
    }

    #[test]
    fn answers_are_summed_in_one_order((n, order, groups, travels) in arrivals()) {
        let sum = |parts: &[&u32]| Ok(parts.iter().map(|part| part.to_string()).collect::<Vec<_>>().join("+"));
        let mut partials = vec![OrderedSum::new(); 4];
        for (&chunk, &group) in order.iter().zip(&groups) {
            partials[group].insert(chunk, 10, chunk, sum, shown).unwrap();
        }
        let mut all = OrderedSum::new();
        for partial in partials {
            let partial = if travels {
                OrderedSum::from_bytes("numbers", &partial.to_bytes("numbers").unwrap()).unwrap()
            } else {
                partial
            };
            all.absorb(partial, sum, shown).unwrap();
        }
        prop_assert_eq!(all.count().chunks, order.len() as u64);
        let numbers: Vec<u32> = (0..n as u32).collect();
        let blocks = numbers.chunks(16).map(|block| {
            let parts: Vec<&u32> = block.iter().filter(|c| order.contains(c)).collect();
            (!parts.is_empty()).then(|| sum(&parts).unwrap())
        });
        let expected = merge_tree(blocks.collect(), |a, b| shown(a, b).unwrap());
        prop_assert_eq!(all.finish(sum, shown).unwrap(), expected);
    }

    #[test]
    fn a_chunk_that_comes_twice_is_found((n, order, groups, _) in arrivals(), again in any::<prop::sample::Index>()) {
        prop_assume!(!order.is_empty());
        let _ = n;
        let again = *again.get(&order);
        let is_repeated = |result: Result<()>| matches!(
            result.unwrap_err().kind(), ErrorKind::RepeatedChunk { chunk } if *chunk <= again.into()
        );
        let mut states = OrderedMerge::new();
        let sum = |parts: &[&u32]| Ok(parts.iter().copied().sum::<u32>());
        let add = |a: u32, b: u32| Ok(a + b);
        let mut answers = OrderedSum::new();
        for &chunk in &order {
            states.insert(chunk, 1, chunk.to_string(), shown).unwrap();
            answers.insert(chunk, 1, chunk, sum, add).unwrap();
        }
        prop_assert!(is_repeated(states.clone().insert(again, 1, String::new(), shown)));
        prop_assert!(is_repeated(answers.clone().insert(again, 1, 0, sum, add)));
        // In a partial result with others beside it.
        let (mut other_states, mut other_answers) = (OrderedMerge::new(), OrderedSum::new());
        for (&chunk, _) in order.iter().zip(&groups).filter(|&(&chunk, &group)| group == 0 || chunk == again) {
            other_states.insert(chunk, 1, chunk.to_string(), shown).unwrap();
            other_answers.insert(chunk, 1, chunk, sum, add).unwrap();
        }
        prop_assert!(states.absorb(other_states, shown).is_err());
        prop_assert!(answers.absorb(other_answers, sum, add).is_err());
    }

    #[test]
    fn damaged_bytes_are_refused(place in any::<prop::sample::Index>(), bit in 0..8_u8, length in any::<prop::sample::Index>()) {
        let mut states = OrderedMerge::new();
        [3, 0, 1].into_iter().for_each(|chunk| states.insert(chunk, 5, f64::from(chunk), |a, b| Ok(a + b)).unwrap());
        let bytes = states.to_bytes("numbers").unwrap();
        let mut damaged = bytes.clone();
        damaged[place.index(bytes.len())] ^= 1 << bit;
        prop_assert!(OrderedMerge::<f64>::from_bytes("numbers", &damaged).is_err());
        prop_assert!(OrderedMerge::<f64>::from_bytes("numbers", &bytes[..length.index(bytes.len())]).is_err());
    }
}

#[test]
fn bytes_tell_what_is_wrong_with_them() {
    let states = OrderedMerge::<f64>::new();
    let bytes = states.to_bytes("state of a").unwrap();
    let message = |bytes: &[u8], kind| OrderedMerge::<f64>::from_bytes(kind, bytes).unwrap_err().to_string();
    assert!(message(&bytes, "state of b").contains("it is a state of a, where a state of b is wanted"));
    assert!(message(b"PAR1....", "state of a").contains("not of this library"));
    let mut later = bytes.clone();
    later[9] += 1;
    assert!(message(&later, "state of a").contains("run the same version"));
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(message(&longer, "state of a").contains("cut or damaged"));
    assert!(seal(&"x".repeat(70_000), &()).is_err());
    // The checksum is right, and what it is of is not.
    let overlapping = seal(
        "k",
        &(
            [(0_u64, (1_u8, 0.5)), (1, (0, 0.5))].into_iter().collect::<std::collections::BTreeMap<_, _>>(),
            (0_u64, 0_u64),
        ),
    );
    assert!(message(&overlapping.unwrap(), "k").contains("overlap"));
}

type Rows = DatasetBase<Array2<f64>, Array1<bool>>;

fn chunk(c: u32) -> Rows {
    let x =
        Array2::from_shape_fn((12, 4), |(i, j)| f64::from((c * 31 + i as u32 * 7 + j as u32 * 13) % 17) / 8.0 - 1.0);
    let y =
        x.rows().into_iter().enumerate().map(|(i, row)| row[0] + row[c as usize % 4] > 0.2 * (i % 3) as f64).collect();
    DatasetBase::new(x, y)
}

/// The chunks backwards, each state as bytes on the way.
fn merged<S: Serialize + DeserializeOwned>(n: u32, state: impl Fn(u32) -> S, merge: fn(S, S) -> Result<S>) -> S {
    let mut all = OrderedMerge::new();
    for c in (0..n).rev() {
        let mut one = OrderedMerge::new();
        one.insert(c, 12, state(c), merge).unwrap();
        all.absorb(OrderedMerge::from_bytes("state", &one.to_bytes("state").unwrap()).unwrap(), merge).unwrap();
    }
    all.finish(merge).unwrap().unwrap()
}

fn assert_same_average<P>(params: P, n: u32)
where
    P: FitAverage<Array2<f64>, Array1<bool>> + Identified + Serialize + Clone,
    P::State: Serialize + DeserializeOwned,
    P::Model: Clone + PartialEq + Debug,
{
    let chunks = Chunks::from_memory((0..n).map(chunk));
    for weighting in [Weighting::Curvature, Weighting::Samples, Weighting::Uniform] {
        let expected = Runtime::new().compute(Averaged::new(params.clone()).weighting(weighting).fit(&chunks)).unwrap();
        let state = merged(n, |c| params.fit_state(&chunk(c), weighting).unwrap(), P::merge);
        assert_eq!(params.finish(state).unwrap(), expected);
    }
}

#[test]
fn an_average_has_the_bits_of_averaged() {
    for n in [1, 2, 3, 7, 11, 16] {
        assert_same_average::<LogisticRegressionParams<bool>>(LogisticRegression::<f64, bool>::params(), n);
        assert_same_average::<SgdClassifierParams<bool>>(SgdClassifier::<f64, bool>::params(), n);
    }
}

#[test]
fn passes_have_the_bits_of_further_rounds() {
    type Params = LogisticRegressionParams<bool>;
    type Minimization = <Params as FitPasses<Array2<f64>, Array1<bool>>>::PassState;
    type Part = <Params as FitPasses<Array2<f64>, Array1<bool>>>::Part;
    let (sum, merge) = (
        <Params as FitPasses<Array2<f64>, Array1<bool>>>::sum,
        <Params as FitPasses<Array2<f64>, Array1<bool>>>::merge_sums,
    );
    let params: Params = LogisticRegression::<f64, bool>::params();
    let n = 37;
    let chunks = Chunks::from_memory((0..n).map(chunk));
    let expected = Runtime::new().compute(Averaged::new(params.clone()).rounds(3).fit(&chunks)).unwrap();

    let state = merged(
        n,
        |c| params.fit_state(&chunk(c), Weighting::Curvature).unwrap(),
        <Params as FitAverage<Array2<f64>, Array1<bool>>>::merge,
    );
    let mut state = RefineAverage::<Array2<f64>, Array1<bool>>::go_on(&params, state).unwrap();
    for round in 2..=3 {
        if round > 2 {
            state = RefineAverage::<Array2<f64>, Array1<bool>>::next_round(&params, state);
        }
        for _ in 0..RefineAverage::<Array2<f64>, Array1<bool>>::passes_a_round(&params) {
            if <Params as FitPasses<Array2<f64>, Array1<bool>>>::is_done(&state) {
                break;
            }
            state = unseal::<Minimization>("state", &seal("state", &state).unwrap()).unwrap();
            let mut all = OrderedSum::new();
            for c in (0..n).rev() {
                let rows = FitPasses::rows(&params, &chunk(c)).unwrap();
                let part: Part = FitPasses::<Array2<f64>, Array1<bool>>::ask(&params, &state, &rows).unwrap();
                let part = unseal("part", &seal("part", &part).unwrap()).unwrap();
                all.insert(c, 12, part, sum, merge).unwrap();
            }
            let all = OrderedSum::from_bytes("sums", &all.to_bytes("sums").unwrap()).unwrap();
            let sum = all.finish(sum, merge).unwrap().unwrap();
            state = FitPasses::<Array2<f64>, Array1<bool>>::advance(&params, state, sum).unwrap();
        }
    }
    assert_eq!(FitPasses::<Array2<f64>, Array1<bool>>::model(&params, state).unwrap(), expected);
    let plain: LogisticRegression<f64, bool> = params.fit(&chunk(0)).unwrap();
    assert_ne!(plain, expected, "the chunks are not all alike");
}

#[test]
fn errors_of_merging_come_through() {
    let refuse = |_: u8, _: u8| Err(Error::shape("columns", 1, 2));
    let mut states = OrderedMerge::new();
    states.insert(0, 1, 1, refuse).unwrap();
    assert!(states.insert(1, 1, 1, refuse).is_err());
    let mut apart = OrderedMerge::new();
    [0, 2].into_iter().for_each(|chunk| apart.insert(chunk, 1, 1, refuse).unwrap());
    assert!(apart.finish(refuse).is_err());
    assert!(OrderedMerge::<u8>::new().finish(refuse).unwrap().is_none());
    // The highest number that there is.
    let mut last = OrderedMerge::new();
    last.insert(u32::MAX, 1, 1, |a, b| Ok(a + b)).unwrap();
    last.insert(u32::MAX - 1, 1, 1, |a, b| Ok(a + b)).unwrap();
    assert_eq!(last.finish(|a, b| Ok(a + b)).unwrap(), Some(2));
}
