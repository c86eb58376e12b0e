//! An estimator within a combinator: shared, identified, with a display name.

use std::sync::Arc;

use serde::Serialize;

use crate::data::Identified;
use crate::error::{Error, Result};
use crate::graph::{Key, KeyBuilder, Task, TimeAccount};

/// An estimator as every combinator holds it.
#[derive(Debug)]
pub(in crate::combine) struct SharedEstimator<P> {
    pub(in crate::combine) params: Arc<P>,
    pub(in crate::combine) identity: Identity,
}

/// The identity and the display name of an estimator of any type.
#[derive(Debug)]
pub(in crate::combine) struct Identity {
    key: Key,
    /// Why nothing can be made from it.
    refused: Option<Error>,
    display_name: Option<Arc<str>>,
    account: Option<TimeAccount>,
}

/// Derived, it would be compiled in every crate that fits estimators.
impl Clone for Identity {
    fn clone(&self) -> Self {
        let Identity { key, refused, display_name, account } = self;
        Identity { key: *key, refused: refused.clone(), display_name: display_name.clone(), account: account.clone() }
    }
}

impl Identity {
    fn of(key: Result<KeyBuilder>) -> Self {
        match key.map(KeyBuilder::finish) {
            Ok(key) => Identity { key, refused: None, display_name: None, account: None },
            Err(error) => {
                Identity { refused: Some(error), ..Identity::of(Ok(Key::of("refused").input(Key::unique()))) }
            }
        }
    }

    pub(in crate::combine) fn key(&self) -> Key {
        self.key
    }

    pub(in crate::combine) fn check(&self) -> Result<()> {
        self.refused.clone().map_or(Ok(()), Err)
    }

    pub(in crate::combine) fn task(&self, name: &'static str, key: Key) -> Task {
        self.shown(Task::new(name, key))
    }

    /// The task as one of this estimator.
    pub(in crate::combine) fn shown(&self, task: Task) -> Task {
        let task = task.display_name(self.display_name.clone());
        self.account.iter().fold(task, Task::account)
    }

    fn shown_as(mut self, display_name: &str) -> Self {
        self.display_name = Some(display_name.into());
        self
    }

    fn booked_on(&self, account: &TimeAccount) -> Self {
        let mut booked = self.clone();
        booked.account = Some(account.clone());
        booked
    }
}

impl<P> Clone for SharedEstimator<P> {
    fn clone(&self) -> Self {
        SharedEstimator { params: self.params.clone(), identity: self.identity.clone() }
    }
}

impl<P> SharedEstimator<P> {
    /// Identified by the name that the parameters' type states, and their content.
    pub(in crate::combine) fn new(params: P) -> Self
    where
        P: Identified + Serialize,
    {
        let identity = Identity::of(Key::of("estimator").identified(&params));
        SharedEstimator { params: Arc::new(params), identity }
    }

    /// Identified by this very value and its clones.
    pub(in crate::combine) fn opaque(params: P) -> Self {
        let identity = Identity::of(Ok(Key::of("estimator").input(Key::unique())));
        SharedEstimator { params: Arc::new(params), identity }
    }

    /// The key of the estimator: its type, and the content of the parameters.
    pub(in crate::combine) fn key(&self) -> Key {
        self.identity.key()
    }

    /// # Errors
    /// Another type has stated the name of this one.
    pub(in crate::combine) fn check(&self) -> Result<()> {
        self.identity.check()
    }

    pub(in crate::combine) fn shown_as(self, display_name: &str) -> Self {
        SharedEstimator { params: self.params, identity: self.identity.shown_as(display_name) }
    }

    /// The same, whose tasks are booked on this account.
    pub(in crate::combine) fn booked_on(&self, account: &TimeAccount) -> Self {
        SharedEstimator { params: self.params.clone(), identity: self.identity.booked_on(account) }
    }

    /// A task of this estimator.
    pub(in crate::combine) fn task(&self, name: &'static str, key: Key) -> Task {
        self.identity.task(name, key)
    }
}
