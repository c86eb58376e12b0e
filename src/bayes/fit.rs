//! Fitting naive Bayes: rows and labels to a model.

use linfa::Label;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::{Fit, FitWith};
use ndarray::ArrayView1;

use super::event_model::{EventModel, Examples, Statistics};
use super::model::NaiveBayes;
use super::params::NaiveBayesValidParams;
use crate::data::{FeatureRows, check_rows, labels, rows_of_weight, weights_of};
use crate::error::{Error, Result};

/// One more chunk (scikit-learn's `partial_fit`); see
/// [`partial_fit_weighted`](NaiveBayesValidParams::partial_fit_weighted) for its errors.
impl<'a, K, X, T, L> FitWith<'a, X, T, Error> for NaiveBayesValidParams<K, L>
where
    K: EventModel,
    X: FeatureRows,
    T: AsSingleTargets<Elem = L>,
    L: Label + 'static,
{
    type ObjectIn = Option<NaiveBayes<K, L>>;
    type ObjectOut = NaiveBayes<K, L>;

    fn fit_with(&self, model: Self::ObjectIn, chunk: &'a DatasetBase<X, T>) -> Result<Self::ObjectOut> {
        let weights = weights_of(chunk);
        self.partial_fit_weighted(model, &chunk.records, chunk.as_single_targets(), weights.as_deref())
    }
}

/// All rows of one data set (scikit-learn's `fit`); see
/// [`fit_weighted`](NaiveBayesValidParams::fit_weighted) for its errors.
impl<K, X, T, L> Fit<X, T, Error> for NaiveBayesValidParams<K, L>
where
    K: EventModel,
    X: FeatureRows,
    T: AsSingleTargets<Elem = L>,
    L: Label + 'static,
{
    type Object = NaiveBayes<K, L>;

    fn fit(&self, dataset: &DatasetBase<X, T>) -> Result<Self::Object> {
        let weights = weights_of(dataset);
        self.fit_weighted(&dataset.records, dataset.as_single_targets(), weights.as_deref())
    }
}

