//! Fitting an SGD classifier: rows and labels to a model.

use linfa::Label;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::{Fit, FitWith};
use ndarray::ArrayView1;

use super::class_weight;
use super::class_weight::ClassWeight;
use super::model::{NAME, SgdClassifier, no_rows};
use super::params::SgdClassifierValidParams;
use crate::data::{CompiledRows, FeatureRows, Float, RowsView, check_model_bytes, check_weights, labels, weights_of};
use crate::error::{Error, Result};
use crate::linear::sgd::descent::train::{History, Stopping, Training};
use crate::linear::sgd::kernel::boundaries::{BoundarySet, Positive};
use crate::linear::sgd::kernel::lane_run::{Target, Truth};
use crate::linear::sgd::kernel::pass::Examples;

/// One pass over a chunk (scikit-learn's `partial_fit`); see
/// [`partial_fit_weighted`](SgdClassifierValidParams::partial_fit_weighted) for its errors.
impl<'a, X, T, L> FitWith<'a, X, T, Error> for SgdClassifierValidParams<L>
where
    X: FeatureRows,
    T: AsSingleTargets<Elem = L>,
    L: Label + 'static,
{
    type ObjectIn = Option<SgdClassifier<X::Elem, L>>;
    type ObjectOut = SgdClassifier<X::Elem, L>;

    fn fit_with(&self, model: Self::ObjectIn, chunk: &'a DatasetBase<X, T>) -> Result<Self::ObjectOut> {
        let weights = weights_of(chunk);
        self.partial_fit_weighted(model, &chunk.records, chunk.as_single_targets(), weights.as_deref())
    }
}

/// Passes over one data set until it stops getting better (scikit-learn's `fit`); see
/// [`fit_weighted`](SgdClassifierValidParams::fit_weighted) for its errors.
impl<X, T, L> Fit<X, T, Error> for SgdClassifierValidParams<L>
where
    X: FeatureRows,
    T: AsSingleTargets<Elem = L>,
    L: Label + 'static,
{
    type Object = SgdClassifier<X::Elem, L>;

    fn fit(&self, dataset: &DatasetBase<X, T>) -> Result<Self::Object> {
        let weights = weights_of(dataset);
        self.fit_weighted(&dataset.records, dataset.as_single_targets(), weights.as_deref())
    }
}

