//! Parameters of the SGD classifier.

use linfa::{Label, ParamGuard};
use serde::{Deserialize, Serialize};

use super::class_weight::ClassWeight;
use super::model::SgdClassifier;
use crate::data::Identified;
use crate::error::{Error, Result};
use crate::linear::sgd::descent::schedule::LearningRate;
use crate::linear::sgd::descent::settings::{Descent, descent_setters};
use crate::linear::sgd::descent::{Loss, Penalty};

/// The choice between the last weights and their average over the steps (scikit-learn's `average`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Averaging {
    /// The last weights. The default.
    #[default]
    Off,
    /// The average from this step on, counted from 1; until then, the last weights.
    ///
    /// A chain of `partial_fit` over chunks has the average of one pass over all their rows, to the last bit. So has
    /// scikit-learn 1.9's `fit` with `max_iter` 1, but not a loop of its classifier's `partial_fit`: each call that
    /// averages starts from the plain intercept of an earlier call, and of three classes or more it overwrites the
    /// average intercept with the plain one.
    ///
    /// As in scikit-learn, a weight that L1 cuts counts as if it had been cut in the steps before, too.
    From(usize),
}

/// The checked parameters of a [`SgdClassifier`]; see [`SgdClassifierParams`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SgdClassifierValidParams<L> {
    pub(in crate::linear::sgd) descent: Descent,
    pub(in crate::linear::sgd) class_weight: ClassWeight<L>,
    pub(in crate::linear::sgd) classes: Option<Vec<L>>,
}

/// The parameters of a [`SgdClassifier`]. All have scikit-learn's defaults.
///
/// They are plain data: the same parameters are the same bytes. Ranges are checked when fitting
/// begins, or by [`check`](ParamGuard::check).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SgdClassifierParams<L>(pub(in crate::linear::sgd) SgdClassifierValidParams<L>);

impl<L> Default for SgdClassifierParams<L> {
    fn default() -> Self {
        SgdClassifierParams(SgdClassifierValidParams {
            descent: Descent::new(Loss::Hinge, LearningRate::Optimal),
            class_weight: ClassWeight::Uniform,
            classes: None,
        })
    }
}

impl<L> SgdClassifier<f64, L> {
    /// Default parameters. The models they fit have the records' element type, whatever stands here.
    pub fn params() -> SgdClassifierParams<L> {
        SgdClassifierParams::default()
    }
}

impl<L> SgdClassifierParams<L> {
    /// The loss that is minimised. Default [`Loss::Hinge`]. An `epsilon` must be 0 or more.
    pub fn loss(mut self, loss: Loss) -> Self {
        self.0.descent.loss = loss;
        self
    }

    /// The learning rate schedule. Default [`LearningRate::Optimal`]. A `power_t` must be 0 or more, a
    /// `beta` above 0.
    pub fn learning_rate(mut self, learning_rate: LearningRate) -> Self {
        self.0.descent.learning_rate = learning_rate;
        self
    }

    descent_setters!();

    /// The weights of the examples of each class. Default [`ClassWeight::Uniform`]. Weights by
    /// label must be finite, 0 or more, and name no label twice or outside declared classes.
    pub fn class_weight(mut self, class_weight: ClassWeight<L>) -> Self {
        self.0.class_weight = class_weight;
        self
    }
}

impl<L: Label> SgdClassifierParams<L> {
    /// Declares all classes: two or more, in any order. By default `bool` has its two, `fit` takes
    /// those it finds, and `partial_fit` adds classes as they appear.
    ///
    /// Declare them if they are known: otherwise one boundary more is trained for classes still to
    /// come, and a second one for two classes, which need only one.
    pub fn classes(mut self, mut classes: Vec<L>) -> Self {
        classes.sort_unstable();
        classes.dedup();
        self.0.classes = Some(classes);
        self
    }
}

impl<L: 'static> Identified for SgdClassifierParams<L> {
    const NAME: &'static str = super::model::NAME;
}

impl<L: Label> ParamGuard for SgdClassifierParams<L> {
    type Checked = SgdClassifierValidParams<L>;
    type Error = Error;

    fn check_ref(&self) -> Result<&Self::Checked> {
        self.0.check_ranges()?;
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl<L: Label> SgdClassifierValidParams<L> {
    /// Refuses values out of range, by name.
    pub(in crate::linear::sgd) fn check_ranges(&self) -> Result<()> {
        self.descent.check()?;
        if let Some(classes) = &self.classes
            && classes.len() < 2
        {
            return Err(Error::parameter("classes", classes, "two or more distinct labels"));
        }
        self.class_weight.check(self.classes.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn values_out_of_range_are_named() {
        let params = SgdClassifierParams::<usize>::default;
        let by_label = |pairs: &[(usize, f64)]| ClassWeight::ByLabel(pairs.to_vec());
        for (wrong, bad) in [
            ("alpha", params().alpha(-1.0)),
            ("alpha", params().alpha(f64::NAN)),
            ("alpha", params().alpha(0.0)),
            ("epsilon", params().loss(Loss::Huber { epsilon: -0.1 })),
            ("epsilon", params().loss(Loss::EpsilonInsensitive { epsilon: f64::INFINITY })),
            ("l1_ratio", params().penalty(Penalty::ElasticNet { l1_ratio: 1.1 })),
            ("l1_ratio", params().penalty(Penalty::ElasticNet { l1_ratio: f64::NAN })),
            ("power_t", params().learning_rate(LearningRate::InvScaling { power_t: -0.5 })),
            ("eta0", params().eta0(0.0)),
            ("beta", params().learning_rate(LearningRate::Ftrl { beta: 0.0 })),
            ("average", params().learning_rate(LearningRate::AdaGrad).average(Averaging::From(1))),
            ("loss", params().loss(Loss::LogLoss).learning_rate(LearningRate::Pa1)),
            ("loss", params().loss(Loss::SquaredHinge).learning_rate(LearningRate::Pa2)),
            ("epochs", params().epochs(0)),
            ("tol", params().tol(Some(-1e-3))),
            ("n_iter_no_change", params().n_iter_no_change(0)),
            ("average", params().average(Averaging::From(0))),
            ("classes", params().classes(vec![3, 3])),
            ("class_weight", params().class_weight(by_label(&[(0, -1.0)]))),
            ("class_weight", params().class_weight(by_label(&[(0, 1.0), (0, 2.0)]))),
            ("class_weight", params().classes(vec![0, 1]).class_weight(by_label(&[(2, 1.0)]))),
        ] {
            let error = bad.check().unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name, .. } if *name == wrong), "{error}");
        }
        assert!(params().alpha(0.0).learning_rate(LearningRate::Constant).tol(None).check().is_ok());
    }

    #[test]
    fn parameters_are_plain_data() {
        let params = SgdClassifierParams::default()
            .loss(Loss::Huber { epsilon: 0.2 })
            .penalty(Penalty::ElasticNet { l1_ratio: 0.3 })
            .average(Averaging::From(10))
            .classes(vec!["b".to_owned(), "a".to_owned()])
            .class_weight(ClassWeight::ByLabel(vec![("a".to_owned(), 2.0)]));
        let bytes = postcard::to_stdvec(&params).unwrap();
        assert_eq!(postcard::from_bytes::<SgdClassifierParams<String>>(&bytes).unwrap(), params);
    }
}
