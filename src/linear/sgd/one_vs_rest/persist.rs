//! Saving and loading of `OneVsRest`: its weights in the form that training wants, and its coefficients beside.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::OneVsRest;
use crate::data::Float;
use crate::error::Result;
use crate::persist::{Persist, Training, Weights, WrittenOut, check_finite, check_whole, compiled_parts};

impl<F: Float + Serialize + DeserializeOwned> Persist for OneVsRest<F> {
    fn kind() -> String {
        "OneVsRest".into()
    }

    fn training(&self) -> Training {
        Training::of_rows(self.n_rows_seen())
    }

    compiled_parts! { OneVsRest<F> }

    fn check(&self) -> Result<()> {
        check_whole(self.is_whole())?;
        check_finite(self)
    }

    fn columns_in(&self) -> Option<usize> {
        self.is_fitted().then(|| self.n_features())
    }

    /// One row of `coef` a label.
    fn write_out(&self, written_out: &mut WrittenOut<'_>) -> Result<()> {
        let (coef, intercept) = (self.coef(), self.intercept());
        if self.is_fitted() { written_out.add("linear", &Weights { coef, intercept }) } else { Ok(()) }
    }
}
