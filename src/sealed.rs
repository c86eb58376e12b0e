//! The supertrait of traits that only this crate implements, so that they can grow.

/// Cannot be named outside of this crate, and so not implemented.
pub trait Sealed {}
