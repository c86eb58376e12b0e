//! Fitted models on disk.
//!
//! ```
//! use chunkfit::linear::LogisticRegression;
//! use chunkfit::persist::{Persist, describe};
//! use linfa::prelude::*;
//! use ndarray::array;
//!
//! # let folder = tempfile::tempdir()?;
//! # let file = folder.path().join("model.safetensors");
//! let data = Dataset::new(array![[0.0], [1.0], [2.0], [3.0]], array![false, true, false, true]);
//! let model = LogisticRegression::params().fit(&data)?;
//! model.save(&file)?;
//! assert_eq!(describe(&file)?.kind, "LogisticRegression");
//! assert_eq!(LogisticRegression::<f64, bool>::load(&file)?, model);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Every fitted model and transformer is [`Persist`], and so are a
//! [`FittedPipeline`](crate::combine::FittedPipeline) of them and the models of groups
//! ([`GroupModels`](crate::combine::GroupModels)). A model that was loaded has all bits of the one that was
//! saved, training state included: whatever has `partial_fit` goes on learning where it was.
//!
//! # The file
//! is in the [safetensors](https://github.com/huggingface/safetensors) format, numbers as `F32` and `F64` as they
//! are in memory (long lists of integers as `I64` or `U64`), all else in one entry `chunkfit` of its metadata, as
//! JSON: the kind of model, its parameters, classes, the vectorizer's parameters, what is known of the training
//! ([`Training`]), and where the tensors belong. A linear model that keeps its weights in another form for
//! training is written out beside, as `linear`: classes, `coef`, `intercept`. `examples/python/load_model.py`
//! reads a text classifier into scikit-learn. For a file half as large save what `linear()` gives.
//!
//! A file is written aside and renamed, and has a checksum. A file that is cut, damaged, foreign, of another kind
//! of model or of a later version is an error of kind [`Malformed`](crate::ErrorKind::Malformed) that names the file
//! and what to do. The checksum tells damage, not forgery: load files of people whom you trust. Of a file that was
//! forged, parts that do not fit together are refused, and so are numbers that no training makes (NaN, an infinite
//! weight, a negative variance), so that predicting does not panic and learning on does not run for ever. Numbers that
//! training makes are loaded: the infinite weight of a word that no document had, for one.

mod checks;
mod description;
mod file;
#[cfg(feature = "predictor")]
mod file_part;
mod list;
mod parts;
mod reader;
mod source;
mod tensors;
#[cfg(test)]
mod tests;
mod weights;
mod writer;

use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub(crate) use checks::{check_finite, check_whole};
pub use description::{Description, Training};
#[cfg(feature = "predictor")]
pub(crate) use file_part::{Part, read_file, with_parts};
pub(crate) use list::{compiled_parts, persist};
pub(crate) use parts::{Problem, Writer};
pub(crate) use source::Reader;
use tensors::Tensors;
pub(crate) use weights::Weights;
use writer::{Serialized, TakeApart, take_apart};

use crate::error::{Error, ErrorKind, Result};

/// A model that can be saved and loaded.
///
/// For a model of your own that serializes, the [kind](Self::kind) is all there is to say:
///
/// ```
/// use chunkfit::persist::Persist;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize)]
/// struct Medians {
///     of_columns: Vec<f64>,
/// }
///
/// impl Persist for Medians {
///     fn kind() -> String {
///         "Medians".into()
///     }
/// }
///
/// # let folder = tempfile::tempdir()?;
/// # let file = folder.path().join("medians.safetensors");
/// let medians = Medians { of_columns: vec![0.5, f64::INFINITY] };
/// medians.save(&file)?;
/// assert_eq!(Medians::load(&file)?, medians);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be saved or loaded as a model",
    note = "fitted models are saved, not handles and parameters: `Runtime::new().compute(fit)?.save(path)?`",
    note = "for a model of your own that serializes implement `chunkfit::persist::Persist`"
)]
pub trait Persist: Serialize + DeserializeOwned {
    /// What kind of model it is, for the file: it is loaded as the same kind only. Types of floats and labels
    /// need not be told, the numbers and labels in the file have theirs.
    fn kind() -> String;

    /// What the model knows of its training; by default nothing.
    fn training(&self) -> Training {
        Training::default()
    }

    /// Refuses parts that do not fit together, after loading; by default nothing.
    ///
    /// # Errors
    /// The model's own.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// How many columns the rows have that it takes; `None`, the default, if it does not say. What stands in a
    /// pipeline and [gives](Self::columns_out) another number than the next takes is refused.
    fn columns_in(&self) -> Option<usize> {
        None
    }

