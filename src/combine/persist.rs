//! Saving and loading of fitted pipelines and of the models of groups.

use std::fmt::Debug;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{FittedPipeline, GroupModels};
use crate::error::{Error, Result};
use crate::persist::{Persist, Problem, Reader, Training, Writer, WrittenOut};

impl<V: Persist, M: Persist> Persist for FittedPipeline<V, M> {
    fn kind() -> String {
        format!("FittedPipeline<{}, {}>", V::kind(), M::kind())
    }

    fn training(&self) -> Training {
        self.model.training()
    }

    fn write_parts(&self, writer: &mut Writer) -> std::result::Result<(), Problem> {
        writer.begin_structure();
        writer.field("transformer");
        self.transformer.write_parts(writer)?;
        writer.field("model");
        self.model.write_parts(writer)?;
        writer.end()
    }

    fn read_parts(reader: Reader<'_>) -> std::result::Result<Self, Problem> {
        let transformer = V::read_parts(reader.field("transformer")?)?;
        Ok(FittedPipeline { transformer: Arc::new(transformer), model: M::read_parts(reader.field("model")?)? })
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

impl<K: Ord + Debug + Serialize + DeserializeOwned, M: Persist> Persist for GroupModels<K, M> {
    fn kind() -> String {
        format!("GroupModels<{}>", M::kind())
    }

    fn check(&self) -> Result<()> {
        self.iter().try_for_each(|(_, model)| model.check())
    }
}
