//! Parameters of the one-class SVM.

use linfa::ParamGuard;
use serde::{Deserialize, Serialize};

use super::model::SgdOneClassSvm;
use crate::data::Identified;
use crate::error::{Error, Result};
use crate::linear::sgd::classifier::params::Averaging;
use crate::linear::sgd::descent::Loss;
use crate::linear::sgd::descent::schedule::LearningRate;
use crate::linear::sgd::descent::settings::{Descent, pass_setters};

/// The checked parameters of a [`SgdOneClassSvm`]; see [`SgdOneClassSvmParams`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SgdOneClassSvmValidParams {
    /// Its `alpha` is `nu`.
    pub(in crate::linear::sgd) descent: Descent,
}

/// The parameters of a [`SgdOneClassSvm`]. All have scikit-learn's defaults.
///
/// They are plain data: the same parameters are the same bytes. Ranges are checked when fitting
/// begins, or by [`check`](ParamGuard::check).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SgdOneClassSvmParams(SgdOneClassSvmValidParams);

impl Default for SgdOneClassSvmParams {
    fn default() -> Self {
        let descent = Descent { alpha: 0.5, ..Descent::new(Loss::Hinge, LearningRate::Optimal) };
        SgdOneClassSvmParams(SgdOneClassSvmValidParams { descent })
    }
}

impl SgdOneClassSvm<f64> {
    /// Default parameters. The models they fit have the records' element type, whatever stands here.
    pub fn params() -> SgdOneClassSvmParams {
        SgdOneClassSvmParams::default()
    }
}

impl SgdOneClassSvmParams {
    /// About the share of the rows that are to be outliers: at the optimum an upper bound of it.
    /// Above 0, up to 1. Default 0.5.
    pub fn nu(mut self, nu: f64) -> Self {
        self.0.descent.alpha = nu;
        self
    }

    /// The learning rate schedule: [`LearningRate::Optimal`], the default, whose `alpha` is `nu`;
    /// [`LearningRate::Constant`], [`LearningRate::InvScaling`] or [`LearningRate::Adaptive`].
    pub fn learning_rate(mut self, learning_rate: LearningRate) -> Self {
        self.0.descent.learning_rate = learning_rate;
        self
    }

    /// The first step's length, for all learning rates but [`LearningRate::Optimal`]. Above 0.
    /// Default 0.01.
    pub fn eta0(mut self, eta0: f64) -> Self {
        self.0.descent.eta0 = eta0;
        self
    }

    pass_setters!();
}

impl Identified for SgdOneClassSvmParams {
    const NAME: &'static str = "SgdOneClassSvm";
}

impl ParamGuard for SgdOneClassSvmParams {
    type Checked = SgdOneClassSvmValidParams;
    type Error = Error;

    fn check_ref(&self) -> Result<&Self::Checked> {
        let descent = &self.0.descent;
        if !(descent.alpha > 0.0 && descent.alpha <= 1.0) {
            return Err(Error::parameter("nu", descent.alpha, "a share above 0 and up to 1"));
        }
        match descent.learning_rate {
            LearningRate::Optimal
            | LearningRate::Constant
            | LearningRate::InvScaling { .. }
            | LearningRate::Adaptive => {}
            other => {
                let expected = "Optimal, Constant, InvScaling or Adaptive for a one-class machine";
                return Err(Error::parameter("learning_rate", other, expected));
            }
        }
        descent.check()?;
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked> {
        self.check_ref()?;
        Ok(self.0)
    }
}
