//! Tests of histograms, and of what coarse ones cost.

use ndarray::{Array1, Array2, array};
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::error::{ErrorKind, Result};
use crate::estimator::{DecisionFunction, PredictProba, TryPredict};

type Row = (bool, f64);

fn histogram(rows: &[Row], max_bins: usize) -> ScoreHistogram {
    let mut histogram = ScoreHistogram::with_max_bins(max_bins).unwrap();
    rows.iter().for_each(|&(positive, score)| histogram.add(positive, score).unwrap());
    histogram
}

/// Rows whose probability of being positive is a sigmoid of the score, bent.
fn rows(n: usize, seed: u64) -> Vec<Row> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let row = |_| {
        let score: f64 = random.gen_range(-3.0..3.0) + random.gen_range(-3.0..3.0);
        (random.gen_bool(1.0 / (1.0 + (1.0 - 1.3 * score - 0.1 * score.powi(3)).exp())), score)
    };
    (0..n).map(row).collect()
}

fn folded<'a>(parts: impl Iterator<Item = &'a ScoreHistogram>) -> ScoreHistogram {
    parts.fold(ScoreHistogram::default(), ScoreHistogram::merge)
}

#[test]
fn parts_merged_in_any_order_have_the_bits_of_the_whole() {
    let rows = rows(30_000, 1);
    for max_bins in [4096, 10_000, 1 << 16] {
        let whole = histogram(&rows, max_bins);
        assert!(whole.n_bins() <= max_bins && whole.n_rows() == rows.len());
        for size in [1_000, 7_919] {
            let parts: Vec<_> = rows.chunks(size).map(|part| histogram(part, max_bins)).collect();
            let pairs: Vec<_> = parts.chunks(2).map(|pair| folded(pair.iter())).collect();
            for merged in [folded(parts.iter()), folded(parts.iter().rev()), folded(pairs.iter())] {
                // They began with a histogram that allows more bins; the fewest hold.
                assert_eq!(merged, whole);
            }
        }
    }
}

proptest! {
    #[test]
    fn no_row_is_lost_and_none_leaves_its_bin(
        rows in prop::collection::vec((any::<bool>(), prop_oneof![-1e9..1e9f64, -1e-9..1e-9f64, Just(0.0)]), 1..50),
        copies in 1usize..4,
    ) {
        let rows = rows.repeat(copies);
        let histogram = histogram(&rows, 4096);
        let bins: Vec<ScoreBin> = histogram.bins().collect();
        for (i, bin) in bins.iter().enumerate() {
            let upper = bins.get(i + 1).map_or(f64::INFINITY, |next| next.lower);
            let inside = |positive| {
                rows.iter().filter(|row| row.0 == positive && bin.lower <= row.1 && row.1 < upper).count() as u64
            };
            prop_assert_eq!((bin.positives, bin.negatives), (inside(true), inside(false)));
            prop_assert_eq!(bin.lower, bin.mean);
        }
        prop_assert_eq!(histogram.relative_width(), 0.0);
    }
}

#[test]
fn the_mean_of_a_coarse_bin_is_that_of_its_values() {
    let rows = rows(20_000, 2);
    let histogram = histogram(&rows, 4096);
    assert!(histogram.relative_width() > 0.0);
    let bins: Vec<ScoreBin> = histogram.bins().collect();
    for (i, bin) in bins.iter().enumerate() {
        let upper = bins.get(i + 1).map_or(f64::INFINITY, |next| next.lower);
        let values: Vec<f64> = rows.iter().map(|row| row.1).filter(|&v| bin.lower <= v && v < upper).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        assert!((bin.mean - mean).abs() <= 1e-13 * mean.abs());
        let (least, most) = (values.iter().copied().fold(mean, f64::min), values.iter().copied().fold(mean, f64::max));
        assert!(most - least <= histogram.relative_width() * least.abs().max(most.abs()));
    }
}

/// The form in which histograms lie in checkpoints.
#[test]
fn a_histogram_is_written_as_ever() {
    let mut counts = histogram(&[(true, 1.5), (false, 1.5)], 4096);
    counts.add_weighted(true, -2.0, 3.0).unwrap();
    let json = r#"{"max_bins":4096,"dropped":0,"bins":{"4611686018427387903":{"positives":{"count":3,"excess":0},"negatives":{"count":0,"excess":0}},"13832806255468478464":{"positives":{"count":1,"excess":0},"negatives":{"count":1,"excess":0}}}}"#;
    assert_eq!(serde_json::to_string(&counts).unwrap(), json);
    assert_eq!(serde_json::from_str::<ScoreHistogram>(json).unwrap(), counts);
    for odd in [
        json.replace("4096", "4095"),
        json.replace("\"count\":3", "\"count\":0"),
        json.replace("3,\"excess\":0", "3,\"excess\":9"),
    ] {
        assert!(serde_json::from_str::<ScoreHistogram>(&odd).is_err());
    }
}

