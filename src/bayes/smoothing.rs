//! Smoothing (Laplace, Lidstone): what is added to counts, so that nothing is impossible for never having been seen.

use serde::{Deserialize, Serialize};

use super::event_model::EventModel;
use super::params::NaiveBayesParams;
use crate::error::{Error, Result};

/// Below this, logarithms of probabilities lose their meaning; scikit-learn's bound.
const ALPHA_MIN: f64 = 1e-10;

/// Additive smoothing (Laplace's for 1, Lidstone's below).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Smoothing {
    alpha: Alpha,
    force_alpha: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Alpha {
    Same(f64),
    /// One a column.
    Each(Vec<f64>),
}

impl Default for Smoothing {
    fn default() -> Self {
        Smoothing { alpha: Alpha::Same(1.0), force_alpha: true }
    }
}

impl Smoothing {
    /// What is added to the counts of column `j`.
    pub(super) fn of(&self, j: usize) -> f64 {
        let alpha = match &self.alpha {
            Alpha::Same(alpha) => *alpha,
            Alpha::Each(alphas) => alphas[j],
        };
        if self.force_alpha { alpha } else { alpha.max(ALPHA_MIN) }
    }

    /// Whether some column might get nothing added.
    pub(super) fn may_be_zero(&self) -> bool {
        self.force_alpha
            && match &self.alpha {
                Alpha::Same(alpha) => *alpha == 0.0,
                Alpha::Each(alphas) => alphas.contains(&0.0),
            }
    }

    pub(super) fn check(&self) -> Result<()> {
        let alphas = match &self.alpha {
            Alpha::Same(alpha) => std::slice::from_ref(alpha),
            Alpha::Each(alphas) => alphas,
        };
        match alphas.iter().find(|alpha| !(**alpha >= 0.0 && alpha.is_finite())) {
            Some(alpha) => Err(Error::parameter("alpha", alpha, "a finite number of 0 or more")),
            None => Ok(()),
        }
    }

    pub(super) fn check_columns(&self, columns: usize) -> Result<()> {
        match &self.alpha {
            Alpha::Each(alphas) if alphas.len() != columns => Err(Error::shape("alphas", columns, alphas.len())),
            _ => Ok(()),
        }
    }
}

/// The event models that count, whose counts are smoothed.
pub trait Smoothed: EventModel {
    #[doc(hidden)]
    fn smoothing(&mut self) -> &mut Smoothing;
}

impl<K: Smoothed, L> NaiveBayesParams<K, L> {
    /// What is added to every count; 0 or more. Default 1.
    ///
    /// With 0 a class in which a column was never seen is ruled out by it; see
    /// [`force_alpha`](Self::force_alpha).
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.0.event_model.smoothing().alpha = Alpha::Same(alpha);
        self
    }

    /// The same, one number a column (scikit-learn's `alpha` as an array). As many as columns are
    /// needed, which is checked when fitting begins.
    pub fn alphas(mut self, alphas: Vec<f64>) -> Self {
        self.0.event_model.smoothing().alpha = Alpha::Each(alphas);
        self
    }

    /// Whether `alpha` is taken as it is; `false` raises it to 1e-10 at least. Default `true`.
    pub fn force_alpha(mut self, force_alpha: bool) -> Self {
        self.0.event_model.smoothing().force_alpha = force_alpha;
        self
    }

    /// Whether classes are as probable beforehand as they were frequent; otherwise all are alike.
    /// Default `true`. [`class_prior`](Self::class_prior) outdoes it.
    pub fn fit_prior(mut self, fit_prior: bool) -> Self {
        self.0.prior.fit = fit_prior;
        self
    }

    /// How probable each class is beforehand, in the order of the sorted classes. By default that is
    /// learned.
    ///
    /// Finite numbers of 0 or more, not all 0; as many as there are classes. To learn chunk by chunk
    /// the [`classes`](Self::classes) must be declared.
    pub fn class_prior(mut self, class_prior: Vec<f64>) -> Self {
        self.0.prior.given = Some(class_prior);
        self
    }
}
