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
    key: Key,
    /// Why nothing can be made from it.
    refused: Option<Error>,
    pub(in crate::combine) display_name: Option<Arc<str>>,
    account: Option<TimeAccount>,
}

impl<P> Clone for SharedEstimator<P> {
    fn clone(&self) -> Self {
        SharedEstimator {
            params: self.params.clone(),
            key: self.key,
            refused: self.refused.clone(),
            display_name: self.display_name.clone(),
            account: self.account.clone(),
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
            Ok(key) => {
                SharedEstimator { params: Arc::new(params), key, refused: None, display_name: None, account: None }
            }
            Err(error) => SharedEstimator { refused: Some(error), ..SharedEstimator::opaque(params) },
        }
    }

    /// Identified by this very value and its clones.
    pub(in crate::combine) fn opaque(params: P) -> Self {
        SharedEstimator {
            params: Arc::new(params),
            key: Key::unique(),
            refused: None,
            display_name: None,
            account: None,
        }
    }

    /// The key of the estimator: its type, and the content of the parameters.
    pub(in crate::combine) fn key(&self) -> Key {
        self.key
    }

    /// # Errors
    /// Another type has stated the name of this one.
    pub(in crate::combine) fn check(&self) -> Result<()> {
        self.refused.clone().map_or(Ok(()), Err)
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
