//! Aggregation by group: a value for every key, made of all rows that have it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use super::{Chunks, Grouped, merge_tree};
use crate::data::{Chunk, Rows, Shared};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Key, Lazy, Task};

impl<D: Rows + Chunk> Chunks<D> {
    /// A value for every group of rows (dask.bag's `foldby`, pandas' `groupby(…).agg(…)`): `key` tells a row's group,
    /// `step` adds a row to the value of its group, which begins as `start`, and `merge` adds the value of later rows to
    /// that of earlier ones. `start` must change nothing when it is merged.
    ///
    /// Groups may lie in any number of chunks, in any order. Rows are added in their order within a chunk, and chunks are
    /// merged in a fixed tree: the bits are the same for any number of threads and any memory limit. Memory is that of the
    /// groups, not of the rows, some times over while parts are merged; more than 1,000,000 groups are an error when it is
    /// computed ([`TooManyGroups`](ErrorKind::TooManyGroups)), unless [`max_groups`](Grouped::max_groups) says otherwise.
    /// `name` shows in progress and errors. [`Moments`](crate::statistics::Moments) is a ready-made value.
    ///
    /// ```
    /// use chunkfit::statistics::Moments;
    /// use chunkfit::{Chunks, Runtime};
    ///
    /// let payments = Chunks::from_memory([vec![("ann", 3.0), ("bob", 1.0)], vec![("ann", 5.0)]]);
    /// let by_customer = payments.aggregate_by(
    ///     "payments",
    ///     |(customer, _)| *customer,
    ///     Moments::default(),
    ///     |moments, (_, amount)| moments.add(*amount),
    ///     |moments, others| moments.merge(&others),
    /// );
    /// let by_customer = Runtime::new().compute(by_customer)?;
    /// assert_eq!((by_customer["ann"].count(), by_customer["ann"].mean(), by_customer["bob"].sum()), (2, 4.0, 1.0));
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    pub fn aggregate_by<K, A>(
        &self,
        name: impl Into<Cow<'static, str>>,
        key: impl Fn(D::Row<'_>) -> K + Shared,
        start: A,
        step: impl Fn(&mut A, D::Row<'_>) + Shared,
        merge: impl Fn(&mut A, A) + Shared,
    ) -> Grouped<BTreeMap<K, A>>
    where
        K: Ord + Clone + Shared,
        A: Clone + Shared,
    {
        let add = move |groups: &mut BTreeMap<K, A>, chunk: &D, i: usize| {
            let group = groups.entry(key(chunk.row(i))).or_insert_with(|| start.clone());
            step(group, chunk.row(i));
        };
        self.group_with(name.into(), add, merge)
    }

    /// Groups to which `add` adds the rows of a chunk, one by one.
    pub(super) fn group_with<K, A>(
        &self,
        name: Cow<'static, str>,
        add: impl Fn(&mut BTreeMap<K, A>, &D, usize) + Shared,
        merge: impl Fn(&mut A, A) + Shared,
    ) -> Grouped<BTreeMap<K, A>>
    where
        K: Ord + Clone + Shared,
        A: Clone + Shared,
    {
        let (chunks, call, add, merge) = (self.clone(), Key::unique(), Arc::new(add), Arc::new(merge));
        Grouped::new(move |max_groups| {
            let parts = chunks.iter().map(|part| {
                let key = Key::of(&name).params(&max_groups).input(call).input(part.key()).finish();
                let add = add.clone();
                part.map(Task::new(name.clone(), key), move |chunk| groups_of(chunk, max_groups, &*add))
            });
            let merged = merge_all(parts.collect(), max_groups, &merge);
            merged.unwrap_or_else(|| Lazy::value(BTreeMap::new()))
        })
    }
}

fn groups_of<D: Rows, K: Ord, A>(
    chunk: &D,
    max_groups: usize,
    add: &impl Fn(&mut BTreeMap<K, A>, &D, usize),
) -> Result<BTreeMap<K, A>> {
    let mut groups = BTreeMap::new();
    for i in 0..chunk.n_rows() {
        add(&mut groups, chunk, i);
        check_groups(groups.len(), max_groups)?;
    }
    Ok(groups)
}

type Groups<K, A> = BTreeMap<K, A>;

fn merge_all<K, A>(
    parts: Vec<Lazy<Groups<K, A>>>,
    max_groups: usize,
    merge: &Arc<impl Fn(&mut A, A) + Shared>,
) -> Option<Lazy<Groups<K, A>>>
where
    K: Ord + Clone + Shared,
    A: Clone + Shared,
{
    let merge = merge.clone();
    merge_tree(parts, |key| Task::new("merge groups", key), move |own, theirs| merged(own, theirs, max_groups, &*merge))
}

/// The groups of both, the first ones being of earlier rows.
fn merged<K: Ord, A>(
    mut own: Groups<K, A>,
    theirs: Groups<K, A>,
    max_groups: usize,
    merge: &impl Fn(&mut A, A),
) -> Result<Groups<K, A>> {
    for (key, value) in theirs {
        match own.entry(key) {
            Entry::Occupied(mut group) => merge(group.get_mut(), value),
            Entry::Vacant(group) => {
                group.insert(value);
            }
        }
        check_groups(own.len(), max_groups)?;
    }
    Ok(own)
}

fn check_groups(n: usize, max_groups: usize) -> Result<()> {
    if n <= max_groups { Ok(()) } else { Err(Error::new(ErrorKind::TooManyGroups { max_groups })) }
}
