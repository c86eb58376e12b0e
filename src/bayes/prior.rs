//! Class priors: the probability of each class before a row is seen.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Given, or learned, or all alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Prior {
    pub(super) fit: bool,
    /// In the order of the sorted classes.
    pub(super) given: Option<Vec<f64>>,
}

impl Default for Prior {
    fn default() -> Self {
        Prior { fit: true, given: None }
    }
}

impl Prior {
    pub(super) fn check(&self) -> Result<()> {
        match &self.given {
            Some(given) if given.iter().any(|p| !(*p >= 0.0 && p.is_finite())) || given.iter().sum::<f64>() <= 0.0 => {
                Err(Error::parameter("class_prior", given, "finite numbers of 0 or more, not all of them 0"))
            }
            _ => Ok(()),
        }
    }

    /// Refuses priors that are not one a class.
    pub(super) fn check_classes(&self, n_classes: usize) -> Result<()> {
        match &self.given {
            Some(given) if given.len() != n_classes => Err(Error::shape("class priors", n_classes, given.len())),
            _ => Ok(()),
        }
    }

    /// The logarithm, class by class; -∞ for a class that was never seen.
    pub(super) fn log(&self, class_count: &[f64]) -> Vec<f64> {
        if let Some(given) = &self.given {
            given.iter().map(|p| p.ln()).collect()
        } else if self.fit {
            let total = class_count.iter().sum::<f64>().ln();
            class_count.iter().map(|count| count.ln() - total).collect()
        } else {
            vec![-(class_count.len() as f64).ln(); class_count.len()]
        }
    }
}
