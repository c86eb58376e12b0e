//! Fitted SGD classifier.

use linfa::Label;
use linfa::traits::{Predict, PredictInplace};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, aview1, aview2};
use serde::{Deserialize, Serialize};

use super::probabilities::{check_has_probabilities, probabilities};
use crate::data::{ClassLabel, CompiledRows, Csr, FeatureRows, Float, Remembered, check_model_bytes, labels};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{
    ClassOutputs, Classes, Classify, DecisionFunction, Model, PredictProba, Wanted, kind, settle, write_labels,
};
use crate::linear::LinearClassifier;
use crate::linear::sgd::descent::train::History;
use crate::linear::sgd::kernel::boundaries::BoundarySet;

pub(in crate::linear::sgd) const NAME: &str = "SgdClassifier";

/// A linear classifier trained by stochastic gradient descent, one example at a time
/// (scikit-learn's `SGDClassifier`).
///
/// Without shuffling it has scikit-learn 1.9's coefficients; with it, the orders are its own.
/// Sums, losses and intercepts are `f64` whatever the element type. More than two classes are told
/// apart one versus the rest.
///
/// # Training
/// [`params`](SgdClassifier::params) gives the parameters, and they fit:
/// - linfa's [`FitWith`](linfa::traits::FitWith), one pass over a chunk, from a model or none to
///   the next (scikit-learn's `partial_fit`);
/// - linfa's [`Fit`](linfa::traits::Fit), passes over one data set until it stops getting better;
/// - [`FitAverage`](crate::estimator::FitAverage), one pass over each of many chunks by itself, and the
///   average of the models; which may be where the next round begins
///   ([`fit_state_from`](super::SgdClassifierValidParams::fit_state_from)).
///
/// All take sparse and dense rows. Classes need not be known beforehand: those that appear along
/// the way get the very weights that they would have had if they had been declared.
///
/// ```
/// use chunkfit::data::Csr;
/// use chunkfit::linear::SgdClassifier;
/// use linfa::DatasetBase;
/// use linfa::traits::{FitWith, Predict};
/// use ndarray::array;
///
/// let chunks = [
///     DatasetBase::new(Csr::from_dense(&array![[2.0, 0.0], [0.0, 1.0]])?, array!["spam", "ham"]),
///     DatasetBase::new(Csr::from_dense(&array![[0.0, 3.0], [1.0, 0.0]])?, array!["ham", "spam"]),
/// ];
/// let params = SgdClassifier::params();
/// let mut model = None;
/// for chunk in &chunks {
///     model = Some(params.fit_with(model, chunk)?);
/// }
/// let model = model.expect("there were chunks");
/// assert_eq!(model.predict(&chunks[0].records), array!["spam", "ham"]);
/// # Ok::<(), chunkfit::Error>(())
/// ```
///
/// Its knobs are described at [`SgdClassifierParams`](super::SgdClassifierParams). The method:
/// Bottou, *Large-Scale Machine Learning with Stochastic Gradient Descent*, COMPSTAT 2010.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(
    serialize = "F: Float + Serialize, L: Serialize",
    deserialize = "F: Float + Deserialize<'de>, L: Deserialize<'de>"
))]
pub struct SgdClassifier<F, L> {
    /// Sorted. They count once a row was seen.
    pub(in crate::linear::sgd) classes: Vec<L>,
    /// The number of rows of each class it has learned from.
    pub(in crate::linear::sgd) counts: Vec<usize>,
    pub(in crate::linear::sgd) boundaries: BoundarySet<F>,
    pub(in crate::linear::sgd) history: History,
    /// The coefficients written out, once they were asked for.
    #[serde(skip)]
    pub(in crate::linear::sgd) linear: Remembered<LinearClassifier<F, L>>,
}

impl<F: Float, L: Clone> Clone for SgdClassifier<F, L> {
    fn clone(&self) -> Self {
        SgdClassifier {
            classes: self.classes.clone(),
            counts: self.counts.clone(),
            boundaries: self.boundaries.clone(),
            history: self.history.clone(),
            linear: self.linear.clone(),
        }
    }
}

