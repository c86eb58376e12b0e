//! Saving and loading of elastic nets.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{ElasticNet, NAME};
use crate::data::Float;
use crate::error::Result;
use crate::persist::{Persist, check_finite, compiled_parts};

impl<F: Float + Serialize + DeserializeOwned> Persist for ElasticNet<F> {
    fn kind() -> String {
        NAME.into()
    }

    compiled_parts! { ElasticNet<F> }

    fn check(&self) -> Result<()> {
        self.linear().check()?;
        check_finite(self)
    }

    fn columns_in(&self) -> Option<usize> {
        Some(self.coef().len())
    }
}
