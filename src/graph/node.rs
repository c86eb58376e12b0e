//! Nodes of the graph: a task, its inputs, and the work.

use std::any::Any;
use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use super::erased::Work;
use super::figure::ReadFigures;
use super::kept::{AnyCodec, Kept};
use super::key::Key;
use super::panics;
use super::time_account::{AccountId, TimeAccount};
use super::warning::{Warning, Warns};
use crate::data::{Codec, Figure, Footprint, Shared};
use crate::error::{Error, Result};

/// A computed value of any type.
pub(super) type Value = Arc<dyn Any + Send + Sync>;

/// The predicate on a task's first input: true if it tells the value without the others.
pub(crate) type Settled = Arc<dyn Fn(&(dyn Any + Send + Sync)) -> bool + Send + Sync>;

type Measure = fn(&(dyn Any + Send + Sync)) -> usize;

/// The number of rows that a value will hold, and of bytes, if that is known as well: what is known before it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RowCount {
    pub(crate) rows: usize,
    pub(crate) bytes: Option<usize>,
}

/// The description of a task for the scheduler: everything but the work itself.
///
/// What is left out is taken from the task's last input: its chunk and file; and the order from
/// the latest of all inputs.
#[derive(Debug)]
pub struct Task {
    pub(super) name: Cow<'static, str>,
    pub(super) display_name: Option<Arc<str>>,
    pub(super) account: Option<AccountId>,
    pub(super) key: Key,
    pub(super) chunk: Option<usize>,
    pub(super) file: Option<Arc<Path>>,
    pub(super) order: Option<usize>,
    pub(super) inputs_in_turn: bool,
    pub(super) carries: bool,
    pub(super) known_rows: Option<RowCount>,
    pub(super) remakeable: bool,
    pub(super) held: bool,
    pub(super) carried: bool,
    pub(super) measure: Option<Measure>,
    pub(super) row_count: Option<Measure>,
    pub(super) expected_bytes: usize,
    pub(super) least_bytes: usize,
    pub(super) working_bytes: usize,
    pub(super) spilled_bytes: usize,
    pub(super) kept: Option<Kept>,
    pub(super) cached: Option<AnyCodec>,
    /// It would be cached if its key lasted.
    pub(super) unknown_in_cache: bool,
    pub(super) warns: Option<Warns>,
    pub(super) figures: Option<ReadFigures>,
}

/// Derived, it would be compiled in every crate that makes tasks.
impl Clone for Task {
    fn clone(&self) -> Self {
        Task {
            name: self.name.clone(),
            display_name: self.display_name.clone(),
            file: self.file.clone(),
            kept: self.kept.clone(),
            cached: self.cached.clone(),
            warns: self.warns.clone(),
            figures: self.figures.clone(),
            ..*self
        }
    }
}

impl Task {
    /// A task of this kind (e.g. `vectorize`), identified by `key`.
    pub fn new(name: impl Into<Cow<'static, str>>, key: Key) -> Self {
        Self::named(name.into(), key)
    }

    fn named(name: Cow<'static, str>, key: Key) -> Self {
        Task {
            name,
            display_name: None,
            account: None,
            key,
            chunk: None,
            file: None,
            order: None,
            inputs_in_turn: false,
            carries: false,
            known_rows: None,
            remakeable: false,
            held: false,
            carried: false,
            measure: None,
            row_count: None,
            expected_bytes: 0,
            least_bytes: 0,
            working_bytes: 0,
            spilled_bytes: 0,
            kept: None,
            cached: None,
            unknown_in_cache: false,
            warns: None,
            figures: None,
        }
    }

    /// A task of the same kind by another key.
    pub(crate) fn keyed(&self, key: Key) -> Self {
        let mut task = self.clone();
        task.key = key;
        task
    }

    /// The name of its kind.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Tells tasks of one kind apart in summaries, e.g. by model. Not part of the identity.
    pub fn display_name(mut self, display_name: Option<Arc<str>>) -> Self {
        self.display_name = display_name;
        self
    }

