//! Rows gathered from named fields: documents, labels, weights, keys.

use std::fmt;

use linfa::DatasetBase;
use ndarray::Array1;
use serde::de::DeserializeOwned;

use super::fields::{Fields, Role};
#[cfg(feature = "formats")]
use super::partitions::{Partitions, partition_scalar};
use super::text_fields::JoinedText;
use crate::data::{Footprint, Keyed, Scalar, Shared, Text, TextBuilder};
use crate::error::{Error, Result};

/// What a label or a key may be: read by serde, its size known, shared between threads.
///
/// Implemented for every type that is all of that; never by hand.
pub trait Field: DeserializeOwned + Footprint + Shared {}

impl<T: DeserializeOwned + Footprint + Shared> Field for T {}

/// Rows as they grow; the row being written is kept apart until it is whole.
pub(super) struct Columns<L, K> {
    text: TextBuilder,
    /// The text of the row being written, where it is made of several fields.
    joined: Option<JoinedText>,
    skips_nulls: bool,
    /// The texts of the row being written that are null.
    nulls: Vec<Role>,
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
    /// Of these fields, with room for the text of so many bytes.
    pub(super) fn with_capacity(fields: &Fields, bytes: usize) -> Self {
        let (n_texts, skips_nulls) = (fields.n_texts(), fields.skips_nulls);
        Columns {
            text: TextBuilder::with_capacity(0, bytes),
            joined: (n_texts > 1).then(|| JoinedText::new(n_texts, fields.separator.clone())),
            skips_nulls,
            nulls: Vec::new(),
            labels: Vec::new(),
            weights: Vec::new(),
            keys: Vec::new(),
            row: Row::EMPTY,
        }
    }

    /// Appends to the text of a part of the document. What a part is made of comes one after the other.
    pub(super) fn push_text(&mut self, part: usize, text: &str) {
        match &mut self.joined {
            None => {
                self.text.push_str(text);
                self.row.has_text = true;
            }
            Some(joined) => joined.push(part, text),
        }
    }

    /// Takes a null for a text, if such are left out.
    pub(super) fn take_null(&mut self, role: Role) -> bool {
        let takes = self.skips_nulls && matches!(role, Role::Text(_));
        if takes {
            self.nulls.push(role);
        }
        takes
    }

