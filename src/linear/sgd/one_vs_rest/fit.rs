//! Fitting one-vs-rest: rows and their labels to a model.

use linfa::dataset::{AsMultiTargets, DatasetBase};
use linfa::traits::{Fit, FitWith};
use ndarray::{ArrayView2, Axis, CowArray, Ix2};

use super::OneVsRest;
use super::model::{NAME, no_rows};
use super::params::OneVsRestValidParams;
use crate::data::{CompiledRows, FeatureRows, Float, RowsView, check_model_bytes, check_weights, weights_of};
use crate::error::{Error, Result};
use crate::linear::sgd::classifier::class_weight;
use crate::linear::sgd::classifier::class_weight::ClassWeight;
use crate::linear::sgd::descent::train::{History, Stopping, Training};
use crate::linear::sgd::kernel::lane_run::{Target, Truth};
use crate::linear::sgd::kernel::lanes::Lanes;
use crate::linear::sgd::kernel::pass::Examples;

/// One pass over a chunk (scikit-learn's `partial_fit`); see
/// [`partial_fit_weighted`](OneVsRestValidParams::partial_fit_weighted) for its errors.
impl<'a, X, T> FitWith<'a, X, T, Error> for OneVsRestValidParams
where
    X: FeatureRows,
    T: AsMultiTargets<Elem = bool>,
{
    type ObjectIn = Option<OneVsRest<X::Elem>>;
    type ObjectOut = OneVsRest<X::Elem>;

    fn fit_with(&self, model: Self::ObjectIn, chunk: &'a DatasetBase<X, T>) -> Result<Self::ObjectOut> {
        let weights = weights_of(chunk);
        self.partial_fit_weighted(model, &chunk.records, chunk.as_multi_targets(), weights.as_deref())
    }
}

/// Passes over one data set until no label gets better (scikit-learn's `fit`); see
/// [`fit_weighted`](OneVsRestValidParams::fit_weighted) for its errors.
impl<X, T> Fit<X, T, Error> for OneVsRestValidParams
where
    X: FeatureRows,
    T: AsMultiTargets<Elem = bool>,
{
    type Object = OneVsRest<X::Elem>;

    fn fit(&self, dataset: &DatasetBase<X, T>) -> Result<Self::Object> {
        let weights = weights_of(dataset);
        self.fit_weighted(&dataset.records, dataset.as_multi_targets(), weights.as_deref())
    }
}

impl OneVsRestValidParams {
    /// One pass over a chunk with labels `y` of shape (rows, labels), each row counting
    /// `sample_weight` times: from a model, or none, to the next. The chunk may have no rows; the
    /// model then stays as it is. Rows of weight 0 are as if absent.
    ///
    /// linfa's [`FitWith`] does the same with the data set's own `f32` weights.
    ///
    /// # Errors
    /// - [`ShapeMismatch`](crate::ErrorKind::ShapeMismatch): as many rows of labels and weights as
    ///   rows are needed, and as many labels and columns as the model has.
    /// - [`InvalidParameter`](crate::ErrorKind::InvalidParameter): no label; a weight that is negative
    ///   or not finite; [`ClassWeight::Balanced`](crate::linear::ClassWeight::Balanced).
    /// - [`NonFinite`](crate::ErrorKind::NonFinite): a NaN or infinite feature.
    /// - [`Diverged`](crate::ErrorKind::Diverged): the weights of a label overflowed.
    pub fn partial_fit_weighted<X: FeatureRows>(
        &self,
        model: Option<OneVsRest<X::Elem>>,
        x: &X,
        y: ArrayView2<'_, bool>,
        sample_weight: Option<&[f64]>,
    ) -> Result<OneVsRest<X::Elem>> {
        self.fit_chunk(model, CompiledRows::of(x)?.view(), y, sample_weight)
    }

    fn fit_chunk<F: Float>(
        &self,
        model: Option<OneVsRest<F>>,
        x: RowsView<'_, F>,
        y: ArrayView2<'_, bool>,
        sample_weight: Option<&[f64]>,
    ) -> Result<OneVsRest<F>> {
        check(x.n_rows(), y, sample_weight)?;
        self.refuse_balanced()?;
        let model = model.filter(OneVsRest::is_fitted);
        if x.n_rows() == 0 {
            return Ok(model.unwrap_or_else(|| self.begin(0, 0)));
        }
        if let Some(model) = &model {
            model.check_goes_on(x.n_columns(), y.ncols())?;
        }
        let counted = x.rows_of_weight(None, sample_weight)?;
        if counted.as_ref().is_some_and(Vec::is_empty) {
            return Ok(model.unwrap_or_else(|| self.begin(0, 0)));
        }
        check_size::<F>(y.ncols(), x.n_columns())?;
        let model = model.unwrap_or_else(|| self.begin(y.ncols(), x.n_columns()));
        self.run(model, x, y, (sample_weight, counted), Stopping::AFTER_ONE_PASS)
    }

