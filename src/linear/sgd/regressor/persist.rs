//! Saving and loading of `SgdRegressor`: its weights in the form that training wants, and its coefficients beside.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::SgdRegressor;
use crate::data::Float;
use crate::error::Result;
use crate::persist::{Persist, Training, WrittenOut, check_finite, check_whole, compiled_parts};

impl<F: Float + Serialize + DeserializeOwned> Persist for SgdRegressor<F> {
    fn kind() -> String {
        "SgdRegressor".into()
    }

    fn training(&self) -> Training {
        Training::of_rows(self.n_rows_seen())
    }

    compiled_parts! { SgdRegressor<F> }

    fn check(&self) -> Result<()> {
        check_whole(self.is_whole())?;
        check_finite(self)
    }

    fn columns_in(&self) -> Option<usize> {
        self.is_fitted().then(|| self.n_features())
    }

    fn write_out(&self, written_out: &mut WrittenOut<'_>) -> Result<()> {
        if self.is_fitted() { written_out.add("linear", self.linear()?) } else { Ok(()) }
    }
}
