//! Families of generalized linear models: normal, Poisson, gamma, Tweedie, with their losses.

use std::fmt::Debug;

use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

use crate::data::wide;
use crate::data::{Float, Shared};
use crate::error::{Error, ErrorKind, Result};
use crate::linear::smooth;
use crate::linear::smooth::{PointLoss, Squared};

/// A distribution of the targets: [`Normal`], [`Poisson`], [`Gamma`] or [`Tweedie`].
pub trait Family: Sealed + Copy + Default + Debug + PartialEq + Shared {}

/// A distribution whose regressions on chunks are averaged: [`Poisson`], [`Gamma`] or [`Tweedie`]. Those of [`Normal`] need
/// no average: their sums of squares and products merge to the fit of all rows.
pub trait AveragedFamily: Family {}

/// The inside of the families of this crate.
pub trait Sealed: Serialize {
    #[doc(hidden)]
    const NAME: &'static str;
    #[doc(hidden)]
    const ALPHA: f64;

    /// The power of the mean to which the variance is proportional.
    #[doc(hidden)]
    fn power(self) -> f64;
}

/// Any number, of the same variance everywhere; predicted as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Normal;

/// Counts, 0 or more; the logarithm of their mean is predicted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Poisson;

/// Amounts above 0 whose spread grows with them; the logarithm of their mean is predicted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Gamma;

/// Variance proportional to a power of the mean; see [`GlmParams::power`](super::GlmParams::power).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tweedie {
    pub(super) power: f64,
}

macro_rules! family {
    ($family:ty, $name:literal, $alpha:literal, |$own:ident| $power:expr) => {
        impl Family for $family {}
        impl Sealed for $family {
            const NAME: &'static str = $name;
            const ALPHA: f64 = $alpha;

            fn power(self) -> f64 {
                let $own = self;
                $power
            }
        }
    };
}

impl AveragedFamily for Poisson {}
impl AveragedFamily for Gamma {}
impl AveragedFamily for Tweedie {}

family!(Normal, "LinearRegression", 0.0, |_own| 0.0);
family!(Poisson, "PoissonRegressor", 1.0, |_own| 1.0);
family!(Gamma, "GammaRegressor", 1.0, |_own| 2.0);
family!(Tweedie, "TweedieRegressor", 1.0, |own| own.power);

/// Something to be done with the loss of a family, whichever type it has.
pub(super) trait WithLoss {
    type Output;

    fn call(self, loss: impl PointLoss) -> Self::Output;
}

/// Hands the loss of a power to `f`.
pub(super) fn with_loss<W: WithLoss>(power: f64, f: W) -> W::Output {
    if power == 0.0 { f.call(Squared) } else { f.call(smooth::Tweedie(power)) }
}

/// The margin that a mean has.
pub(super) fn link(power: f64, mean: f64) -> f64 {
    if power == 0.0 { mean } else { mean.max(f64::MIN_POSITIVE).ln() }
}

/// The mean that a margin stands for.
pub(super) fn mean(power: f64, margin: f64) -> f64 {
    if power == 0.0 { margin } else { margin.exp() }
}

/// Refuses targets that are NaN or infinite, those of rows of weight 0 too.
pub(in crate::linear) fn check_finite_targets<F: Float>(targets: &ArrayView1<'_, F>) -> Result<()> {
    match targets.iter().position(|&target| !wide(target).is_finite()) {
        Some(row) => Err(odd_target(wide(targets[row]), "a finite number").at_row(row)),
        None => Ok(()),
    }
}

/// Refuses targets that the family cannot have.
pub(super) fn check_target(power: f64, target: f64) -> Result<()> {
    let expected = match power {
        _ if !target.is_finite() => "a finite number",
        0.0 => return Ok(()),
        p if p < 2.0 && target < 0.0 => "0 or more, for powers from 1 to below 2",
        2.0 if target <= 0.0 => "above 0, for power 2",
        _ => return Ok(()),
    };
    Err(odd_target(target, expected))
}

fn odd_target(value: f64, expected: &'static str) -> Error {
    Error::new(ErrorKind::InvalidTarget { value: value.to_string(), expected })
}
