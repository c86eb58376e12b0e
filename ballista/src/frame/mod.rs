//! `DataFrame`s to models, to chunks, and back.
//!
//! - [`FrameFit`]: fits a [`Recipe`](crate::Recipe) over a `DataFrame`, in one round or several; a model a group.
//! - [`FrameModel`]: what it gives: a model file's bytes, to be loaded, saved, put into a store.
//! - [`frame_chunks`], [`text_chunks`]: a `DataFrame` as [`Chunks`](chunkfit::Chunks) for the local engine, one a
//!   partition.
//! - [`chunks_frame`]: record batches of the local engine as a `DataFrame`, a partition each.

mod chunks_frame;
mod columns;
mod frame_chunks;
mod frame_fit;
mod frame_model;
mod group_fit;

pub use chunks_frame::chunks_frame;
pub use columns::Columns;
pub use frame_chunks::{frame_chunks, text_chunks};
pub use frame_fit::FrameFit;
pub use frame_model::FrameModel;
