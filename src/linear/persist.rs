//! Saving and loading of `LinearClassifier` and `LinearRegressor`.

use linfa::Label;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{LinearClassifier, LinearRegressor};
use crate::data::Float;
use crate::error::Result;
use crate::persist::{Persist, check_finite};

impl<F: Float + Serialize + DeserializeOwned, L: Label + Serialize + DeserializeOwned> Persist
    for LinearClassifier<F, L>
{
    fn kind() -> String {
        "LinearClassifier".into()
    }

    /// Its numbers may be any: it is made [from parts](LinearClassifier::from_parts) as well, which takes any.
    fn check(&self) -> Result<()> {
        LinearClassifier::check(self)
    }

    fn columns_in(&self) -> Option<usize> {
        Some(self.coef().ncols())
    }
}

impl<F: Float + Serialize + DeserializeOwned> Persist for LinearRegressor<F> {
    fn kind() -> String {
        "LinearRegressor".into()
    }

    fn check(&self) -> Result<()> {
        LinearRegressor::check(self)?;
        check_finite(self)
    }

    fn columns_in(&self) -> Option<usize> {
        Some(self.coef().len())
    }
}