    /// The account that the task's time is booked on, and whose display name it is shown under unless it has
    /// one. Not part of the identity: of tasks with equal keys one runs, and books on its own account.
    pub fn account(mut self, account: &TimeAccount) -> Self {
        self.display_name.get_or_insert_with(|| account.display_name().clone());
        self.account = Some(account.id());
        self
    }

    /// The chunk that the task works on: names it in errors.
    pub fn chunk(mut self, chunk: usize) -> Self {
        self.chunk = Some(chunk);
        self
    }

    /// The file that the task reads: names it in errors.
    pub fn file(mut self, file: Arc<Path>) -> Self {
        self.file = Some(file);
        self
    }

    /// The task's turn. Among tasks that could run, the lowest goes first, and the deepest of
    /// those. Chunk `c` of pass `p` over `n` chunks has its turn at `p * n + c`.
    pub fn order(mut self, order: usize) -> Self {
        self.order = Some(order);
        self
    }

    /// What the value is made from is made when this task has its turn, and not when its own number says, as far as it
    /// can be made again: for tasks that go over chunks in another order, or over chunks that were cut anew.
    pub(crate) fn inputs_in_turn(mut self) -> Self {
        self.inputs_in_turn = true;
        self
    }

    /// A state that goes along the chunks in their order: it is made in the turn of the first task that needs it.
    pub(crate) fn carries(mut self) -> Self {
        self.carries = true;
        self
    }

    /// The number of rows that the value will hold.
    pub(crate) fn known_rows(mut self, rows: RowCount) -> Self {
        self.known_rows = Some(rows);
        self
    }

    /// The value may be dropped before its last use and made again, if its inputs may be too.
    pub fn remakeable(mut self) -> Self {
        self.remakeable = true;
        self
    }

    /// The value stays until the run is over: for one that is expensive to make and small, and that others
    /// need in order to be made again. What is made from it and from a chunk may be
    /// [`remakeable`](Self::remakeable).
    pub fn held(mut self) -> Self {
        self.held = true;
        self
    }

    /// A small value that is [`held`](Self::held) and known as soon as the chunks before its own are there, such as a
    /// count of their rows. What is made with it and of a chunk counts as made of that chunk alone when room is set
    /// aside.
    pub(crate) fn carried(mut self) -> Self {
        self.held = true;
        self.carried = true;
        self
    }

