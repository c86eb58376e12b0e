//! `Shared` and `Chunk`: bounds of values that threads share, in one word each.

use super::Footprint;

/// A value that threads share: `Send + Sync + 'static`, in one word.
///
/// Estimators, models, chunks and the closures that work on them are all of that, because tasks run on any thread and
/// outlive the call that made them. Implemented for every type that is; never by hand.
///
/// ```
/// use chunkfit::data::Shared;
/// use chunkfit::graph::{Key, Task};
/// use chunkfit::{Lazy, Runtime};
///
/// fn twice<T: Shared + Clone>(value: &Lazy<T>) -> Lazy<(T, T)> {
///     value.map(Task::new("twice", Key::unique()), |value| Ok((value.clone(), value.clone())))
/// }
/// assert_eq!(Runtime::new().compute(twice(&Lazy::value(3)))?, (3, 3));
/// # Ok::<(), chunkfit::Error>(())
/// ```
pub trait Shared: Send + Sync + 'static {}

impl<T: Send + Sync + 'static> Shared for T {}

/// The bound on the types of chunks: shared between threads, of known size. Of linfa's data sets it is every
/// [`DatasetBase`](linfa::DatasetBase) whose records and targets are.
///
/// Implemented for every type that is both; never by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a chunk",
    note = "chunks are `DatasetBase::new(records, targets)`, a `Vec` or an array of what implements \
            `chunkfit::data::Footprint`, `Send` and `Sync`, without borrowed parts"
)]
pub trait Chunk: Footprint + Shared {}

impl<D: Footprint + Shared> Chunk for D {}
