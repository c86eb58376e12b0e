//! Golden values of calibrations and thresholds; `calibration.py` made them.

use chunkfit::calibration::{
    Calibrated, Calibration, Calibrator, ClassHistograms, IsotonicCalibration, SigmoidCalibration, ThresholdRule,
};
use chunkfit::estimator::PredictProba;
use chunkfit::linear::LinearClassifier;
use ndarray::{Array1, Array2};
use serde_json::Value;

use crate::{cases, floats};

fn matrix(value: &Value) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = value.as_array().unwrap().iter().map(floats).collect();
    Array2::from_shape_vec((rows.len(), rows[0].len()), rows.concat()).unwrap()
}

fn histograms(case: &Value) -> ClassHistograms<usize> {
    let classes: Vec<usize> = (0..case["classes"].as_u64().unwrap() as usize).collect();
    let labels: Array1<usize> = floats(&case["labels"]).into_iter().map(|label| label as usize).collect();
    ClassHistograms::count(&classes, labels.view(), &matrix(&case["decision"])).unwrap()
}

/// A classifier whose decision values are its rows.
fn given(boundaries: usize) -> LinearClassifier<f64, usize> {
    let classes = (0..boundaries.max(2)).collect();
    LinearClassifier::from_parts(classes, Array2::eye(boundaries), Array1::zeros(boundaries)).unwrap()
}

/// Sigmoids agree as far as scikit-learn's search for the optimum goes, isotonic steps up to rounding.
#[test]
fn probabilities() {
    for case in cases("calibration.json") {
        let (counts, test) = (histograms(&case), matrix(&case["test"]));
        for (calibration, name, tolerance) in
            [(Calibration::Sigmoid, "sigmoid", 1e-5), (Calibration::Isotonic, "isotonic", 1e-12)]
        {
            let calibrated = Calibrated::new(given(test.ncols()), &counts, calibration).unwrap();
            let (found, expected) = (calibrated.predict_proba(&test).unwrap(), matrix(&case[name]));
            assert_eq!(found.dim(), expected.dim());
            for (found, expected) in found.iter().zip(&expected) {
                assert!((found - expected).abs() <= tolerance, "{name}: {found} for {expected}");
            }
        }
    }
}

#[test]
fn parameters() {
    for case in cases("calibration.json") {
        let counts = histograms(&case);
        let sigmoid = SigmoidCalibration::fit(&counts.histograms()[0]).unwrap();
        for (found, name) in [(sigmoid.a(), "a"), (sigmoid.b(), "b")] {
            let expected = case[name].as_f64().unwrap();
            assert!((found - expected).abs() <= 1e-4 * expected.abs(), "{name}: {found} for {expected}");
        }
        let Calibrator::Isotonic(isotonic) = Calibration::Isotonic.fit(&counts.histograms()[0]).unwrap() else {
            panic!("another calibration")
        };
        assert_eq!(isotonic, IsotonicCalibration::fit(&counts.histograms()[0]).unwrap());
        assert_eq!(isotonic.scores(), floats(&case["steps"][0]));
        for (found, expected) in isotonic.probabilities().iter().zip(floats(&case["steps"][1])) {
            assert!((found - expected).abs() <= 1e-14, "{found} for {expected}");
        }
    }
}

#[test]
fn thresholds() {
    let binary = |case: &Value| case["classes"] == 2;
    for case in cases("calibration.json").into_iter().filter(binary) {
        let counts = histograms(&case);
        let counts = counts.binary().unwrap();
        for expected in case["f_beta"].as_array().unwrap().iter().map(floats) {
            let found = ThresholdRule::FBeta(expected[0]).choose(counts).unwrap();
            assert_eq!(found.value(), expected[1]);
            assert!((found.f_beta(expected[0]) - expected[2]).abs() <= 1e-14);
        }
        let expected = floats(&case["precision"]);
        let found = ThresholdRule::Precision(expected[0]).choose(counts).unwrap();
        assert_eq!((found.value(), found.recall()), (expected[1], expected[2]));
        assert!(found.precision() >= expected[0]);
    }
}
