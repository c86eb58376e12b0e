//! Scores heed the weights of the rows, by every scorer and every way to score.

use chunkfit::calibration::Calibration;
use chunkfit::cluster::KMeans;
use chunkfit::estimator::Evaluate;
use chunkfit::linear::{OneVsRest, SgdRegressor};
use chunkfit::metrics::{
    Average, ClassTally, ClusterTally, ConfusionMatrix, MultilabelCounts, Needs, ProbabilityLoss, Problem,
    RankedScores, Residuals, Scorer, ValueTally,
};
use chunkfit::prelude::*;
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, Axis, array};

const WEIGHTS: [f64; 8] = [0.5, 2.0, 1.0, 3.0, 0.25, 1.5, 0.75, 1.25];

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-14, "{found}, scikit-learn has {expected}");
}

/// scikit-learn 1.9.1 with `sample_weight`.
#[test]
fn weighted_scores_of_labels_are_those_of_scikit_learn() {
    let (y, p) = ([1usize, 1, 0, 2, 2, 1, 0, 2], [1usize, 0, 0, 2, 1, 1, 0, 0]);
    let counts = ConfusionMatrix::count_weighted(y.iter(), p.iter(), Some(&WEIGHTS)).unwrap();
    near(counts.accuracy(), 0.6585365853658537);
    near(counts.balanced_accuracy(), 0.7222222222222222);
    near(counts.matthews_correlation(), 0.5759023650804984);
    let averages = [
        (Average::Macro, [0.7462962962962963, 0.7222222222222222, 0.6528395061728395]),
        (Average::Micro, [0.6585365853658537; 3]),
        (Average::Weighted, [0.8456639566395663, 0.6585365853658537, 0.6895031616982836]),
    ];
    for (average, expected) in averages {
        let found = [counts.mean_precision(average), counts.mean_recall(average), counts.mean_f1(average)];
        found.into_iter().zip(expected).for_each(|(found, expected)| near(found, expected));
    }
}

#[test]
fn weighted_scores_of_values_and_probabilities_are_those_of_scikit_learn() {
    let positive = [true, true, false, true, true, true, false, true];
    let scores = [0.3, 0.1, -0.2, 0.9, 0.3, 0.1, 0.1, -0.5];
    let ranks = RankedScores::count_weighted(positive.into_iter(), scores.into_iter(), Some(&WEIGHTS)).unwrap();
    near(ranks.roc_auc().unwrap(), 0.7647058823529411);
    near(ranks.average_precision().unwrap(), 0.9362894548063128);
    let y = [1usize, 1, 0, 2, 2, 1, 0, 2];
    let p = array![
        [0.2, 0.5, 0.3],
        [0.5, 0.4, 0.1],
        [0.8, 0.1, 0.1],
        [0.1, 0.1, 0.8],
        [0.2, 0.6, 0.2],
        [0.3, 0.3, 0.4],
        [0.6, 0.2, 0.2],
        [0.5, 0.2, 0.3]
    ];
    let loss = ProbabilityLoss::count_weighted(y.iter(), &p, &[0, 1, 2], Some(&WEIGHTS)).unwrap();
    near(loss.log_loss(), 0.6993300650843379);
    near(loss.brier_score(), 0.40926829268292686);
    let t = [1.0, 2.0, -1.0, 4.0, 0.5, 3.0, 2.5, -2.0];
    let q = [1.5, 2.0, -0.5, 3.0, 0.0, 3.5, 1.0, -1.0];
    let errors = Residuals::count_weighted(t.into_iter(), q.into_iter(), Some(&WEIGHTS)).unwrap();
    near(errors.r2(), 0.8453694650090795);
    near(errors.mean_squared_error(), 0.6585365853658537);
    near(errors.mean_absolute_error(), 0.6829268292682927);
    assert_eq!(errors.max_error(), 1.5);
}