impl<F: Float, L: Label> SgdClassifier<F, L> {
    pub(in crate::linear::sgd) fn new(classes: Vec<L>, boundaries: BoundarySet<F>, history: History) -> Self {
        let counts = vec![0; classes.len()];
        SgdClassifier { classes, counts, boundaries, history, linear: Remembered::default() }
    }

    /// The same model when it had learned from so many rows of each class.
    pub(in crate::linear::sgd) fn with_counts(self, counts: Vec<usize>) -> Self {
        SgdClassifier { counts, ..self }
    }

    /// True if all parts fit together.
    pub(crate) fn is_whole(&self) -> bool {
        let SgdClassifier { classes, counts, boundaries, .. } = self;
        let n = classes.len();
        let shown = if n == 0 { 0 } else { LinearClassifier::<F, L>::boundaries(n) };
        let sorted = classes.windows(2).all(|pair| pair[0] < pair[1]);
        let lanes = boundaries.positives(n).len();
        sorted
            && (n > 0 || !self.is_fitted())
            && self.history.fits(&boundaries.lanes)
            && counts.len() == n
            && boundaries.lanes.are_whole()
            && (boundaries.shown, boundaries.lanes.len()) == (shown, lanes)
    }

    /// Refuses a model whose rows, all that there are, were none or of one class.
    pub(crate) fn check_learned(&self) -> Result<()> {
        if !self.is_fitted() {
            return Err(no_rows());
        }
        labels::check_two(&self.classes, &self.counts)
    }

    /// The number of rows of each class it has learned from, in the order of the classes.
    pub fn class_counts(&self) -> &[usize] {
        if self.is_fitted() { &self.counts } else { &[] }
    }

    /// True if it has learned from any row, or was [made of parts](Self::from_parts). A model begun on an empty
    /// chunk has no columns, and is not.
    pub fn is_fitted(&self) -> bool {
        self.history.n_rows_seen > 0 || self.boundaries.lanes.columns() > 0
    }

    /// The number of rows it has learned from, each counted once however many passes were made.
    pub fn n_rows_seen(&self) -> usize {
        self.history.n_rows_seen
    }

    /// The sorted classes: the declared ones, or those seen so far. Empty if it has learned nothing.
    pub fn classes(&self) -> &[L] {
        if self.is_fitted() { &self.classes } else { &[] }
    }

    /// The number of columns it has learned from; 0 if it has learned nothing.
    pub fn n_features(&self) -> usize {
        if self.is_fitted() { self.boundaries.lanes.columns() } else { 0 }
    }

    /// The coefficients: shape (1, columns) for two classes, else (classes, columns); (0, 0) if it
    /// has learned nothing. They are the average once that has begun.
    pub fn coef(&self) -> ArrayView2<'_, F> {
        self.linear().map_or_else(|_| aview2::<F, 0>(&[]), |linear| linear.coef().view())
    }

    /// The intercepts, one a row of [`coef`](Self::coef).
    pub fn intercept(&self) -> ArrayView1<'_, F> {
        self.linear().map_or_else(|_| aview1(&[]), |linear| linear.intercept().view())
    }

    /// One more than the number of steps taken (scikit-learn's `t_`).
    pub fn t(&self) -> f64 {
        self.history.t
    }

    /// The number of passes of the last training: 1 after `partial_fit`; after `fit` the most that
    /// any boundary took (scikit-learn's `n_iter_`). If it is the number of `epochs`, training ran
    /// out of them.
    pub fn n_iter(&self) -> usize {
        self.history.n_iter
    }

    /// The classes, coefficients and intercepts: all that predicting needs.
    ///
    /// Training keeps the coefficients in another form. They are written out when they are first
    /// asked for, and stay beside it until training goes on.
    ///
    /// # Errors
    /// [`ErrorKind::NoRows`] if it has learned nothing.
    pub fn linear(&self) -> Result<&LinearClassifier<F, L>> {
        if !self.is_fitted() {
            return Err(no_rows());
        }
        self.linear.get_or_make(|| {
            let (coef, intercept) = self.boundaries.lanes.coefficients(0..self.boundaries.shown);
            LinearClassifier::from_parts(self.classes.clone(), coef, intercept)
        })
    }

    /// [`linear`](Self::linear) by value, without what further training needs.
    ///
    /// # Errors
    /// [`ErrorKind::NoRows`] if it has learned nothing.
    pub fn into_linear(self) -> Result<LinearClassifier<F, L>> {
        self.linear()?;
        self.linear.into_made().ok_or_else(no_rows)
    }
}

