//! Classifiers: the labels, rankings and probabilities that their scores are read from.

use linfa::Label;
use linfa::dataset::Records;
use ndarray::{Array1, Array2, CowArray, Ix2};

use super::decision::{Classes, class_numbers};
use super::model::Model;
use super::try_predict::TryPredict;
use crate::data::{Float, float_computation, labels, wide};
use crate::error::{Error, Result};
use crate::metrics::{ClassRows, Needs, Scorer, Widen};

/// A classifier that knows its classes, over rows of type `X`: what scoring, searches and early stopping ask of it.
///
/// Labels alone follow from linfa's `PredictInplace`. A model that has decision values or probabilities overrides
/// [`outputs`](Classify::outputs), so that it can be scored by `roc_auc` and `neg_log_loss`, too.
///
/// ```
/// use chunkfit::estimator::{Classes, Classify, Model, kind};
/// use chunkfit::linfa::DatasetBase;
/// use chunkfit::linfa::traits::PredictInplace;
/// use chunkfit::ndarray::{Array1, Array2, array};
/// use chunkfit::prelude::*;
///
/// /// Whether the first column is above 0.
/// struct Sign;
///
/// impl Model for Sign {
///     type Kind = kind::Classifier;
/// }
///
/// impl Classes<bool> for Sign {
///     fn classes(&self) -> &[bool] {
///         &[false, true]
///     }
/// }
///
/// impl PredictInplace<Array2<f64>, Array1<bool>> for Sign {
///     fn predict_inplace(&self, x: &Array2<f64>, y: &mut Array1<bool>) {
///         y.assign(&x.column(0).mapv(|value| value > 0.0));
///     }
///
///     fn default_target(&self, x: &Array2<f64>) -> Array1<bool> {
///         Array1::default(x.nrows())
///     }
/// }
///
/// impl Classify<Array2<f64>, bool> for Sign {}
///
/// let chunks = Chunks::from_memory([DatasetBase::new(array![[1.0], [-2.0]], array![true, true])]);
/// assert_eq!(Runtime::new().compute(Lazy::value(Sign).score(&chunks))?, 0.5);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not classify rows of type `{X}` by labels of type `{L}`",
    note = "the labels have to be of the type that the model learned",
    note = "for a classifier of your own implement linfa's `PredictInplace`, `chunkfit::estimator::Classes` and \
            `chunkfit::estimator::Classify`"
)]
pub trait Classify<X: Records<Elem: Float>, L: Label>: Model + Classes<L> + TryPredict<X, Array1<L>> {
    /// The outputs for some rows, as far as they are [wanted](Wanted).
    ///
    /// By default the labels by linfa's `PredictInplace`, and nothing else.
    ///
    /// # Errors
    /// Rows that do not fit the model.
    fn outputs(&self, x: &X, wanted: Wanted) -> Result<ClassOutputs<X::Elem>> {
        let _ = wanted;
        let predicted = self.try_predict(x)?;
        Ok(ClassOutputs::of_labels(labels::numbers(predicted.view(), None, self.classes())?))
    }
}

/// The outputs of a classifier that scores are to be read from, beside its labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Wanted {
    /// Decision values, or whatever rows are ranked by.
    pub decision: bool,
    /// Class probabilities.
    pub probabilities: bool,
}

impl Wanted {
    /// The outputs that these scorers need.
    pub fn by(scorers: &[Scorer]) -> Self {
        let needs = |what| scorers.iter().any(|scorer| scorer.needs() == what);
        Wanted { decision: needs(Needs::Decision), probabilities: needs(Needs::Probabilities) }
    }
}

/// The outputs of a classifier for some rows: labels, and decision values and probabilities where it has them.
#[derive(Clone, Debug)]
pub struct ClassOutputs<F> {
    labels: Vec<usize>,
    ranking: Option<Array2<F>>,
    decision: Option<Array2<F>>,
    probabilities: Option<Array2<F>>,
}

