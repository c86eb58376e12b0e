//! What labels may be: `BOOLEAN`, integers, strings.

use std::fmt;
use std::sync::Arc;

use chunkfit::data::Shared;
use datafusion::arrow::array::{ArrayRef, BooleanArray, Int64Array, StringArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;
use linfa::Label;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::refused;

/// The type of a label column, and of the labels of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LabelKind {
    /// `BOOLEAN`: the local engine's `bool`.
    Bool,
    /// Any integer type: `BIGINT` in results. In a model file they are numbers, as the local engine's `usize`
    /// are.
    Int,
    /// `VARCHAR`: the local engine's `String`.
    Str,
}

impl LabelKind {
    /// The kind of a column of this type, called `column` in the error.
    ///
    /// # Errors
    /// A type that labels cannot be of, such as a float or a list.
    pub fn of(data_type: &DataType, column: &str) -> Result<Self> {
        match data_type {
            DataType::Boolean => Ok(LabelKind::Bool),
            kind if kind.is_integer() => Ok(LabelKind::Int),
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Ok(LabelKind::Str),
            DataType::Dictionary(_, values) => Self::of(values, column),
            other => Err(refused(format!(
                "labels in `{column}` are of type {other}: cast them to BOOLEAN, BIGINT or VARCHAR"
            ))),
        }
    }

    /// The Arrow type of labels in results: `Boolean`, `Int64`, `Utf8`.
    pub fn data_type(self) -> DataType {
        match self {
            LabelKind::Bool => DataType::Boolean,
            LabelKind::Int => DataType::Int64,
            LabelKind::Str => DataType::Utf8,
        }
    }

    /// How references write it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            LabelKind::Bool => "bool",
            LabelKind::Int => "int",
            LabelKind::Str => "str",
        }
    }

    pub(crate) fn by_name(name: &str) -> Option<Self> {
        [LabelKind::Bool, LabelKind::Int, LabelKind::Str].into_iter().find(|kind| kind.name() == name)
    }
}

/// An integer as a label. linfa has `usize` among its labels and no signed type; this is one, and serializes as
/// the plain number does.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Int(
    /// The number.
    pub i64,
);

impl Label for Int {}

/// As the plain number, so that warnings and errors read as those of the local engine.
impl fmt::Debug for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A label of any kind, in parameters that name classes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AnyLabel {
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A string.
    Str(String),
}

impl Default for AnyLabel {
    fn default() -> Self {
        AnyLabel::Bool(false)
    }
}

impl Label for AnyLabel {}

impl fmt::Debug for AnyLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AnyLabel::Bool(label) => label.fmt(f),
            AnyLabel::Int(label) => label.fmt(f),
            AnyLabel::Str(label) => label.fmt(f),
        }
    }
}

/// The three types of labels that code is made for.
pub(crate) trait FrameLabel: Label + Serialize + DeserializeOwned + Shared {
    const KIND: LabelKind;

    /// Labels as an array of the kind's type.
    fn array(labels: impl Iterator<Item = Option<Self>>) -> ArrayRef;
}

impl FrameLabel for bool {
    const KIND: LabelKind = LabelKind::Bool;

    fn array(labels: impl Iterator<Item = Option<Self>>) -> ArrayRef {
        Arc::new(labels.collect::<BooleanArray>())
    }
}

impl FrameLabel for Int {
    const KIND: LabelKind = LabelKind::Int;

    fn array(labels: impl Iterator<Item = Option<Self>>) -> ArrayRef {
        Arc::new(labels.map(|label| label.map(|Int(number)| number)).collect::<Int64Array>())
    }
}

impl FrameLabel for String {
    const KIND: LabelKind = LabelKind::Str;

    fn array(labels: impl Iterator<Item = Option<Self>>) -> ArrayRef {
        Arc::new(labels.collect::<StringArray>())
    }
}
