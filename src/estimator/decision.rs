//! Decision values, class probabilities and classes of a classifier.

use linfa::Label;
use ndarray::{Array1, Array2};

use super::try_predict::check_targets;
use crate::data::{FeatureRows, Float, float_computation};
use crate::error::Result;

/// Signed distances from the decision boundaries (scikit-learn's `decision_function`).
///
/// ```
/// use chunkfit::estimator::DecisionFunction;
/// use chunkfit::linfa::traits::Fit;
/// use chunkfit::linfa::Dataset;
/// use chunkfit::ndarray::array;
/// use chunkfit::prelude::*;
///
/// let data = Dataset::new(array![[0.0], [1.0], [2.0], [3.0]], array![false, false, true, true]);
/// let model = LogisticRegression::params().fit(&data)?;
/// let decision = model.decision_function(&array![[-9.0], [9.0]])?;
/// assert!(decision[(0, 0)] < 0.0 && decision[(1, 0)] > 0.0);
/// # Ok::<(), Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no decision values for rows of type `{X}`",
    note = "decision values are those of classifiers and outlier detectors; a regressor and a clusterer have \
            `predict`",
    note = "for a model of your own implement `chunkfit::estimator::DecisionFunction`"
)]
pub trait DecisionFunction<X: FeatureRows> {
    /// Shape (rows, 1) for two classes, a positive value meaning the second; else (rows, classes),
    /// the largest value naming the class.
    ///
    /// # Errors
    /// A number of columns other than in training (kind `ShapeMismatch`); a NaN or infinite feature (`NonFinite`, with
    /// row and column); a value beyond what a float can hold (`NonFiniteResult`, with the row).
    fn decision_function(&self, x: &X) -> Result<Array2<X::Elem>>;
}

/// Class probabilities (scikit-learn's `predict_proba`).
///
/// ```
/// use chunkfit::estimator::{Classes, PredictProba};
/// use chunkfit::linfa::traits::Fit;
/// use chunkfit::linfa::Dataset;
/// use chunkfit::ndarray::array;
/// use chunkfit::prelude::*;
///
/// let data = Dataset::new(array![[0.0], [1.0], [2.0], [3.0]], array![false, false, true, true]);
/// let model = LogisticRegression::params().fit(&data)?;
/// let probabilities = model.predict_proba(&array![[9.0]])?;
/// assert!(probabilities[(0, 1)] > 0.9 && Classes::<bool>::classes(&model) == [false, true]);
/// # Ok::<(), Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no class probabilities for rows of type `{X}`",
    note = "class probabilities are those of classifiers; one that has decision values only gets them by \
            `fit.calibrated(&held_out, Calibration::Sigmoid)`; a regressor has `predict`, an outlier detector \
            `decision_function`",
    note = "for a model of your own implement `chunkfit::estimator::PredictProba`"
)]
pub trait PredictProba<X: FeatureRows> {
    /// Shape (rows, classes), classes in sorted order; every row sums to 1.
    ///
    /// # Errors
    /// Those of [`DecisionFunction`]; a loss that has no probabilities.
    fn predict_proba(&self, x: &X) -> Result<Array2<X::Elem>>;
}

/// A classifier that tells its classes (scikit-learn's `classes_`).
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no classes of type `{L}`",
    note = "the labels have to be of the type that the model learned; a regressor has none",
    note = "for a classifier of your own implement `chunkfit::estimator::Classes`; one of another crate is scored \
            inside of `AsClassifier`"
)]
pub trait Classes<L> {
    /// The sorted classes. Empty if it has learned nothing.
    fn classes(&self) -> &[L];
}

/// The number of the class that each row of decision values names, out of so many; the first of equal maxima.
pub(crate) fn class_numbers<F: Float>(n_classes: usize, margins: &Array2<F>) -> Vec<usize> {
    F::run::<ClassNumbers<'_>>((n_classes, margins))
}

float_computation!(ClassNumbers<'a>((usize, &'a Array2<F>)) -> Vec<usize> = numbers_of_rows);

fn numbers_of_rows<F: Float>((n_classes, margins): (usize, &Array2<F>)) -> Vec<usize> {
    margins.rows().into_iter().map(|row| class_of(n_classes, row)).collect()
}

/// Writes the label that each row of decision values names.
pub(crate) fn write_labels<F: Float, L: Label>(classes: &[L], margins: &Array2<F>, y: &mut Array1<L>) -> Result<()> {
    write_classes(classes, &class_numbers(classes.len(), margins), y)
}

/// Writes the labels with these numbers.
pub(crate) fn write_classes<L: Label>(classes: &[L], numbers: &[usize], y: &mut Array1<L>) -> Result<()> {
    check_targets(numbers.len(), y.len())?;
    for (own, &number) in y.iter_mut().zip(numbers) {
        own.clone_from(&classes[number]);
    }
    Ok(())
}

/// The number of the class that one row of margins names.
pub(super) fn class_of<F: Float>(n_classes: usize, margins: ndarray::ArrayView1<'_, F>) -> usize {
    match n_classes {
        1 => 0,
        2 => usize::from(margins[0] > F::zero()),
        // The first of equal maxima, as numpy's argmax.
        _ => margins.iter().enumerate().fold(0, |best, (k, &m)| if m > margins[best] { k } else { best }),
    }
}
