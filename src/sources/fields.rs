//! The fields that rows are made of, by name and role.

use serde::Serialize;

use super::text_fields::TextFields;
use crate::error::{Error, Result};

/// The role of a field in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) enum Role {
    /// A part of the document: the first, the second, …
    Text(usize),
    Label,
    Weight,
    Key,
}

/// The fields that rows are made of.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Fields {
    fields: Vec<(String, Role)>,
    /// The separator between several texts.
    pub separator: String,
    /// Texts that are null or missing are left out.
    pub skips_nulls: bool,
}

impl Fields {
    /// The fields of the document, if there is one, and others by their names and roles.
    ///
    /// # Errors
    /// A name that is there twice; a document of no field.
    pub(super) fn new(text: Option<TextFields>, others: impl IntoIterator<Item = (String, Role)>) -> Result<Self> {
        if text.as_ref().is_some_and(|text| text.names.is_empty()) {
            return Err(Error::parameter("text", "no name", "at least one field"));
        }
        let (names, separator, skips_nulls) = match text {
            Some(TextFields { names, separator, skips_nulls }) => (names, separator, skips_nulls),
            None => Default::default(),
        };
        let texts = names.into_iter().enumerate().map(|(part, name)| (name, Role::Text(part)));
        let fields: Vec<_> = texts.chain(others).collect();
        match (1..fields.len()).find(|&i| fields[..i].iter().any(|(name, _)| *name == fields[i].0)) {
            Some(i) => Err(Error::parameter(
                "field",
                &fields[i].0,
                "a name of its own for each of text, label, weight and key",
            )),
            None => Ok(Fields { fields, separator, skips_nulls }),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Role)> {
        self.fields.iter().map(|(name, role)| (name.as_str(), *role))
    }

    /// The number of fields of a document.
    pub(super) fn n_texts(&self) -> usize {
        self.iter().filter(|(_, role)| matches!(role, Role::Text(_))).count()
    }
}
