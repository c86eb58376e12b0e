//! The classes a model learned, where it can tell.

use std::any::Any;

use linfa::Label;

use crate::linear::{LinearClassifier, LogisticRegression, SgdClassifier};

/// The classes that a model of ours was trained on; `None` for other models.
///
/// linfa's models do not tell theirs, and a trait that only some models have cannot be asked for
/// in the one `score` that serves all of them; hence the look at the type.
pub(super) fn known_classes<L: Label + 'static>(model: &dyn Any) -> Option<&[L]> {
    fn of<F: linfa::Float, L: Label + 'static>(model: &dyn Any) -> Option<&[L]> {
        let linear = model.downcast_ref::<LinearClassifier<F, L>>().map(LinearClassifier::classes);
        let logistic = || model.downcast_ref::<LogisticRegression<F, L>>().map(LogisticRegression::classes);
        let sgd = || model.downcast_ref::<SgdClassifier<F, L>>().map(SgdClassifier::classes);
        linear.or_else(logistic).or_else(sgd)
    }
    of::<f64, L>(model).or_else(|| of::<f32, L>(model))
}
