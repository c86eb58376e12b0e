//! A classifier whose probabilities were learned from held-out rows.

use linfa::Label;
use linfa::traits::PredictInplace;
use ndarray::{Array1, Array2, ArrayView1, ArrayViewMut1};
use serde::{Deserialize, Serialize};

use super::calibrator::{Calibration, Calibrator};
use super::class_histograms::ClassHistograms;
use crate::data::checked::checked_when_read;
use crate::data::{ClassLabel, FeatureRows, Float, Shared, check_model_bytes, float_computation, labels, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{
    ClassOutputs, Classes, Classify, DecisionFunction, Model, PredictProba, Wanted, kind, settle, write_classes,
};

/// A classifier with probabilities that say how often it is right, learned from its decision values on
/// rows that it was not trained on (scikit-learn's `CalibratedClassifierCV` of a `FrozenEstimator`).
///
/// With more than two classes each is calibrated against all others, and the probabilities of a row are
/// divided by their sum; are all of them 0, each class gets an equal share. The most probable class is
/// predicted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Calibrated<M, L> {
    model: M,
    classes: Vec<L>,
    calibrators: Vec<Calibrator>,
}

checked_when_read!(Calibrated<M, L>, serialize: [M: Serialize, L: Serialize], deserialize: [M: Deserialize<'de>, L: Label + Deserialize<'de>]);

impl<M, L: Label> Calibrated<M, L> {
    /// A model calibrated by its own decision values on held-out rows.
    ///
    /// # Errors
    /// No rows (kind `NoRows`); a class of which there are no rows (`OneClass`).
    pub fn new(model: M, held_out: &ClassHistograms<L>, calibration: Calibration) -> Result<Self> {
        if held_out.n_rows() == 0 {
            return Err(Error::new(ErrorKind::NoRows { estimator: "Calibrated" }));
        }
        let calibrators = held_out.calibrators(calibration)?;
        Ok(Calibrated { model, classes: held_out.classes().to_vec(), calibrators })
    }

    /// The model without its calibration.
    pub fn model(&self) -> &M {
        &self.model
    }

    /// One calibration for two classes, else one a class.
    pub fn calibrators(&self) -> &[Calibrator] {
        &self.calibrators
    }

    /// Refuses parts that do not fit together, as a file may have them.
    fn check_read(&self) -> Result<()> {
        let Calibrated { classes, calibrators, .. } = self;
        if classes.len() < 2 || !classes.windows(2).all(|pair| pair[0] < pair[1]) {
            return Err(Error::parameter("classes", classes, "two or more labels, sorted and distinct"));
        }
        let wanted = labels::n_boundaries(classes.len());
        if calibrators.len() != wanted {
            return Err(Error::shape("calibrators", wanted, calibrators.len()));
        }
        Ok(())
    }

    /// The probabilities of rows, from the model's decision values: shape (rows, classes), in double precision.
    pub(crate) fn probabilities<F: Float>(&self, decision: &Array2<F>) -> Result<Array2<f64>> {
        F::run::<Probabilities<'_>>((&self.calibrators, self.classes.len(), decision))
    }
}

/// Calibrators, the number of classes, and decision values.
type Scores<'a, F> = (&'a [Calibrator], usize, &'a Array2<F>);

float_computation!(Probabilities<'a>(Scores<'a, F>) -> Result<Array2<f64>> = probabilities);
float_computation!(Narrowed<'a>(&'a Array2<f64>) -> Array2<F> = narrowed);

fn narrowed<F: Float>(values: &Array2<f64>) -> Array2<F> {
    values.mapv(F::cast)
}

