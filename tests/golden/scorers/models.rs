//! Scores of regressors, classifiers and multilabel classifiers.

use chunkfit::data::Rows;
use chunkfit::metrics::{ClassTally, MultilabelCounts, ValueTally};
use ndarray::{Array2, Axis};

use super::{check, floats, matrix, section, whole};

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

#[test]
fn of_classifiers() {
    for case in section("classifications") {
        let (y, predicted) = (whole(&case["y"]), whole(&case["predicted"]));
        let probabilities = matrix(&case["probabilities"]);
        let decision = case["decision"].as_array().map(|_| floats(&case["decision"]));
        let classes: Vec<usize> = (0..probabilities.ncols()).collect();
        check(&case, |rows, weights, _| {
            let (truth, mut tally) = (&y[rows.clone()], ClassTally::new(&classes));
            let own = probabilities.select_rows(&rows.clone().collect::<Vec<_>>());
            tally.count_labels_weighted(truth.iter(), predicted[rows.clone()].iter(), weights).unwrap();
            tally.count_probabilities_weighted(truth.iter(), &own, weights).unwrap();
            tally.count_one_vs_rest_weighted(truth.iter(), &own, weights).unwrap();
            if let Some(decision) = &decision {
                let column = Array2::from_shape_vec((rows.len(), 1), decision[rows].to_vec()).unwrap();
                tally.count_decision_weighted(truth.iter(), &column, weights).unwrap();
            }
            tally
        });
    }
}

#[test]
fn of_multilabel_classifiers() {
    for case in section("multilabels") {
        let y: Vec<Vec<bool>> = serde_json::from_value(case["y"].clone()).unwrap();
        let y = Array2::from_shape_vec((y.len(), y[0].len()), y.concat()).unwrap();
        let decision = matrix(&case["decision"]);
        check(&case, |rows, weights, _| {
            let rows: Vec<usize> = rows.collect();
            let (y, decision) = (y.select(Axis(0), &rows), decision.select(Axis(0), &rows));
            let given = decision.mapv(|value| value > 0.0);
            let mut counts = MultilabelCounts::count_weighted(y.view(), given.view(), weights).unwrap();
            counts.count_decision_weighted(y.view(), decision.view(), weights).unwrap();
            counts
        });
    }
}
