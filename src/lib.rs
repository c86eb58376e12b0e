//! chunkfit

pub mod chunks;
pub mod data;
pub mod datasets;
mod error;
pub mod graph;
pub mod linear;
pub mod metrics;
pub mod text;

pub use chunks::Chunks;
pub use error::{Error, ErrorKind, Place, Result};
