//! Merge trees: many values merged into one, in parallel and in an order of their own.

use crate::data::Shared;
use crate::error::Result;
use crate::graph::{Key, Lazy, Task};

/// Merges neighbours, then neighbouring pairs, and so on: the tree depends on the number of values
/// only. `task` makes a merge's task of its key. `None` for no value.
pub(crate) fn merge_tree<S: Clone + Shared>(
    mut level: Vec<Lazy<S>>,
    task: impl Fn(Key) -> Task,
    merge: impl Fn(S, S) -> Result<S> + Clone + Shared,
) -> Option<Lazy<S>> {
    while level.len() > 1 {
        let pairs = level.chunks(2).map(|pair| match pair {
            [left, right] => {
                let key = Key::of("merge").input(left.key()).input(right.key()).finish();
                left.merge(right, task(key), merge.clone())
            }
            rest => rest[0].clone(),
        });
        level = pairs.collect();
    }
    level.pop()
}