impl<L: Label + 'static> SgdClassifierValidParams<L> {
    /// One pass over a chunk, each row counting `sample_weight` times: from a model, or none, to
    /// the next. The chunk may have no rows; the model then stays as it is. Rows of weight 0 are as if absent, their
    /// labels too. Rows of one class are a chunk like others, for more may come: only
    /// [`fit_weighted`](Self::fit_weighted) and the end of a chain refuse them.
    ///
    /// One pass over rows in their order (without [`shuffle`](super::SgdClassifierParams::shuffle)) is the same as one
    /// over each of the chunks that they are cut into, one after the other, to the last bit, and so is its average.
    /// Excepted are [`ClassWeight::Balanced`], for which a pass over all rows knows how often classes occur later; and
    /// [`Penalty::L1`](crate::linear::Penalty::L1) and `ElasticNet` with plain steps, which charge a weight for the steps of one
    /// chunk at a time, as scikit-learn's `partial_fit` does.
    ///
    /// linfa's [`FitWith`] does the same with the data set's own `f32` weights.
    ///
    /// # Errors
    /// - [`ShapeMismatch`](crate::ErrorKind::ShapeMismatch): as many labels and weights as rows are
    ///   needed, and as many columns as the model has.
    /// - [`InvalidParameter`](crate::ErrorKind::InvalidParameter): a weight that is negative or not
    ///   finite; classes other than the model's; or class weights while classes are neither declared
    ///   nor `bool`.
    /// - [`UnknownLabel`](crate::ErrorKind::UnknownLabel): a label outside the declared classes.
    /// - [`NonFinite`](crate::ErrorKind::NonFinite): a NaN or infinite feature.
    /// - [`Diverged`](crate::ErrorKind::Diverged): the weights overflowed.
    pub fn partial_fit_weighted<X: FeatureRows>(
        &self,
        model: Option<SgdClassifier<X::Elem, L>>,
        x: &X,
        y: ArrayView1<'_, L>,
        sample_weight: Option<&[f64]>,
    ) -> Result<SgdClassifier<X::Elem, L>> {
        let x = CompiledRows::of(x)?;
        self.fit_chunk(model, Rows::checked(x.view(), y.reborrow(), sample_weight)?)
    }

    fn fit_chunk<F: Float>(
        &self,
        model: Option<SgdClassifier<F, L>>,
        rows: Rows<'_, F, L>,
    ) -> Result<SgdClassifier<F, L>> {
        let (n_rows, columns) = (rows.x.n_rows(), rows.x.n_columns());
        let beforehand = labels::classes_beforehand(self.classes.as_deref());
        self.check_class_weight_of_chunks(beforehand.is_some())?;
        let model = model.filter(SgdClassifier::is_fitted);
        if let (true, Some(model)) = (n_rows > 0, &model) {
            self.check_resumed(model, columns)?;
        }
        if rows.count() == 0 {
            return Ok(model.unwrap_or_else(|| self.begin(None, 0)));
        }
        check_size::<F>(beforehand.as_ref().map_or(1, Vec::len), columns)?;
        let mut model = model.unwrap_or_else(|| self.begin(beforehand, columns));
        if model.boundaries.is_open() {
            model.grow(rows.distinct_labels())?;
        }
        self.run(model, &rows, Stopping::AFTER_ONE_PASS)
    }

    /// Passes over one data set until it stops getting better, each row counting `sample_weight`
    /// times.
    ///
    /// The classes are the declared ones, or else those found; the model keeps to them. Rows of weight 0 are as if
    /// absent. linfa's [`Fit`] does the same with the data set's own `f32` weights.
    ///
    /// # Errors
    /// As [`partial_fit_weighted`](Self::partial_fit_weighted), except that class weights may always
    /// be used; [`NoRows`](crate::ErrorKind::NoRows) when there are none of weight above 0, and
    /// [`OneClass`](crate::ErrorKind::OneClass) when those are all of one class, whatever was declared.
    pub fn fit_weighted<X: FeatureRows>(
        &self,
        x: &X,
        y: ArrayView1<'_, L>,
        sample_weight: Option<&[f64]>,
    ) -> Result<SgdClassifier<X::Elem, L>> {
        let x = CompiledRows::of(x)?;
        self.fit_rows(Rows::checked(x.view(), y.reborrow(), sample_weight)?)
    }

    fn fit_rows<F: Float>(&self, rows: Rows<'_, F, L>) -> Result<SgdClassifier<F, L>> {
        let columns = rows.x.n_columns();
        let found = rows.distinct_labels();
        match &found[..] {
            [] => return Err(no_rows()),
            [label] => return Err(labels::only(label)),
            _ => {}
        }
        let classes = labels::classes_beforehand(self.classes.as_deref()).unwrap_or(found);
        check_size::<F>(classes.len(), columns)?;
        self.run(self.begin(Some(classes), columns), &rows, self.descent.stopping())
    }

    /// A model that has learned nothing, the classes known or not.
    pub(in crate::linear::sgd) fn begin<F: Float>(
        &self,
        classes: Option<Vec<L>>,
        columns: usize,
    ) -> SgdClassifier<F, L> {
        let boundaries = match &classes {
            Some(classes) => BoundarySet::closed(classes.len(), columns),
            None => BoundarySet::open(columns),
        };
        SgdClassifier::new(classes.unwrap_or_default(), boundaries, History::new(self.descent.loss))
    }

    /// Refuses a model with other classes or columns.
    pub(in crate::linear::sgd) fn check_resumed<F: Float>(
        &self,
        model: &SgdClassifier<F, L>,
        columns: usize,
    ) -> Result<()> {
        if let Some(declared) = self.classes.as_ref().filter(|declared| declared[..] != *model.classes()) {
            let expected = format!("the classes that the model was begun with, {:?}", model.classes());
            return Err(Error::parameter("classes", declared, expected));
        }
        if columns != model.boundaries.lanes.columns() {
            return Err(Error::shape("columns", model.boundaries.lanes.columns(), columns));
        }
        Ok(())
    }

    pub(in crate::linear::sgd) fn run<F: Float>(
        &self,
        mut model: SgdClassifier<F, L>,
        rows: &Rows<'_, F, L>,
        stopping: Stopping,
    ) -> Result<SgdClassifier<F, L>> {
        let SgdClassifier { classes, counts, boundaries, history, .. } = &mut model;
        let numbers = labels::numbers(rows.y.reborrow(), rows.counted(), classes)?;
        class_weight::count(&numbers, counts);
        let targets = self.targets(&boundaries.positives(classes.len()), classes, counts);
        let (descent, lanes) = (&self.descent, &mut boundaries.lanes);
        let examples = rows.examples(Truth::Classes(&numbers));
        Training { descent, history, lanes, targets, examples, stopping, estimator: NAME }.run()?;
        model.linear.forget();
        Ok(model)
    }

    /// What boundaries that tell these apart aim at, the classes having occurred so often.
    pub(in crate::linear::sgd) fn targets(
        &self,
        positives: &[Positive],
        classes: &[L],
        counts: &[usize],
    ) -> Vec<Target> {
        Target::classes(positives, &class_weight::weights(&self.class_weight, classes, counts))
    }

    /// Refuses class weights while classes may still appear.
    pub(in crate::linear::sgd) fn check_class_weight_of_chunks(&self, classes_known: bool) -> Result<()> {
        if classes_known || matches!(self.class_weight, ClassWeight::Uniform) {
            return Ok(());
        }
        let expected = "declared classes too for partial_fit: two classes are weighed differently from three";
        Err(Error::parameter("class_weight", &self.class_weight, expected))
    }
}