/// The slow twin of Newton's steps: the gradient, of the rows one by one, which must vanish.
#[test]
fn a_sigmoid_is_where_the_gradient_vanishes() {
    for rows in [rows(40, 3), rows(5_000, 4)] {
        let sigmoid = SigmoidCalibration::fit(&histogram(&rows, 1 << 16)).unwrap();
        let positives = rows.iter().filter(|row| row.0).count() as f64;
        let negatives = rows.len() as f64 - positives;
        let (mut slope, mut offset) = (0.0, 0.0);
        for &(positive, score) in &rows {
            let target = if positive { (positives + 1.0) / (positives + 2.0) } else { 1.0 / (negatives + 2.0) };
            let off = target - sigmoid.probability(score);
            (slope, offset) = (slope + off * score, offset + off);
        }
        assert!(slope.abs() + offset.abs() < 1e-6 * rows.len() as f64, "{slope} {offset}");
        assert!(sigmoid.a() < 0.0);
    }
}

/// The slow twin of pooling: the best rising function is, at each value, the highest over all starts below
/// of the lowest mean up to any end above.
#[test]
fn isotonic_steps_are_the_extremes_of_means() {
    let mut rows = rows(150, 5);
    rows.iter_mut().for_each(|row| row.1 = row.1.round());
    let isotonic = IsotonicCalibration::fit(&histogram(&rows, 4096)).unwrap();
    let mean = |from: f64, to: f64| {
        let inside = || rows.iter().filter(|row| from <= row.1 && row.1 <= to);
        inside().filter(|row| row.0).count() as f64 / inside().count() as f64
    };
    for &(_, at) in &rows {
        let lowest = |from: f64| {
            rows.iter().map(|row| row.1).filter(|&to| to >= at).map(|to| mean(from, to)).fold(f64::INFINITY, f64::min)
        };
        let expected = rows.iter().map(|row| row.1).filter(|&from| from <= at).map(lowest).fold(0.0, f64::max);
        assert!((isotonic.probability(at) - expected).abs() < 1e-14);
    }
    assert_eq!(isotonic.probability(-1e300), isotonic.probabilities()[0]);
    assert_eq!(isotonic.probability(1e300), *isotonic.probabilities().last().unwrap());
}

/// What coarse bins cost against the exact answer, with the fewest bins that can be had.
#[test]
fn coarse_bins_cost_little() {
    let rows = rows(50_000, 6);
    let (exact, coarse) = (histogram(&rows, 1 << 16), histogram(&rows, 4096));
    assert!(exact.relative_width() == 0.0 && coarse.relative_width() == 1.0 / 256.0, "{}", coarse.relative_width());
    let fits = |histogram: &ScoreHistogram| {
        (SigmoidCalibration::fit(histogram).unwrap(), IsotonicCalibration::fit(histogram).unwrap())
    };
    let ((sigmoid, isotonic), (near_sigmoid, near_isotonic)) = (fits(&exact), fits(&coarse));
    let apart = |f: &dyn Fn(f64) -> f64| rows.iter().map(|row| f(row.1).abs()).fold(0.0, f64::max);
    let wrong = apart(&|score| sigmoid.probability(score) - near_sigmoid.probability(score));
    assert!(wrong < 1e-6, "{wrong}");
    let steps = |score| isotonic.probability(score) - near_isotonic.probability(score);
    assert!(rows.iter().map(|row| steps(row.1).abs()).sum::<f64>() / (rows.len() as f64) < 1e-3);
    let best = |histogram| ThresholdRule::FBeta(1.0).choose(histogram).unwrap();
    let (best, near) = (best(&exact), best(&coarse));
    assert!(best.f_beta(1.0) >= near.f_beta(1.0) && best.f_beta(1.0) - near.f_beta(1.0) < 1e-3);
    // What the coarse threshold is said to make of the rows, it does.
    let taken = |positive| rows.iter().filter(|row| row.0 == positive && row.1 >= near.value()).count() as f64;
    assert_eq!(near.precision(), taken(true) / (taken(true) + taken(false)));
}

/// The slow twin: every threshold on every row.
#[test]
fn thresholds_are_the_best_of_all() {
    let mut rows = rows(120, 7);
    rows.iter_mut().for_each(|row| row.1 = (row.1 * 2.0).round() / 2.0);
    let counts = histogram(&rows, 4096);
    let shares = |at: f64| {
        let hits = rows.iter().filter(|row| row.0 && row.1 >= at).count() as f64;
        let taken = rows.iter().filter(|row| row.1 >= at).count() as f64;
        (hits / taken, hits / rows.iter().filter(|row| row.0).count() as f64)
    };
    let most = |merit: &dyn Fn((f64, f64)) -> f64| {
        rows.iter().map(|row| merit(shares(row.1))).fold(f64::NEG_INFINITY, f64::max)
    };
    let f1 = |(precision, recall): (f64, f64)| {
        if precision + recall == 0.0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) }
    };
    let chosen = |rule: ThresholdRule| rule.choose(&counts).unwrap();
    assert!((chosen(ThresholdRule::FBeta(1.0)).f_beta(1.0) - most(&f1)).abs() < 1e-14);
    let recall = most(&|(precision, recall)| if precision >= 0.7 { recall } else { -1.0 });
    assert_eq!(chosen(ThresholdRule::Precision(0.7)).recall(), recall);
    let precision = most(&|(precision, recall)| if recall >= 0.9 { precision } else { -1.0 });
    assert_eq!(chosen(ThresholdRule::Recall(0.9)).precision(), precision);
}

