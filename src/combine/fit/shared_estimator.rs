//! An estimator within a combinator: shared, identified, with a display name.

use std::sync::Arc;

use serde::Serialize;

use crate::graph::{Key, Task, TimeAccount};

/// An estimator as every combinator holds it.
#[derive(Debug)]
pub(in crate::combine) struct SharedEstimator<P> {
    pub(in crate::combine) params: Arc<P>,
    /// By the name of their type and their content.
    named: Key,
    pub(in crate::combine) display_name: Option<Arc<str>>,
    account: Option<TimeAccount>,
}

impl<P> Clone for SharedEstimator<P> {
    fn clone(&self) -> Self {
        SharedEstimator {
            params: self.params.clone(),
            named: self.named,
            display_name: self.display_name.clone(),
            account: self.account.clone(),
        }
    }
}

impl<P> SharedEstimator<P> {
    /// Identified by the parameters' content.
    pub(in crate::combine) fn new(params: P) -> Self
    where
        P: Serialize,
    {
        let named = Key::of("estimator").params(&params).finish();
        SharedEstimator { params: Arc::new(params), named, display_name: None, account: None }
    }

    /// Identified by this very value and its clones.
    pub(in crate::combine) fn opaque(params: P) -> Self {
        SharedEstimator { params: Arc::new(params), named: Key::unique(), display_name: None, account: None }
    }

    /// The key of the estimator: its type, and the content of the parameters.
    pub(in crate::combine) fn key(&self) -> Key
    where
        P: 'static,
    {
        self.named.of_type::<P>()
    }

    pub(in crate::combine) fn shown_as(self, display_name: &str) -> Self {
        SharedEstimator { display_name: Some(display_name.into()), ..self }
    }

    /// The same, whose tasks are booked on this account.
    pub(in crate::combine) fn booked_on(&self, account: &TimeAccount) -> Self {
        SharedEstimator { account: Some(account.clone()), ..self.clone() }
    }

    /// A task of this estimator.
    pub(in crate::combine) fn task(&self, name: &'static str, key: Key) -> Task {
        let task = Task::new(name, key).display_name(self.display_name.clone());
        self.account.iter().fold(task, Task::account)
    }
}
