//! Scores of regressors, classifiers and multilabel classifiers.

use chunkfit::metrics::ValueTally;

use super::{check, floats, section};

#[test]
fn of_regressors() {
    for case in section("regressions") {
        let (y, predicted) = (floats(&case["y"]), floats(&case["predicted"]));
        check(&case, |rows, weights, scorers| {
            let (truth, predicted) = (y[rows.clone()].iter().copied(), predicted[rows].iter().copied());
            ValueTally::count_weighted(truth, predicted, scorers, weights).unwrap()
        });
    }
}
