//! Rows gathered from named fields: documents, labels, weights, keys.

use std::fmt;

use linfa::DatasetBase;
use ndarray::Array1;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::data::{Footprint, Keyed, Shared, Text, TextBuilder};
use crate::error::{Error, Result};

/// What a label or a key may be: read by serde, its size known, shared between threads.
///
/// Implemented for every type that is all of that; never by hand.
pub trait Field: DeserializeOwned + Footprint + Shared {}

impl<T: DeserializeOwned + Footprint + Shared> Field for T {}

/// What a field is to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) enum Role {
    Text,
    Label,
    Weight,
    Key,
}

/// The fields that rows are made of, by name.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Fields(Vec<(String, Role)>);

impl Fields {
    /// Fields by their names and roles.
    pub(super) fn new(fields: impl IntoIterator<Item = (String, Role)>) -> Result<Self> {
        let fields: Vec<_> = fields.into_iter().collect();
        match (1..fields.len()).find(|&i| fields[..i].iter().any(|(name, _)| *name == fields[i].0)) {
            Some(i) => Err(Error::parameter(
                "field",
                &fields[i].0,
                "a name of its own for each of text, label, weight and key",
            )),
            None => Ok(Fields(fields)),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Role)> {
        self.0.iter().map(|(name, role)| (name.as_str(), *role))
    }
}

/// Rows as they grow; the row being written is kept apart until it is whole.
pub(super) struct Columns<L, K> {
    text: TextBuilder,
    labels: Vec<L>,
    weights: Vec<f32>,
    keys: Vec<K>,
    row: Row<L, K>,
}

struct Row<L, K> {
    has_text: bool,
    label: Option<L>,
    weight: Option<f32>,
    key: Option<K>,
}

impl<L, K> Row<L, K> {
    const EMPTY: Self = Row { has_text: false, label: None, weight: None, key: None };
}

/// Why a row cannot be taken.
pub(super) enum RowProblem<'a> {
    Missing(&'a str),
    Weight(f32),
}

impl fmt::Display for RowProblem<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RowProblem::Missing(name) => write!(f, "the field `{name}` is missing"),
            RowProblem::Weight(weight) => write!(f, "the weight {weight} is not a finite number of at least 0"),
        }
    }
}

impl<L, K> Columns<L, K> {
    /// With room for the text of so many bytes.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        let text = TextBuilder::with_capacity(0, bytes);
        Columns { text, labels: Vec::new(), weights: Vec::new(), keys: Vec::new(), row: Row::EMPTY }
    }

    pub(super) fn push_text(&mut self, text: &str) {
        self.text.push_str(text);
        self.row.has_text = true;
    }

    pub(super) fn set_label(&mut self, label: L) {
        self.row.label = Some(label);
    }

    pub(super) fn set_weight(&mut self, weight: f32) {
        self.row.weight = Some(weight);
    }

    pub(super) fn set_key(&mut self, key: K) {
        self.row.key = Some(key);
    }

    pub(super) fn has(&self, role: Role) -> bool {
        match role {
            Role::Text => self.row.has_text,
            Role::Label => self.row.label.is_some(),
            Role::Weight => self.row.weight.is_some(),
            Role::Key => self.row.key.is_some(),
        }
    }

    /// Takes the row being written, if it has all fields.
    pub(super) fn end_row<'a>(&mut self, fields: &'a Fields) -> Result<(), RowProblem<'a>> {
        if let Some((name, _)) = fields.iter().find(|(_, role)| !self.has(*role)) {
            return Err(RowProblem::Missing(name));
        }
        if let Some(weight) = self.row.weight.filter(|weight| !(weight.is_finite() && *weight >= 0.0)) {
            return Err(RowProblem::Weight(weight));
        }
        let Row { label, weight, key, .. } = std::mem::replace(&mut self.row, Row::EMPTY);
        self.text.end_document();
        self.labels.extend(label);
        self.weights.extend(weight);
        self.keys.extend(key);
        Ok(())
    }

    /// Drops the row being written.
    pub(super) fn discard_row(&mut self) {
        self.text.discard_document();
        self.row = Row::EMPTY;
    }

    pub(super) fn into_text(self) -> Result<Text> {
        Ok(self.text.finish())
    }

    pub(super) fn into_keyed_text(self) -> Result<Keyed<Text, K>>
    where
        K: Ord + Clone,
    {
        Keyed::new(self.text.finish(), self.keys)
    }

    pub(super) fn into_examples(self) -> Result<DatasetBase<Text, Array1<L>>> {
        let examples = DatasetBase::new(self.text.finish(), Array1::from(self.labels));
        Ok(examples.with_weights(Array1::from(self.weights)))
    }

    pub(super) fn into_keyed_examples(self) -> Result<DatasetBase<Keyed<Text, K>, Array1<L>>>
    where
        K: Ord + Clone,
    {
        let rows = Keyed::new(self.text.finish(), self.keys)?;
        Ok(DatasetBase::new(rows, Array1::from(self.labels)).with_weights(Array1::from(self.weights)))
    }
}

