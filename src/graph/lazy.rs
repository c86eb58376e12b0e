//! `Lazy`: handles on values that will be computed.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::erased::{AnyLazy, AnyWork};
use super::kept::AnyCodec;
use super::key::{Key, ValueType};
use super::node::{Action, Node, RowCount, Settled, Task};
use crate::data::{Codec, Footprint, Shared};
use crate::error::{Error, Result};
use crate::sealed::Sealed;

/// A handle on a value that will be computed: cheap to clone, free of effects.
///
/// Building one runs nothing; [`Runtime::compute`](super::Runtime::compute) does, as often as it
/// is asked to, with the same result.
///
/// A handle holds what it is made from, and is dropped without recursion: chains of any length, also by way of handles
/// in the closures, values and predicates of others. What closures hold between them without a handle (boxes in
/// boxes, a closure that holds a closure) is dropped as Rust does it, on the stack.
///
/// ```
/// use chunkfit::graph::{Key, Lazy, Runtime, Task};
/// let two = Lazy::value(2);
/// let four = two.map(Task::new("square", Key::unique()), |x| Ok(x * x));
/// assert_eq!(Runtime::new().compute((two, four))?, (2, 4));
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[must_use = "a lazy value is not computed until it is given to Runtime::compute"]
pub struct Lazy<T> {
    pub(super) node: Arc<Node>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Lazy<T> {
    fn clone(&self) -> Self {
        Lazy { node: self.node.clone(), kind: PhantomData }
    }
}

impl<T> fmt::Debug for Lazy<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lazy({} {:?})", self.node.task.name, self.node.task.key)
    }
}

/// For no value: a handle shows none before it is computed, and the compiler says so. What is printed is what
/// [`Runtime::compute`](super::Runtime::compute) gives.
impl<T: Shown> fmt::Display for Lazy<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Values that a handle could show before they are computed: none.
#[diagnostic::on_unimplemented(
    message = "a `Lazy` handle on a `{Self}` has no value to show before it is computed",
    label = "not computed yet",
    note = "`Runtime::new().compute(handle)?` gives the value"
)]
pub trait Shown: Sealed {}

impl<T: Shared> Lazy<T> {
    /// A value that is there already. Its identity is this handle (and its clones).
    pub fn value(value: T) -> Self {
        Self::given(Task::new("value", Key::unique()), value)
    }

    /// A value that is there already, identified by its type and serialized content ([`Key`] says how): equal ones are one value, in
    /// every process. As good as [`value`](Self::value) for one that does not serialize.
    pub fn by_content(value: T) -> Self
    where
        T: Serialize,
    {
        let key = Key::of("content").params(&value).finish();
        Self::given(Task::new("value", key), value)
    }

    /// A value that is there already, with what is known of it.
    pub fn given(task: Task, value: T) -> Self {
        Lazy::of_any(AnyLazy::given(task, Arc::new(value), ValueType::of::<T>()))
    }

    /// A value that can never be computed: the error is found before anything runs.
    pub fn failed(error: Error) -> Self {
        Lazy::of_any(AnyLazy::failed(error, ValueType::of::<T>()))
    }

    /// A value made from nothing but the outside world: a file, a generator.
    pub fn source(task: Task, make: impl Fn() -> Result<T> + Shared) -> Self {
        Lazy::of_any(AnyLazy::of(task, Vec::new(), AnyWork::new(move |_| make())))
    }

    /// A value made from another.
    pub fn map<U: Shared>(&self, task: Task, f: impl Fn(&T) -> Result<U> + Shared) -> Lazy<U> {
        Lazy::of_any(self.any().map(task, AnyWork::new(move |inputs| f(inputs.get(0)))))
    }

    /// A value made from another, which is consumed: moved if no other task needs it, else copied.
    pub fn map_owned<U: Shared>(&self, task: Task, f: impl Fn(T) -> Result<U> + Shared) -> Lazy<U>
    where
        T: Clone,
    {
        Lazy::of_any(self.any().map(task, AnyWork::new(move |inputs| f(inputs.take(0)))))
    }

    /// A value made from this one and another, both borrowed.
    pub fn zip<O: Shared, U: Shared>(
        &self,
        other: &Lazy<O>,
        task: Task,
        f: impl Fn(&T, &O) -> Result<U> + Shared,
    ) -> Lazy<U> {
        let work = AnyWork::new(move |inputs| f(inputs.get(0), inputs.get(1)));
        Lazy::of_any(self.any().zip(&other.any(), task, work))
    }

