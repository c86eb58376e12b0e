//! One-class SVM by SGD: novelty and outlier detection.

use linfa::dataset::DatasetBase;
use linfa::traits::{Fit, FitWith, Predict, PredictInplace};
use ndarray::{Array1, Array2, ArrayView1, aview1};
use serde::{Deserialize, Serialize};

use super::params::SgdOneClassSvmValidParams;
use crate::data::{
    CompiledRows, Csr, FeatureRows, Float, Remembered, RowsView, check_model_bytes, check_weights, float_computation,
    weights_of, wide,
};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{DecisionFunction, Model, check_targets, kind, settle};
use crate::linear::sgd::descent::train::{History, Stopping, Training};
use crate::linear::sgd::kernel::lane_run::{Target, Truth};
use crate::linear::sgd::kernel::lanes::Lanes;
use crate::linear::sgd::kernel::pass::Examples;

pub(super) const NAME: &str = "SgdOneClassSvm";

/// A linear one-class support vector machine, trained by stochastic gradient descent one row at a
/// time (scikit-learn's `SGDOneClassSVM`): a hyperplane that has most rows on its far side from the
/// origin. Those on the near side are outliers, of which there are to be about
/// [`nu`](super::SgdOneClassSvmParams::nu).
///
/// Without shuffling it has scikit-learn 1.9's coefficients and offset; with it, the orders are its
/// own. It predicts `true` for an inlier, where scikit-learn has 1, and `false` for an outlier, where
/// it has -1; so do linfa's one-class machines, and so predictions can be counted against labels.
///
/// Its [parameters](super::SgdOneClassSvmParams) fit linfa's [`FitWith`], one pass over a chunk
/// (scikit-learn's `partial_fit`), and [`Fit`], passes over one data set until it stops getting
/// better; both over sparse and dense rows, whose targets are not looked at. [`Averaged`](crate::combine::Averaged) makes
/// one pass over each of many chunks by itself, and averages coefficients and offsets.
///
/// ```
/// use chunkfit::linear::SgdOneClassSvm;
/// use linfa::DatasetBase;
/// use linfa::traits::{FitWith, Predict};
/// use ndarray::array;
///
/// let chunk = DatasetBase::from(array![[1.0, 2.0], [2.0, 1.0], [1.5, 1.5]]);
/// let params = SgdOneClassSvm::params().nu(0.1);
/// let mut model = None;
/// for _ in 0..20 {
///     model = Some(params.fit_with(model, &chunk)?);
/// }
/// let model = model.expect("there were chunks");
/// assert_eq!(model.predict(&array![[1.6, 1.6], [-1.0, 0.5]]), array![true, false]);
/// # Ok::<(), chunkfit::Error>(())
/// ```
///
/// The method: Schölkopf et al., *Estimating the Support of a High-Dimensional Distribution*, Neural
/// Computation 2001, in the primal form with the offset as a variable.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "F: Float + Serialize", deserialize = "F: Float + Deserialize<'de>"))]
pub struct SgdOneClassSvm<F> {
    /// One lane, with the intercept `1 - offset`.
    pub(in crate::linear::sgd) lanes: Lanes<F>,
    pub(in crate::linear::sgd) history: History,
    /// The coefficients written out, once they were asked for.
    #[serde(skip)]
    coef: Remembered<Array1<F>>,
}

/// One pass over a chunk (scikit-learn's `partial_fit`); see
/// [`partial_fit_weighted`](SgdOneClassSvmValidParams::partial_fit_weighted) for its errors.
impl<'a, X: FeatureRows, T> FitWith<'a, X, T, Error> for SgdOneClassSvmValidParams {
    type ObjectIn = Option<SgdOneClassSvm<X::Elem>>;
    type ObjectOut = SgdOneClassSvm<X::Elem>;

    fn fit_with(&self, model: Self::ObjectIn, chunk: &'a DatasetBase<X, T>) -> Result<Self::ObjectOut> {
        self.partial_fit_weighted(model, &chunk.records, weights_of(chunk).as_deref())
    }
}

