//! From rows and labels to a model.

use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::{Fit, FitWith};
use linfa::{Float, Label};
use ndarray::ArrayView1;

use super::boundaries::{Boundaries, BoundarySet, Positive};
use super::classes::{self, ClassWeight};
use super::kernel::{Settings, train};
use super::loss::{LossFunction, LossVisitor};
use super::model::{NAME, SgdClassifier, no_rows};
use super::order::Order;
use super::params::{Averaging, SgdClassifierValidParams};
use crate::error::{Error, Result};
use crate::linear::{FeatureRows, LinearClassifier};

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
    /// the next. The chunk may have no rows; the model then stays as it is.
    ///
    /// linfa's [`FitWith`] does the same with the data set's own `f32` weights.
    ///
    /// # Errors
    /// - [`ShapeMismatch`](crate::ErrorKind::ShapeMismatch): as many labels and weights as rows are
    ///   needed, and as many columns as the model has.
    /// - [`InvalidParameter`](crate::ErrorKind::InvalidParameter): a weight that is negative or not
    ///   finite; classes other than the model's;
    ///   [`ClassWeight::Balanced`]; or [`ClassWeight::ByLabel`] without declared classes.
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
        check_rows(x, y, sample_weight)?;
        let beforehand = classes::classes_beforehand(self.classes.as_deref());
        self.check_class_weight_of_chunks(beforehand.is_some())?;
        let model = model.filter(SgdClassifier::is_fitted);
        if x.nsamples() == 0 {
            return Ok(model.unwrap_or_else(|| self.begin(None, 0).model));
        }
        let mut training = match model {
            Some(model) => self.resume(model, x.nfeatures())?,
            None => self.begin(beforehand, x.nfeatures()),
        };
        if training.model.boundaries.is_open() {
            training.grow(classes::distinct(y));
        }
        self.run(training, x, y, sample_weight, Settings { epochs: 1, tol: None, ..self.settings() })
    }

    /// Passes over one data set until it stops getting better, each row counting `sample_weight`
    /// times.
    ///
    /// The classes are the declared ones, or else those found; the model keeps to them. linfa's
    /// [`Fit`] does the same with the data set's own `f32` weights.
    ///
    /// # Errors
    /// As [`partial_fit_weighted`](Self::partial_fit_weighted), except that any class weights may
    /// be used; and [`NoRows`](crate::ErrorKind::NoRows) when there are none.
    pub fn fit_weighted<X: FeatureRows>(
        &self,
        x: &X,
        y: ArrayView1<'_, L>,
        sample_weight: Option<&[f64]>,
    ) -> Result<SgdClassifier<X::Elem, L>> {
        check_rows(x, y, sample_weight)?;
        if x.nsamples() == 0 {
            return Err(no_rows());
        }
        let classes = classes::classes_beforehand(self.classes.as_deref()).unwrap_or_else(|| classes::distinct(y));
        self.run(self.begin(Some(classes), x.nfeatures()), x, y, sample_weight, self.settings())
    }

    /// Training that starts from nothing, the classes known or not.
    fn begin<F: Float>(&self, classes: Option<Vec<L>>, columns: usize) -> Training<F, L> {
        let boundaries = match &classes {
            Some(classes) => BoundarySet::closed(classes.len(), columns),
            None => BoundarySet::open(columns),
        };
        let classes = classes.unwrap_or_default();
        let model = SgdClassifier {
            loss: self.loss,
            linear: None,
            boundaries,
            averaged_from: None,
            t: 1.0,
            n_iter: 0,
            n_rows_seen: 0,
        };
        Training { classes, model }
    }

    /// Training that goes on from a fitted model.
    fn resume<F: Float>(&self, mut model: SgdClassifier<F, L>, columns: usize) -> Result<Training<F, L>> {
        if let Some(declared) = self.classes.as_ref().filter(|declared| declared[..] != *model.classes()) {
            let expected = format!("the classes that the model was begun with, {:?}", model.classes());
            return Err(Error::parameter("classes", declared, expected));
        }
        if columns != model.boundaries.shown.columns() {
            return Err(Error::shape("columns", model.boundaries.shown.columns(), columns));
        }
        let (classes, coef, _) = model.linear.take().ok_or_else(no_rows)?.into_parts();
        model.boundaries.shown.take_back(coef);
        model.loss = self.loss;
        Ok(Training { classes, model })
    }

    /// Trains all boundaries, one after the other.
    fn run<X: FeatureRows>(
        &self,
        mut training: Training<X::Elem, L>,
        x: &X,
        y: ArrayView1<'_, L>,
        sample_weight: Option<&[f64]>,
        mut settings: Settings,
    ) -> Result<SgdClassifier<X::Elem, L>> {
        let Training { classes, model } = &mut training;
        let numbers = classes::numbers(y, classes)?;
        let class_weight = classes::weights(&self.class_weight, classes, &numbers);
        let n = x.nsamples() as f64;
        self.prepare_average(model, model.t + settings.epochs as f64 * n - 1.0);
        settings.averaged_from = model.averaged_from;

        let t = model.t;
        let mut order = Order::new(x.nsamples(), self.shuffle.then_some(self.seed));
        let positives = model.boundaries.positives(classes.len());
        let mut passes = [vec![], vec![]];
        for ((part, positives), passes) in model.boundaries.parts_mut().into_iter().zip(positives).zip(&mut passes) {
            for (k, positive) in positives.into_iter().enumerate() {
                passes.push(self.loss.visit(TrainBoundary {
                    settings: &settings,
                    x,
                    numbers: &numbers,
                    sample_weight,
                    class_weight: &class_weight,
                    positive,
                    order: &mut order,
                    t,
                    part,
                    k,
                })?);
            }
        }

        model.n_iter = passes.iter().flatten().copied().max().unwrap_or(0);
        model.t = t + model.n_iter as f64 * n;
        model.n_rows_seen += x.nsamples();
        let begun = |passes: usize| model.averaged_from.is_some_and(|from| from <= t + passes as f64 * n - 1.0);
        let averages = begun(model.n_iter);
        for (part, passes) in model.boundaries.parts_mut().into_iter().zip(passes) {
            if !averages {
                part.drop_average();
            }
            // A boundary that stopped early may have stopped before its average began.
            (0..part.len()).filter(|&k| averages && !begun(passes[k])).for_each(|k| part.fill_average(k));
        }
        if !averages {
            model.averaged_from = None;
        }
        training.finish()
    }

    /// Makes room for the average if it begins no later than `last_step`.
    fn prepare_average<F: Float>(&self, model: &mut SgdClassifier<F, L>, last_step: f64) {
        match self.averaging {
            Averaging::From(start) if start as f64 <= last_step => {
                if model.averaged_from.is_none() {
                    model.averaged_from = Some(model.t.max(start as f64));
                    model.boundaries.parts_mut().into_iter().for_each(Boundaries::begin_average);
                }
            }
            _ => {
                model.averaged_from = None;
                model.boundaries.parts_mut().into_iter().for_each(Boundaries::settle_on_average);
            }
        }
    }

    fn settings(&self) -> Settings {
        Settings {
            estimator: NAME,
            penalty: self.penalty,
            alpha: self.alpha,
            learning_rate: self.learning_rate,
            eta0: self.eta0,
            fit_intercept: self.fit_intercept,
            averaged_from: None,
            epochs: self.epochs,
            tol: self.tol,
            n_iter_no_change: self.n_iter_no_change,
        }
    }

    /// Refuses class weights that need to know what later chunks hold.
    fn check_class_weight_of_chunks(&self, classes_known: bool) -> Result<()> {
        let expected = match &self.class_weight {
            ClassWeight::Balanced => {
                "Uniform or ByLabel for partial_fit, which does not see all labels; count a sample of them,                  weigh each class rows / (classes * its count), and pass ByLabel"
            }
            ClassWeight::ByLabel(_) if !classes_known => {
                "declared classes too for partial_fit: two classes are weighed differently from three"
            }
            _ => return Ok(()),
        };
        Err(Error::parameter("class_weight", &self.class_weight, expected))
    }
}

