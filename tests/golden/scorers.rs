//! Golden values of all scorers by name, with and without weights, over chunks of every size; `scorers.py` made them.

#[path = "scorers/clusterings.rs"]
mod clusterings;
#[path = "scorers/models.rs"]
mod models;

use std::ops::Range;

use chunkfit::metrics::{Scorer, Tally};
use serde_json::Value;

use crate::{cases, floats};

const SIZES: [usize; 4] = [1, 7, 32, 1000];

/// A section of the file.
fn section(name: &str) -> Vec<Value> {
    cases("scorers.json")[0][name].as_array().expect("cases").clone()
}

fn matrix(value: &Value) -> ndarray::Array2<f64> {
    let rows: Vec<Vec<f64>> = value.as_array().expect("rows").iter().map(floats).collect();
    ndarray::Array2::from_shape_vec((rows.len(), rows[0].len()), rows.concat()).expect("a matrix")
}

fn whole(value: &Value) -> Vec<usize> {
    floats(value).into_iter().map(|number| number as usize).collect()
}

fn assert_close(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{what}: {found} is not {expected}");
}

/// Every score of a case, read off the tallies of parts of its rows, merged forth and back; `count` counts some rows
/// with their weights, if there are any, for some scorers.
fn check<T: Tally>(case: &Value, count: impl Fn(Range<usize>, Option<&[f64]>, &[Scorer]) -> T) {
    let weights = floats(&case["weights"]);
    for (kind, weights) in [("plain", None), ("weighted", Some(&weights))] {
        let scores = case[kind].as_object().expect("scores");
        let scorers: Vec<Scorer> = scores.keys().map(|name| name.parse().expect("a scorer of this name")).collect();
        for size in SIZES {
            let n_rows = floats(&case["weights"]).len();
            let ranges = (0..n_rows).step_by(size).map(|from| from..n_rows.min(from + size));
            let parts: Vec<T> =
                ranges.map(|rows| count(rows.clone(), weights.map(|weights| &weights[rows]), &scorers)).collect();
            let forth = parts.iter().try_fold(T::default(), Tally::merge).expect("parts that fit");
            let back = parts.iter().rev().try_fold(T::default(), Tally::merge).expect("parts that fit");
            for scorer in &scorers {
                let expected = scores[scorer.name()].as_f64().expect("a score");
                for total in [&forth, &back] {
                    let found = total.score(scorer).unwrap_or_else(|error| panic!("{scorer} {kind}: {error}"));
                    assert_close(found, expected, &format!("{scorer} {kind} in parts of {size}"));
                }
            }
        }
    }
}

/// Every named scorer is compared with scikit-learn, but inertia, which has no name there.
#[test]
fn every_scorer_has_golden_values() {
    let sections = ["clusterings", "regressions", "classifications", "multilabels"];
    let has = |scorer: &Scorer| {
        let mut cases = sections.iter().flat_map(|name| section(name));
        cases.any(|case| case["plain"].get(scorer.name()).is_some() && case["weighted"].get(scorer.name()).is_some())
    };
    let without: Vec<Scorer> = Scorer::ALL.into_iter().filter(|scorer| !has(scorer)).collect();
    assert_eq!(without, [Scorer::NegInertia]);
}