impl<K: EventModel, L: Label + 'static> NaiveBayesValidParams<K, L> {
    /// One more chunk, each row counting `sample_weight` times: from a model, or none, to the next.
    /// The chunk may have no rows; the model then stays as it is. Rows of weight 0 are as if absent, their labels too.
    /// Rows of one class are a chunk like others, for more may come: only [`fit_weighted`](Self::fit_weighted), the end
    /// of a chain and of an average refuse them.
    ///
    /// What is learned goes on from the model; the parameters are these, whatever it began with.
    /// linfa's [`FitWith`] does the same with the data set's own `f32` weights.
    ///
    /// # Errors
    /// - [`ShapeMismatch`](crate::ErrorKind::ShapeMismatch): as many labels and weights as rows are
    ///   needed, as many columns as the model has, and priors and alphas to match.
    /// - [`InvalidParameter`](crate::ErrorKind::InvalidParameter): a weight that is negative or not
    ///   finite; declared classes other than the model's; given priors without declared classes.
    /// - [`UnknownLabel`](crate::ErrorKind::UnknownLabel): a label outside the declared classes.
    /// - [`NonFinite`](crate::ErrorKind::NonFinite): a NaN or infinite feature.
    /// - [`InvalidFeature`](crate::ErrorKind::InvalidFeature): a negative feature where counts are
    ///   wanted, or one that is no category.
    /// - [`ModelTooLarge`](crate::ErrorKind::ModelTooLarge): classes, columns or categories that there is no memory for.
    /// - [`Diverged`](crate::ErrorKind::Diverged): sums beyond what floats hold.
    pub fn partial_fit_weighted<X: FeatureRows>(
        &self,
        model: Option<NaiveBayes<K, L>>,
        x: &X,
        y: ArrayView1<'_, L>,
        sample_weight: Option<&[f64]>,
    ) -> Result<NaiveBayes<K, L>> {
        let known = labels::classes_beforehand(self.classes.as_deref());
        match (&known, &self.prior.given) {
            (Some(known), _) => self.prior.check_classes(known.len())?,
            (None, Some(given)) => {
                let expected = "declared classes too for partial_fit: it cannot tell yet whose priors these are";
                return Err(Error::parameter("class_prior", given, expected));
            }
            (None, None) => {}
        }
        self.learn(model, known, x, y, sample_weight)
    }

    /// All rows of one data set, each counting `sample_weight` times.
    ///
    /// linfa's [`Fit`] does the same with the data set's own `f32` weights.
    ///
    /// # Errors
    /// As [`partial_fit_weighted`](Self::partial_fit_weighted), except that priors need no declared
    /// classes; [`NoRows`](crate::ErrorKind::NoRows) when there are none of weight above 0, and
    /// [`OneClass`](crate::ErrorKind::OneClass) when those are all of one class: as for all classifiers here, where
    /// scikit-learn's naive Bayes always predicts it.
    pub fn fit_weighted<X: FeatureRows>(
        &self,
        x: &X,
        y: ArrayView1<'_, L>,
        sample_weight: Option<&[f64]>,
    ) -> Result<NaiveBayes<K, L>> {
        let model = self.learn(None, labels::classes_beforehand(self.classes.as_deref()), x, y, sample_weight)?;
        model.check_learned()?;
        self.prior.check_classes(model.classes.len())?;
        Ok(model)
    }

    /// The classes are the `known` ones, or else are added as they appear.
    fn learn<X: FeatureRows>(
        &self,
        model: Option<NaiveBayes<K, L>>,
        known: Option<Vec<L>>,
        x: &X,
        y: ArrayView1<'_, L>,
        sample_weight: Option<&[f64]>,
    ) -> Result<NaiveBayes<K, L>> {
        check_rows(x, &y, sample_weight)?;
        self.event_model.check_columns(x.nfeatures())?;
        self.event_model.check_rows(x)?;
        let model = model.filter(NaiveBayes::is_fitted);
        if x.nsamples() == 0 {
            return model.map_or_else(|| NaiveBayes::begin(self.clone(), None, 0), Ok);
        }
        let model = match model {
            Some(model) => Some(self.resume(model, x.nfeatures())?),
            None => None,
        };
        let rows = rows_of_weight(x, None, sample_weight)?;
        let n_rows = rows.as_ref().map_or(x.nsamples(), Vec::len);
        if n_rows == 0 {
            return model.map_or_else(|| NaiveBayes::begin(self.clone(), None, 0), Ok);
        }
        let begin = || NaiveBayes::begin(self.clone(), known.clone(), x.nfeatures());
        let mut model = model.map_or_else(begin, Ok)?;
        if known.is_none() {
            let found = labels::distinct(y.reborrow(), rows.as_deref());
            model.grow(labels::with_those_of(&model.classes, &found))?;
        }
        let class = labels::numbers(y, rows.as_deref(), &model.classes)?;
        self.event_model.learn(&mut model.statistics, &Examples { x, rows, class, weight: sample_weight })?;
        if K::Statistics::CHECKED_OFTEN {
            model.statistics.check_overflow(K::NAME)?;
        }
        model.n_rows_seen = model.n_rows_seen.saturating_add(n_rows);
        model.posterior.forget();
        Ok(model)
    }

    /// A fitted model that goes on, with these parameters.
    fn resume(&self, mut model: NaiveBayes<K, L>, columns: usize) -> Result<NaiveBayes<K, L>> {
        if let Some(declared) = self.classes.as_ref().filter(|declared| **declared != model.classes) {
            let expected = format!("the classes that the model has, {:?}", model.classes);
            return Err(Error::parameter("classes", declared, expected));
        }
        if columns != model.statistics.columns() {
            return Err(Error::shape("columns", model.statistics.columns(), columns));
        }
        if model.params != *self {
            model.params = self.clone();
        }
        Ok(model)
    }
}
