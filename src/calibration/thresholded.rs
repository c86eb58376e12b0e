//! A classifier of two classes with a threshold of its own.

use linfa::Label;
use linfa::traits::PredictInplace;
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use super::class_histograms::ClassHistograms;
use super::threshold::{Threshold, ThresholdRule};
use crate::data::checked::checked_when_read;
use crate::data::{ClassLabel, FeatureRows, Float, Shared, float_computation, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{
    ClassOutputs, Classes, Classify, DecisionFunction, Model, PredictProba, Wanted, check_targets, kind, settle,
    write_classes,
};

/// A classifier of two classes that predicts the second from a chosen decision value on, instead of above
/// 0 (scikit-learn's `FixedThresholdClassifier`; with [`ThresholdRule`], its `TunedThresholdClassifierCV`).
///
/// Decision values and probabilities are those of the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Thresholded<M, L> {
    model: M,
    classes: Vec<L>,
    threshold: Threshold,
}

checked_when_read!(Thresholded<M, L>, serialize: [M: Serialize, L: Serialize], deserialize: [M: Deserialize<'de>, L: Label + Deserialize<'de>]);

impl<M, L: Label> Thresholded<M, L> {
    /// A model with the threshold that is best for its own decision values on held-out rows.
    ///
    /// # Errors
    /// More than two classes (kind `ShapeMismatch`), and those of [`ThresholdRule::choose`].
    pub fn new(model: M, held_out: &ClassHistograms<L>, rule: ThresholdRule) -> Result<Self> {
        let threshold = rule.choose(held_out.binary()?)?;
        Ok(Thresholded { model, classes: held_out.classes().to_vec(), threshold })
    }

    /// The model that has the decision values.
    pub fn model(&self) -> &M {
        &self.model
    }

    /// The threshold, and what it made of the held-out rows.
    pub fn threshold(&self) -> &Threshold {
        &self.threshold
    }

    /// The number of the class that each row of decision values names.
    pub(crate) fn numbers<F: Float>(&self, decision: &Array2<F>) -> Result<Vec<usize>> {
        F::run::<Numbers<'_>>((self.threshold.value(), decision))
    }

    /// Writes the label that each row of decision values names.
    fn write_labels<F: Float>(&self, decision: &Array2<F>, y: &mut Array1<L>) -> Result<()> {
        check_targets(decision.nrows(), y.len())?;
        write_classes(&self.classes, &self.numbers(decision)?, y)
    }

    /// Refuses parts that do not fit together, as a file may have them.
    fn check_read(&self) -> Result<()> {
        match &self.classes[..] {
            [first, second] if first < second => Ok(()),
            classes => Err(Error::parameter("classes", classes, "two labels, sorted and distinct")),
        }
    }
}

float_computation!(Numbers<'a>((f64, &'a Array2<F>)) -> Result<Vec<usize>> = numbers);

/// For each row whether its decision value is at least a threshold: 1 or 0.
fn numbers<F: Float>((threshold, decision): (f64, &Array2<F>)) -> Result<Vec<usize>> {
    if decision.ncols() != 1 {
        return Err(Error::shape("columns of decision values", 1, decision.ncols()));
    }
    let number = |(row, &value): (usize, &F)| match value.is_nan() {
        // Infinite ones are certain, as naive Bayes may be.
        false => Ok(usize::from(wide(value) >= threshold)),
        true => Err(Error::new(ErrorKind::NonFiniteResult { what: "decision value" }).at_row(row)),
    };
    decision.column(0).iter().enumerate().map(number).collect()
}

impl<M, L: Label> Classes<L> for Thresholded<M, L> {
    fn classes(&self) -> &[L] {
        &self.classes
    }
}

/// Those of the model: the threshold is not subtracted.
impl<M: DecisionFunction<X>, L, X: FeatureRows> DecisionFunction<X> for Thresholded<M, L> {
    fn decision_function(&self, x: &X) -> Result<Array2<X::Elem>> {
        self.model.decision_function(x)
    }
}

impl<M: PredictProba<X>, L, X: FeatureRows> PredictProba<X> for Thresholded<M, L> {
    fn predict_proba(&self, x: &X) -> Result<Array2<X::Elem>> {
        self.model.predict_proba(x)
    }
}

/// # Panics
/// Where the decision function of the model fails; [`TryPredict`](crate::estimator::TryPredict) and everything lazy report
/// it as an error instead.
impl<M: DecisionFunction<X>, L: Label, X: FeatureRows> PredictInplace<X, Array1<L>> for Thresholded<M, L> {
    fn predict_inplace(&self, x: &X, y: &mut Array1<L>) {
        settle(self.model.decision_function(x).and_then(|decision| self.write_labels(&decision, y)));
    }

    fn default_target(&self, x: &X) -> Array1<L> {
        Array1::from_elem(x.nsamples(), L::default())
    }
}

impl<M: Shared, L: ClassLabel> Model for Thresholded<M, L> {
    type Kind = kind::Classifier;
}

/// Ranked as the model; its probabilities are the model's.
impl<M, L, X> Classify<X, L> for Thresholded<M, L>
where
    M: DecisionFunction<X> + Classify<X, L>,
    L: ClassLabel,
    X: FeatureRows,
{
    fn outputs(&self, x: &X, wanted: Wanted) -> Result<ClassOutputs<X::Elem>> {
        let outputs = self.model.outputs(x, Wanted { decision: true, ..wanted })?;
        let Some(decision) = outputs.decision() else {
            return Err(Error::shape("columns of decision values", 1, 0));
        };
        let labels = self.numbers(decision)?;
        Ok(outputs.with_labels(labels))
    }
}