    /// True if a null was taken for the text.
    #[cfg(feature = "formats")]
    pub(super) fn is_null(&self, role: Role) -> bool {
        self.nulls.contains(&role)
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
            Role::Text(part) => self.joined.as_ref().map_or(self.row.has_text, |joined| joined.has(part)),
            Role::Label => self.row.label.is_some(),
            Role::Weight => self.row.weight.is_some(),
            Role::Key => self.row.key.is_some(),
        }
    }

    /// Reads a field of the row being written by the rule of all formats.
    pub(super) fn read_scalar(&mut self, role: Role, scalar: Scalar<'_>) -> Result<(), String>
    where
        L: DeserializeOwned,
        K: DeserializeOwned,
    {
        fn read<T: DeserializeOwned>(scalar: Scalar) -> Result<T, String> {
            T::deserialize(scalar).map_err(|error| error.to_string())
        }
        match (role, scalar) {
            (Role::Text(part), Scalar::Str(text)) => self.push_text(part, text),
            (Role::Text(part), Scalar::Empty) => self.push_text(part, ""),
            (Role::Text(_), Scalar::Bytes(_)) => return Err("it is not UTF-8".into()),
            (Role::Text(_), Scalar::Null) if self.take_null(role) => {}
            (Role::Text(_), Scalar::Null) => return Err("it is null".into()),
            (Role::Text(_), _) => return Err("it is no text".into()),
            (Role::Label, scalar) => self.set_label(read(scalar)?),
            (Role::Weight, scalar) => self.set_weight(read(scalar)?),
            (Role::Key, scalar) => self.set_key(read(scalar)?),
        }
        Ok(())
    }

    /// Reads the fields that the row being written lacks, and partitions have.
    #[cfg(feature = "formats")]
    pub(super) fn take_partitions(&mut self, fields: &Fields, partitions: &Partitions) -> Result<(), String>
    where
        L: DeserializeOwned,
        K: DeserializeOwned,
    {
        for (name, value) in partitions {
            if let Some((_, role)) =
                fields.iter().find(|(field, role)| field == name && !self.has(*role) && !self.is_null(*role))
            {
                self.read_scalar(role, partition_scalar(value))
                    .map_err(|problem| format!("partition `{name}`: {problem}"))?;
            }
        }
        Ok(())
    }

    /// Takes the row being written, if it has all fields.
    pub(super) fn end_row<'a>(&mut self, fields: &'a Fields) -> Result<(), RowProblem<'a>> {
        let skips_texts = self.skips_nulls && self.joined.as_ref().is_some_and(JoinedText::has_any);
        let may_lack = |role| skips_texts && matches!(role, Role::Text(_));
        if let Some((name, _)) = fields.iter().find(|&(_, role)| !self.has(role) && !may_lack(role)) {
            return Err(RowProblem::Missing(name));
        }
        if let Some(weight) = self.row.weight.filter(|weight| !(weight.is_finite() && *weight >= 0.0)) {
            return Err(RowProblem::Weight(weight));
        }
        let Row { label, weight, key, .. } = std::mem::replace(&mut self.row, Row::EMPTY);
        if let Some(joined) = &mut self.joined {
            joined.write(|piece| self.text.push_str(piece));
            joined.clear();
        }
        self.nulls.clear();
        self.text.end_document();
        self.labels.extend(label);
        self.weights.extend(weight);
        self.keys.extend(key);
        Ok(())
    }

    /// Drops the row being written.
    pub(super) fn discard_row(&mut self) {
        self.text.discard_document();
        self.joined.iter_mut().for_each(JoinedText::clear);
        self.nulls.clear();
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

            /// A field of each record as a document, or [several](crate::sources::TextFields) joined: `["title", "body"]`.
            ///
            /// # Errors
            /// As [`records`](Self::records), and
            /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) when there are weights
            /// and no labels beside them, or when a field is named twice.
            pub fn text(&self, text: impl Into<TextFields>) -> crate::Result<Reading<Text>> {
                if let Some(weight) = &self.weight {
                    return Err(unlabelled_weight(weight));
                }
                self.rows::<_, (), (), _>(text.into(), [], Columns::into_text)
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
                text: impl Into<TextFields>,
            ) -> crate::Result<Reading<Keyed<Text, K>>> {
                if let Some(weight) = &self.weight {
                    return Err(unlabelled_weight(weight));
                }
                self.rows::<_, (), K, _>(text.into(), [(key, Role::Key)], Columns::into_keyed_text)
            }

            /// Documents, of one field or several joined, and their labels, by the names of the fields. The type of the labels says
            /// what is read: strings, numbers, `bool`, an enum.
            ///
            /// # Errors
            /// As [`records`](Self::records), and
            /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) when a field is named twice.
            pub fn text_and_label<L: Field>(
                &self,
                text: impl Into<TextFields>,
                label: &str,
            ) -> crate::Result<Reading<DatasetBase<Text, Array1<L>>>> {
                self.rows::<_, L, (), _>(text.into(), [(label, Role::Label)], Columns::into_examples)
            }

            /// The same with a key for each row, by the name of its field: an id, or the group for
            /// [`PerGroup`](crate::combine::PerGroup).
            ///
            /// # Errors
            /// As [`text_and_label`](Self::text_and_label).
            pub fn keyed_text_and_label<K: Field + Ord + Clone, L: Field>(
                &self,
                key: &str,
                text: impl Into<TextFields>,
                label: &str,
            ) -> crate::Result<Reading<DatasetBase<Keyed<Text, K>, Array1<L>>>> {
                let others = [(key, Role::Key), (label, Role::Label)];
                self.rows::<_, L, K, _>(text.into(), others, Columns::into_keyed_examples)
            }

            /// The fields of the document and others, and the weight's if there is one.
            fn fields<const N: usize>(
                &self,
                text: Option<TextFields>,
                others: [(&str, Role); N],
            ) -> crate::Result<Fields> {
                let weight = self.weight.iter().map(|name| (name.clone(), Role::Weight));
                let others = others.map(|(name, role)| (name.to_owned(), role));
                Fields::new(text, others.into_iter().chain(weight))
            }
        }
    };
}

pub(super) use column_methods;
