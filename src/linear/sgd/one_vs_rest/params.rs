//! Parameters of one-vs-rest classification.

use linfa::ParamGuard;
use serde::{Deserialize, Serialize};

use super::OneVsRest;
use crate::data::Identified;
use crate::error::{Error, Result};
use crate::linear::sgd::kernel::lanes::WIDEST;
use crate::linear::{SgdClassifierParams, SgdClassifierValidParams};

/// The checked parameters of a [`OneVsRest`]; see [`OneVsRestParams`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OneVsRestValidParams {
    /// Of each label's classifier, whether a row has the label.
    pub(super) each: SgdClassifierValidParams<bool>,
}

/// The parameters of a [`OneVsRest`]: those of the classifier that every label gets.
///
/// They are plain data: the same parameters are the same bytes. Ranges are checked when fitting
/// begins, or by [`check`](ParamGuard::check).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OneVsRestParams(OneVsRestValidParams);

impl OneVsRest<f64> {
    /// A classifier with these parameters for every label (scikit-learn's `estimator`). The models
    /// they fit have the records' element type, whatever stands here.
    pub fn params(each: SgdClassifierParams<bool>) -> OneVsRestParams {
        OneVsRestParams(OneVsRestValidParams { each: each.0 })
    }
}

impl OneVsRestParams {
    /// The number of labels that are learned as one: a row is read once for so many.
    pub const BLOCK: usize = WIDEST;
}

impl Identified for OneVsRestParams {
    const NAME: &'static str = super::model::NAME;
}

impl ParamGuard for OneVsRestParams {
    type Checked = OneVsRestValidParams;
    type Error = Error;

    fn check_ref(&self) -> Result<&Self::Checked> {
        self.0.each.check_ranges()?;
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked> {
        self.check_ref()?;
        Ok(self.0)
    }
}
