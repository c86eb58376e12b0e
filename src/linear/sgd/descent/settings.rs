//! What stochastic gradient descent is told, whatever it learns.

use serde::{Deserialize, Serialize};

use super::loss::Loss;
use super::penalty::Penalty;
use super::schedule::LearningRate;
use super::train::Stopping;
use crate::error::{Error, Result};
use crate::linear::sgd::classifier::params::Averaging;
use crate::linear::sgd::coordinate::rule::{Rates, Rule};

/// The parameters that all learners by stochastic gradient descent have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::linear::sgd) struct Descent {
    pub(in crate::linear::sgd) loss: Loss,
    pub(in crate::linear::sgd) penalty: Penalty,
    pub(in crate::linear::sgd) alpha: f64,
    pub(in crate::linear::sgd) learning_rate: LearningRate,
    pub(in crate::linear::sgd) eta0: f64,
    pub(in crate::linear::sgd) fit_intercept: bool,
    pub(in crate::linear::sgd) shuffle: bool,
    pub(in crate::linear::sgd) seed: u64,
    pub(in crate::linear::sgd) epochs: usize,
    pub(in crate::linear::sgd) tol: Option<f64>,
    pub(in crate::linear::sgd) n_iter_no_change: usize,
    pub(in crate::linear::sgd) averaging: Averaging,
}

impl Descent {
    /// scikit-learn's defaults, but for the loss and the learning rate, which differ by learner.
    pub(in crate::linear::sgd) fn new(loss: Loss, learning_rate: LearningRate) -> Self {
        Descent {
            loss,
            penalty: Penalty::L2,
            alpha: 1e-4,
            learning_rate,
            eta0: 0.01,
            fit_intercept: true,
            shuffle: true,
            seed: 0,
            epochs: 1000,
            tol: Some(1e-3),
            n_iter_no_change: 5,
            averaging: Averaging::Off,
        }
    }

    /// When `fit` stops.
    pub(in crate::linear::sgd) fn stopping(&self) -> Stopping {
        Stopping { epochs: self.epochs, tol: self.tol, n_iter_no_change: self.n_iter_no_change }
    }

    /// The seed of the rows' orders, if they are shuffled.
    pub(in crate::linear::sgd) fn order_seed(&self) -> Option<u64> {
        self.shuffle.then_some(self.seed)
    }

    /// The rule and its numbers, if steps have a length of their own at every coordinate.
    pub(in crate::linear::sgd) fn coordinate_rates(&self) -> Option<(Rule, Rates)> {
        let (rule, beta) = match self.learning_rate {
            LearningRate::AdaGrad => (Rule::AdaGrad, 0.0),
            LearningRate::Ftrl { beta } => (Rule::Ftrl, beta),
            _ => return None,
        };
        let alpha = if self.penalty == Penalty::None { 0.0 } else { self.alpha };
        let l1 = alpha * self.penalty.l1_ratio();
        Some((rule, Rates { eta0: self.eta0, beta, l1, l2: alpha - l1 }))
    }

    /// Whether a round over chunks goes on from the squares of the last. AdaGrad's first steps are as
    /// long as any, and would unlearn; FTRL's `beta` holds them back, and anew it learns faster.
    pub(in crate::linear::sgd) fn keeps_squares(&self) -> bool {
        self.learning_rate == LearningRate::AdaGrad
    }

    /// Refuses values out of range, by name.
    pub(in crate::linear::sgd) fn check(&self) -> Result<()> {
        at_least_zero("alpha", self.alpha)?;
        if self.alpha == 0.0 && self.learning_rate == LearningRate::Optimal {
            let expected = "above 0 with LearningRate::Optimal; with another learning rate it may be 0";
            return Err(Error::parameter("alpha", self.alpha, expected));
        }
        if let Some(epsilon) = self.loss.epsilon() {
            at_least_zero("epsilon", epsilon)?;
        }
        if let Penalty::ElasticNet { l1_ratio } = self.penalty
            && !(0.0..=1.0).contains(&l1_ratio)
        {
            return Err(Error::parameter("l1_ratio", l1_ratio, "a number from 0 to 1"));
        }
        let mends = matches!(self.loss, Loss::Hinge | Loss::EpsilonInsensitive { .. });
        if matches!(self.learning_rate, LearningRate::Pa1 | LearningRate::Pa2) && !mends {
            let expected = "a loss of Hinge or EpsilonInsensitive with Pa1 and Pa2";
            return Err(Error::parameter("loss", self.loss, expected));
        }
        if let LearningRate::Ftrl { beta } = self.learning_rate
            && !(beta > 0.0 && beta.is_finite())
        {
            return Err(Error::parameter("beta", beta, "a finite number above 0"));
        }
        if self.coordinate_rates().is_some() && self.averaging != Averaging::Off {
            return Err(Error::parameter("average", self.averaging, "Off with AdaGrad and Ftrl"));
        }
        if let LearningRate::InvScaling { power_t } = self.learning_rate {
            at_least_zero("power_t", power_t)?;
        }
        if !(self.eta0 > 0.0 && self.eta0.is_finite()) {
            return Err(Error::parameter("eta0", self.eta0, "a finite number above 0"));
        }
        if self.epochs == 0 {
            return Err(Error::parameter("epochs", 0, "1 or more"));
        }
        if let Some(tol) = self.tol {
            at_least_zero("tol", tol)?;
        }
        if self.n_iter_no_change == 0 {
            return Err(Error::parameter("n_iter_no_change", 0, "1 or more"));
        }
        if self.averaging == Averaging::From(0) {
            return Err(Error::parameter("average", self.averaging, "From(1) or later: steps count from 1"));
        }
        Ok(())
    }
}

