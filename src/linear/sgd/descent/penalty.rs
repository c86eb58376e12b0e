//! What keeps the weights small.

use serde::{Deserialize, Serialize};

/// The penalty on the weights, times `alpha` (scikit-learn's `penalty`). Intercepts are not penalised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Penalty {
    /// Half the squared length of the weights (`l2`). The default.
    #[default]
    L2,
    /// The sum of the absolute weights (`l1`): many weights become exactly zero.
    L1,
    /// `l1_ratio` of L1 and the rest of L2 (`elasticnet`).
    ElasticNet {
        /// The share of L1, from 0 to 1; scikit-learn's default is 0.15.
        l1_ratio: f64,
    },
    /// No penalty; `alpha` then only sets the step length of
    /// [`LearningRate::Optimal`](super::LearningRate::Optimal).
    None,
}

impl Penalty {
    /// The share of L1.
    pub(in crate::linear::sgd) fn l1_ratio(self) -> f64 {
        match self {
            Penalty::L2 | Penalty::None => 0.0,
            Penalty::L1 => 1.0,
            Penalty::ElasticNet { l1_ratio } => l1_ratio,
        }
    }

    /// Whether weights shrink by a factor on every step.
    pub(in crate::linear::sgd) fn shrinks(self) -> bool {
        matches!(self, Penalty::L2 | Penalty::ElasticNet { .. })
    }

    /// Whether weights are cut towards zero on every step.
    pub(in crate::linear::sgd) fn truncates(self) -> bool {
        matches!(self, Penalty::L1 | Penalty::ElasticNet { .. })
    }
}