impl<F: Float> ClassOutputs<F> {
    /// The predicted label of each row, by its number among the sorted classes.
    pub fn of_labels(labels: Vec<usize>) -> Self {
        ClassOutputs { labels, ranking: None, decision: None, probabilities: None }
    }

    /// The labels that decision values name, and these values: shape (rows, 1) for two classes, else (rows, classes).
    pub fn of_decision(n_classes: usize, decision: Array2<F>) -> Self {
        Self::of_labels(class_numbers(n_classes, &decision)).with_decision(decision)
    }

    /// With other labels.
    pub fn with_labels(self, labels: Vec<usize>) -> Self {
        ClassOutputs { labels, ..self }
    }

    /// With decision values: shape (rows, 1) for two classes, else (rows, classes).
    pub fn with_decision(self, decision: Array2<F>) -> Self {
        ClassOutputs { decision: Some(decision), ..self }
    }

    /// With other values than the decision values to rank rows by, as for `roc_auc`: shape (rows, 1), or probabilities of
    /// shape (rows, 2).
    pub fn ranked_by(self, ranking: Array2<F>) -> Self {
        ClassOutputs { ranking: Some(ranking), ..self }
    }

    /// With class probabilities: shape (rows, classes).
    pub fn with_probabilities(self, probabilities: Array2<F>) -> Self {
        ClassOutputs { probabilities: Some(probabilities), ..self }
    }

    /// The number of the predicted class of each row, out of so many.
    #[cfg(feature = "predictor")]
    pub(crate) fn labels(&self, n_classes: usize) -> Result<&[usize]> {
        check_labels(&self.labels, n_classes).map(|()| &self.labels[..])
    }

    #[cfg(feature = "predictor")]
    pub(crate) fn probabilities(&self) -> Option<&Array2<F>> {
        self.probabilities.as_ref()
    }

    /// In double precision, for scorers that may need the number of the predicted class, out of so many.
    pub(super) fn widened(&self, n_classes: usize, scorers: &[Scorer]) -> Result<ClassRows<'_>> {
        if scorers.iter().any(|scorer| scorer.needs() == Needs::Labels) {
            check_labels(&self.labels, n_classes)?;
        }
        Ok(F::run::<Widened<'_>>(self))
    }

    pub(crate) fn decision(&self) -> Option<&Array2<F>> {
        self.decision.as_ref()
    }
}

float_computation!(Widened<'a>(&'a ClassOutputs<F>) -> ClassRows<'a> = widened);

/// Outputs in double precision.
fn widened<F: Float>(outputs: &ClassOutputs<F>) -> ClassRows<'_> {
    ClassRows {
        labels: &outputs.labels,
        // The values that named scorers rank rows by.
        ranking: wide_of(outputs.ranking.as_ref().or(outputs.decision.as_ref())),
        decision: wide_of(outputs.decision.as_ref()),
        probabilities: wide_of(outputs.probabilities.as_ref()),
        epsilon: wide(F::epsilon()),
    }
}

fn wide_of<F: Float>(values: Option<&Array2<F>>) -> Option<CowArray<'_, f64, Ix2>> {
    values.map(|values| F::run::<Widen<'_>>(values))
}

/// Refuses a predicted class that is none of so many.
fn check_labels(labels: &[usize], n_classes: usize) -> Result<()> {
    match labels.iter().position(|&number| number >= n_classes) {
        Some(row) => Err(no_class(labels[row], n_classes).at_row(row)),
        None => Ok(()),
    }
}

/// The error of a predicted class that the model does not have.
fn no_class(number: usize, n_classes: usize) -> Error {
    Error::shape("classes of the model, of which an output names another", n_classes, number + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_predicted_class_that_the_model_does_not_have_is_an_error() {
        let outputs = ClassOutputs::<f64>::of_labels(vec![0, 2, 1]);
        assert_eq!(outputs.widened(3, &[Scorer::Accuracy]).unwrap().labels, [0, 2, 1]);
        let error = outputs.widened(2, &[Scorer::Accuracy]).map(drop).unwrap_err();
        assert!(error.to_string().contains("expected 2 classes") && error.place().row == Some(1), "{error}");
    }
}
