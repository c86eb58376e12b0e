//! Saving and loading of generalized linear models.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Family, Glm};
use crate::data::Float;
use crate::error::Result;
use crate::persist::{Persist, check_finite};

impl<K: Family + Serialize + DeserializeOwned, F: Float + Serialize + DeserializeOwned> Persist for Glm<K, F> {
    fn kind() -> String {
        K::NAME.into()
    }

    fn check(&self) -> Result<()> {
        self.linear().check()?;
        check_finite(self)
    }

    fn columns_in(&self) -> Option<usize> {
        Some(self.coef().len())
    }
}
