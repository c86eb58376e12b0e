//! Fitted one-vs-rest classifiers of all labels.

use linfa::traits::{Predict, PredictInplace};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Zip, aview1, aview2};
use serde::{Deserialize, Serialize};

use crate::data::{CompiledRows, Csr, FeatureRows, Float, Remembered, check_model_bytes, float_computation};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{DecisionFunction, Model, check_targets, kind, settle};
use crate::linear::sgd::descent::train::History;
use crate::linear::sgd::kernel::lanes::{Lanes, WIDEST};

pub(super) const NAME: &str = "OneVsRest";

/// For every label a linear classifier of its own, which tells the rows that have it from those
/// that have not (scikit-learn's `OneVsRestClassifier(SGDClassifier())` on a matrix of labels).
///
/// Targets are `bool`, shape (rows, labels), as a
/// [`MultiLabelBinarizer`](crate::preprocessing::MultiLabelBinarizer) has its columns; a row may have
/// none. [`with_label_names`](Self::with_label_names) gives the labels their names, which are saved with the model.
///
/// The labels' weights lie side by side, and a row is read once for eight of them. Each label has
/// the very coefficients that an [`SgdClassifier`](crate::linear::SgdClassifier) with the same
/// parameters would get for it alone, bit for bit; all read the rows in the same order. A label that
/// no row has is learned too, and never predicted.
///
/// Over chunks, [`ChainedLabels`](crate::combine::ChainedLabels) learns blocks of labels in parallel;
/// [`Averaged`](crate::combine::Averaged) learns from the chunks in parallel, and averages each label's classifiers.
///
/// Weights are as wide as the records' numbers: 90 labels over 2^18 columns hold 180 MiB in `f64`,
/// and half of that in `f32` ([`HashingVectorizerParams::dtype`]), whose sums still run in `f64`;
/// [averaging](crate::linear::Averaging) holds as much again. [`coef`](Self::coef) writes them out
/// beside the training state; predicting does not.
///
/// ```
/// use chunkfit::data::Csr;
/// use chunkfit::linear::{OneVsRest, SgdClassifier};
/// use linfa::DatasetBase;
/// use linfa::traits::{Fit, Predict};
/// use ndarray::array;
///
/// let x = Csr::from_dense(&array![[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])?;
/// let labels = array![[true, false], [false, true], [true, true]];
/// let params = OneVsRest::params(SgdClassifier::params());
/// let model = params.fit(&DatasetBase::new(x.clone(), labels.clone()))?;
/// assert_eq!(model.predict(&x), labels);
/// # Ok::<(), chunkfit::Error>(())
/// ```
///
/// [`HashingVectorizerParams::dtype`]: crate::text::HashingVectorizerParams::dtype
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "F: Float + Serialize", deserialize = "F: Float + Deserialize<'de>"))]
pub struct OneVsRest<F> {
    /// One a label.
    pub(in crate::linear::sgd) lanes: Lanes<F>,
    pub(in crate::linear::sgd) history: History,
    /// The labels' names, one a label, or none.
    #[serde(default)]
    pub(super) label_names: Vec<String>,
    /// The coefficients and intercepts written out, once they were asked for.
    #[serde(skip)]
    pub(super) written: Remembered<(Array2<F>, Array1<F>)>,
}

impl<F: Float> Clone for OneVsRest<F> {
    fn clone(&self) -> Self {
        OneVsRest {
            lanes: self.lanes.clone(),
            history: self.history.clone(),
            label_names: self.label_names.clone(),
            written: self.written.clone(),
        }
    }
}

impl<F: Float> OneVsRest<F> {
    pub(in crate::linear::sgd) fn new(lanes: Lanes<F>, history: History) -> Self {
        OneVsRest { lanes, history, label_names: Vec::new(), written: Remembered::default() }
    }

    /// True if all parts fit together.
    pub(crate) fn is_whole(&self) -> bool {
        let named = self.label_names.is_empty() || self.label_names.len() == self.n_labels();
        named && self.lanes.are_whole() && (self.lanes.len() > 0 || !self.is_fitted()) && self.history.fits(&self.lanes)
    }