    /// A value made from this one, which is consumed, and another, which is borrowed: one step of
    /// a chain.
    pub fn step<O: Shared, U: Shared>(
        &self,
        other: &Lazy<O>,
        task: Task,
        f: impl Fn(T, &O) -> Result<U> + Shared,
    ) -> Lazy<U>
    where
        T: Clone,
    {
        let work = AnyWork::new(move |inputs| {
            let own = inputs.take(0);
            f(own, inputs.get(1))
        });
        Lazy::of_any(self.any().zip(&other.any(), task, work))
    }

    /// A [`step`](Self::step) that consumes the other, too.
    pub fn step_owned<O: Clone + Shared, U: Shared>(
        &self,
        other: &Lazy<O>,
        task: Task,
        f: impl Fn(T, O) -> Result<U> + Shared,
    ) -> Lazy<U>
    where
        T: Clone,
    {
        let work = AnyWork::new(move |inputs| {
            let own = inputs.take(0);
            f(own, inputs.take(1))
        });
        Lazy::of_any(self.any().zip(&other.any(), task, work))
    }

    /// A [`zip`](Self::zip) that does without the other where `settled` says so of this value: `f` is
    /// given `None` then, and what no other task needs is not made for it. `settled` has to be quick.
    pub fn zip_unless<O: Shared, U: Shared>(
        &self,
        other: &Lazy<O>,
        task: Task,
        settled: impl Fn(&T) -> bool + Shared,
        f: impl Fn(&T, Option<&O>) -> Result<U> + Shared,
    ) -> Lazy<U> {
        let work = AnyWork::new(move |inputs| f(inputs.get(0), inputs.get_if_needed(1)));
        Lazy::of_any(self.any().zip_unless(&other.any(), task, settled_by(settled), work))
    }

    /// A [`step`](Self::step) that does without the other, as [`zip_unless`](Self::zip_unless).
    pub fn step_unless<O: Shared, U: Shared>(
        &self,
        other: &Lazy<O>,
        task: Task,
        settled: impl Fn(&T) -> bool + Shared,
        f: impl Fn(T, Option<&O>) -> Result<U> + Shared,
    ) -> Lazy<U>
    where
        T: Clone,
    {
        let work = AnyWork::new(move |inputs| {
            let own = inputs.take(0);
            f(own, inputs.get_if_needed(1))
        });
        Lazy::of_any(self.any().zip_unless(&other.any(), task, settled_by(settled), work))
    }

    /// A [`step`](Self::step) that looks at two others.
    pub fn step2<O: Shared, P: Shared, U: Shared>(
        &self,
        other: &Lazy<O>,
        third: &Lazy<P>,
        task: Task,
        f: impl Fn(T, &O, &P) -> Result<U> + Shared,
    ) -> Lazy<U>
    where
        T: Clone,
    {
        let work = AnyWork::new(move |inputs| {
            let own = inputs.take(0);
            f(own, inputs.get(1), inputs.get(2))
        });
        Lazy::of_any(self.any().zip2(&other.any(), &third.any(), task, work))
    }

    /// A [`zip`](Self::zip) of three.
    pub fn zip2<O: Shared, P: Shared, U: Shared>(
        &self,
        other: &Lazy<O>,
        third: &Lazy<P>,
        task: Task,
        f: impl Fn(&T, &O, &P) -> Result<U> + Shared,
    ) -> Lazy<U> {
        let work = AnyWork::new(move |inputs| f(inputs.get(0), inputs.get(1), inputs.get(2)));
        Lazy::of_any(self.any().zip2(&other.any(), &third.any(), task, work))
    }

    /// A value made from two of a kind, both consumed: one merge of a tree.
    pub fn merge(&self, other: &Lazy<T>, task: Task, f: impl Fn(T, T) -> Result<T> + Shared) -> Lazy<T>
    where
        T: Clone,
    {
        let work = AnyWork::new(move |inputs| {
            let left = inputs.take(0);
            f(left, inputs.take(1))
        });
        Lazy::of_any(AnyLazy::of(task, vec![self.any(), other.any()], work))
    }

    /// A value made from all of these, borrowed, in their order.
    pub fn gather<U: Shared>(parts: &[Lazy<T>], task: Task, f: impl Fn(&[&T]) -> Result<U> + Shared) -> Lazy<U> {
        Lazy::of_any(AnyLazy::of(task, Lazy::all_any(parts), AnyWork::new(move |inputs| f(&inputs.all()))))
    }

    /// The value, or the error of the task that failed on the way to it.
    ///
    /// A failure whose every way to the results leads through handles like this one does not stop
    /// the run: only what depends on it is left out.
    pub fn caught(&self) -> Lazy<Result<T>>
    where
        T: Clone,
    {
        Lazy::of_any(self.any().caught(AnyWork::new(|inputs| Ok(inputs.take_caught::<T>(0)))))
    }