#[test]
fn weighted_scores_of_several_labels_are_those_of_scikit_learn() {
    let is = |m: [[u8; 3]; 8]| Array2::from_shape_fn((8, 3), |(i, j)| m[i][j] == 1);
    let y = is([[1, 0, 1], [0, 1, 0], [1, 1, 0], [0, 0, 1], [1, 0, 0], [0, 1, 1], [1, 1, 1], [0, 0, 0]]);
    let p = is([[1, 0, 0], [0, 1, 1], [1, 0, 0], [0, 0, 1], [0, 0, 0], [0, 1, 1], [1, 1, 0], [1, 0, 0]]);
    let counts = MultilabelCounts::count_weighted(y.view(), p.view(), Some(&WEIGHTS)).unwrap();
    let averages = [
        (Average::Macro, [0.7783882783882783, 0.8307108350586612, 0.7931435732187612]),
        (Average::Micro, [0.7719298245614035, 0.8148148148148148, 0.7927927927927928]),
        (Average::Weighted, [0.8028083028083027, 0.8148148148148148, 0.7997672753311852]),
    ];
    for (average, expected) in averages {
        let found = [counts.mean_precision(average), counts.mean_recall(average), counts.mean_f1(average)];
        found.into_iter().zip(expected).for_each(|(found, expected)| near(found, expected));
    }
    near(counts.samples_precision(), 0.7560975609756098);
    near(counts.samples_f1(), 0.7252032520325203);
    near(counts.subset_accuracy(), 0.43902439024390244);
    near(counts.hamming_loss(), 0.18699186991869918);
}

fn rows() -> Array2<f64> {
    Array2::from_shape_fn((24, 2), |(i, j)| ((i * 7 + j * 5 + i * i) % 11) as f64 / 5.0 - 1.0)
}

fn is_positive() -> Array1<bool> {
    rows().rows().into_iter().enumerate().map(|(i, row)| row.sum() + f64::from(i as u8 % 3) > 0.8).collect()
}

/// How often each row counts: all but some of weight 0, and some several times.
fn times() -> Vec<usize> {
    (0..24).map(|i| [1, 0, 4, 1, 2][i % 5]).collect()
}

fn weighted<R: linfa::dataset::Records, T>(records: R, targets: T) -> DatasetBase<R, T> {
    DatasetBase::new(records, targets).with_weights(times().iter().map(|&t| t as f32).collect())
}

fn copies() -> Vec<usize> {
    times().iter().enumerate().flat_map(|(i, &t)| vec![i; t]).collect()
}

