//! From rows and labels to a model.

use linfa::Label;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::{Fit, FitWith};
use ndarray::ArrayView1;

use super::event_model::{EventModel, Examples, Statistics};
use super::model::{NaiveBayes, no_rows};
use super::params::NaiveBayesValidParams;
use crate::error::{Error, Result};
use crate::linear::{FeatureRows, check_rows, labels, weights_of};

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
    /// The chunk may have no rows; the model then stays as it is.
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
    ///   wanted.
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
    /// classes; and [`NoRows`](crate::ErrorKind::NoRows) when there are none.
    pub fn fit_weighted<X: FeatureRows>(
        &self,
        x: &X,
        y: ArrayView1<'_, L>,
        sample_weight: Option<&[f64]>,
    ) -> Result<NaiveBayes<K, L>> {
        let model = self.learn(None, labels::classes_beforehand(self.classes.as_deref()), x, y, sample_weight)?;
        if !model.is_fitted() {
            return Err(no_rows::<K>());
        }
        model.statistics.check_overflow(K::NAME)?;
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
        let mut model = match model {
            Some(model) => self.resume(model, x.nfeatures())?,
            None => NaiveBayes::begin(self.clone(), known.clone(), x.nfeatures())?,
        };
        if known.is_none() {
            model.grow(labels::with_those_of(&model.classes, y.iter()))?;
        }
        let class = labels::numbers(y, None, &model.classes)?;
        self.event_model.learn(&mut model.statistics, &Examples { x, class, weight: sample_weight });
        if K::Statistics::CHECKED_OFTEN {
            model.statistics.check_overflow(K::NAME)?;
        }
        model.n_rows_seen = model.n_rows_seen.saturating_add(x.nsamples());
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
