//! Probabilities and thresholds from held-out chunks: what they equal, and how they fail.

use chunkfit::calibration::{Calibration, ThresholdRule};
use chunkfit::data::Rows;
use chunkfit::graph::Compute;
use chunkfit::metrics::ProbabilityLoss;
use chunkfit::prelude::*;
use linfa::DatasetBase;
use ndarray::{Array1, Array2};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

type Dense<L> = DatasetBase<Array2<f64>, Array1<L>>;

/// Points in `classes` overlapping clouds; the first class has most of them.
fn clouds(rows: usize, classes: usize, seed: u64) -> Dense<usize> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let labels = Array1::from_shape_fn(rows, |_| random.gen_range(0..2 * classes).saturating_sub(classes));
    let points = Array2::from_shape_fn((rows, 4), |(i, j)| f64::from(labels[i] == j) + random.gen_range(-1.0..1.0));
    DatasetBase::new(points, labels)
}

fn chunks(rows: &Dense<usize>, size: usize) -> Chunks<Dense<usize>> {
    let numbers: Vec<usize> = (0..rows.n_rows()).collect();
    Chunks::from_memory(numbers.chunks(size).map(|part| rows.select_rows(part)).collect::<Vec<_>>())
}

fn compute<C: Compute>(threads: usize, targets: C) -> C::Output {
    Runtime::new().threads(threads).compute(targets).unwrap()
}

/// The law of chunks: exact, because all sums are whole numbers.
#[test]
fn calibrations_and_thresholds_have_the_same_bits_wherever_held_out_chunks_end() {
    for classes in [2, 3] {
        let fit = Chained::new(SgdClassifier::params().seed(1)).fit(&chunks(&clouds(300, classes, 1), 100));
        let held_out = clouds(400, classes, 2);
        let whole = chunks(&held_out, 400);
        let expected =
            compute(1, [Calibration::Sigmoid, Calibration::Isotonic].map(|c| fit.calibrated(&whole, c)).to_vec());
        for (size, threads) in [(1, 2), (30, 1), (30, 2), (399, 4)] {
            let parts = chunks(&held_out, size);
            let found = [Calibration::Sigmoid, Calibration::Isotonic].map(|c| fit.calibrated(&parts, c)).to_vec();
            for (found, expected) in compute(threads, found).iter().zip(&expected) {
                assert_eq!(found.calibrators(), expected.calibrators());
            }
        }
        if classes == 2 {
            let best = |data| compute(2, fit.best_threshold(data, ThresholdRule::FBeta(2.0)));
            assert_eq!(best(&chunks(&held_out, 30)), best(&whole));
        }
    }
}

#[test]
fn probabilities_say_how_often_the_model_is_right() {
    for classes in [2, 3] {
        let fit = Chained::new(SgdClassifier::params()).fit(&chunks(&clouds(600, classes, 3), 100));
        let (held_out, test) = (chunks(&clouds(2_000, classes, 4), 300), clouds(2_000, classes, 5));
        for calibration in [Calibration::Sigmoid, Calibration::Isotonic] {
            let calibrated = fit.calibrated(&held_out, calibration);
            let rows = chunks(&test, 500);
            let (probabilities, accuracy, plain) =
                compute(2, (calibrated.predict_proba(&rows), calibrated.score(&rows), fit.score(&rows)));
            let all = Array2::concat_rows(&probabilities.iter().collect::<Vec<_>>()).unwrap();
            assert!(all.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-12));
            for class in 0..classes {
                let share = test.targets.iter().filter(|&&label| label == class).count() as f64 / 2_000.0;
                assert!((all.column(class).mean().unwrap() - share).abs() < 0.03);
            }
            // Among rows that are said to be of the first class by two thirds or so, two thirds are.
            let said: Vec<usize> = (0..2_000).filter(|&i| (0.55..0.8).contains(&all[(i, 0)])).collect();
            let right = said.iter().filter(|&&i| test.targets[i] == 0).count() as f64 / said.len() as f64;
            assert!(said.len() > 50 && (0.5..0.85).contains(&right), "{right} of {}", said.len());
            assert!(accuracy > plain - 0.02);
            let labels: Vec<usize> = (0..classes).collect();
            let loss = ProbabilityLoss::count(test.targets.iter(), &all, &labels).unwrap();
            assert!(loss.log_loss() < 0.9 * (classes as f64).ln());
        }
    }
}