pub(in crate::linear::sgd) fn no_rows() -> Error {
    Error::new(ErrorKind::NoRows { estimator: NAME })
}

impl<F: Float, L: Label> Classes<L> for SgdClassifier<F, L> {
    fn classes(&self) -> &[L] {
        self.classes()
    }
}

impl<F: Float, L: Label, X: FeatureRows<Elem = F>> DecisionFunction<X> for SgdClassifier<F, L> {
    fn decision_function(&self, x: &X) -> Result<Array2<F>> {
        if !self.is_fitted() {
            return Err(no_rows());
        }
        if x.nfeatures() != self.n_features() {
            return Err(Error::shape("columns", self.n_features(), x.nfeatures()));
        }
        let shape = [(x.nsamples(), "rows"), (self.boundaries.shown, "classes")];
        check_model_bytes("decision_function", &shape, size_of::<F>())?;
        let lanes = &self.boundaries.lanes;
        lanes.margins(CompiledRows::of(x)?.view(), self.boundaries.shown, "decision value")
    }
}

/// For [`Loss::LogLoss`] the logistic function of the margins, for [`Loss::ModifiedHuber`] the
/// margins cut to ±1 and moved to 0 to 1; for more than two classes divided by their sum (Zadrozny
/// and Elkan, KDD 2002). Other losses have no probabilities: that is an
/// [`ErrorKind::InvalidParameter`].
///
/// [`Loss::LogLoss`]: crate::linear::Loss::LogLoss
/// [`Loss::ModifiedHuber`]: crate::linear::Loss::ModifiedHuber
impl<F: Float, L: Label, X: FeatureRows<Elem = F>> PredictProba<X> for SgdClassifier<F, L> {
    fn predict_proba(&self, x: &X) -> Result<Array2<F>> {
        let loss = self.history.loss;
        check_has_probabilities(loss)?;
        Ok(probabilities(loss, self.classes().len(), self.decision_function(x)?))
    }
}

/// # Panics
/// `predict` panics when the number of columns differs from training, nothing was learned, or a feature is NaN or
/// infinite; [`TryPredict`](crate::estimator::TryPredict), `decision_function` and everything lazy report it as an error
/// instead.
impl<F: Float, L: Label, X: FeatureRows<Elem = F>> PredictInplace<X, Array1<L>> for SgdClassifier<F, L> {
    fn predict_inplace(&self, x: &X, y: &mut Array1<L>) {
        settle(self.decision_function(x).and_then(|margins| write_labels(&self.classes, &margins, y)));
    }

    fn default_target(&self, x: &X) -> Array1<L> {
        Array1::from_elem(x.nsamples(), L::default())
    }
}

/// linfa predicts for data sets and dense matrices; this is the same for sparse ones.
impl<F: Float, L: Label> Predict<&Csr<F>, Array1<L>> for SgdClassifier<F, L> {
    fn predict(&self, x: &Csr<F>) -> Array1<L> {
        let mut labels = self.default_target(x);
        self.predict_inplace(x, &mut labels);
        labels
    }
}

impl<F: Float, L: ClassLabel> Model for SgdClassifier<F, L> {
    type Kind = kind::Classifier;
}

impl<F: Float, L: ClassLabel, X: FeatureRows<Elem = F>> Classify<X, L> for SgdClassifier<F, L> {
    fn outputs(&self, x: &X, wanted: Wanted) -> Result<ClassOutputs<F>> {
        let outputs = ClassOutputs::of_decision(self.classes().len(), self.decision_function(x)?);
        Ok(if wanted.probabilities { outputs.with_probabilities(self.predict_proba(x)?) } else { outputs })
    }
}