/// The error for weights beside documents alone.
pub(super) fn unlabelled_weight(weight: &str) -> Error {
    Error::parameter("weight", weight, "none, as documents without labels have no weights")
}

/// Reading by the names of fields, for a format with a private method `rows` and a `weight`.
macro_rules! column_methods {
    ($format:ident) => {
        impl $format {
            /// Weighs each row by this field, a finite number of at least 0. By default rows have no weights.
            pub fn weight(mut self, field: impl Into<String>) -> Self {
                self.weight = Some(field.into());
                self
            }

            /// This field of each record as a document.
            ///
            /// # Errors
            /// As [`records`](Self::records), and
            /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) when there are weights
            /// and no labels beside them.
            pub fn text(&self, text: &str) -> crate::Result<Reading<Text>> {
                if let Some(weight) = &self.weight {
                    return Err(unlabelled_weight(weight));
                }
                self.rows::<_, (), (), _>([(text, Role::Text)], Columns::into_text)
            }

            /// The same with a key for each document, by the name of its field: an id, so that predictions can name
            /// the rows that they are of.
            ///
            /// # Errors
            /// As [`text`](Self::text), and
            /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) when a field is named twice.
            pub fn keyed_text<K: Field + Ord + Clone>(
                &self,
                key: &str,
                text: &str,
            ) -> crate::Result<Reading<Keyed<Text, K>>> {
                if let Some(weight) = &self.weight {
                    return Err(unlabelled_weight(weight));
                }
                self.rows::<_, (), K, _>([(key, Role::Key), (text, Role::Text)], Columns::into_keyed_text)
            }

            /// Documents and their labels, by the names of the two fields. The type of the labels says
            /// what is read: strings, numbers, `bool`, an enum.
            ///
            /// # Errors
            /// As [`records`](Self::records), and
            /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) when a field is named twice.
            pub fn text_and_label<L: Field>(
                &self,
                text: &str,
                label: &str,
            ) -> crate::Result<Reading<DatasetBase<Text, Array1<L>>>> {
                self.rows::<_, L, (), _>([(text, Role::Text), (label, Role::Label)], Columns::into_examples)
            }

            /// The same with a key for each row, by the name of its field: an id, or the group for
            /// [`PerGroup`](crate::combine::PerGroup).
            ///
            /// # Errors
            /// As [`text_and_label`](Self::text_and_label).
            pub fn keyed_text_and_label<K: Field + Ord + Clone, L: Field>(
                &self,
                key: &str,
                text: &str,
                label: &str,
            ) -> crate::Result<Reading<DatasetBase<Keyed<Text, K>, Array1<L>>>> {
                let fields = [(key, Role::Key), (text, Role::Text), (label, Role::Label)];
                self.rows::<_, L, K, _>(fields, Columns::into_keyed_examples)
            }

            /// The fields, and the weight's if there is one.
            fn fields<const N: usize>(&self, fields: [(&str, Role); N]) -> crate::Result<Fields> {
                let weight = self.weight.iter().map(|name| (name.clone(), Role::Weight));
                Fields::new(fields.map(|(name, role)| (name.to_owned(), role)).into_iter().chain(weight))
            }
        }
    };
}

pub(super) use column_methods;
