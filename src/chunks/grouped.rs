//! Handles on what is made of groups of rows, with a limit on the number of groups.

use std::fmt;
use std::sync::Arc;

use crate::data::Shared;
use crate::graph::{Compute, Key, Lazy, Results, Targets, Task};

/// A handle on what is made of groups of rows, of which no more than `max_groups` may be in memory.
///
/// It is computed as it is, with 1,000,000 groups at the most, or as the handle of [`max_groups`](Self::max_groups).
///
/// ```
/// use chunkfit::{Chunks, ErrorKind, Runtime};
///
/// let chunks = Chunks::from_memory([vec![1, 2, 3], vec![4, 5]]);
/// let counts = chunks.value_counts("numbers", |&number| number);
/// assert_eq!(Runtime::new().compute(&counts)?.n_values(), 5);
/// let error = Runtime::new().compute(counts.max_groups(4)).unwrap_err();
/// assert_eq!(error.kind(), &ErrorKind::TooManyGroups { max_groups: 4 });
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[must_use = "groups are lazy and not computed until they are given to Runtime::compute"]
pub struct Grouped<T> {
    usual: Lazy<T>,
    limited: Arc<dyn Fn(usize) -> Lazy<T> + Send + Sync>,
}

/// The most groups, unless something else is said.
const MAX_GROUPS: usize = 1_000_000;

impl<T> Clone for Grouped<T> {
    fn clone(&self) -> Self {
        Grouped { usual: self.usual.clone(), limited: self.limited.clone() }
    }
}

impl<T> fmt::Debug for Grouped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Grouped({:?})", self.usual)
    }
}

impl<T: Shared> Grouped<T> {
    /// The handle that `limited` makes for so many groups at the most.
    pub(super) fn new(limited: impl Fn(usize) -> Lazy<T> + Shared) -> Self {
        Grouped { usual: limited(MAX_GROUPS), limited: Arc::new(limited) }
    }

    /// The same, made into something else.
    pub(super) fn map_groups<U: Shared>(self, name: &'static str, f: impl Fn(T) -> U + Copy + Shared) -> Grouped<U>
    where
        T: Clone,
    {
        Grouped::new(move |max_groups| {
            let groups = self.max_groups(max_groups);
            let key = Key::of(name).input(groups.key()).finish();
            groups.map_owned(Task::new(name, key), move |groups| Ok(f(groups)))
        })
    }

    /// The same with other limits on the number of groups; more of them are an error when it is computed
    /// ([`TooManyGroups`](crate::ErrorKind::TooManyGroups)).
    pub fn max_groups(&self, max_groups: usize) -> Lazy<T> {
        (self.limited)(max_groups)
    }

    /// The handle, of 1,000,000 groups at the most.
    pub fn lazy(&self) -> &Lazy<T> {
        &self.usual
    }
}

impl<T: Clone + Shared> Compute for Grouped<T> {
    type Output = T;

    fn targets(&self, targets: &mut Targets) {
        self.usual.targets(targets);
    }

    fn extract(&self, results: &mut Results) -> T {
        self.usual.extract(results)
    }
}
