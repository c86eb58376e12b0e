//! Coefficients in some columns, as a minimization finds them or begins with them.

use serde::{Deserialize, Serialize};

use super::problem::Intercept;
use crate::linear::newton::Outcome;

/// Coefficients in some columns: one output after the other, and an intercept each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::linear) struct Found {
    pub n_features: usize,
    pub columns: Vec<u32>,
    pub coef: Vec<f64>,
    pub intercept: Vec<f64>,
    pub outcome: Outcome,
}

impl Found {
    pub(super) fn fits(&self) -> bool {
        let outputs = self.intercept.len();
        let ascend = self.columns.is_sorted_by(|a, b| a < b);
        outputs > 0 && ascend && self.columns.len().checked_mul(outputs) == Some(self.coef.len())
    }

    /// Sets the coefficients in these columns, interleaved, and appends the intercepts.
    pub(super) fn write_to(&self, point: &mut Vec<f64>, columns: &[u32], outputs: usize, intercept: Intercept) {
        let mut own = self.columns.iter().enumerate().peekable();
        for (place, column) in columns.iter().enumerate() {
            while own.next_if(|(_, other)| *other < column).is_some() {}
            if let Some((from, _)) = own.next_if(|(_, other)| *other == column) {
                for k in 0..outputs {
                    point[place * outputs + k] = self.coef[k * self.columns.len() + from];
                }
            }
        }
        if intercept != Intercept::None {
            point.extend_from_slice(&self.intercept);
        }
    }
}
