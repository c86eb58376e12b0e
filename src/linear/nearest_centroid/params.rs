//! Parameters of nearest centroid classification.

use linfa::{Label, ParamGuard};
use serde::{Deserialize, Serialize};

use super::NAME;
use super::model::NearestCentroid;
use super::priors::Priors;
use crate::data::Identified;
use crate::error::{Error, Result};

/// Checked parameters of a [`NearestCentroid`]; see [`NearestCentroidParams`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NearestCentroidValidParams<L> {
    pub(super) priors: Priors,
    pub(super) shrink_threshold: Option<f64>,
    pub(super) classes: Option<Vec<L>>,
}

/// The parameters of a [`NearestCentroid`], with scikit-learn's defaults. The metric is the Euclidean one.
///
/// They are plain data: the same parameters are the same bytes. Ranges are checked when fitting begins, or by
/// [`check`](ParamGuard::check).
///
/// ```
/// use chunkfit::linear::{NearestCentroid, Priors};
/// use linfa::ParamGuard;
///
/// assert!(NearestCentroid::<bool>::params().priors(Priors::Given(vec![0.2, 0.8])).check().is_ok());
/// assert!(NearestCentroid::<bool>::params().priors(Priors::Given(vec![-0.2, 1.2])).check().is_err());
/// assert!(NearestCentroid::<bool>::params().shrink_threshold(Some(0.0)).check().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NearestCentroidParams<L>(NearestCentroidValidParams<L>);

impl<L: 'static> Identified for NearestCentroidParams<L> {
    const NAME: &'static str = NAME;
}

impl<L> Default for NearestCentroidParams<L> {
    fn default() -> Self {
        let (priors, shrink_threshold, classes) = (Priors::default(), None, None);
        NearestCentroidParams(NearestCentroidValidParams { priors, shrink_threshold, classes })
    }
}

impl<L> NearestCentroid<L> {
    /// Default parameters.
    pub fn params() -> NearestCentroidParams<L> {
        NearestCentroidParams::default()
    }
}

impl<L> NearestCentroidParams<L> {
    /// The probability of each class before a row is seen. Default [`Priors::Uniform`].
    ///
    /// To learn chunk by chunk with [given](Priors::Given) ones, the [`classes`](Self::classes) must be declared.
    pub fn priors(mut self, priors: Priors) -> Self {
        self.0.priors = priors;
        self
    }

    /// By how many standard deviations the centroids are drawn towards the mean of all rows, column by column, so that
    /// columns that tell the classes little apart lose their influence; above 0. Default `None`: the centroids are means.
    pub fn shrink_threshold(mut self, shrink_threshold: Option<f64>) -> Self {
        self.0.shrink_threshold = shrink_threshold;
        self
    }
}

impl<L: Label> NearestCentroidParams<L> {
    /// Declares all classes: one or more, in any order; others are errors. By default `bool` has its two, and otherwise
    /// classes are added as they appear.
    pub fn classes(mut self, mut classes: Vec<L>) -> Self {
        classes.sort_unstable();
        classes.dedup();
        self.0.classes = Some(classes);
        self
    }
}

impl<L: Label> ParamGuard for NearestCentroidParams<L> {
    type Checked = NearestCentroidValidParams<L>;
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

impl<L: Label> NearestCentroidValidParams<L> {
    pub(super) fn validate(&self) -> Result<()> {
        self.priors.check()?;
        if let Some(threshold) = self.shrink_threshold
            && !(threshold > 0.0 && threshold.is_finite())
        {
            return Err(Error::parameter("shrink_threshold", threshold, "a finite number above 0, or None"));
        }
        if let Some(classes) = &self.classes {
            if classes.is_empty() {
                return Err(Error::parameter("classes", classes, "one or more labels"));
            }
            self.priors.check_classes(classes.len())?;
        }
        Ok(())
    }
}
