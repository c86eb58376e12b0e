//! A fitted logistic regression.

use linfa::Label;
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use crate::data::{ClassLabel, FeatureRows, Float, float_computation, wide};
use crate::error::Result;
use crate::estimator::{ClassOutputs, Classify, DecisionFunction, MergeWarning, Model, PredictProba, Wanted, kind};
use crate::linear::LinearClassifier;
use crate::linear::linear_inside::decides_by_linear;

/// A fitted logistic regression (scikit-learn's `LogisticRegression`): two classes by the logistic
/// function, more by softmax.
///
/// ```
/// use chunkfit::estimator::PredictProba;
/// use chunkfit::linear::LogisticRegression;
/// use linfa::prelude::*;
/// use ndarray::array;
///
/// let data = Dataset::new(array![[0.0], [1.0], [2.0], [3.0]], array![false, true, false, true]);
/// let model = LogisticRegression::params().c(1.0).fit(&data)?;
/// assert_eq!(model.predict(&array![[-5.0], [9.0]]), array![false, true]);
/// assert!(model.predict_proba(&array![[9.0]])?[(0, 1)] > 0.9);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogisticRegression<F, L> {
    linear: LinearClassifier<F, L>,
    n_iter: usize,
    converged: bool,
    warnings: Vec<MergeWarning>,
}

impl<F: Float, L: Label> LogisticRegression<F, L> {
    pub(crate) fn new(linear: LinearClassifier<F, L>, n_iter: usize, converged: bool) -> Self {
        LogisticRegression { linear, n_iter, converged, warnings: Vec::new() }
    }

    pub(crate) fn warned(self, warnings: Vec<MergeWarning>) -> Self {
        LogisticRegression { warnings, ..self }
    }

    /// A model of sorted distinct `classes`; `coef` of shape (1, columns) for one or two classes, else
    /// (classes, columns); one `intercept` a row of `coef`. They count as converged, after no step.
    ///
    /// # Errors
    /// Those of [`LinearClassifier::from_parts`].
    pub fn from_parts(classes: Vec<L>, coef: Array2<F>, intercept: Array1<F>) -> Result<Self> {
        LinearClassifier::from_parts(classes, coef, intercept).map(Self::from_linear)
    }

    /// Coefficients from elsewhere, read as those of a logistic regression. They count as
    /// converged, after no step.
    pub fn from_linear(linear: LinearClassifier<F, L>) -> Self {
        Self::new(linear, 0, true)
    }

    /// The linear classifier inside, by value.
    pub fn into_linear(self) -> LinearClassifier<F, L> {
        self.linear
    }

    /// The number of coefficients that are not zero, in all rows of [`coef`](Self::coef): with an L1 penalty, those it has
    /// selected.
    pub fn n_nonzero(&self) -> usize {
        self.coef().iter().filter(|w| !w.is_zero()).count()
    }

    /// The Newton steps taken; the most of any chunk if chunks were averaged.
    pub fn n_iter(&self) -> usize {
        self.n_iter
    }

    /// True if the tolerance was reached before the steps ran out; in every chunk if chunks were
    /// averaged.
    pub fn converged(&self) -> bool {
        self.converged
    }

    /// Reasons to doubt the model if it is an average of several chunks' models. Empty for other
    /// fits, those in passes over the chunks among them: further rounds see to what an average lacks.
    pub fn warnings(&self) -> &[MergeWarning] {
        &self.warnings
    }
}

decides_by_linear!(LogisticRegression);

impl<F: Float, L: Label, X: FeatureRows<Elem = F>> PredictProba<X> for LogisticRegression<F, L> {
    fn predict_proba(&self, x: &X) -> Result<Array2<F>> {
        let margins = self.linear.decision_function(x)?;
        Ok(F::run::<Probabilities>((self.classes().len(), margins)))
    }
}

float_computation!(Probabilities((usize, Array2<F>)) -> Array2<F> = probabilities);

/// The probabilities of so many classes that decision values stand for.
fn probabilities<F: Float>((n_classes, mut proba): (usize, Array2<F>)) -> Array2<F> {
    match n_classes {
        1 => proba.fill(F::one()),
        2 => {
            // Each by its own exponential: 1 - p would lose the digits of a small one.
            proba = Array2::from_shape_fn((proba.nrows(), 2), |(i, k)| {
                let margin = wide(proba[(i, 0)]);
                F::cast(1.0 / (1.0 + if k == 1 { -margin } else { margin }.exp()))
            });
        }
        _ => {
            for mut row in proba.rows_mut() {
                let max = row.iter().fold(f64::NEG_INFINITY, |max, &m| max.max(wide(m)));
                let sum: f64 = row.iter().map(|&m| (wide(m) - max).exp()).sum();
                row.mapv_inplace(|m| F::cast((wide(m) - max).exp() / sum));
            }
        }
    }
    proba
}

impl<F: Float, L: ClassLabel> Model for LogisticRegression<F, L> {
    type Kind = kind::Classifier;
}

impl<F: Float, L: ClassLabel, X: FeatureRows<Elem = F>> Classify<X, L> for LogisticRegression<F, L> {
    fn outputs(&self, x: &X, wanted: Wanted) -> Result<ClassOutputs<F>> {
        let outputs = self.linear.outputs(x, wanted)?;
        Ok(if wanted.probabilities { outputs.with_probabilities(self.predict_proba(x)?) } else { outputs })
    }
}
