//! Golden values of scores where a row may have several labels.

use chunkfit::metrics::{Average, MultilabelCounts};
use ndarray::{Array2, Axis};
use serde_json::Value;

use super::{cases, floats};

fn matrix(value: &Value) -> Array2<bool> {
    let rows: Vec<Vec<f64>> = value.as_array().unwrap().iter().map(floats).collect();
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(i, j)| rows[i][j] != 0.0)
}

fn assert_close(found: f64, expected: &Value, what: &str) {
    let expected = expected.as_f64().unwrap();
    assert!((found - expected).abs() < 1e-12, "{what}: {found} is not {expected}");
}

#[test]
fn scores_of_labels_are_those_of_scikit_learn() {
    for case in cases("multilabel.json") {
        let (truth, predicted) = (matrix(&case["truth"]), matrix(&case["predicted"]));
        for size in [1, 4, 1000] {
            let parts = truth.axis_chunks_iter(Axis(0), size).zip(predicted.axis_chunks_iter(Axis(0), size));
            let counts = parts.fold(MultilabelCounts::default(), |total, (truth, predicted)| {
                total.merge(&MultilabelCounts::count(truth, predicted).unwrap()).unwrap()
            });
            for (name, average) in
                [("macro", Average::Macro), ("micro", Average::Micro), ("weighted", Average::Weighted)]
            {
                assert_close(counts.mean_precision(average), &case[name][0], name);
                assert_close(counts.mean_recall(average), &case[name][1], name);
                assert_close(counts.mean_f1(average), &case[name][2], name);
            }
            assert_close(counts.samples_precision(), &case["samples"][0], "samples precision");
            assert_close(counts.samples_recall(), &case["samples"][1], "samples recall");
            assert_close(counts.samples_f1(), &case["samples"][2], "samples F1");
            assert_close(counts.subset_accuracy(), &case["accuracy"], "accuracy");
            assert_close(counts.hamming_loss(), &case["hamming_loss"], "Hamming loss");
            for label in 0..counts.n_labels() {
                assert_close(counts.precision(label), &case["each"][0][label], "precision");
                assert_close(counts.recall(label), &case["each"][1][label], "recall");
                assert_close(counts.f1(label), &case["each"][2][label], "F1");
                assert_eq!(case["true_positives"][label], counts.true_positives(label));
                assert_eq!(case["false_positives"][label], counts.false_positives(label));
                assert_eq!(case["false_negatives"][label], counts.false_negatives(label));
            }
        }
    }
}