    /// The value, of type `T`, counts against the memory limit, and its rows show in progress bars
    /// and summaries.
    pub fn measured<T: Footprint + 'static>(mut self) -> Self {
        self.measure = Some(measure::<T>);
        self.row_count = Some(row_count::<T>);
        self
    }

    /// About how many bytes the value will hold; used until a value of this kind was measured.
    pub fn expected_bytes(mut self, bytes: usize) -> Self {
        self.expected_bytes = bytes;
        self
    }

    /// The value cannot be made in less memory: a run whose limit is below is refused before it starts,
    /// rather than when the value is there.
    pub fn least_bytes(mut self, bytes: usize) -> Self {
        self.least_bytes = bytes;
        self
    }

    /// About how many bytes the task takes while it runs, beside its inputs and its value, and gives back at its end: the
    /// bytes that it parses, decompressed pages, dictionaries. They count against the memory limit while it runs.
    pub fn working_bytes(mut self, bytes: usize) -> Self {
        self.working_bytes = bytes;
        self
    }

    /// The bytes on disk that the content of the task's [file](Self::file) was decoded into, which other tasks of the same file
    /// read as well. [`Explanation`](super::Explanation) states their sum over files.
    pub fn spilled_bytes(mut self, bytes: usize) -> Self {
        self.spilled_bytes = bytes;
        self
    }

    /// The value, of type `T`, is expensive to make: a run with a [chunk cache](super::Runtime::chunk_cache)
    /// writes it there, and takes it from there where it is. Without effect if the type has no
    /// [`Compact`](crate::data::Compact) form. If the key does not [last](Key::is_lasting), nothing is written, which is
    /// among the [warnings](super::Summary::warnings) of a run with a chunk cache.
    pub fn cached<T: Footprint + Shared>(mut self) -> Self {
        if T::COMPACT.is_none() {
            return self;
        }
        if self.key.is_lasting() {
            self.cached = Codec::<T>::compact().map(AnyCodec::new);
        } else {
            self.unknown_in_cache = true;
        }
        self
    }

    /// The messages of the function about the value, of type `T`, are among the [warnings](super::Summary::warnings) of
    /// the run, under the task's name and display name. It has to be quick, and to say the same every time.
    pub fn warns<T: 'static>(mut self, warnings: fn(&T) -> Vec<String>) -> Self {
        self.warns = Some(Warns::new(warnings));
        self
    }

    /// The score, objective or loss that the value, of type `T`, states, under the task's name and display name: for
    /// whoever watches the run, and for its [profile](super::Profile::figures). Not part of the identity, and not asked
    /// for where nobody watches.
    ///
    /// The function has to be quick, must not go over rows, and has to say the same every time. A value that was dropped
    /// and made again is not asked again. If the function panics, the value has no figures, and the run goes on.
    ///
    /// ```
    /// use chunkfit::graph::{Figure, Key, Task};
    ///
    /// let task = Task::new("pass", Key::unique());
    /// let task = task.figures(|(objective, _): &(f64, Vec<f64>)| vec![Figure::new("objective", *objective)]);
    /// ```
    pub fn figures<T: 'static>(mut self, figures: impl Fn(&T) -> Vec<Figure> + Shared) -> Self {
        self.figures = Some(ReadFigures::new(figures));
        self
    }

    /// Warnings about a value that was made.
    pub(super) fn warnings_of(&self, value: &Value) -> Vec<Warning> {
        let messages = self.warns.as_ref().map(|warns| warns.of(&**value)).unwrap_or_default();
        messages.into_iter().map(|message| self.warning(message)).collect()
    }

    /// A warning of this task.
    pub(super) fn warning(&self, message: String) -> Warning {
        Warning { task: self.name.clone().into_owned(), display_name: self.display_name.clone(), message }
    }

    /// The score, objective or loss that a value of this task states.
    pub(super) fn figures_of(&self, value: &Value) -> Vec<Figure> {
        self.figures.as_ref().map(|figures| figures.of(&**value)).unwrap_or_default()
    }

    /// The number of rows that the value holds, if it can tell.
    pub(super) fn rows_in(&self, value: &Value) -> usize {
        self.row_count.map_or(0, |row_count| row_count(&**value))
    }

    /// The number of bytes of the memory limit that the value takes.
    pub(super) fn bytes_in(&self, value: &Value) -> usize {
        self.measure.map_or(0, |measure| measure(&**value))
    }

    /// Adds what is known of the place to an error.
    pub(super) fn place(&self, mut error: Error) -> Error {
        error = error.in_task(&self.name);
        if let Some(chunk) = self.chunk {
            error = error.in_chunk(chunk);
        }
        match &self.file {
            Some(file) => error.in_file(file),
            None => error,
        }
    }
}

fn measure<T: Footprint + 'static>(value: &(dyn Any + Send + Sync)) -> usize {
    match value.downcast_ref::<T>() {
        Some(value) => size_of::<T>() + value.heap_bytes(),
        None => 0,
    }
}

fn row_count<T: Footprint + 'static>(value: &(dyn Any + Send + Sync)) -> usize {
    match value.downcast_ref::<T>() {
        Some(value) => value.row_count(),
        None => 0,
    }
}

