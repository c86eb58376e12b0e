//! Lazy lists of chunks, and how to cut them.
//!
//! - [`Chunks`]: the list: made from memory, files or lazy values; mapped, filtered, joined.
//! - [`Chunks::with_column`]: a further column, computed row by row.
//! - [`Chunks::examples`]: features and label, computed row by row.
//! - [`Chunks::map_versioned`]: a function known by its name and a version, so that its result is cached.
//! - [`train_test_split`], [`stratified_split`], [`every_nth_split`]: train and test rows of every
//!   chunk.
//! - [`Chunks::describe`], [`Chunks::value_counts`], [`Chunks::sample`], [`Chunks::aggregate_by`]: a look at the data, and
//!   metrics of groups.
//! - [`Chunks::rechunk`], [`rechunk_bytes`](Chunks::rechunk_bytes), [`repartition`](Chunks::repartition): the same rows in
//!   other chunks; [`Chunks::counted`]: the numbers of rows that this takes.
//! - [`Chunks::head`], [`take`](Chunks::take): the first rows.
//! - [`Chunks::zip`], [`flat_map`](Chunks::flat_map), [`reduce`](Chunks::reduce), [`fold`](Chunks::fold): two lists side by
//!   side, several values a row, one value of all.
//! - [`Chunks::shuffled`]: chunks in random order, rows mixed among them.
//! - [`Chunks::carry`]: what is known of the chunks before one, for splits of one's own.

mod aggregate;
mod carry;
mod deal;
mod describe;
mod each;
mod examples;
mod file_version;
mod flat_map;
mod group_by;
mod grouped;
mod head;
mod list;
mod merge_tree;
mod rechunk;
mod reduce;
mod repartition;
mod row_counts;
mod rows;
mod sample;
mod share;
mod shuffled;
mod sources;
mod split;
#[cfg(test)]
mod statistics_tests;
mod value_counts;
mod versioned;
mod with_column;
mod zip;

pub use crate::data::Chunk;
pub(crate) use deal::{ALL, Dealer, KeysOf, below, carried_by, check_share, dealers, draw, hash, label_keys};
pub(crate) use each::{map_each, merge_each, zip_each};
pub(crate) use examples::examples_of;
pub(crate) use file_version::FileVersion;
pub use grouped::Grouped;
pub use list::Chunks;
pub(crate) use merge_tree::merge_tree;
pub(crate) use share::{Share, TEST};
pub(crate) use shuffled::permutation;
pub use split::{TrainTest, every_nth_split, stratified_split, train_test_split};
pub(crate) use versioned::versioned;
