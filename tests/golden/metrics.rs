//! Golden values of scores, read off parts of every size merged in different ways.

use chunkfit::metrics::{Average, ClassTally, ConfusionMatrix, Needs, Residuals, Scorer};
use ndarray::Array2;
use serde_json::Value;

use super::{cases, floats};

const AVERAGES: [(&str, Average); 3] =
    [("macro", Average::Macro), ("micro", Average::Micro), ("weighted", Average::Weighted)];

fn labels(value: &Value) -> Vec<usize> {
    floats(value).into_iter().map(|label| label as usize).collect()
}

fn matrix(rows: &[Vec<f64>]) -> Array2<f64> {
    Array2::from_shape_vec((rows.len(), rows[0].len()), rows.concat()).unwrap()
}

fn assert_close(found: f64, expected: &Value, what: &str) {
    let expected = expected.as_f64().unwrap_or_else(|| panic!("{what} has no golden value"));
    assert!((found - expected).abs() < 1e-12, "{what}: {found} is not {expected}");
}

/// The ranges of `n_rows` rows in parts of `size`, the last one shorter.
fn parts(n_rows: usize, size: usize) -> Vec<std::ops::Range<usize>> {
    (0..n_rows).step_by(size).map(|from| from..n_rows.min(from + size)).collect()
}

/// The totals of the parts: one after the other, from the last to the first, and in a tree.
fn totals<T: Clone + Default>(parts: &[T], merge: impl Fn(T, &T) -> T) -> [T; 3] {
    let mut level = parts.to_vec();
    while level.len() > 1 {
        level = level.chunks(2).map(|pair| pair[1..].iter().fold(pair[0].clone(), &merge)).collect();
    }
    let forth = parts.iter().fold(T::default(), &merge);
    [forth, parts.iter().rev().fold(T::default(), &merge), level.pop().unwrap_or_default()]
}

const SIZES: [usize; 6] = [1, 2, 7, 32, 79, 1000];

fn of_classifier(case: &Value) -> impl Iterator<Item = ClassTally<usize>> {
    let (y, predicted) = (labels(&case["y"]), labels(&case["pred"]));
    let proba: Vec<Vec<f64>> = case["proba"].as_array().unwrap().iter().map(floats).collect();
    let scores = case.get("score").map(floats);
    let classes: Vec<usize> = (0..proba[0].len()).collect();
    SIZES.into_iter().flat_map(move |size| {
        let part = |rows: std::ops::Range<usize>| {
            let mut tally = ClassTally::new(&classes);
            tally.count_labels(y[rows.clone()].iter(), predicted[rows.clone()].iter()).unwrap();
            tally.count_probabilities(y[rows.clone()].iter(), &matrix(&proba[rows.clone()])).unwrap();
            if let Some(scores) = &scores {
                let column = Array2::from_shape_vec((rows.len(), 1), scores[rows.clone()].to_vec()).unwrap();
                tally.count_decision(y[rows].iter(), &column).unwrap();
            }
            tally
        };
        totals(&parts(y.len(), size).into_iter().map(part).collect::<Vec<_>>(), ClassTally::merge)
    })
}

