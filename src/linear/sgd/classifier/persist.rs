//! Saving and loading of `SgdClassifier`: its weights in the form that training wants, and its coefficients beside.

use linfa::Label;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::SgdClassifier;
use crate::data::Float;
use crate::error::Result;
use crate::persist::{Persist, Training, WrittenOut, check_finite, check_whole};

impl<F: Float + Serialize + DeserializeOwned, L: Label + Serialize + DeserializeOwned> Persist for SgdClassifier<F, L> {
    fn kind() -> String {
        "SgdClassifier".into()
    }

    fn training(&self) -> Training {
        Training::of_classes(self.n_rows_seen(), self.class_counts().iter().map(|&count| count as f64))
    }

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