/// Passes over one data set until it stops getting better (scikit-learn's `fit`); see
/// [`fit_weighted`](SgdOneClassSvmValidParams::fit_weighted) for its errors.
impl<X: FeatureRows, T> Fit<X, T, Error> for SgdOneClassSvmValidParams {
    type Object = SgdOneClassSvm<X::Elem>;

    fn fit(&self, dataset: &DatasetBase<X, T>) -> Result<Self::Object> {
        self.fit_weighted(&dataset.records, weights_of(dataset).as_deref())
    }
}

impl SgdOneClassSvmValidParams {
    /// One pass over a chunk, each row counting `sample_weight` times: from a model, or none, to
    /// the next. The chunk may have no rows; the model then stays as it is. Rows of weight 0 are as if absent.
    ///
    /// linfa's [`FitWith`] does the same with the data set's own `f32` weights.
    ///
    /// # Errors
    /// - [`ShapeMismatch`](ErrorKind::ShapeMismatch): as many weights as rows are needed, and as many
    ///   columns as the model has.
    /// - [`InvalidParameter`](ErrorKind::InvalidParameter): a weight that is negative or not finite.
    /// - [`NonFinite`](ErrorKind::NonFinite): a NaN or infinite feature.
    /// - [`Diverged`](ErrorKind::Diverged): the weights overflowed.
    pub fn partial_fit_weighted<X: FeatureRows>(
        &self,
        model: Option<SgdOneClassSvm<X::Elem>>,
        x: &X,
        sample_weight: Option<&[f64]>,
    ) -> Result<SgdOneClassSvm<X::Elem>> {
        self.fit_chunk(model, CompiledRows::of(x)?.view(), sample_weight)
    }

    fn fit_chunk<F: Float>(
        &self,
        model: Option<SgdOneClassSvm<F>>,
        x: RowsView<'_, F>,
        sample_weight: Option<&[f64]>,
    ) -> Result<SgdOneClassSvm<F>> {
        check_weights(x.n_rows(), sample_weight)?;
        let model = model.filter(SgdOneClassSvm::is_fitted);
        if x.n_rows() == 0 {
            return Ok(model.unwrap_or_else(|| self.begin(0)));
        }
        if let Some(model) = &model {
            model.check_columns(x.n_columns())?;
        }
        let counted = x.rows_of_weight(None, sample_weight)?;
        if counted.as_ref().is_some_and(Vec::is_empty) {
            return Ok(model.unwrap_or_else(|| self.begin(0)));
        }
        check_model_bytes(NAME, &[(x.n_columns(), "columns")], size_of::<F>())?;
        let model = model.unwrap_or_else(|| self.begin(x.n_columns()));
        self.run(model, x, (sample_weight, counted.as_deref()), Stopping::AFTER_ONE_PASS)
    }

    /// Passes over one data set until it stops getting better, each row counting `sample_weight`
    /// times. linfa's [`Fit`] does the same with the data set's own `f32` weights.
    ///
    /// # Errors
    /// As [`partial_fit_weighted`](Self::partial_fit_weighted); and
    /// [`NoRows`](ErrorKind::NoRows) when there are none of weight above 0.
    pub fn fit_weighted<X: FeatureRows>(
        &self,
        x: &X,
        sample_weight: Option<&[f64]>,
    ) -> Result<SgdOneClassSvm<X::Elem>> {
        self.fit_rows(CompiledRows::of(x)?.view(), sample_weight)
    }

    fn fit_rows<F: Float>(&self, x: RowsView<'_, F>, sample_weight: Option<&[f64]>) -> Result<SgdOneClassSvm<F>> {
        check_weights(x.n_rows(), sample_weight)?;
        let counted = x.rows_of_weight(None, sample_weight)?;
        if counted.as_ref().map_or(x.n_rows(), Vec::len) == 0 {
            return Err(no_rows());
        }
        check_model_bytes(NAME, &[(x.n_columns(), "columns")], size_of::<F>())?;
        self.run(self.begin(x.n_columns()), x, (sample_weight, counted.as_deref()), self.descent.stopping())
    }