/// A model in training: its coefficients are taken back from the linear classifier.
struct Training<F, L> {
    classes: Vec<L>,
    model: SgdClassifier<F, L>,
}

impl<F: Float, L: Label> Training<F, L> {
    /// Adds the classes that are new among these sorted ones.
    fn grow(&mut self, found: Vec<L>) {
        let mut all = self.classes.clone();
        all.extend(found.into_iter().filter(|class| self.classes.binary_search(class).is_err()));
        if all.len() > self.classes.len() {
            all.sort_unstable();
            let origin: Vec<_> = all.iter().map(|class| self.classes.binary_search(class).ok()).collect();
            self.model.boundaries.grow(&origin);
            self.classes = all;
        }
    }

    fn finish(self) -> Result<SgdClassifier<F, L>> {
        let Training { classes, mut model } = self;
        let (coef, intercept) = model.boundaries.shown.lend();
        model.linear = Some(LinearClassifier::from_parts(classes, coef, intercept)?);
        Ok(model)
    }
}

/// What training one boundary takes.
struct TrainBoundary<'a, X: FeatureRows> {
    settings: &'a Settings,
    x: &'a X,
    numbers: &'a [usize],
    sample_weight: Option<&'a [f64]>,
    class_weight: &'a [f64],
    positive: Positive,
    order: &'a mut Order,
    t: f64,
    part: &'a mut Boundaries<X::Elem>,
    k: usize,
}

