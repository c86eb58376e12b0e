//! Parts of a model file, for loading by the kinds in it.

use std::path::Path;

use safetensors::{Dtype, SafeTensors};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Persist;
use super::description::Description;
use super::file::{self, Content, malformed};
use super::reader::put_together;
use super::source::Reader;
use crate::error::{Error, Result};

/// A part of a model file: its structure, and the file's tensors.
#[derive(Clone)]
pub(crate) struct Part<'a> {
    value: Value,
    tensors: &'a SafeTensors<'a>,
}

/// The content of a regular file.
pub(crate) fn read_file(file: &Path) -> Result<Vec<u8>> {
    file::read(file).map_err(|error| Error::io("read", file, error))
}

/// Does something with the description and the model of a file, given as its bytes.
pub(crate) fn with_parts<T>(bytes: &[u8], work: impl FnOnce(Description, Part<'_>) -> Result<T>) -> Result<T> {
    let content = Content::read(bytes)?;
    let model = Part { value: content.entry["model"].clone(), tensors: &content.tensors };
    work(content.description()?, model)
}

impl<'a> Part<'a> {
    /// A field; null if there is none.
    pub(crate) fn field(&self, name: &str) -> Part<'a> {
        self.with(self.value[name].clone())
    }

    /// The structure.
    pub(crate) fn value(&self) -> &Value {
        &self.value
    }

    /// Another structure, of the same tensors.
    pub(crate) fn with(&self, value: Value) -> Part<'a> {
        Part { value, tensors: self.tensors }
    }

    /// True if the file has floats in single precision.
    pub(crate) fn is_narrow(&self) -> bool {
        self.tensors.iter().any(|(_, tensor)| tensor.dtype() == Dtype::F32)
    }

    /// The value of the part.
    ///
    /// # Errors
    /// A part of another type.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T> {
        put_together(&self.value, self.tensors).map_err(|error| malformed(error.to_string()))
    }

    /// The model of the part, checked.
    ///
    /// # Errors
    /// A part of another type; parts that contradict each other.
    pub(crate) fn model<M: Persist>(&self) -> Result<M> {
        let reader = Reader::new(&self.value, self.tensors);
        let model = M::read_parts(reader).map_err(|error| malformed(error.to_string()))?;
        model.check().map_err(|error| {
            malformed("its parts contradict each other: save the model again".to_owned()).caused_by(error)
        })?;
        Ok(model)
    }
}