fn at_least_zero(name: &'static str, value: f64) -> Result<()> {
    if value >= 0.0 && value.is_finite() {
        Ok(())
    } else {
        Err(Error::parameter(name, value, "a finite number of 0 or more"))
    }
}

/// The setters of a [`Descent`] within parameters, but for those whose defaults differ.
macro_rules! descent_setters {
    () => {
        /// What keeps the weights small. Default [`Penalty::L2`]. An `l1_ratio` must be from 0 to 1.
        pub fn penalty(mut self, penalty: Penalty) -> Self {
            self.0.descent.penalty = penalty;
            self
        }

        /// How much the penalty counts; 0 or more, and above 0 with [`LearningRate::Optimal`], whose
        /// steps depend on it. Default 0.0001.
        pub fn alpha(mut self, alpha: f64) -> Self {
            self.0.descent.alpha = alpha;
            self
        }

        /// The first step's length, for all learning rates but [`LearningRate::Optimal`]; the
        /// aggressiveness of [`LearningRate::Pa1`] and [`LearningRate::Pa2`]. Above 0. Default 0.01; far longer
        /// is good for [`LearningRate::AdaGrad`] and [`LearningRate::Ftrl`], see there.
        pub fn eta0(mut self, eta0: f64) -> Self {
            self.0.descent.eta0 = eta0;
            self
        }

        $crate::linear::sgd::descent::settings::pass_setters!();
    };
}
pub(in crate::linear::sgd) use descent_setters;

/// Those of them that say how passes are made.
macro_rules! pass_setters {
    () => {
        /// Whether boundaries may miss the origin. Default `true`.
        pub fn fit_intercept(mut self, fit_intercept: bool) -> Self {
            self.0.descent.fit_intercept = fit_intercept;
            self
        }

        /// Whether each pass reads the rows in an order of its own. Default `true`.
        ///
        /// The orders are not scikit-learn's: to compare coefficients, shuffle in neither.
        pub fn shuffle(mut self, shuffle: bool) -> Self {
            self.0.descent.shuffle = shuffle;
            self
        }

        /// What decides the orders of [`shuffle`](Self::shuffle), together with the number of steps
        /// taken (scikit-learn's `random_state`). Any number. Default 0.
        pub fn seed(mut self, seed: u64) -> Self {
            self.0.descent.seed = seed;
            self
        }

        /// How many passes `fit` makes at the most; 1 or more (scikit-learn's `max_iter`). Default
        /// 1000. `partial_fit` makes one.
        pub fn epochs(mut self, epochs: usize) -> Self {
            self.0.descent.epochs = epochs;
            self
        }

        /// `fit` stops when [`n_iter_no_change`](Self::n_iter_no_change) passes in a row do not bring
        /// the mean objective this far below the best; 0 or more. With `None` it makes all its passes.
        /// Default 0.001.
        pub fn tol(mut self, tol: Option<f64>) -> Self {
            self.0.descent.tol = tol;
            self
        }

        /// How many passes without progress `fit` waits before it stops (or, with
        /// [`LearningRate::Adaptive`], shortens its steps); 1 or more. Default 5.
        pub fn n_iter_no_change(mut self, n_iter_no_change: usize) -> Self {
            self.0.descent.n_iter_no_change = n_iter_no_change;
            self
        }

        /// Whether the model is an average over the steps; [`Averaging::From`] 1 or more. Default
        /// [`Averaging::Off`], the only one for steps with a length of their own at every coordinate.
        pub fn average(mut self, averaging: Averaging) -> Self {
            self.0.descent.averaging = averaging;
            self
        }
    };
}
pub(in crate::linear::sgd) use pass_setters;