#[test]
fn naive_bayes_is_less_sure_of_itself_when_calibrated() {
    // The same column four times: naive Bayes takes it for four reasons.
    let copied =
        |rows: Dense<usize>| DatasetBase::new(rows.records.select(ndarray::Axis(1), &[1, 1, 1, 1]), rows.targets);
    let fit = Averaged::new(GaussianNb::params()).fit(&chunks(&copied(clouds(600, 2, 10)), 200));
    let (held_out, test) = (copied(clouds(2_000, 2, 11)), copied(clouds(1_000, 2, 12)));
    let rows = chunks(&test, 400);
    let calibrated = fit.calibrated(&chunks(&held_out, 500), Calibration::Isotonic);
    let losses = [fit.predict_proba(&rows), calibrated.predict_proba(&rows)].map(|probabilities| {
        let parts = compute(2, probabilities);
        let all = Array2::concat_rows(&parts.iter().collect::<Vec<_>>()).unwrap();
        ProbabilityLoss::count(test.targets.iter(), &all, &[0, 1]).unwrap().brier_score()
    });
    assert!(losses[1] < 0.9 * losses[0], "{losses:?}");
}

#[test]
fn a_thresholded_model_does_what_its_threshold_promised() {
    let fit = Averaged::new(LogisticRegression::params()).fit(&chunks(&clouds(600, 2, 6), 200));
    let held_out = chunks(&clouds(1_000, 2, 7), 300);
    let thresholded = fit.thresholded(&held_out, ThresholdRule::FBeta(1.0));
    let alone = fit.best_threshold(&held_out, ThresholdRule::FBeta(1.0));
    let (model, alone, of_model, plain) =
        compute(2, (&thresholded, alone, thresholded.confusion(&held_out), fit.confusion(&held_out)));
    assert_eq!(*model.threshold(), alone);
    assert_eq!(of_model.recall(&1), alone.recall());
    assert_eq!(of_model.precision(&1), alone.precision());
    assert!((of_model.f1(&1) - alone.f_beta(1.0)).abs() < 1e-15);
    assert!(alone.f_beta(1.0) >= plain.f1(&1));
    let probabilities = compute(2, (thresholded.predict_proba(&held_out), fit.predict_proba(&held_out)));
    assert_eq!(probabilities.0, probabilities.1);
}

#[test]
fn what_cannot_be_calibrated_is_an_error() {
    let failure = |calibration: Result<(), Error>| calibration.unwrap_err();
    let two = Chained::new(SgdClassifier::params()).fit(&chunks(&clouds(90, 2, 8), 30));
    let three = Chained::new(SgdClassifier::params()).fit(&chunks(&clouds(90, 3, 8), 30));
    let held_out = chunks(&clouds(60, 3, 9), 20);
    let runtime = Runtime::new();
    let unknown = failure(runtime.compute(two.calibrated(&held_out, Calibration::Sigmoid)).map(drop));
    assert!(matches!(unknown.kind(), ErrorKind::UnknownLabel { .. }) && unknown.place().row.is_some(), "{unknown}");
    let many = failure(runtime.compute(three.best_threshold(&held_out, ThresholdRule::FBeta(1.0))).map(drop));
    assert_eq!(
        *many.kind(),
        ErrorKind::ShapeMismatch { what: "classes to put a threshold between", expected: 2, found: 3 }
    );
    let only = chunks(&clouds(60, 2, 9).select_rows(&[]), 20);
    let none = failure(runtime.compute(two.calibrated(&only, Calibration::Isotonic)).map(drop));
    assert_eq!(none.kind(), &ErrorKind::NoHeldOutRows);
    let first = clouds(60, 2, 9);
    let zeros: Vec<usize> = (0..60).filter(|&i| first.targets[i] == 0).collect();
    let one = failure(
        runtime.compute(two.calibrated(&chunks(&first.select_rows(&zeros), 20), Calibration::Isotonic)).map(drop),
    );
    assert!(matches!(one.kind(), ErrorKind::OneClass { .. }), "{one}");
}