/// Every scorer, on rows with weights and on copies of rows.
#[test]
fn a_row_of_weight_two_scores_as_two_rows_by_every_scorer() {
    let model = LogisticRegression::params().fit(&DatasetBase::new(rows(), is_positive())).unwrap();
    let regressor = SgdRegressor::params().fit(&DatasetBase::new(rows(), rows().column(0).mapv(|x| x + 4.0))).unwrap();
    let sets = Array2::from_shape_fn((24, 2), |(i, k)| rows()[(i, k)] + f64::from(i as u8 % 2) > 0.5);
    let several = OneVsRest::params(SgdClassifier::params()).fit(&DatasetBase::new(rows(), sets.clone())).unwrap();
    let clusterer = KMeans::params().n_clusters(3).fit(&DatasetBase::from(rows())).unwrap();
    let mut scorers = Scorer::ALL.to_vec();
    scorers.push(Scorer::mean_of_labels("neg_cost", |truth: &bool, given: &bool| f64::from(u8::from(truth == given))));
    scorers.push(Scorer::of_weighted_confusion("own", |counts: &ConfusionMatrix<bool>| counts.accuracy()));
    scorers.push(Scorer::mean_of_decision("margin", |row: &chunkfit::metrics::ClassRow<'_, bool>| row.values[0]));
    scorers.push(Scorer::mean_of_probabilities("p", |row: &chunkfit::metrics::ClassRow<'_, bool>| row.values[0]));
    scorers.push(Scorer::mean_of_values("late", |truth, given| (truth - given).max(0.0)));
    let copied =
        |targets: Array1<bool>| DatasetBase::new(rows().select(Axis(0), &copies()), targets.select(Axis(0), &copies()));
    for scorer in scorers {
        let one = std::slice::from_ref(&scorer);
        let (found, expected, without) = if scorer.needs() == Needs::Clusters {
            let data = |rows: Array2<f64>, labels: Array1<bool>| DatasetBase::new(rows, labels);
            let tally = |data: &DatasetBase<Array2<f64>, Array1<bool>>| -> ClusterTally<bool> {
                clusterer.tally(data, one).unwrap()
            };
            let copies = data(rows().select(Axis(0), &copies()), is_positive().select(Axis(0), &copies()));
            let tallies =
                [weighted(rows(), is_positive()), copies, data(rows(), is_positive())].map(|data| tally(&data));
            tallies.map(|tally| tally.score(&scorer).unwrap()).into()
        } else if scorer.check_problem(Problem::Classification { n_classes: Some(2) }).is_err()
            && scorer.check_problem(Problem::Multilabel).is_ok()
        {
            let tally = |data: &DatasetBase<Array2<f64>, Array2<bool>>| -> MultilabelCounts {
                several.tally(data, one).unwrap()
            };
            let copies = DatasetBase::new(rows().select(Axis(0), &copies()), sets.select(Axis(0), &copies()));
            let tallies = [weighted(rows(), sets.clone()), copies, DatasetBase::new(rows(), sets.clone())];
            tallies.map(|data| tally(&data).score(&scorer).unwrap()).into()
        } else if scorer.needs() == Needs::Values {
            // Above 0, as some of the scorers want it.
            let y = rows().column(1).mapv(|x| 2.0 * x + 5.0);
            let tally =
                |data: &DatasetBase<Array2<f64>, Array1<f64>>| -> ValueTally { regressor.tally(data, one).unwrap() };
            let copies = DatasetBase::new(rows().select(Axis(0), &copies()), y.select(Axis(0), &copies()));
            let tallies = [weighted(rows(), y.clone()), copies, DatasetBase::new(rows(), y)].map(|data| tally(&data));
            tallies.map(|tally| tally.score(&scorer).unwrap()).into()
        } else {
            let tally =
                |data: &DatasetBase<Array2<f64>, Array1<bool>>| -> ClassTally<bool> { model.tally(data, one).unwrap() };
            let (heavy, copies) = (weighted(rows(), is_positive()), copied(is_positive()));
            let tallies = [heavy, copies, DatasetBase::new(rows(), is_positive())].map(|data| tally(&data));
            tallies.map(|tally| tally.score(&scorer).unwrap()).into()
        };
        assert!((found - expected).abs() < 1e-13, "{scorer}: {found}, of copies {expected}");
        let by_extremes = matches!(scorer, Scorer::NegMaxError);
        assert!(by_extremes || (found - without).abs() > 1e-6, "{scorer} drops weights: {found}, without {without}");
    }
}

/// A function of counts of rows cannot heed weights: it is refused.
#[test]
fn a_function_of_counts_is_refused_for_weighted_rows() {
    let own = Scorer::of_confusion("own", |counts: &ConfusionMatrix<bool>| counts.get(&true, &true) as f64);
    let mut tally = ClassTally::new(&[false, true]);
    tally.count_labels_weighted([true].iter(), [true].iter(), Some(&[2.0])).unwrap();
    let error = tally.score(&own).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "scoring", .. }));
    assert!(error.to_string().contains("of_weighted_confusion"), "{error}");
    let mut tally = ClassTally::new(&[false, true]);
    tally.count_labels_weighted([true].iter(), [true].iter(), Some(&[1.0])).unwrap();
    assert_eq!(tally.score(&own).unwrap(), 1.0);
}

/// Every score that a fit can be asked for, over chunks.
#[test]
fn scores_over_chunks_heed_weights_and_refuse_bad_ones() {
    type Numbers = (f64, f64, f64, f64, f64);
    let several = || Array2::from_shape_fn((24, 2), |(i, k)| rows()[(i, k)] + f64::from(i as u8 % 2) > 0.5);
    let scores = |rows_: Array2<f64>, chosen: &[usize], weights: Vec<f32>| -> Result<Numbers, Error> {
        let train = Chunks::from_memory([DatasetBase::new(rows(), is_positive())]);
        let values = Chunks::from_memory([DatasetBase::new(rows(), rows().column(0).to_owned())]);
        let sets = Chunks::from_memory([DatasetBase::new(rows(), several())]);
        let weights = Array1::from(weights);
        let test = Chunks::from_memory([
            DatasetBase::new(rows_.clone(), is_positive().select(Axis(0), chosen)).with_weights(weights.clone())
        ]);
        let y = rows().column(1).mapv(|x| 2.0 * x).select(Axis(0), chosen);
        let test_values = Chunks::from_memory([DatasetBase::new(rows_.clone(), y).with_weights(weights.clone())]);
        let y = several().select(Axis(0), chosen);
        let test_sets = Chunks::from_memory([DatasetBase::new(rows_, y).with_weights(weights)]);
        let fit = Concatenated::new(LogisticRegression::params()).fit(&train);
        let regressor = Chained::new(SgdRegressor::params()).fit(&values);
        let labels = Chained::new(OneVsRest::params(SgdClassifier::params())).fit(&sets);
        let calibrated = fit.calibrated(&test, Calibration::Sigmoid);
        let targets = (
            fit.score(&test),
            fit.probability_loss(&test),
            regressor.residuals(&test_values),
            labels.label_counts(&test_sets),
            calibrated.predict_proba(&train),
        );
        let (accuracy, loss, residuals, labels, calibrated) = Runtime::new().compute(targets)?;
        Ok((accuracy, loss.log_loss(), residuals.r2(), labels.mean_f1(Average::Macro), calibrated[0].column(1).sum()))
    };
    let all: Vec<usize> = (0..24).collect();
    let weights: Vec<f32> = times().iter().map(|&t| t as f32).collect();
    let found = scores(rows(), &all, weights.clone()).unwrap();
    let copied = scores(rows().select(Axis(0), &copies()), &copies(), vec![]).unwrap();
    let without = scores(rows(), &all, vec![]).unwrap();
    let numbers = |n: Numbers| [n.0, n.1, n.2, n.3, n.4];
    for ((a, b), c) in numbers(found).into_iter().zip(numbers(copied)).zip(numbers(without)) {
        assert!((a - b).abs() < 1e-12 && (a - c).abs() > 1e-6, "{found:?} {copied:?} {without:?}");
    }
    for bad in [-1.0, f32::NAN, f32::INFINITY] {
        let mut weights = weights.clone();
        weights[9] = bad;
        let error = scores(rows(), &all, weights).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "sample_weight", .. }), "{error}");
        assert_eq!(error.place().row, Some(9));
    }
    assert!(scores(rows(), &all, vec![1.0; 23]).is_err());
    assert!(scores(rows(), &all, vec![0.0; 24]).is_err());
}

/// Calibration counts rows: weights that are no whole numbers are refused.
#[test]
fn calibration_refuses_weights_that_are_no_whole_numbers() {
    let chunk = DatasetBase::new(rows(), is_positive());
    let train = Chunks::from_memory([chunk.clone()]);
    let held_out = Chunks::from_memory([chunk.with_weights(Array1::from_elem(24, 0.5))]);
    let fit = Concatenated::new(LogisticRegression::params()).fit(&train).calibrated(&held_out, Calibration::Isotonic);
    let error = Runtime::new().compute(fit.predict_proba(&train)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "sample_weight", .. }), "{error}");
}