    /// Refuses a model that has learned from no row.
    pub(crate) fn check_learned(&self) -> Result<()> {
        if self.is_fitted() { Ok(()) } else { Err(no_rows()) }
    }

    /// Refuses rows of other columns or labels than it has learned from.
    pub(super) fn check_goes_on(&self, columns: usize, labels: usize) -> Result<()> {
        if columns != self.lanes.columns() {
            return Err(Error::shape("columns", self.lanes.columns(), columns));
        }
        if labels != self.lanes.len() {
            return Err(Error::shape("labels", self.lanes.len(), labels));
        }
        Ok(())
    }

    /// The labels of this model, then those of another that has learned from the same rows.
    ///
    /// # Errors
    /// [`ErrorKind::ShapeMismatch`] when they have not; and when the labels of this model, if there
    /// are others to come, do not fill whole blocks.
    pub(crate) fn beside(self, other: Self) -> Result<Self> {
        let (rows, others) = (self.n_rows_seen(), other.n_rows_seen());
        if rows != others {
            return Err(Error::shape("rows learned from", rows, others));
        }
        let n_labels = self.n_labels();
        let lanes = self
            .lanes
            .beside(other.lanes)
            .ok_or_else(|| Error::shape("labels before others", n_labels.next_multiple_of(WIDEST), n_labels))?;
        Ok(OneVsRest::new(lanes, self.history))
    }

    /// True if it has learned from any row, or was [made of parts](Self::from_parts). A model begun on an empty
    /// chunk has no columns, and is not.
    pub fn is_fitted(&self) -> bool {
        self.history.n_rows_seen > 0 || self.lanes.columns() > 0
    }

    /// The number of rows it has learned from, each counted once however many passes were made.
    pub fn n_rows_seen(&self) -> usize {
        self.history.n_rows_seen
    }

    /// The number of labels; 0 if it has learned nothing.
    pub fn n_labels(&self) -> usize {
        if self.is_fitted() { self.lanes.len() } else { 0 }
    }

    /// The same model with names for its labels, in the order of the targets' columns, such as
    /// [`MultiLabelBinarizer::class_names`](crate::preprocessing::MultiLabelBinarizer::class_names). They are saved with the
    /// model. Training that goes on from it gives a model without names.
    ///
    /// # Errors
    /// Another number of names than labels (kind `ShapeMismatch`).
    pub fn with_label_names<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Result<Self> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        if names.len() != self.n_labels() {
            return Err(Error::shape("names of labels", self.n_labels(), names.len()));
        }
        self.label_names = names;
        Ok(self)
    }

    /// The labels' names, in the order of the columns of predictions; none if they were not given.
    pub fn label_names(&self) -> &[String] {
        &self.label_names
    }

    /// The names of the labels that each row is predicted to have: `predict`, and scikit-learn's
    /// `MultiLabelBinarizer.inverse_transform` of it.
    ///
    /// ```
    /// use chunkfit::linear::{OneVsRest, SgdClassifier};
    /// use linfa::DatasetBase;
    /// use linfa::traits::Fit;
    /// use ndarray::array;
    ///
    /// let x = array![[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]];
    /// let labels = array![[true, false], [false, true], [true, true]];
    /// let model = OneVsRest::params(SgdClassifier::params()).fit(&DatasetBase::new(x, labels))?;
    /// let model = model.with_label_names(["oil", "gold"])?;
    /// assert_eq!(model.predict_names(&array![[2.0, 2.0], [0.0, 3.0]])?, [vec!["oil", "gold"], vec!["gold"]]);
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    ///
    /// # Errors
    /// As of `decision_function`; labels without names (kind `ShapeMismatch`).
    pub fn predict_names<X: FeatureRows<Elem = F>>(&self, x: &X) -> Result<Vec<Vec<&str>>> {
        let margins = self.decision_function(x)?;
        if self.label_names.len() != margins.ncols() {
            return Err(Error::shape("names of labels", margins.ncols(), self.label_names.len()));
        }
        let named = |row: ArrayView1<'_, F>| {
            let present = self.label_names.iter().zip(row).filter(|(_, margin)| **margin > F::zero());
            present.map(|(name, _)| name.as_str()).collect()
        };
        Ok(margins.rows().into_iter().map(named).collect())
    }

    /// The number of columns it has learned from; 0 if it has learned nothing.
    pub fn n_features(&self) -> usize {
        if self.is_fitted() { self.lanes.columns() } else { 0 }
    }

    /// The coefficients, shape (labels, columns); (0, 0) if it has learned nothing. They are the
    /// average once that has begun. They are written out when they are first asked for, and stay
    /// beside the training state until training goes on.
    pub fn coef(&self) -> ArrayView2<'_, F> {
        self.written().map_or_else(|| aview2::<F, 0>(&[]), |(coef, _)| coef.view())
    }

    /// The intercepts, one a label.
    pub fn intercept(&self) -> ArrayView1<'_, F> {
        self.written().map_or_else(|| aview1(&[]), |(_, intercept)| intercept.view())
    }

    /// One more than the number of steps taken (scikit-learn's `t_`); after `fit`, by the label that
    /// took most.
    pub fn t(&self) -> f64 {
        self.history.t
    }

    /// The number of passes of the last training: 1 after `partial_fit`; after `fit` the most that any
    /// label took (scikit-learn's `n_iter_`). If it is the number of `epochs`, training ran out of
    /// them.
    pub fn n_iter(&self) -> usize {
        self.history.n_iter
    }

    fn written(&self) -> Option<&(Array2<F>, Array1<F>)> {
        let write = || Ok::<_, Error>(self.lanes.coefficients(0..self.lanes.len()));
        if self.is_fitted() { self.written.get_or_make(write).ok() } else { None }
    }
}

