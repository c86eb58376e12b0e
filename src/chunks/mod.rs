//! Lazy lists of chunks, and how to cut them.
//!
//! - [`Chunks`]: the list: made from memory, files or lazy values; mapped, filtered, joined.
//! - [`train_test_split`], [`stratified_split`], [`every_nth_split`]: train and test rows of every
//!   chunk.
//! - [`Chunks::carry`]: what is known of the chunks before one, for splits of one's own.

mod carry;
mod deal;
mod file_version;
mod group_by;
mod list;
mod rechunk;
mod row_counts;
mod rows;
mod share;
mod sources;
mod split;

pub use crate::data::Chunk;
pub(crate) use deal::{ALL, Dealer, below, check_share, dealers, draw, hash, label_keys};
pub(crate) use file_version::FileVersion;
pub use list::Chunks;
pub(crate) use share::{Share, TEST};
pub use split::{TrainTest, every_nth_split, stratified_split, train_test_split};
