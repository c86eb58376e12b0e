//! Saving and loading of naive Bayes models.

use linfa::Label;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{EventModel, NaiveBayes};
use crate::error::Result;
use crate::persist::{Persist, Training, check_finite};

impl<K: EventModel, L: Label + Serialize + DeserializeOwned> Persist for NaiveBayes<K, L> {
    fn kind() -> String {
        K::NAME.into()
    }

    fn training(&self) -> Training {
        Training::of_classes(self.n_rows_seen(), self.class_count().iter().copied())
    }

    fn check(&self) -> Result<()> {
        check_finite(self)
    }

    fn columns_in(&self) -> Option<usize> {
        self.is_fitted().then(|| self.n_features())
    }
}
