//! chunkfit

pub mod data;
pub mod datasets;
mod error;
pub mod graph;
pub mod linear;
pub mod text;

pub use error::{Error, ErrorKind, Place, Result};