pub(super) fn no_rows() -> Error {
    Error::new(ErrorKind::NoRows { estimator: NAME })
}

/// One column a label, whatever their number; a row has the labels whose values are above zero.
impl<F: Float, X: FeatureRows<Elem = F>> DecisionFunction<X> for OneVsRest<F> {
    fn decision_function(&self, x: &X) -> Result<Array2<F>> {
        if !self.is_fitted() {
            return Err(no_rows());
        }
        if x.nfeatures() != self.n_features() {
            return Err(Error::shape("columns", self.n_features(), x.nfeatures()));
        }
        let shape = [(x.nsamples(), "rows"), (self.n_labels(), "labels")];
        check_model_bytes("decision_function", &shape, size_of::<F>())?;
        self.lanes.margins(CompiledRows::of(x)?.view(), self.n_labels(), "decision value")
    }
}

float_computation!(WriteLabels<'a>((Array2<F>, &'a mut Array2<bool>)) -> () = write_labels);

fn write_labels<F: Float>((margins, labels): (Array2<F>, &mut Array2<bool>)) {
    Zip::from(labels).and(&margins).for_each(|label, &margin| *label = margin > F::zero());
}

/// # Panics
/// `predict` panics when the number of columns differs from training, nothing was learned, or a feature is NaN or
/// infinite; [`TryPredict`](crate::estimator::TryPredict), `decision_function` and everything lazy report it as an error
/// instead.
impl<F: Float, X: FeatureRows<Elem = F>> PredictInplace<X, Array2<bool>> for OneVsRest<F> {
    fn predict_inplace(&self, x: &X, y: &mut Array2<bool>) {
        settle(self.decision_function(x).and_then(|margins| {
            check_targets(margins.nrows(), y.nrows())?;
            if margins.ncols() != y.ncols() {
                return Err(Error::shape("labels of the targets", margins.ncols(), y.ncols()));
            }
            F::run::<WriteLabels<'_>>((margins, y));
            Ok(())
        }));
    }

    fn default_target(&self, x: &X) -> Array2<bool> {
        Array2::from_elem((x.nsamples(), self.n_labels()), false)
    }
}

/// linfa predicts for data sets and dense matrices; this is the same for sparse ones.
impl<F: Float> Predict<&Csr<F>, Array2<bool>> for OneVsRest<F> {
    fn predict(&self, x: &Csr<F>) -> Array2<bool> {
        let mut labels = self.default_target(x);
        self.predict_inplace(x, &mut labels);
        labels
    }
}

impl<F: Float> Model for OneVsRest<F> {
    type Kind = kind::MultilabelClassifier;
}
