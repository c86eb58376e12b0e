//! An estimator within a combinator: shared, identified, labelled.

use std::sync::Arc;

use serde::Serialize;

use crate::data::Identified;
use crate::error::{Error, Result};
use crate::graph::{Key, KeyBuilder, Task};

/// What every combinator holds of its estimator.
#[derive(Debug)]
pub(in crate::combine) struct SharedEstimator<P> {
    pub(in crate::combine) params: Arc<P>,
    key: Key,
    /// Why nothing can be made from it.
    refused: Option<Error>,
    pub(in crate::combine) label: Option<Arc<str>>,
}

impl<P> Clone for SharedEstimator<P> {
    fn clone(&self) -> Self {
        SharedEstimator {
            params: self.params.clone(),
            key: self.key,
            refused: self.refused.clone(),
            label: self.label.clone(),
        }
    }
}

impl<P> SharedEstimator<P> {
    /// Identified by the name that the parameters' type states, and their content.
    pub(in crate::combine) fn new(params: P) -> Self
    where
        P: Identified + Serialize,
    {
        match Key::of("estimator").identified(&params).map(KeyBuilder::finish) {
            Ok(key) => SharedEstimator { params: Arc::new(params), key, refused: None, label: None },
            Err(error) => SharedEstimator { refused: Some(error), ..SharedEstimator::opaque(params) },
        }
    }

    /// Identified by this very value and its clones.
    pub(in crate::combine) fn opaque(params: P) -> Self {
        SharedEstimator { params: Arc::new(params), key: Key::unique(), refused: None, label: None }
    }

    /// What identifies the estimator: its type, and the content of the parameters.
    pub(in crate::combine) fn key(&self) -> Key {
        self.key
    }

    /// # Errors
    /// Another type has stated the name of this one.
    pub(in crate::combine) fn check(&self) -> Result<()> {
        self.refused.clone().map_or(Ok(()), Err)
    }

    pub(in crate::combine) fn labelled(self, label: &str) -> Self {
        SharedEstimator { label: Some(label.into()), ..self }
    }

    /// The same with a label, unless it has one.
    pub(in crate::combine) fn or_labelled(&self, label: &str) -> Self {
        let label = self.label.clone().unwrap_or_else(|| label.into());
        SharedEstimator { label: Some(label), ..self.clone() }
    }

    /// A task of this estimator.
    pub(in crate::combine) fn task(&self, name: &'static str, key: Key) -> Task {
        Task::new(name, key).label(self.label.clone())
    }
}
