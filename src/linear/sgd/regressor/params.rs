//! Parameters of the SGD regressor.

use linfa::ParamGuard;
use serde::{Deserialize, Serialize};

use super::model::{NAME, SgdRegressor};
use crate::data::Identified;
use crate::error::{Error, Result};
use crate::linear::sgd::classifier::params::Averaging;
use crate::linear::sgd::descent::schedule::LearningRate;
use crate::linear::sgd::descent::settings::{Descent, descent_setters};
use crate::linear::sgd::descent::{Loss, Penalty};

/// The checked parameters of a [`SgdRegressor`]; see [`SgdRegressorParams`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SgdRegressorValidParams {
    pub(in crate::linear::sgd) descent: Descent,
}

/// The parameters of a [`SgdRegressor`]. All have scikit-learn's defaults.
///
/// They are plain data: the same parameters are the same bytes. Ranges are checked when fitting
/// begins, or by [`check`](ParamGuard::check).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SgdRegressorParams(SgdRegressorValidParams);

impl Default for SgdRegressorParams {
    fn default() -> Self {
        let learning_rate = LearningRate::InvScaling { power_t: 0.25 };
        SgdRegressorParams(SgdRegressorValidParams { descent: Descent::new(Loss::SquaredError, learning_rate) })
    }
}

impl SgdRegressor<f64> {
    /// Default parameters. The models they fit have the records' element type, whatever stands here.
    pub fn params() -> SgdRegressorParams {
        SgdRegressorParams::default()
    }
}

impl SgdRegressorParams {
    /// The loss that is minimised: [`Loss::SquaredError`], the default, [`Loss::Huber`],
    /// [`Loss::EpsilonInsensitive`] or [`Loss::SquaredEpsilonInsensitive`]. An `epsilon` must be 0 or
    /// more.
    pub fn loss(mut self, loss: Loss) -> Self {
        self.0.descent.loss = loss;
        self
    }

    /// The learning rate schedule. Default [`LearningRate::InvScaling`] with a `power_t` of 0.25,
    /// which must be 0 or more; a `beta` must be above 0.
    pub fn learning_rate(mut self, learning_rate: LearningRate) -> Self {
        self.0.descent.learning_rate = learning_rate;
        self
    }

    descent_setters!();
}

impl Identified for SgdRegressorParams {
    const NAME: &'static str = NAME;
}

impl ParamGuard for SgdRegressorParams {
    type Checked = SgdRegressorValidParams;
    type Error = Error;

    fn check_ref(&self) -> Result<&Self::Checked> {
        let descent = &self.0.descent;
        descent.check()?;
        match descent.loss {
            Loss::SquaredError
            | Loss::Huber { .. }
            | Loss::EpsilonInsensitive { .. }
            | Loss::SquaredEpsilonInsensitive { .. } => Ok(&self.0),
            loss => {
                let expected = "SquaredError, Huber, EpsilonInsensitive or SquaredEpsilonInsensitive for a regression";
                Err(Error::parameter("loss", loss, expected))
            }
        }
    }

    fn check(self) -> Result<Self::Checked> {
        self.check_ref()?;
        Ok(self.0)
    }
}
