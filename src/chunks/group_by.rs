//! Rows by the group they belong to.

use std::borrow::Cow;

use linfa::dataset::{AsTargets, DatasetBase, Records};

use super::Chunks;
use crate::data::{Chunk, Footprint, Keyed, Rows, Shared};

impl<R, T> Chunks<DatasetBase<R, T>>
where
    R: Records + Rows + Chunk + Clone,
    T: Rows + AsTargets + Chunk + Clone,
{
    /// Tells every row's group by its key, for one model a group
    /// ([`PerGroup`](crate::combine::PerGroup)). `key` is given a row's record and target; where the
    /// key stands elsewhere, make the chunks with [`Keyed::new`].
    pub fn group_by<K: Ord + Clone + Footprint + Shared>(
        &self,
        name: impl Into<Cow<'static, str>>,
        key: impl Fn(R::Row<'_>, T::Row<'_>) -> K + Shared,
    ) -> Chunks<DatasetBase<Keyed<R, K>, T>> {
        self.try_map(name, move |chunk| {
            let keys = (0..chunk.n_rows()).map(|i| key(chunk.records.row(i), chunk.targets.row(i))).collect();
            let records = Keyed::new(chunk.records.clone(), keys)?;
            Ok(DatasetBase::new(records, chunk.targets.clone()).with_weights(chunk.weights.clone()))
        })
    }
}
