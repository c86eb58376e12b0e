//! The weights of a linear model, as other programs read them.

use serde::Serialize;

/// The weights that other programs read of a linear model that is no classifier of named classes.
#[derive(Serialize)]
pub(crate) struct Weights<C, I> {
    pub(crate) coef: C,
    pub(crate) intercept: I,
}
