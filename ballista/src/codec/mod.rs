//! How plans travel: the codecs of client, scheduler and executor.
//!
//! [`LogicalCodec`] and [`PhysicalCodec`] wrap Ballista's own and add the functions, tables and plan nodes of this
//! crate; what they do not know they leave to Ballista's. All processes of a cluster have to run the same version.

mod functions;
mod logical;
mod physical;

pub use logical::LogicalCodec;
pub use physical::PhysicalCodec;
