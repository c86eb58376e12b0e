//! What a model learned, where it can tell.

use std::any::Any;

use linfa::{Float, Label};

use crate::bayes::{Bernoulli, Complement, EventModel, Gaussian, Multinomial, NaiveBayes};
use crate::linear::{LinearClassifier, LogisticRegression, SgdClassifier};

/// What a model of ours was trained on.
pub(super) struct Learned<'a, L> {
    /// The sorted classes.
    pub(super) classes: &'a [L],
    /// The number of columns.
    pub(super) n_features: usize,
}

impl<'a, L: Label + 'static> Learned<'a, L> {
    /// `None` for models of others: linfa's do not tell, and a trait that only some models have
    /// cannot be asked for in the one `score` that serves all of them. Hence the look at the type.
    pub(super) fn by(model: &'a dyn Any) -> Option<Self> {
        let linear = Self::by_floats::<f64>(model).or_else(|| Self::by_floats::<f32>(model));
        linear.or_else(|| Self::by_bayes(model))
    }

    fn by_floats<F: Float>(model: &'a dyn Any) -> Option<Self> {
        let linear = model.downcast_ref::<LinearClassifier<F, L>>();
        let logistic = || model.downcast_ref::<LogisticRegression<F, L>>().map(LogisticRegression::linear);
        if let Some(sgd) = model.downcast_ref::<SgdClassifier<F, L>>().filter(|model| model.is_fitted()) {
            return Some(Learned { classes: sgd.classes(), n_features: sgd.n_features() });
        }
        let linear = linear.or_else(logistic)?;
        Some(Learned { classes: linear.classes(), n_features: linear.coef().ncols() })
    }

    fn by_bayes(model: &'a dyn Any) -> Option<Self> {
        let counting = Self::by_event_model::<Multinomial>(model).or_else(|| Self::by_event_model::<Complement>(model));
        let counting = counting.or_else(|| Self::by_event_model::<Bernoulli>(model));
        counting.or_else(|| Self::by_event_model::<Gaussian>(model))
    }

    fn by_event_model<K: EventModel>(model: &'a dyn Any) -> Option<Self> {
        let bayes = model.downcast_ref::<NaiveBayes<K, L>>().filter(|model| model.is_fitted())?;
        Some(Learned { classes: bayes.classes(), n_features: bayes.n_features() })
    }
}