    /// Passes over one data set, each row counting `sample_weight` times, until no label gets better;
    /// one that does not is left alone while the others go on. linfa's [`Fit`] does the same with the
    /// data set's own `f32` weights.
    ///
    /// # Errors
    /// As [`partial_fit_weighted`](Self::partial_fit_weighted), except that any class weights may be
    /// used; and [`NoRows`](crate::ErrorKind::NoRows) when there are none of weight above 0. A label that all rows
    /// have, or none, is no error.
    pub fn fit_weighted<X: FeatureRows>(
        &self,
        x: &X,
        y: ArrayView2<'_, bool>,
        sample_weight: Option<&[f64]>,
    ) -> Result<OneVsRest<X::Elem>> {
        self.fit_rows(CompiledRows::of(x)?.view(), y, sample_weight)
    }

    fn fit_rows<F: Float>(
        &self,
        x: RowsView<'_, F>,
        y: ArrayView2<'_, bool>,
        sample_weight: Option<&[f64]>,
    ) -> Result<OneVsRest<F>> {
        check(x.n_rows(), y, sample_weight)?;
        let counted = x.rows_of_weight(None, sample_weight)?;
        if counted.as_ref().map_or(x.n_rows(), Vec::len) == 0 {
            return Err(no_rows());
        }
        check_size::<F>(y.ncols(), x.n_columns())?;
        self.run(self.begin(y.ncols(), x.n_columns()), x, y, (sample_weight, counted), self.each.descent.stopping())
    }

    /// Refuses class weights by the frequency of labels in chunks that are yet to come.
    pub(super) fn refuse_balanced(&self) -> Result<()> {
        if self.each.class_weight != ClassWeight::Balanced {
            return Ok(());
        }
        let expected = "Uniform or ByLabel for partial_fit: how often each label occurs is not carried along";
        Err(Error::parameter("class_weight", &self.each.class_weight, expected))
    }

    pub(super) fn begin<F: Float>(&self, labels: usize, columns: usize) -> OneVsRest<F> {
        OneVsRest::new(Lanes::zeros(labels, columns), History::new(self.each.descent.loss))
    }

    pub(super) fn run<F: Float>(
        &self,
        mut model: OneVsRest<F>,
        x: RowsView<'_, F>,
        y: ArrayView2<'_, bool>,
        (sample_weight, counted): (Option<&[f64]>, Option<Vec<usize>>),
        stopping: Stopping,
    ) -> Result<OneVsRest<F>> {
        let (has, targets) = self.counted_labels(y, counted.as_deref());
        let OneVsRest { lanes, history, .. } = &mut model;
        let examples = Examples {
            x: x.reborrow(),
            rows: counted.as_deref(),
            truth: Truth::Labels(has.as_slice().expect("the layout is row by row"), y.ncols()),
            sample_weight,
        };
        let descent = &self.each.descent;
        Training { descent, history, lanes, targets, examples, stopping, estimator: NAME }.run()?;
        model.written.forget();
        Ok(model)
    }

    /// The labels of the rows that count, row by row, and what each label's boundary aims at.
    fn counted_labels<'a>(
        &self,
        y: ArrayView2<'a, bool>,
        counted: Option<&[usize]>,
    ) -> (CowArray<'a, bool, Ix2>, Vec<Target>) {
        let y = match counted {
            Some(counted) => CowArray::from(y.select(Axis(0), counted)),
            None => CowArray::from(y),
        };
        let targets = (0..y.ncols()).map(|label| self.target(label, y.view())).collect();
        let rows = if y.is_standard_layout() { y } else { CowArray::from(y.as_standard_layout().into_owned()) };
        (rows, targets)
    }

    /// What a label's boundary aims at.
    fn target(&self, number: usize, y: ArrayView2<'_, bool>) -> Target {
        let with_label = y.column(number).iter().filter(|&&has| has).count();
        let counts = [y.nrows() - with_label, with_label];
        let weights = class_weight::weights(&self.each.class_weight, &[false, true], &counts);
        Target::Label { number, own_weight: weights[1], rest_weight: weights[0] }
    }
}

/// Refuses labels and weights that do not fit the rows.
pub(super) fn check(n_rows: usize, y: ArrayView2<'_, bool>, sample_weight: Option<&[f64]>) -> Result<()> {
    if y.ncols() == 0 {
        return Err(Error::parameter("labels", 0, "one label or more"));
    }
    if y.nrows() != n_rows {
        return Err(Error::shape("rows of labels", n_rows, y.nrows()));
    }
    check_weights(n_rows, sample_weight)
}

/// Refuses more labels and columns than there is memory for.
pub(super) fn check_size<F>(labels: usize, columns: usize) -> Result<()> {
    check_model_bytes("OneVsRest", &[(labels, "labels"), (columns, "columns")], size_of::<F>())
}
