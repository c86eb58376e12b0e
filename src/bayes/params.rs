//! Parameters of naive Bayes.

use linfa::{Label, ParamGuard};
use serde::{Deserialize, Serialize};

use super::event_model::EventModel;
use super::model::NaiveBayes;
use super::prior::Prior;
use crate::data::Identified;
use crate::error::{Error, Result};

/// Checked parameters of a [`NaiveBayes`]; see [`NaiveBayesParams`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NaiveBayesValidParams<K, L> {
    pub(super) event_model: K,
    pub(super) prior: Prior,
    pub(super) classes: Option<Vec<L>>,
}

/// The parameters of a [`NaiveBayes`] classifier. All have scikit-learn's defaults; which there are
/// depends on the event model `K`.
///
/// They are plain data: the same parameters are the same bytes. Ranges are checked when fitting
/// begins, or by [`check`](ParamGuard::check).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NaiveBayesParams<K, L>(pub(super) NaiveBayesValidParams<K, L>);

impl<K: EventModel, L> Default for NaiveBayesParams<K, L> {
    fn default() -> Self {
        NaiveBayesParams(NaiveBayesValidParams { event_model: K::default(), prior: Prior::default(), classes: None })
    }
}

impl<K: EventModel, L> NaiveBayes<K, L> {
    /// Default parameters.
    pub fn params() -> NaiveBayesParams<K, L> {
        NaiveBayesParams::default()
    }
}

impl<K, L: Label> NaiveBayesParams<K, L> {
    /// Declares all classes: one or more, in any order; others are errors. By default `bool` has its
    /// two, and otherwise classes are added as they appear.
    pub fn classes(mut self, mut classes: Vec<L>) -> Self {
        classes.sort_unstable();
        classes.dedup();
        self.0.classes = Some(classes);
        self
    }
}

impl<K: EventModel, L: 'static> Identified for NaiveBayesParams<K, L> {
    const NAME: &'static str = K::NAME;
}

impl<K: EventModel, L: Label> ParamGuard for NaiveBayesParams<K, L> {
    type Checked = NaiveBayesValidParams<K, L>;
    type Error = Error;

    fn check_ref(&self) -> Result<&Self::Checked> {
        self.0.validate()?;
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl<K: EventModel, L: Label> NaiveBayesValidParams<K, L> {
    pub(super) fn validate(&self) -> Result<()> {
        let NaiveBayesValidParams { event_model, prior, classes } = self;
        event_model.check()?;
        prior.check()?;
        if let Some(given) = &prior.given {
            event_model.check_prior(given)?;
        }
        if let Some(classes) = classes {
            if classes.is_empty() {
                return Err(Error::parameter("classes", classes, "one or more labels"));
            }
            prior.check_classes(classes.len())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bayes::{BernoulliNb, ComplementNb, GaussianNb, MultinomialNb};
    use crate::error::ErrorKind;

    #[test]
    fn values_out_of_range_are_named() {
        fn named<K: EventModel>(params: NaiveBayesParams<K, usize>) -> &'static str {
            match params.check().unwrap_err().kind() {
                ErrorKind::InvalidParameter { name, .. } => name,
                ErrorKind::ShapeMismatch { what, .. } => what,
                other => panic!("{other}"),
            }
        }
        let counts = MultinomialNb::params;
        assert_eq!(named(counts().alpha(-1.0)), "alpha");
        assert_eq!(named(counts().alpha(f64::NAN)), "alpha");
        assert_eq!(named(counts().alphas(vec![1.0, f64::INFINITY])), "alpha");
        assert_eq!(named(counts().class_prior(vec![0.5, -0.5])), "class_prior");
        assert_eq!(named(counts().class_prior(vec![0.0, 0.0])), "class_prior");
        assert_eq!(named(counts().class_prior(vec![0.5]).classes(vec![1, 2])), "class priors");
        assert_eq!(named(counts().classes(vec![])), "classes");
        assert_eq!(named(ComplementNb::params().norm(true).alpha(0.0)), "alpha");
        assert_eq!(named(ComplementNb::params().norm(true).alphas(vec![1.0, 0.0])), "alpha");
        assert_eq!(named(BernoulliNb::params().binarize(Some(-0.1))), "binarize");
        assert_eq!(named(BernoulliNb::params().binarize(Some(f64::NAN))), "binarize");
        assert_eq!(named(GaussianNb::params().var_smoothing(-1e-9)), "var_smoothing");
        assert_eq!(named(GaussianNb::params().priors(vec![0.5, 0.4])), "priors");
        assert!(counts().alpha(0.0).class_prior(vec![2.0, 1.0]).check().is_ok());
        assert!(ComplementNb::<usize>::params().norm(true).alpha(0.0).force_alpha(false).check().is_ok());
    }

    #[test]
    fn parameters_are_plain_data() {
        let params = BernoulliNb::params()
            .alphas(vec![0.5, 2.0])
            .force_alpha(false)
            .binarize(None)
            .fit_prior(false)
            .class_prior(vec![0.25, 0.75])
            .classes(vec!["b".to_owned(), "a".to_owned()]);
        let bytes = postcard::to_stdvec(&params).unwrap();
        assert_eq!(postcard::from_bytes::<NaiveBayesParams<_, String>>(&bytes).unwrap(), params);
    }
}
