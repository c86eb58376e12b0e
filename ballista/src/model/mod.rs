//! Models in queries: as bytes, or by address.
//!
//! - [`ModelRef`]: a model, or anything else that a query refers to: bytes up to 1 MB, or an address in an object
//!   store with a hash of the content.
//! - [`Stores`]: where addresses are looked up; [`Stores::put`] puts a model there under its hash.
//! - [`AnyModel`]: a model that is read, of whatever learner and labels.

mod any_model;
mod cache;
mod reference;
mod stores;

pub use any_model::AnyModel;
pub(crate) use any_model::{Predicted, Text};
pub(crate) use cache::cached;
pub(crate) use reference::hex;
pub use reference::{MOST_EMBEDDED, ModelRef};
pub use stores::Stores;
