//! Saving and loading of `SgdOneClassSvm`: its weights in the form that training wants, and its coefficients beside.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::SgdOneClassSvm;
use crate::data::Float;
use crate::error::Result;
use crate::persist::{Persist, Training, Weights, WrittenOut, check_finite, check_whole, compiled_parts};

impl<F: Float + Serialize + DeserializeOwned> Persist for SgdOneClassSvm<F> {
    fn kind() -> String {
        "SgdOneClassSvm".into()
    }

    fn training(&self) -> Training {
        Training::of_rows(self.n_rows_seen())
    }

    compiled_parts! { SgdOneClassSvm<F> }

    fn check(&self) -> Result<()> {
        check_whole(self.is_whole())?;
        check_finite(self)
    }

    fn columns_in(&self) -> Option<usize> {
        self.is_fitted().then(|| self.n_features())
    }

    /// With the intercept of its decision values, which is the offset below 0.
    fn write_out(&self, written_out: &mut WrittenOut<'_>) -> Result<()> {
        let (coef, intercept) = (self.coef(), -self.offset());
        if self.is_fitted() { written_out.add("linear", &Weights { coef, intercept }) } else { Ok(()) }
    }
}
