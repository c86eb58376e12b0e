//! Merge trees: many values merged into one, in parallel and in an order of their own.

use super::each::merge_each;
use crate::data::Shared;
use crate::error::Result;
use crate::graph::{AnyWork, Key, Lazy, Task};

/// Merges neighbours, then neighbouring pairs, and so on: the tree depends on the number of values
/// only. `task` makes a merge's task of its key. `None` for no value.
pub(crate) fn merge_tree<S: Clone + Shared>(
    level: Vec<Lazy<S>>,
    task: impl Fn(Key) -> Task,
    merge: impl Fn(S, S) -> Result<S> + Shared,
) -> Option<Lazy<S>> {
    let work = AnyWork::new(move |inputs| {
        let left = inputs.take(0);
        merge(left, inputs.take(1))
    });
    merge_each(Lazy::all_any(&level), &task, &work).map(Lazy::of_any)
}