#[test]
fn scores_of_classifiers_are_those_of_scikit_learn() {
    for case in cases("metrics.json").iter().filter(|case| case.get("regression").is_none()) {
        let binary = case.get("score").is_some();
        let mut bits = Vec::new();
        for tally in of_classifier(case) {
            let check = |scorer: Scorer, expected: &Value| {
                assert_close(tally.score(&scorer).unwrap(), expected, scorer.name());
            };
            check(Scorer::Accuracy, &case["accuracy"]);
            check(Scorer::BalancedAccuracy, &case["balanced_accuracy"]);
            check(Scorer::MatthewsCorrelation, &case["mcc"]);
            for (name, average) in AVERAGES {
                check(Scorer::MeanPrecision(average), &case[name][0]);
                check(Scorer::MeanRecall(average), &case[name][1]);
                check(Scorer::MeanF1(average), &case[name][2]);
            }
            assert_close(-tally.score(&Scorer::NegLogLoss).unwrap(), &case["log_loss"], "log_loss");
            if binary {
                check(Scorer::Precision, &case["binary_prf"][0]);
                check(Scorer::Recall, &case["binary_prf"][1]);
                check(Scorer::F1, &case["binary_prf"][2]);
                check(Scorer::RocAuc, &case["roc_auc"]);
                check(Scorer::AveragePrecision, &case["average_precision"]);
            } else {
                assert!(tally.score(&Scorer::RocAuc).is_err() && tally.score(&Scorer::F1).is_err());
            }
            let confusion: Vec<f64> = case["confusion"].as_array().unwrap().iter().flat_map(floats).collect();
            assert_eq!(tally.confusion().to_array().mapv(|count| count as f64).into_raw_vec_and_offset().0, confusion);
            // What is counted in whole numbers does not depend on the parts, to the last bit.
            let exact = |scorer: &Scorer| scorer.needs() != Needs::Probabilities;
            let scores = Scorer::ALL.into_iter().filter(exact);
            bits.push(scores.map(|scorer| tally.score(&scorer).map_or(0, f64::to_bits)).collect::<Vec<_>>());
        }
        assert!(bits.windows(2).all(|pair| pair[0] == pair[1]));
    }
}

/// The golden Brier score is that of the decision values cut to 0 to 1.
#[test]
fn brier_scores_are_those_of_scikit_learn() {
    for case in cases("metrics.json").iter().filter(|case| case.get("brier").is_some()) {
        let y = labels(&case["y"]);
        let rows: Vec<Vec<f64>> =
            floats(&case["score"]).into_iter().map(|s| s.clamp(0.0, 1.0)).map(|p| vec![1.0 - p, p]).collect();
        for size in SIZES {
            let part = |range: std::ops::Range<usize>| {
                let mut tally = ClassTally::new(&[0, 1]);
                tally.count_probabilities(y[range.clone()].iter(), &matrix(&rows[range])).unwrap();
                tally
            };
            for tally in totals(&parts(y.len(), size).into_iter().map(part).collect::<Vec<_>>(), ClassTally::merge) {
                assert_close(-tally.score(&Scorer::NegBrierScore).unwrap(), &case["brier"], "brier_score_loss");
            }
        }
    }
}

#[test]
fn scores_of_regressors_are_those_of_scikit_learn() {
    for case in cases("metrics.json").iter().filter(|case| case.get("regression").is_some()) {
        let (y, predicted) = (floats(&case["y"]), floats(&case["pred"]));
        for size in SIZES {
            let part = |rows: std::ops::Range<usize>| {
                Residuals::count(y[rows.clone()].iter().copied(), predicted[rows].iter().copied()).unwrap()
            };
            for sums in totals(&parts(y.len(), size).into_iter().map(part).collect::<Vec<_>>(), Residuals::merge) {
                assert_close(sums.score(&Scorer::R2).unwrap(), &case["r2"], "r2");
                assert_close(-sums.score(&Scorer::NegMeanSquaredError).unwrap(), &case["mse"], "mse");
                assert_close(-sums.score(&Scorer::NegMeanAbsoluteError).unwrap(), &case["mae"], "mae");
                assert_close(-sums.score(&Scorer::NegMaxError).unwrap(), &case["max_error"], "max_error");
            }
        }
    }
}

/// The matrix alone, too: its scores of one label are scikit-learn's binary ones.
#[test]
fn scores_of_one_label_are_those_of_scikit_learn() {
    for case in cases("metrics.json").iter().filter(|case| case.get("binary_prf").is_some()) {
        let counts = ConfusionMatrix::count(labels(&case["y"]).iter(), labels(&case["pred"]).iter()).unwrap();
        let scores = [counts.precision(&1), counts.recall(&1), counts.f1(&1)];
        for (found, expected) in scores.into_iter().zip(case["binary_prf"].as_array().unwrap()) {
            assert_close(found, expected, "binary");
        }
    }
}