    /// The same value, which a run with a checkpoint writes there once it was computed, and a later
    /// run takes from there. A run without a checkpoint computes it like any other.
    ///
    /// `slot` names a chain: a later value of the same slot replaces the earlier, if nothing else
    /// needs that, so that a chain leaves its newest state behind, not all of them. A kept value is
    /// not [`remakeable`](Task::remakeable): its slot may hold a later one when it is missed.
    ///
    /// The key must be [lasting](Key::is_lasting), or a run with a checkpoint is refused.
    pub fn kept(&self, slot: Key, codec: Codec<T>) -> Self {
        Lazy::of_any(self.any().kept(slot, AnyCodec::new(codec)))
    }

    /// The same value, which a run with a [chunk cache](super::Runtime::chunk_cache) writes there once it
    /// was made, and takes from there where it is: see [`Task::cached`].
    pub fn cached(&self) -> Self
    where
        T: Footprint,
    {
        Lazy::of_any(self.any().with_task(self.node.task.clone().cached::<T>()))
    }

    /// The same value by another key, for which the caller vouches: equal keys must be equal values.
    pub fn identified(&self, key: Key) -> Self {
        Lazy::of_any(self.any().identified(key, ValueType::of::<T>()))
    }

    /// The same value by another key; one of which `check` finds something wrong is an error.
    pub(crate) fn checked(&self, key: Key, check: impl Fn(&T) -> Result<()> + Shared) -> Self {
        let check = move |value: &(dyn Any + Send + Sync)| value.downcast_ref().map_or(Ok(()), &check);
        Lazy::of_any(self.any().checked(key, ValueType::of::<T>(), Arc::new(check)))
    }

    /// The same value; an input that fails ends the run when this task has its turn, not before. So what other threads have
    /// begun ahead of time, and what turns out not to be needed, is no error.
    pub(crate) fn failing_in_turn(self) -> Self {
        Lazy::of_any(self.any().failing_in_turn())
    }

    /// The same value, of which the number of rows is known beforehand.
    pub(crate) fn with_known_rows(&self, rows: RowCount) -> Self {
        Lazy::of_any(self.any().with_known_rows(rows))
    }

    /// The number of rows that the value will hold, if it is known.
    pub(crate) fn known_rows(&self) -> Option<RowCount> {
        self.node.task.known_rows
    }

    /// The same value at another turn, which holds for what it is made from as well: see [`Task::inputs_in_turn`].
    pub(crate) fn at_turn(&self, turn: usize) -> Self {
        Lazy::of_any(self.any().at_turn(turn))
    }

    /// The value, if it is there already.
    pub(crate) fn given_value(&self) -> Option<&T> {
        match &self.node.action {
            Action::Given(value) => value.downcast_ref(),
            _ => None,
        }
    }

    /// The task's turn: see [`Task::order`].
    pub(crate) fn turn(&self) -> usize {
        self.node.turn.unwrap_or(0)
    }

    /// The display name that the task is shown under.
    pub(crate) fn display_name(&self) -> Option<&Arc<str>> {
        self.node.task.display_name.as_ref()
    }

    /// The file that the value is read from, or made of what was read from it.
    pub fn file(&self) -> Option<&Arc<Path>> {
        self.node.task.file.as_ref()
    }

    /// Fails if another process would not know the value again, and says what it depends on that ends with this one.
    #[cfg(feature = "formats")]
    pub(crate) fn check_lasting(&self) -> Result<()> {
        if self.key().is_lasting() { Ok(()) } else { Err(super::restore::not_lasting(&self.node)) }
    }

    /// The key, which identifies the value.
    pub fn key(&self) -> Key {
        self.node.task.key
    }

    /// The handle, whatever the type of its value.
    pub(crate) fn any(&self) -> AnyLazy {
        AnyLazy(self.node.clone())
    }

    /// The handles, whatever the type of their values.
    pub(crate) fn all_any(handles: &[Lazy<T>]) -> Vec<AnyLazy> {
        let mut all = Vec::with_capacity(handles.len());
        for handle in handles {
            all.push(handle.any());
        }
        all
    }

    /// A handle whose value is of type `T`: what was made of this type's work, or of another handle of this type.
    pub(crate) fn of_any(any: AnyLazy) -> Self {
        Lazy { node: any.0, kind: PhantomData }
    }
}

/// A predicate on the first input, of type `O`. Where the input failed, something else stands in its place.
pub(crate) fn settled_by<O: 'static>(settled: impl Fn(&O) -> bool + Shared) -> Settled {
    Arc::new(move |first| first.downcast_ref().is_some_and(&settled))
}
