//! Saving and loading of `NearestCentroid`.

use linfa::Label;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{NAME, NearestCentroid};
use crate::error::Result;
use crate::persist::{Persist, Training};

impl<L: Label + Serialize + DeserializeOwned> Persist for NearestCentroid<L> {
    fn kind() -> String {
        NAME.into()
    }

    fn training(&self) -> Training {
        Training::default().rows(self.n_rows_seen()).class_counts(self.class_count().to_vec())
    }

    fn check(&self) -> Result<()> {
        self.check_read()
    }

    fn columns_in(&self) -> Option<usize> {
        self.is_fitted().then(|| self.n_features())
    }
}
