//! Codecs of plans for client, scheduler and executor.
//!
//! [`LogicalCodec`] and [`PhysicalCodec`] wrap Ballista's own and add the functions, tables and plan nodes of this
//! crate; what they do not know they leave to Ballista's. All processes of a cluster have to run the same version.

mod functions;
mod logical;
mod nodes;
mod physical;
mod tables;

pub use logical::LogicalCodec;
pub use physical::PhysicalCodec;

/// Whether bytes were written by these codecs: they are sealed, and begin with the name of the library.
fn is_ours(bytes: &[u8]) -> bool {
    bytes.starts_with(b"chunkfit")
}