    /// A model that has learned nothing: no offset, as scikit-learn begins.
    pub(super) fn begin<F: Float>(&self, columns: usize) -> SgdOneClassSvm<F> {
        let mut lanes = Lanes::zeros(1, columns);
        let (block, lane) = lanes.find_mut(0);
        block.lanes[lane].intercept = 1.0;
        SgdOneClassSvm::new(lanes, History::new(self.descent.loss))
    }

    pub(super) fn run<F: Float>(
        &self,
        mut model: SgdOneClassSvm<F>,
        x: RowsView<'_, F>,
        (sample_weight, rows): (Option<&[f64]>, Option<&[usize]>),
        stopping: Stopping,
    ) -> Result<SgdOneClassSvm<F>> {
        let SgdOneClassSvm { lanes, history, .. } = &mut model;
        let truth = Truth::Unlabelled(rows.map_or(x.n_rows(), <[usize]>::len));
        let examples = Examples { x: x.reborrow(), rows, truth, sample_weight };
        let (descent, targets) = (&self.descent, vec![Target::Inlier]);
        Training { descent, history, lanes, targets, examples, stopping, estimator: NAME }.run()?;
        model.coef.forget();
        Ok(model)
    }
}

pub(in crate::linear::sgd) fn no_rows() -> Error {
    Error::new(ErrorKind::NoRows { estimator: NAME })
}

impl<F: Float> Clone for SgdOneClassSvm<F> {
    fn clone(&self) -> Self {
        SgdOneClassSvm { lanes: self.lanes.clone(), history: self.history.clone(), coef: self.coef.clone() }
    }
}

impl<F: Float> SgdOneClassSvm<F> {
    pub(in crate::linear::sgd) fn new(lanes: Lanes<F>, history: History) -> Self {
        SgdOneClassSvm { lanes, history, coef: Remembered::default() }
    }

    /// True if all parts fit together.
    pub(crate) fn is_whole(&self) -> bool {
        self.lanes.len() == 1 && self.lanes.are_whole() && self.history.fits(&self.lanes)
    }

    /// True if it has learned from any row, or was [made of parts](Self::from_parts). A model begun on an empty
    /// chunk has no columns, and is not.
    pub fn is_fitted(&self) -> bool {
        self.history.n_rows_seen > 0 || self.lanes.columns() > 0
    }

    /// Refuses a model that has learned from no row.
    pub(crate) fn check_learned(&self) -> Result<()> {
        if self.is_fitted() { Ok(()) } else { Err(no_rows()) }
    }

    /// The number of rows it has learned from, each counted once however many passes were made.
    pub fn n_rows_seen(&self) -> usize {
        self.history.n_rows_seen
    }

    /// The number of columns it has learned from; 0 if it has learned nothing.
    pub fn n_features(&self) -> usize {
        if self.is_fitted() { self.lanes.columns() } else { 0 }
    }

    /// The coefficients, one a column; none if it has learned nothing. They are the average once
    /// that has begun. They are written out when they are first asked for.
    pub fn coef(&self) -> ArrayView1<'_, F> {
        let make = || if self.is_fitted() { Ok(self.lanes.coefficients(0..1).0.row(0).to_owned()) } else { Err(()) };
        self.coef.get_or_make(make).map_or_else(|()| aview1(&[]), Array1::view)
    }

    /// The offset: the [score](Self::score_samples) that a row must reach to be an inlier; 0 if the model
    /// has learned nothing (scikit-learn's `offset_`).
    pub fn offset(&self) -> F {
        if self.is_fitted() { F::cast(1.0 - wide(self.intercept())) } else { F::zero() }
    }

    /// One more than the number of steps taken (scikit-learn's `t_`).
    pub fn t(&self) -> f64 {
        self.history.t
    }

    /// The number of passes of the last training (scikit-learn's `n_iter_`). If it is the number of
    /// `epochs`, training ran out of them.
    pub fn n_iter(&self) -> usize {
        self.history.n_iter
    }

    /// The similarity of each row to those learned from: its product with the coefficients.
    ///
    /// # Errors
    /// As [`decision_function`](DecisionFunction::decision_function).
    pub fn score_samples<X: FeatureRows<Elem = F>>(&self, x: &X) -> Result<Array1<F>> {
        let offset = self.offset();
        Ok(self.decision_function(x)?.column(0).mapv(|decision| decision + offset))
    }

    fn intercept(&self) -> F {
        self.lanes.blocks()[0].lanes[0].intercept_that_counts()
    }

    pub(super) fn check_columns(&self, found: usize) -> Result<()> {
        match self.lanes.columns() {
            own if own == found => Ok(()),
            own => Err(Error::shape("columns", own, found)),
        }
    }
}