    /// How many columns the rows have that it makes of them; `None`, the default, if it does not say.
    fn columns_out(&self) -> Option<usize> {
        None
    }

    /// Adds what other programs want and the model has in another form; by default nothing. It is not read.
    ///
    /// # Errors
    /// The model's own.
    fn write_out(&self, _written_out: &mut WrittenOut<'_>) -> Result<()> {
        Ok(())
    }

    /// Writes the model's parts, as it serializes. Models of this crate have it compiled once.
    #[doc(hidden)]
    fn write_parts(&self, writer: &mut Writer) -> std::result::Result<(), Problem> {
        self.serialize(writer)
    }

    /// The model of these parts, as it deserializes.
    #[doc(hidden)]
    fn read_parts(reader: Reader<'_>) -> std::result::Result<Self, Problem> {
        Self::deserialize(reader)
    }

    /// Writes the model to a file, in the place of one that is there.
    ///
    /// It is written aside in the same folder, under a hidden name, forced onto the disk and renamed: who loads the file
    /// meanwhile has the earlier model or this one. It keeps the permissions of the file that it replaces, and its owner and
    /// group as far as this process may; a new file has those that the process's mask (umask) leaves. A symbolic link of this
    /// name is replaced, and the file that it leads to stays as it is; so do other names (hard links) of the earlier file.
    ///
    /// # Errors
    /// [`Io`](ErrorKind::Io) if the file cannot be written, or if a folder, a pipe or a device bears its name, behind a link
    /// or not; what is there is then what it was.
    fn save(&self, file: impl AsRef<Path>) -> Result<()> {
        self.save_with(file, &self.training())
    }

    /// The same, with more to say of its training than the model knows.
    ///
    /// # Errors
    /// As [`save`](Self::save).
    fn save_with(&self, file: impl AsRef<Path>, training: &Training) -> Result<()> {
        file::save(self, training, file.as_ref())
    }

    /// The model in a file.
    ///
    /// # Errors
    /// [`Io`](ErrorKind::Io) if the file cannot be read or is a pipe, a socket or a device, which may have no end (what
    /// was read from one is taken by [`from_bytes`](Self::from_bytes)); [`Malformed`](ErrorKind::Malformed) if it is not
    /// a whole file of a model of this type.
    fn load(file: impl AsRef<Path>) -> Result<Self> {
        file::load(file.as_ref())
    }

    /// The bytes of the file that [`save_with`](Self::save_with) writes: for an object store, or a column of a table.
    ///
    /// # Errors
    /// [`Malformed`](ErrorKind::Malformed) for a model of your own that safetensors cannot hold.
    fn to_bytes(&self, training: &Training) -> Result<Vec<u8>> {
        file::encode(self, training)
    }

    /// The model in the bytes of a model file.
    ///
    /// # Errors
    /// [`Malformed`](ErrorKind::Malformed) if they are not a whole file of a model of this type.
    fn from_bytes(bytes: &[u8]) -> Result<Self> {
        file::decode(bytes)
    }
}

/// What a model file says of its model, whatever kind that is.
///
/// # Errors
/// [`Io`](ErrorKind::Io) if the file cannot be read or is a pipe, a socket or a device; [`Malformed`](ErrorKind::Malformed)
/// if it is not a whole model file.
pub fn describe(file: impl AsRef<Path>) -> Result<Description> {
    file::describe(file.as_ref())
}

/// The same of the bytes of a model file.
///
/// # Errors
/// [`Malformed`](ErrorKind::Malformed) if they are not a whole model file.
pub fn describe_bytes(bytes: &[u8]) -> Result<Description> {
    file::describe_bytes(bytes)
}

/// What of a model is written for other programs: see [`Persist::write_out`].
#[derive(Debug)]
pub struct WrittenOut<'a> {
    tensors: &'a mut Tensors,
    parts: Map<String, Value>,
}

impl WrittenOut<'_> {
    /// Adds a part under a name.
    ///
    /// # Errors
    /// [`Malformed`](ErrorKind::Malformed) for a value that does not serialize, or a name that was given before.
    pub fn add<T: Serialize>(&mut self, name: &str, part: &T) -> Result<()> {
        self.add_part(name, &Serialized(part))
    }

    fn add_part(&mut self, name: &str, part: &dyn TakeApart) -> Result<()> {
        let part = take_apart(part, name, self.tensors).map_err(|error| {
            let problem = format!("{name} cannot be written: {error}");
            Error::new(ErrorKind::Malformed { format: "model", problem })
        })?;
        self.parts.insert(name.to_owned(), part);
        Ok(())
    }
}