impl<F: Float, L: Label> SgdClassifier<F, L> {
    /// Adds the classes that are new among these sorted ones.
    ///
    /// # Errors
    /// They would be too many for the memory there is.
    fn grow(&mut self, found: Vec<L>) -> Result<()> {
        let mut all = self.classes.clone();
        for class in found {
            if let Err(at) = all.binary_search(&class) {
                all.insert(at, class);
            }
        }
        if all.len() > self.classes.len() {
            check_size::<F>(all.len(), self.boundaries.lanes.columns())?;
            let mut origin = Vec::with_capacity(all.len());
            all.iter().for_each(|class| origin.push(self.classes.binary_search(class).ok()));
            self.boundaries.grow(&origin);
            self.counts = class_weight::grown(&self.counts, &origin);
            self.classes = all;
        }
        Ok(())
    }
}

/// Refuses more classes and columns than there is memory for.
pub(in crate::linear::sgd) fn check_size<F>(classes: usize, columns: usize) -> Result<()> {
    check_model_bytes(NAME, &[(classes, "classes"), (columns, "columns")], size_of::<F>())
}

/// Rows and their labels, or values.
pub(in crate::linear::sgd) struct Rows<'a, F, L> {
    pub(in crate::linear::sgd) x: RowsView<'a, F>,
    pub(in crate::linear::sgd) y: ArrayView1<'a, L>,
    pub(in crate::linear::sgd) sample_weight: Option<&'a [f64]>,
    /// The rows of weight above 0; `None` for all.
    counted: Option<Vec<usize>>,
}

impl<'a, F: Float, L> Rows<'a, F, L> {
    /// Refuses labels and weights that do not fit the rows.
    pub(in crate::linear::sgd) fn checked(
        x: RowsView<'a, F>,
        y: ArrayView1<'a, L>,
        sample_weight: Option<&'a [f64]>,
    ) -> Result<Self> {
        Self::chosen(x, y, sample_weight, None)
    }

    /// The same of these rows only, if some are chosen.
    pub(in crate::linear::sgd) fn chosen(
        x: RowsView<'a, F>,
        y: ArrayView1<'a, L>,
        sample_weight: Option<&'a [f64]>,
        chosen: Option<&[usize]>,
    ) -> Result<Self> {
        if y.len() != x.n_rows() {
            return Err(Error::shape("labels", x.n_rows(), y.len()));
        }
        check_weights(x.n_rows(), sample_weight)?;
        let counted = x.rows_of_weight(chosen, sample_weight)?;
        Ok(Rows { x, y, sample_weight, counted })
    }

    /// The rows that count; `None` for all.
    pub(in crate::linear::sgd) fn counted(&self) -> Option<&[usize]> {
        self.counted.as_deref()
    }

    /// The rows that count, with the truth about them.
    pub(in crate::linear::sgd) fn examples<'b>(&'b self, truth: Truth<'b>) -> Examples<'b, RowsView<'b, F>> {
        Examples { x: self.x.reborrow(), rows: self.counted(), truth, sample_weight: self.sample_weight }
    }

    /// The number of rows that count.
    pub(in crate::linear::sgd) fn count(&self) -> usize {
        self.counted.as_ref().map_or(self.y.len(), Vec::len)
    }

    /// The labels of the rows that count, sorted and distinct.
    pub(in crate::linear::sgd) fn distinct_labels(&self) -> Vec<L>
    where
        L: Label,
    {
        labels::distinct(self.y.reborrow(), self.counted())
    }

    /// How many rows there are, each as often as it counts.
    pub(in crate::linear::sgd) fn total_weight(&self) -> f64 {
        self.sample_weight.map_or(self.y.len() as f64, |weights| weights.iter().sum())
    }
}