/// The [score](SgdOneClassSvm::score_samples) of each row less the offset, shape (rows, 1): below 0
/// for outliers. A model that has learned nothing is an [`ErrorKind::NoRows`].
impl<F: Float, X: FeatureRows<Elem = F>> DecisionFunction<X> for SgdOneClassSvm<F> {
    fn decision_function(&self, x: &X) -> Result<Array2<F>> {
        if !self.is_fitted() {
            return Err(no_rows());
        }
        self.check_columns(x.nfeatures())?;
        F::run::<Decision<'_>>((&self.lanes, CompiledRows::of(x)?.view()))
    }
}

float_computation!(Decision<'a>((&'a Lanes<F>, RowsView<'a, F>)) -> Result<Array2<F>> = decision);

fn decision<F: Float>((lanes, x): (&Lanes<F>, RowsView<'_, F>)) -> Result<Array2<F>> {
    Ok(lanes.margins(x, 1, "decision value")? - F::one())
}

/// # Panics
/// `predict` panics when the number of columns differs from training, nothing was learned, or a feature is NaN or
/// infinite; [`TryPredict`](crate::estimator::TryPredict), `decision_function` and everything lazy report it as an error
/// instead.
impl<F: Float, X: FeatureRows<Elem = F>> PredictInplace<X, Array1<bool>> for SgdOneClassSvm<F> {
    fn predict_inplace(&self, x: &X, y: &mut Array1<bool>) {
        settle(self.decision_function(x).and_then(|decision| {
            check_targets(decision.nrows(), y.len())?;
            y.iter_mut().zip(decision).for_each(|(inlier, decision)| *inlier = decision >= F::zero());
            Ok(())
        }));
    }

    fn default_target(&self, x: &X) -> Array1<bool> {
        Array1::default(x.nsamples())
    }
}

/// linfa predicts for data sets and dense matrices; this is the same for sparse ones.
impl<F: Float> Predict<&Csr<F>, Array1<bool>> for SgdOneClassSvm<F> {
    fn predict(&self, x: &Csr<F>) -> Array1<bool> {
        let mut inliers = self.default_target(x);
        self.predict_inplace(x, &mut inliers);
        inliers
    }
}

impl<F: Float> Model for SgdOneClassSvm<F> {
    type Kind = kind::OutlierDetector;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linear::{Averaging, LearningRate};
    use linfa::ParamGuard;
    use ndarray::array;

    fn example() -> Array2<f64> {
        Array2::from_shape_fn((60, 3), |(i, j)| ((i * 37 + j * 59 + i * i * j) % 97) as f64 / 97.0 + 0.4)
    }

    #[test]
    fn nu_is_about_the_share_of_outliers() {
        let x = example();
        let outliers = [0.1, 0.3, 0.5, 0.9].map(|nu| {
            let params = SgdOneClassSvm::params().nu(nu).tol(None).epochs(200).average(Averaging::From(1));
            let inliers = params.fit(&DatasetBase::from(x.clone())).unwrap().predict(&x);
            let share = inliers.iter().filter(|&&inlier| !inlier).count() as f64 / 60.0;
            assert!((share - nu).abs() <= 0.1, "{share} with nu = {nu}");
            share
        });
        assert!(outliers.is_sorted(), "{outliers:?}");
    }

    #[test]
    fn rows_are_judged_by_score_and_offset() {
        let x = example();
        let model = SgdOneClassSvm::params().nu(0.2).fit(&DatasetBase::from(x.clone())).unwrap();
        let (scores, decisions) = (model.score_samples(&x).unwrap(), model.decision_function(&x).unwrap());
        for (i, inlier) in model.predict(&x).into_iter().enumerate() {
            assert!((scores[i] - x.row(i).dot(&model.coef())).abs() < 1e-12);
            assert!((decisions[(i, 0)] - (scores[i] - model.offset())).abs() < 1e-12);
            assert_eq!(inlier, decisions[(i, 0)] >= 0.0);
        }
        let without = SgdOneClassSvm::params().fit_intercept(false).fit(&DatasetBase::from(x)).unwrap();
        assert_eq!(without.offset(), 0.0);
    }

    #[test]
    fn chunks_go_on_where_the_last_ended_and_empty_ones_change_nothing() {
        let x = example();
        let params = SgdOneClassSvm::params().average(Averaging::From(10)).check().unwrap();
        let none = Array2::<f64>::zeros((0, 3));
        let empty = params.partial_fit_weighted(None, &none, None).unwrap();
        assert!(!empty.is_fitted() && empty.coef().is_empty() && empty.offset() == 0.0);
        assert_eq!(*empty.score_samples(&x).unwrap_err().kind(), ErrorKind::NoRows { estimator: NAME });
        let first = params.partial_fit_weighted(Some(empty), &x, None).unwrap();
        let read = SgdOneClassSvm::<f64>::of_bytes(&first.to_bytes().unwrap()).unwrap();
        let next = |model| params.partial_fit_weighted(Some(model), &x, None).unwrap();
        assert_eq!(next(read), next(first.clone()));
        assert!(SgdOneClassSvm::<f32>::of_bytes(&first.to_bytes().unwrap()).is_err());
        assert_eq!(params.partial_fit_weighted(Some(first.clone()), &none, None).unwrap(), first);
        assert_eq!((first.n_rows_seen(), first.t(), first.n_iter(), first.n_features()), (60, 61.0, 1, 3));
    }

    #[test]
    fn targets_are_not_looked_at_and_weights_count() {
        let x = example();
        let params = SgdOneClassSvm::params();
        let bare = params.fit_with(None, &DatasetBase::from(x.clone())).unwrap();
        let labelled = DatasetBase::new(x.clone(), Array1::from_elem(60, "label"));
        assert_eq!(params.fit_with(None, &labelled).unwrap(), bare);
        let sparse = DatasetBase::new(Csr::from_dense(&x).unwrap(), ());
        let params = params.fit_intercept(false);
        assert_eq!(
            params.fit_with(None, &sparse).unwrap().coef(),
            params.fit_with(None, &DatasetBase::from(x.clone())).unwrap().coef()
        );
        let weighted = labelled.with_weights(Array1::from_shape_fn(60, |i| (i % 3) as f32));
        assert_ne!(SgdOneClassSvm::params().fit_with(None, &weighted).unwrap(), bare);
    }

    #[test]
    fn bad_input_is_refused_by_name() {
        let params = SgdOneClassSvm::params;
        for (wrong, bad) in [
            ("nu", params().nu(0.0)),
            ("nu", params().nu(1.1)),
            ("nu", params().nu(f64::NAN)),
            ("eta0", params().eta0(0.0)),
            ("learning_rate", params().learning_rate(LearningRate::Pa1)),
            ("power_t", params().learning_rate(LearningRate::InvScaling { power_t: -1.0 })),
        ] {
            let error = bad.check().unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name, .. } if *name == wrong), "{error}");
        }
        let model = params().fit(&DatasetBase::from(example())).unwrap();
        let error = params().fit_with(Some(model), &DatasetBase::from(array![[1.0]])).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::ShapeMismatch { what: "columns", expected: 3, found: 1 });
        let error = params().fit(&DatasetBase::from(array![[1.0], [f64::NAN]])).unwrap_err();
        assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column: 0 }, Some(1)));
    }
}
