//! An estimator within a combinator: shared, identified, labelled.

use std::sync::Arc;

use serde::Serialize;

use crate::graph::{Key, Task};

/// What every combinator holds of its estimator.
#[derive(Debug)]
pub(super) struct Estimator<P> {
    pub(super) params: Arc<P>,
    /// By the name of their type and their content.
    named: Key,
    pub(super) label: Option<Arc<str>>,
}

impl<P> Clone for Estimator<P> {
    fn clone(&self) -> Self {
        Estimator { params: self.params.clone(), named: self.named, label: self.label.clone() }
    }
}

impl<P> Estimator<P> {
    /// Identified by the parameters' content.
    pub(super) fn new(params: P) -> Self
    where
        P: Serialize,
    {
        let named = Key::of("estimator").params(&params).finish();
        Estimator { params: Arc::new(params), named, label: None }
    }

    /// Identified by this very value and its clones.
    pub(super) fn opaque(params: P) -> Self {
        Estimator { params: Arc::new(params), named: Key::unique(), label: None }
    }

    /// What identifies the estimator: its type, and the content of the parameters.
    pub(super) fn key(&self) -> Key
    where
        P: 'static,
    {
        self.named.of_type::<P>()
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
