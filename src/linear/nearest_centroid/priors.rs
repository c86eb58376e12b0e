//! Class priors: the probability of each class before a row is seen.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The class priors of a [`NearestCentroid`](super::NearestCentroid): the probability of each class before a row is seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Priors {
    /// All classes that were seen are equally probable.
    #[default]
    Uniform,
    /// The share of each class in the weight of all rows.
    Empirical,
    /// One number a class, in the order of the sorted classes: finite, 0 or more, and not all 0. If their sum is not 1,
    /// they are divided by it.
    Given(Vec<f64>),
}

impl Priors {
    pub(super) fn check(&self) -> Result<()> {
        match self {
            Priors::Given(given)
                if given.iter().any(|p| !(*p >= 0.0 && p.is_finite())) || !is_positive(given.iter().sum()) =>
            {
                let expected = "finite numbers of 0 or more, not all of them 0, and their sum finite, too";
                Err(Error::parameter("priors", given, expected))
            }
            _ => Ok(()),
        }
    }

    /// Refuses priors that are not one a class.
    pub(super) fn check_classes(&self, n_classes: usize) -> Result<()> {
        match self {
            Priors::Given(given) if given.len() != n_classes => {
                Err(Error::shape("class priors", n_classes, given.len()))
            }
            _ => Ok(()),
        }
    }

    /// The prior of each class, of which one or more have weight. A class without has none unless it was given.
    pub(super) fn of(&self, class_count: &[f64]) -> Vec<f64> {
        let total: f64 = class_count.iter().sum();
        match self {
            Priors::Uniform => {
                let prior = 1.0 / n_seen(class_count) as f64;
                class_count.iter().map(|count| if *count > 0.0 { prior } else { 0.0 }).collect()
            }
            Priors::Empirical => class_count.iter().map(|count| count / total).collect(),
            Priors::Given(given) => {
                let sum: f64 = given.iter().sum();
                if is_close(sum, 1.0) { given.clone() } else { given.iter().map(|p| p / sum).collect() }
            }
        }
    }

    /// True if these priors, which it made, say nothing of the classes.
    pub(super) fn are_alike(&self, priors: &[f64], class_count: &[f64]) -> bool {
        let n_classes = if let Priors::Given(given) = self { given.len() } else { n_seen(class_count) };
        let seen = priors.iter().zip(class_count).filter(|(_, count)| **count > 0.0);
        seen.into_iter().all(|(prior, _)| is_close(*prior, 1.0 / n_classes as f64))
    }
}

/// The number of classes that have rows of weight above 0.
pub(super) fn n_seen(class_count: &[f64]) -> usize {
    class_count.iter().filter(|count| **count > 0.0).count()
}

fn is_positive(sum: f64) -> bool {
    sum > 0.0 && sum.is_finite()
}

/// numpy's isclose.
fn is_close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-8 + 1e-5 * b.abs()
}
