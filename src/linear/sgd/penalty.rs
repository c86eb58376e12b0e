//! What keeps the weights small.

use linfa::Float;
use serde::{Deserialize, Serialize};

use super::weights::ScaledWeights;
use crate::data::wide;
use crate::linear::FeatureRow;

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
    pub(super) fn l1_ratio(self) -> f64 {
        match self {
            Penalty::L2 | Penalty::None => 0.0,
            Penalty::L1 => 1.0,
            Penalty::ElasticNet { l1_ratio } => l1_ratio,
        }
    }

    /// Whether weights shrink by a factor on every step.
    pub(super) fn shrinks(self) -> bool {
        matches!(self, Penalty::L2 | Penalty::ElasticNet { .. })
    }

    /// Whether weights are cut towards zero on every step.
    pub(super) fn truncates(self) -> bool {
        matches!(self, Penalty::L1 | Penalty::ElasticNet { .. })
    }
}

/// The L1 penalty as a cumulative one: a weight is charged, when it is next touched, for all the
/// steps it slept through, and never past zero (Tsuruoka, Tsujii and Ananiadou, ACL 2009).
pub(super) struct Truncation<F> {
    /// The penalty that each weight has received so far, signed.
    received: Vec<F>,
    /// The penalty that each weight could have received.
    due: f64,
}

impl<F: Float> Truncation<F> {
    pub(super) fn new(columns: usize) -> Self {
        Truncation { received: vec![F::zero(); columns], due: 0.0 }
    }

    /// Adds one step's penalty to the bill and charges the weights of one row.
    pub(super) fn charge(&mut self, penalty: f64, row: impl FeatureRow<F>, weights: &mut ScaledWeights<'_, F>) {
        self.due += penalty;
        let due = self.due;
        let scale = weights.scale();
        let (values, received) = (weights.values_mut(), &mut self.received[..]);
        row.for_each(|j, _| {
            let before = wide(values[j]);
            // The scale is positive, so the stored value has the weight's sign.
            let after = if before > 0.0 {
                (before - (due + wide(received[j])) / scale).max(0.0)
            } else if before < 0.0 {
                (before + (due - wide(received[j])) / scale).min(0.0)
            } else {
                before
            };
            values[j] = F::cast(after);
            received[j] = F::cast(wide(received[j]) + scale * (wide(values[j]) - before));
        });
    }
}