#[test]
fn what_nothing_can_be_learned_of_is_an_error() {
    let rising = [(false, 0.0), (true, 1.0)];
    let kind = |error: crate::Error| error.kind().clone();
    for (rows, expected) in [
        (&[][..], ErrorKind::NoRows { estimator: "SigmoidCalibration" }),
        (&rising[..1], ErrorKind::OneClass { found: "rows of the negative class".into() }),
        (&rising[1..], ErrorKind::OneClass { found: "rows of the positive class".into() }),
    ] {
        assert_eq!(kind(Calibration::Sigmoid.fit(&histogram(rows, 4096)).unwrap_err()), expected);
        assert!(Calibration::Isotonic.fit(&histogram(rows, 4096)).is_err());
        assert!(ThresholdRule::FBeta(1.0).choose(&histogram(rows, 4096)).is_err());
    }
    let falling = histogram(&[(true, 0.0), (false, 1.0)], 4096);
    let error = ThresholdRule::Precision(0.9).choose(&falling).unwrap_err();
    assert!(error.to_string().contains("at most 0.5"), "{error}");
    for rule in [ThresholdRule::FBeta(0.0), ThresholdRule::Precision(1.1), ThresholdRule::Recall(f64::NAN)] {
        assert!(matches!(kind(rule.choose(&falling).unwrap_err()), ErrorKind::InvalidParameter { .. }));
    }
    let error = ScoreHistogram::count([true, false].into_iter(), [0.0, f64::NAN].into_iter()).unwrap_err();
    assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column: 0 }, Some(1)));
    assert!(ScoreHistogram::with_max_bins(4095).is_err());
}

/// A model of a user's, whose decision values are the rows' own.
#[derive(Clone)]
struct Own;

impl DecisionFunction<Array2<f64>> for Own {
    fn decision_function(&self, x: &Array2<f64>) -> Result<Array2<f64>> {
        Ok(x.clone())
    }
}

/// NaN is not taken for the class that comparisons with it would give; infinite values are certain.
#[test]
fn decision_values_that_are_no_numbers_are_refused() {
    let values = array![[-2.0], [-1.0], [0.5], [-0.5], [1.0], [2.0]];
    let truth = array![false, false, false, true, true, true];
    let held_out = ClassHistograms::count(&[false, true], truth.view(), &values).unwrap();
    let odd = array![[1.0], [f64::NAN]];
    let certain = array![[f64::NEG_INFINITY], [f64::INFINITY]];
    let check = |labels: Result<Array1<bool>>, sure: Result<Array1<bool>>| {
        let error = labels.unwrap_err();
        assert_eq!(
            (error.kind(), error.place().row),
            (&ErrorKind::NonFiniteResult { what: "decision value" }, Some(1))
        );
        assert_eq!(sure.unwrap(), array![false, true]);
    };
    for calibration in [Calibration::Sigmoid, Calibration::Isotonic] {
        let model = Calibrated::new(Own, &held_out, calibration).unwrap();
        check(model.try_predict(&odd), model.try_predict(&certain));
        assert!(model.predict_proba(&odd).is_err());
        let [calibrator] = model.calibrators() else { panic!("one for two classes") };
        assert!(calibrator.probability(f64::NAN).is_nan());
        assert!(calibrator.probability(-1e300) < calibrator.probability(1e300));
    }
    let model = Thresholded::new(Own, &held_out, ThresholdRule::FBeta(1.0)).unwrap();
    check(model.try_predict(&odd), model.try_predict(&certain));
}

#[test]
fn probabilities_are_numbers_however_far_apart_or_near_decision_values_are() {
    let far = histogram(&[(false, -1.7e308), (true, 1.7e308)], 4096);
    for calibration in [Calibration::Sigmoid, Calibration::Isotonic] {
        let calibrator = calibration.fit(&far).unwrap();
        let found = [-1.7e308, -1e308, 0.0, 1e308, 1.7e308].map(|score| calibrator.probability(score));
        assert!(found.is_sorted() && found.iter().all(|p| (0.0..=1.0).contains(p)), "{found:?}");
    }
    let near = histogram(&[(false, 0.0), (true, 5e-324)], 4096);
    let error = Calibration::Sigmoid.fit(&near).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NonFiniteResult { what: "slope of the sigmoid" });
    // A slope of 0, which says nothing of anything.
    let flat = Calibration::Sigmoid.fit(&histogram(&[(false, 0.0), (true, 0.0)], 4096)).unwrap();
    assert_eq!(flat.probability(f64::INFINITY), 0.5);
}
