//! An estimator within a combinator: shared, identified, labelled.

use std::sync::Arc;

use serde::Serialize;

use crate::data::Identified;
use crate::error::{Error, Result};
use crate::graph::{Key, KeyBuilder, Task};

/// What every combinator holds of its estimator.
#[derive(Debug)]
pub(super) struct Estimator<P> {
    pub(super) params: Arc<P>,
    key: Key,
    /// Why nothing can be made from it.
    refused: Option<Error>,
    pub(super) label: Option<Arc<str>>,
}

impl<P> Clone for Estimator<P> {
    fn clone(&self) -> Self {
        Estimator {
            params: self.params.clone(),
            key: self.key,
            refused: self.refused.clone(),
            label: self.label.clone(),
        }
    }
}

impl<P> Estimator<P> {
    /// Identified by the name that the parameters' type states, and their content.
    pub(super) fn new(params: P) -> Self
    where
        P: Identified + Serialize,
    {
        match Key::of("estimator").identified(&params).map(KeyBuilder::finish) {
            Ok(key) => Estimator { params: Arc::new(params), key, refused: None, label: None },
            Err(error) => Estimator { refused: Some(error), ..Estimator::opaque(params) },
        }
    }

    /// Identified by this very value and its clones.
    pub(super) fn opaque(params: P) -> Self {
        Estimator { params: Arc::new(params), key: Key::unique(), refused: None, label: None }
    }

    /// What identifies the estimator: its type, and the content of the parameters.
    pub(super) fn key(&self) -> Key {
        self.key
    }

    /// # Errors
    /// Another type has stated the name of this one.
    pub(super) fn check(&self) -> Result<()> {
        self.refused.clone().map_or(Ok(()), Err)
    }

    pub(super) fn labelled(self, label: &str) -> Self {
        Estimator { label: Some(label.into()), ..self }
    }

    /// The same with a label, unless it has one.
    pub(super) fn or_labelled(&self, label: &str) -> Self {
        let label = self.label.clone().unwrap_or_else(|| label.into());
        Estimator { label: Some(label), ..self.clone() }
    }

    /// A task of this estimator.
    pub(super) fn task(&self, name: &'static str, key: Key) -> Task {
        Task::new(name, key).label(self.label.clone())
    }
}
