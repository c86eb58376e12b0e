//! Values that threads share: `Send + Sync + 'static` under one name.

/// A value that threads share. Implemented for every type that is `Send + Sync + 'static`; never by hand.
pub trait Shared: Send + Sync + 'static {}

impl<T: Send + Sync + 'static + ?Sized> Shared for T {}