fn probabilities<F: Float>((calibrators, n_classes, decision): Scores<'_, F>) -> Result<Array2<f64>> {
    if decision.ncols() != calibrators.len() {
        return Err(Error::shape("columns of decision values", calibrators.len(), decision.ncols()));
    }
    let shape = [(decision.nrows(), "rows"), (n_classes, "classes")];
    check_model_bytes("predict_proba", &shape, size_of::<f64>())?;
    let mut probabilities = Array2::zeros((decision.nrows(), n_classes));
    for (row, (mut probabilities, scores)) in probabilities.rows_mut().into_iter().zip(decision.rows()).enumerate() {
        // Infinite ones are certain, as naive Bayes may be.
        if scores.iter().any(|&score| wide(score).is_nan()) {
            return Err(Error::new(ErrorKind::NonFiniteResult { what: "decision value" }).at_row(row));
        }
        if let [calibrator] = calibrators {
            let positive = calibrator.probability(wide(scores[0]));
            (probabilities[0], probabilities[1]) = (1.0 - positive, positive);
            continue;
        }
        for ((probability, calibrator), &score) in probabilities.iter_mut().zip(calibrators).zip(scores) {
            *probability = calibrator.probability(wide(score));
        }
        normalize(probabilities);
    }
    Ok(probabilities)
}

/// The number of the most probable class of each row.
fn most_probable_classes(probabilities: &Array2<f64>) -> Vec<usize> {
    probabilities.rows().into_iter().map(most_probable).collect()
}

/// The number of the most probable class, of equals the first.
pub(crate) fn most_probable(row: ArrayView1<'_, f64>) -> usize {
    row.iter().enumerate().fold(0, |most, (k, &p)| if p > row[most] { k } else { most })
}

/// Divides by the sum; nothing but zeros become equal shares.
fn normalize(mut probabilities: ArrayViewMut1<'_, f64>) {
    let sum = probabilities.sum();
    let equal = 1.0 / probabilities.len() as f64;
    probabilities.mapv_inplace(|probability| if sum > 0.0 { probability / sum } else { equal });
}

impl<M, L: Label> Classes<L> for Calibrated<M, L> {
    fn classes(&self) -> &[L] {
        &self.classes
    }
}

/// Those of the model.
impl<M: DecisionFunction<X>, L, X: FeatureRows> DecisionFunction<X> for Calibrated<M, L> {
    fn decision_function(&self, x: &X) -> Result<Array2<X::Elem>> {
        self.model.decision_function(x)
    }
}

impl<M: DecisionFunction<X>, L: Label, X: FeatureRows> PredictProba<X> for Calibrated<M, L> {
    fn predict_proba(&self, x: &X) -> Result<Array2<X::Elem>> {
        let probabilities = self.probabilities(&self.model.decision_function(x)?)?;
        Ok(X::Elem::run::<Narrowed<'_>>(&probabilities))
    }
}

/// The most probable class, of equals the first.
///
/// # Panics
/// Where the decision function of the model fails; [`TryPredict`](crate::estimator::TryPredict) and everything lazy report
/// it as an error instead.
impl<M: DecisionFunction<X>, L: Label, X: FeatureRows> PredictInplace<X, Array1<L>> for Calibrated<M, L> {
    fn predict_inplace(&self, x: &X, y: &mut Array1<L>) {
        settle(self.model.decision_function(x).and_then(|decision| {
            write_classes(&self.classes, &most_probable_classes(&self.probabilities(&decision)?), y)
        }));
    }

    fn default_target(&self, x: &X) -> Array1<L> {
        Array1::from_elem(x.nsamples(), L::default())
    }
}

impl<M: Shared, L: ClassLabel> Model for Calibrated<M, L> {
    type Kind = kind::Classifier;
}

/// Ranked by the calibrated probabilities, as scikit-learn ranks a `CalibratedClassifierCV`. A scorer of one's own that
/// takes decision values gets the model's.
impl<M, L, X> Classify<X, L> for Calibrated<M, L>
where
    M: DecisionFunction<X> + Shared,
    L: ClassLabel,
    X: FeatureRows,
{
    fn outputs(&self, x: &X, wanted: Wanted) -> Result<ClassOutputs<X::Elem>> {
        let decision = self.model.decision_function(x)?;
        let probabilities = self.probabilities(&decision)?;
        let labels = most_probable_classes(&probabilities);
        let probabilities = X::Elem::run::<Narrowed<'_>>(&probabilities);
        let mut outputs = ClassOutputs::of_labels(labels);
        if wanted.decision {
            outputs = outputs.with_decision(decision).ranked_by(probabilities.clone());
        }
        Ok(if wanted.probabilities { outputs.with_probabilities(probabilities) } else { outputs })
    }
}
