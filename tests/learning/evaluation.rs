//! Scores of a fit, several in one pass, weighted where the chunks have weights; and the scorers of searches, by name.

use chunkfit::metrics::Scorer;
use chunkfit::model_selection::{Grid, KFold, Search};
use chunkfit::prelude::*;
use linfa::DatasetBase;
use ndarray::{Array1, Array2, Axis};

type Rows = DatasetBase<Array2<f64>, Array1<bool>>;

/// Two columns that tell the label in most rows.
fn rows(c: usize) -> Rows {
    let x = Array2::from_shape_fn((20, 2), |(i, j)| ((c * 31 + i * 17 + j * 7) % 23) as f64 / 11.0 - 1.0);
    let y = Array1::from_shape_fn(20, |i| x[(i, 0)] + 0.5 * x[(i, 1)] + ((c + 5 * i) % 7) as f64 / 7.0 > 0.5);
    DatasetBase::new(x, y)
}

/// Whole weights, so that each row can be copied as often.
fn weight(c: usize, i: usize) -> usize {
    (c + 3 * i) % 4
}

fn chunks(of: impl Fn(usize) -> Rows) -> Chunks<Rows> {
    Chunks::from_memory((0..4).map(of))
}

fn weighted(c: usize) -> Rows {
    rows(c).with_weights(Array1::from_shape_fn(20, |i| weight(c, i) as f32))
}

fn copied(c: usize) -> Rows {
    let chunk = rows(c);
    let copies: Vec<usize> = (0..20).flat_map(|i| vec![i; weight(c, i)]).collect();
    DatasetBase::new(chunk.records.select(Axis(0), &copies), chunk.targets.select(Axis(0), &copies))
}

#[test]
fn a_row_of_a_weight_counts_as_so_many_rows_in_all_scores() {
    let fit = Summed::new(LogisticRegression::params()).fit(&chunks(rows));
    let names =
        ["accuracy", "f1", "roc_auc", "average_precision", "neg_log_loss", "neg_brier_score", "d2_log_loss_score"];
    let scores = |data: Chunks<Rows>| Runtime::new().compute(fit.evaluate(&data, names)).unwrap();
    let (weighted, copied, plain) = (scores(chunks(weighted)), scores(chunks(copied)), scores(chunks(rows)));
    for (name, value) in &weighted {
        assert!((value - copied[name]).abs() < 1e-12, "{name}: {value} is not {}", copied[name]);
        assert!((value - plain[name]).abs() > 1e-6, "{name}: {value} without weights as well");
    }
    assert_eq!(weighted.iter().map(|(name, _)| name).collect::<Vec<_>>(), names);
}

#[test]
fn all_scores_of_a_fit_are_read_from_one_pass() {
    let fit = Summed::new(LogisticRegression::params()).fit(&chunks(rows));
    let scorers = [Scorer::RocAuc, Scorer::F1, Scorer::NegLogLoss];
    let test = chunks(rows);
    let run = Runtime::new().run((fit.evaluate(&test, &scorers), fit.scores(&test, &scorers))).unwrap();
    assert_eq!(run.values.0.values(), run.values.1);
    assert_eq!((run.summary.runs("score"), run.values.0.get(&Scorer::F1)), (4, Some(run.values.1[1])));
    let error = Runtime::new().compute(fit.evaluate(&test, ["roc_auc", "f2"])).unwrap_err();
    assert!(error.to_string().contains("scoring = \"f2\": expected one of accuracy, "), "{error}");
    let error = Runtime::new().compute(fit.evaluate(&test, ["r2"])).unwrap_err();
    assert!(error.to_string().contains("a scorer of classifiers"), "{error}");
}

#[test]
fn searches_take_the_names_of_scorers() {
    let grid = || Grid::new(LogisticRegression::params()).vary("alpha", [1e-2, 1.0], |model, alpha| model.alpha(alpha));
    let search = || Search::new(grid(), |params| Summed::new(params.clone())).folds(KFold::new(2));
    let data = chunks(rows);
    let by_name = search().scoring(["f1", "roc_auc"]).run(&Runtime::new(), &data).unwrap();
    let by_scorer = search().scoring([Scorer::F1, Scorer::RocAuc]).run(&Runtime::new(), &data).unwrap();
    assert_eq!(by_name.scorers, ["f1", "roc_auc"]);
    for (one, other) in by_name.candidates.iter().zip(&by_scorer.candidates) {
        assert_eq!(one.mean_test_scores, other.mean_test_scores);
    }
    let error = search().scoring(["f1", "f2"]).run(&Runtime::new(), &data).unwrap_err();
    assert!(error.to_string().contains("\"f2\": expected one of accuracy, "), "{error}");
}
