//! Sample weights that linfa's own estimators would ignore.

use std::any::type_name;

use linfa::dataset::{DatasetBase, Records};

use crate::data::{checked_weights, refuse_weights};
use crate::error::Result;

/// The crates of linfa whose estimators do not look at the weights of a data set.
const WITHOUT_WEIGHTS: [&str; 8] = [
    "linfa_bayes::",
    "linfa_clustering::",
    "linfa_elasticnet::",
    "linfa_ftrl::",
    "linfa_linear::glm::",
    "linfa_linear::ols::",
    "linfa_logistic::",
    "linfa_svm::",
];

/// Refuses weights other than 1 where the estimator `P` is one of linfa's that would ignore them silently. Others take
/// care of the weights of a data set themselves.
///
/// # Errors
/// A weight other than 1, with its row (kind `InvalidParameter`, name `sample_weight`).
pub(crate) fn refuse_ignored_weights<P, R: Records, T>(dataset: &DatasetBase<R, T>) -> Result<()> {
    if dataset.weights.is_empty() || !WITHOUT_WEIGHTS.iter().any(|of| type_name::<P>().starts_with(of)) {
        return Ok(());
    }
    refuse_weights(checked_weights(dataset)?.as_deref(), "1 for every row: this estimator of linfa's takes no weights")
}