/// The action of a node when its turn comes.
#[derive(Clone)]
pub(super) enum Action {
    /// The value is there already.
    Given(Value),
    /// The value has to be computed.
    Run(Arc<dyn Work>),
    /// The value can never be computed, as was clear when the graph was built.
    Fail(Error),
    /// The node is being dropped, and what it did is already.
    Gone,
}

pub(super) struct Node {
    pub(super) task: Task,
    pub(super) inputs: Vec<Arc<Node>>,
    pub(super) action: Action,
    /// Runs even where an input failed, and sees the error.
    pub(super) catches: bool,
    pub(super) settled: Option<Settled>,
    /// The turn that the task states, or else the latest of its inputs, or else its chunk's number.
    pub(super) turn: Option<usize>,
}

impl Node {
    /// A node of no task.
    pub(super) fn none() -> Arc<Node> {
        let task = Task::new("", Key::unique());
        Arc::new(Node { task, inputs: Vec::new(), action: Action::Gone, catches: false, settled: None, turn: None })
    }
}

/// Stands for the value of a task that failed, where the failure will be caught.
pub(super) struct Failed(pub(super) Error);

/// The values of a task's inputs. Those that no other task needs can be taken without a copy.
pub(crate) struct Inputs(pub(super) Vec<Option<Value>>);

impl Inputs {
    /// Input `i`, borrowed.
    pub(crate) fn get<T: 'static>(&self, i: usize) -> &T {
        typed(self.value(i).downcast_ref())
    }

    /// Input `i`, borrowed, unless the task was settled without it.
    pub(crate) fn get_if_needed<T: 'static>(&self, i: usize) -> Option<&T> {
        if i < self.0.len() { self.value(i).downcast_ref() } else { None }
    }

    /// All inputs, borrowed.
    pub(crate) fn all<T: 'static>(&self) -> Vec<&T> {
        let mut all = Vec::with_capacity(self.0.len());
        for i in 0..self.0.len() {
            all.push(self.get(i));
        }
        all
    }

    /// Input `i` by value: moved if this task is the last to need it, else a copy.
    pub(crate) fn take<T: Clone + Shared>(&mut self, i: usize) -> T {
        if let Some(own) = self.take_own(i) {
            return typed(own.downcast::<T>().ok().and_then(Arc::into_inner));
        }
        // It stays among the inputs meanwhile: a panic of `clone` must not drop it on the way up.
        let copy = self.get::<T>(i).clone();
        self.0[i] = None;
        copy
    }

    /// Input `i` by value, or the error that took its place.
    pub(super) fn take_caught<T: Clone + Shared>(&mut self, i: usize) -> Result<T> {
        match self.failure_of(i) {
            Some(error) => Err(error),
            None => Ok(self.take(i)),
        }
    }

    fn value(&self, i: usize) -> &(dyn Any + Send + Sync) {
        &**self.0[i].as_ref().expect("an input is taken at most once")
    }

    /// Input `i`, if nobody else has it.
    fn take_own(&mut self, i: usize) -> Option<Value> {
        let input = &mut self.0[i];
        Arc::get_mut(input.as_mut().expect("an input is taken at most once"))?;
        input.take()
    }

    fn failure_of(&self, i: usize) -> Option<Error> {
        let failed = self.0[i].as_ref().and_then(|value| value.downcast_ref::<Failed>());
        failed.map(|Failed(error)| error.clone())
    }

    /// Drops the values that are left, one after the other, for two panics at once would end the process.
    ///
    /// # Errors
    /// The `Drop` of one panicked.
    pub(super) fn discard(self) -> Result<()> {
        panics::discard_all(self.0.into_iter().flatten())
    }

    /// The first input that failed.
    pub(super) fn failure(&self) -> Option<&Error> {
        self.0.iter().flatten().find_map(|value| value.downcast_ref::<Failed>()).map(|Failed(error)| error)
    }
}

/// A value of the type that its handle says.
fn typed<V>(value: Option<V>) -> V {
    value.expect("a handle's type is that of its value")
}
