//! Saving and loading of `LogisticRegression`.

use linfa::Label;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::LogisticRegression;
use crate::data::Float;
use crate::error::Result;
use crate::persist::{Persist, check_finite};

impl<F: Float + Serialize + DeserializeOwned, L: Label + Serialize + DeserializeOwned> Persist
    for LogisticRegression<F, L>
{
    fn kind() -> String {
        "LogisticRegression".into()
    }

    fn check(&self) -> Result<()> {
        self.linear().check()?;
        check_finite(self)
    }

    fn columns_in(&self) -> Option<usize> {
        Some(self.coef().ncols())
    }
}
