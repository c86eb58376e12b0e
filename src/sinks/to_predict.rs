//! Chunks that can be predicted.

use linfa::dataset::{DatasetBase, Records};
use ndarray::Array2;
use serde::Serialize;

use super::scalars::scalars;
use super::table::{Column, Table};
use super::tabular::TargetColumns;
use crate::chunks::Chunks;
use crate::data::{Chunk, Csr, Float, Keyed, RawText, Rows, Shared, Text};
use crate::error::Result;
use crate::graph::Key;
use crate::sealed::Sealed;

/// A chunk that can be predicted: documents or rows, alone or in a data set with targets; with ids
/// ([`Keyed`]) or without.
///
/// Implemented for every data set whose records are [`IdentifiedRows`], and for such records; never by hand.
pub trait ToPredict: Sealed + Sized + Chunk {
    /// What the model is asked about.
    type Examples: Shared;

    /// How many rows there are.
    fn n_rows(&self) -> usize;

    /// The rows' ids, if they have any.
    ///
    /// # Errors
    /// [`ErrorKind::Unwritable`](crate::ErrorKind::Unwritable) for ids that are no booleans, numbers or texts.
    fn ids(&self) -> Result<Option<Column>>;

    /// The table with the true labels as further columns, if there are any: see [`TargetColumns::add_to`].
    ///
    /// # Errors
    /// As [`ids`](Self::ids).
    fn with_truth(&self, table: Table, names: &[String]) -> Result<Table>;

    /// The chunks as a model is asked about them.
    fn examples(chunks: &Chunks<Self>) -> Chunks<Self::Examples>;
}

/// Records that may have an id each: for records of your own, which can then be predicted.
pub trait IdentifiedRows: Records + Sized {
    /// The records without ids.
    type Rows: Records;

    /// The ids, if there are any.
    ///
    /// # Errors
    /// As [`ToPredict::ids`].
    fn ids(&self) -> Result<Option<Column>>;

    /// A data set without ids; nothing is copied where it has none.
    fn without_ids<T: Clone + Chunk>(chunks: &Chunks<DatasetBase<Self, T>>) -> Chunks<DatasetBase<Self::Rows, T>>;

    /// The records, as they are, as a data set without targets.
    fn alone(&self) -> DatasetBase<Self::Rows, ()>;
}

macro_rules! without_ids {
    ($([$($generics:tt)*] $rows:ty;)*) => {
        $(impl<$($generics)*> IdentifiedRows for $rows {
            type Rows = Self;

            fn ids(&self) -> Result<Option<Column>> {
                Ok(None)
            }

            fn without_ids<T: Clone + Chunk>(chunks: &Chunks<DatasetBase<Self, T>>) -> Chunks<DatasetBase<Self, T>> {
                chunks.clone()
            }

            fn alone(&self) -> DatasetBase<Self, ()> {
                DatasetBase::new(self.clone(), ())
            }
        })*
    };
}

without_ids! {
    [] Text;
    [] RawText;
    [F: Float] Csr<F>;
    [F: Float] Array2<F>;
}

impl<R, K> IdentifiedRows for Keyed<R, K>
where
    R: Records + Rows + Chunk + Clone,
    K: Serialize + Ord + Clone + Chunk,
{
    type Rows = R;

    fn ids(&self) -> Result<Option<Column>> {
        scalars(self.keys()).map(Some)
    }

    fn without_ids<T: Clone + Chunk>(chunks: &Chunks<DatasetBase<Self, T>>) -> Chunks<DatasetBase<R, T>> {
        chunks.map_keyed("without ids", Key::of("without ids").finish(), |chunk| {
            let examples = DatasetBase::new(chunk.records.rows().clone(), chunk.targets.clone());
            Ok(examples.with_weights(chunk.weights.clone()))
        })
    }

    fn alone(&self) -> DatasetBase<R, ()> {
        DatasetBase::new(self.rows().clone(), ())
    }
}

impl<R: Records, T> Sealed for DatasetBase<R, T> {}

impl<R: IdentifiedRows> Sealed for R {}

impl<R, T> ToPredict for DatasetBase<R, T>
where
    R: IdentifiedRows<Rows: Chunk> + Chunk,
    T: TargetColumns + Chunk + Clone,
{
    type Examples = DatasetBase<R::Rows, T>;

    fn n_rows(&self) -> usize {
        self.records.nsamples()
    }

    fn ids(&self) -> Result<Option<Column>> {
        self.records.ids()
    }

    fn with_truth(&self, table: Table, names: &[String]) -> Result<Table> {
        self.targets.add_to(table, names)
    }

    fn examples(chunks: &Chunks<Self>) -> Chunks<Self::Examples> {
        R::without_ids(chunks)
    }
}

impl<R: IdentifiedRows<Rows: Chunk> + Chunk> ToPredict for R {
    type Examples = DatasetBase<R::Rows, ()>;

    fn n_rows(&self) -> usize {
        self.nsamples()
    }

    fn ids(&self) -> Result<Option<Column>> {
        IdentifiedRows::ids(self)
    }

    fn with_truth(&self, table: Table, _: &[String]) -> Result<Table> {
        Ok(table)
    }

    fn examples(chunks: &Chunks<Self>) -> Chunks<Self::Examples> {
        chunks.map_keyed("rows alone", Key::of("rows alone").finish(), |rows| Ok(rows.alone()))
    }
}
