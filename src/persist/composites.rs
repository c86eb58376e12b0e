//! Saving composite models: pipelines, calibrated models, models by group.

use std::fmt::Debug;

use linfa::Label;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Persist, Training, WrittenOut};
use crate::calibration::{Calibrated, Thresholded};
use crate::combine::{FittedPipeline, GroupModels};
use crate::error::{Error, Result};

impl<V: Persist, M: Persist> Persist for FittedPipeline<V, M> {
    fn kind() -> String {
        format!("FittedPipeline<{}, {}>", V::kind(), M::kind())
    }

    fn training(&self) -> Training {
        self.model.training()
    }

    fn check(&self) -> Result<()> {
        self.transformer.check()?;
        self.model.check()?;
        match (self.transformer.columns_out(), self.model.columns_in()) {
            (Some(out), Some(taken)) if out != taken => Err(Error::shape("columns of the model", out, taken)),
            _ => Ok(()),
        }
    }

    fn columns_in(&self) -> Option<usize> {
        self.transformer.columns_in()
    }

    fn columns_out(&self) -> Option<usize> {
        self.model.columns_out()
    }

    fn write_out(&self, written_out: &mut WrittenOut<'_>) -> Result<()> {
        self.model.write_out(written_out)
    }
}

impl<M: Persist, L: Label + Serialize + DeserializeOwned> Persist for Calibrated<M, L> {
    fn kind() -> String {
        format!("Calibrated<{}>", M::kind())
    }

    fn training(&self) -> Training {
        self.model().training()
    }

    fn check(&self) -> Result<()> {
        self.model().check()
    }

    fn columns_in(&self) -> Option<usize> {
        self.model().columns_in()
    }

    fn write_out(&self, written_out: &mut WrittenOut<'_>) -> Result<()> {
        self.model().write_out(written_out)
    }
}

impl<M: Persist, L: Label + Serialize + DeserializeOwned> Persist for Thresholded<M, L> {
    fn kind() -> String {
        format!("Thresholded<{}>", M::kind())
    }

    fn training(&self) -> Training {
        self.model().training()
    }

    fn check(&self) -> Result<()> {
        self.model().check()
    }

    fn columns_in(&self) -> Option<usize> {
        self.model().columns_in()
    }

    fn write_out(&self, written_out: &mut WrittenOut<'_>) -> Result<()> {
        self.model().write_out(written_out)
    }
}

impl<K: Ord + Debug + Serialize + DeserializeOwned, M: Persist> Persist for GroupModels<K, M> {
    fn kind() -> String {
        format!("GroupModels<{}>", M::kind())
    }

    fn check(&self) -> Result<()> {
        self.iter().try_for_each(|(_, model)| model.check())
    }
}