impl<X: FeatureRows> LossVisitor for TrainBoundary<'_, X> {
    type Output = Result<usize>;

    fn visit<Ls: LossFunction>(self, loss: Ls) -> Result<usize> {
        let (own, own_weight) = match self.positive {
            Positive::Class(class) => (class, self.class_weight[class]),
            // No row has this number.
            Positive::Unseen => (usize::MAX, 1.0),
        };
        // Of two classes each has its weight. Against the rest, only the class itself has.
        let rest_weight = if self.class_weight.len() == 2 { self.class_weight[0] } else { 1.0 };
        let (numbers, sample_weight) = (self.numbers, self.sample_weight);
        let target = |i: usize| {
            let (y, class_weight) = if numbers[i] == own { (1.0, own_weight) } else { (Ls::NEGATIVE, rest_weight) };
            (y, sample_weight.map_or(class_weight, |weights| class_weight * weights[i]))
        };
        train(self.settings, loss, (self.x, target), (self.order, self.t), self.part.get_mut(self.k))
    }
}

/// A data set's own weights, if it has any.
fn weights_of<X: FeatureRows, T>(dataset: &DatasetBase<X, T>) -> Option<Vec<f64>> {
    (!dataset.weights.is_empty()).then(|| dataset.weights.iter().map(|&weight| f64::from(weight)).collect())
}

fn check_rows<X: FeatureRows, L>(x: &X, y: ArrayView1<'_, L>, sample_weight: Option<&[f64]>) -> Result<()> {
    if y.len() != x.nsamples() {
        return Err(Error::shape("labels", x.nsamples(), y.len()));
    }
    let Some(weights) = sample_weight else { return Ok(()) };
    if weights.len() != x.nsamples() {
        return Err(Error::shape("sample weights", x.nsamples(), weights.len()));
    }
    match weights.iter().position(|weight| !(*weight >= 0.0 && weight.is_finite())) {
        Some(i) => Err(Error::parameter("sample_weight", weights[i], "a finite number of 0 or more").at_row(i)),
        None => Ok(()),
    }
}
