//! An estimator within a combinator: shared, identified, labelled.

use std::sync::Arc;

use serde::Serialize;

use crate::graph::{Key, Task};

/// What every combinator holds of its estimator.
#[derive(Debug)]
pub(in crate::combine) struct SharedEstimator<P> {
    pub(in crate::combine) params: Arc<P>,
    /// By the name of their type and their content.
    named: Key,
    pub(in crate::combine) label: Option<Arc<str>>,
}

impl<P> Clone for SharedEstimator<P> {
    fn clone(&self) -> Self {
        SharedEstimator { params: self.params.clone(), named: self.named, label: self.label.clone() }
    }
}

impl<P> SharedEstimator<P> {
    /// Identified by the parameters' content.
    pub(in crate::combine) fn new(params: P) -> Self
    where
        P: Serialize,
    {
        let named = Key::of("estimator").params(&params).finish();
        SharedEstimator { params: Arc::new(params), named, label: None }
    }

    /// Identified by this very value and its clones.
    pub(in crate::combine) fn opaque(params: P) -> Self {
        SharedEstimator { params: Arc::new(params), named: Key::unique(), label: None }
    }

    /// What identifies the estimator: its type, and the content of the parameters.
    pub(in crate::combine) fn key(&self) -> Key
    where
        P: 'static,
    {
        self.named.of_type::<P>()
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
