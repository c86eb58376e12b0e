//! `AnyLazy`: handles, and the work of tasks, whatever the types of their values.
//!
//! Code that is generic over types of values is compiled anew in every crate that uses it. So the typed handles and the
//! combinators only say in generic code what one task does with its inputs ([`AnyWork`]); which tasks there are, in which
//! order, under which keys, is made here and in functions over `AnyLazy`, once.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use super::kept::{AnyCodec, Kept};
use super::key::{Key, ValueType};
use super::node::{Action, Inputs, Node, RowCount, Settled, Task, Value};
use crate::data::Shared;
use crate::error::{Error, Result};

/// The work of a task: its value from those of its inputs.
pub(super) trait Work: Send + Sync {
    fn run(&self, inputs: &mut Inputs) -> Result<Value>;
}

/// The work of a task, whatever the types of its inputs and of its value.
#[derive(Clone)]
pub(crate) struct AnyWork {
    work: Arc<dyn Work>,
    value: ValueType,
}

/// A function whose value is put where values of any type are.
struct Typed<U, F> {
    function: F,
    value: PhantomData<fn() -> U>,
}

impl<U: Shared, F: Fn(&mut Inputs) -> Result<U> + Shared> Work for Typed<U, F> {
    fn run(&self, inputs: &mut Inputs) -> Result<Value> {
        match (self.function)(inputs) {
            Ok(value) => Ok(Arc::new(value)),
            Err(error) => Err(error),
        }
    }
}

impl AnyWork {
    pub(crate) fn new<U: Shared, F: Fn(&mut Inputs) -> Result<U> + Shared>(function: F) -> Self {
        AnyWork { work: Arc::new(Typed { function, value: PhantomData }), value: ValueType::of::<U>() }
    }
}

/// A predicate on a value, or what is wrong with it.
pub(super) type Check = Arc<dyn Fn(&(dyn Any + Send + Sync)) -> Result<()> + Send + Sync>;

/// Other work, whose value is checked.
struct Checked {
    work: Arc<dyn Work>,
    check: Check,
}

impl Work for Checked {
    fn run(&self, inputs: &mut Inputs) -> Result<Value> {
        let value = self.work.run(inputs)?;
        (self.check)(&*value).map(|()| value)
    }
}

/// Other work, of which an input that failed is the error.
struct FailingInTurn(Arc<dyn Work>);

impl Work for FailingInTurn {
    fn run(&self, inputs: &mut Inputs) -> Result<Value> {
        match inputs.failure() {
            Some(error) => Err(error.clone()),
            None => self.0.run(inputs),
        }
    }
}

/// A handle on a value of any type that will be computed: see [`Lazy`](super::Lazy).
pub(crate) struct AnyLazy(pub(super) Arc<Node>);

impl Clone for AnyLazy {
    fn clone(&self) -> Self {
        AnyLazy(self.0.clone())
    }
}

impl AnyLazy {
    /// The value of a task with these inputs.
    pub(crate) fn of(task: Task, inputs: Vec<AnyLazy>, work: AnyWork) -> Self {
        Self::run(task, inputs, work, None)
    }

    /// A value that is there already.
    pub(super) fn given(task: Task, value: Value, of: ValueType) -> Self {
        build(task, Vec::new(), Action::Given(value), of)
    }

    /// A value that can never be computed.
    pub(super) fn failed(error: Error, of: ValueType) -> Self {
        // The same error is the same failure, in every process: it is no obstacle to checkpoints.
        let text = format!("{:?} {:?} {}", error.kind(), error.place(), error.full_message());
        let key = Key::of("failed").bytes(text.as_bytes()).finish();
        build(Task::new("failed", key), Vec::new(), Action::Fail(error), of)
    }

    /// A value made from this one, whose place the task takes over.
    pub(crate) fn map(&self, task: Task, work: AnyWork) -> Self {
        Self::of(inherit(task, &self.0), vec![self.clone()], work)
    }

    /// A value made from this one and another, whose place the task takes over.
    pub(crate) fn zip(&self, other: &AnyLazy, task: Task, work: AnyWork) -> Self {
        Self::of(inherit(task, &other.0), vec![self.clone(), other.clone()], work)
    }

    /// The same, which does without the other where this one settles it.
    pub(crate) fn zip_unless(&self, other: &AnyLazy, task: Task, settled: Settled, work: AnyWork) -> Self {
        Self::run(inherit(task, &other.0), vec![self.clone(), other.clone()], work, Some(settled))
    }

    /// A value made from this one and two others; the task takes over the place of the first of these.
    pub(crate) fn zip2(&self, other: &AnyLazy, third: &AnyLazy, task: Task, work: AnyWork) -> Self {
        Self::of(inherit(task, &other.0), vec![self.clone(), other.clone(), third.clone()], work)
    }

    /// The value, or the error of the task that failed on the way to it: `work` makes one of both.
    pub(super) fn caught(&self, work: AnyWork) -> Self {
        let task = inherit(Task::new("catch", Key::of("catch").input(self.key()).finish()), &self.0);
        let mut node = node(task, vec![self.clone()], Action::Run(work.work), work.value);
        node.catches = true;
        AnyLazy(Arc::new(node))
    }

    /// The same value, which a checkpoint keeps.
    pub(crate) fn kept(&self, slot: Key, codec: AnyCodec) -> Self {
        let mut task = self.0.task.clone();
        task.remakeable = false;
        task.kept = Some(Kept { slot, codec });
        self.with_task(task)
    }

    /// The same value by another key.
    pub(super) fn identified(&self, key: Key, of: ValueType) -> Self {
        let mut task = self.0.task.clone();
        task.key = key.of_value(of);
        self.with_task(task)
    }

    /// The same value, of which the number of rows is known beforehand.
    pub(super) fn with_known_rows(&self, rows: RowCount) -> Self {
        self.with_task(self.0.task.clone().known_rows(rows))
    }

    /// The same value at another turn, which holds for what it is made from as well.
    pub(crate) fn at_turn(&self, turn: usize) -> Self {
        self.with_task(self.0.task.clone().order(turn).inputs_in_turn())
    }

    /// The same value by another key; one of which `check` finds something wrong is an error.
    pub(super) fn checked(&self, key: Key, of: ValueType, check: Check) -> Self {
        let checked = self.identified(key, of);
        let action = match &self.0.action {
            Action::Given(value) => match check(&**value) {
                Ok(()) => return checked,
                Err(error) => Action::Fail(checked.0.task.place(error)),
            },
            Action::Run(work) => Action::Run(Arc::new(Checked { work: work.clone(), check })),
            other => other.clone(),
        };
        let Node { task, inputs, catches, settled, turn, .. } = &*checked.0;
        let (task, inputs, catches, settled) = (task.clone(), inputs.clone(), *catches, settled.clone());
        AnyLazy(Arc::new(Node { task, inputs, action, catches, settled, turn: *turn }))
    }

    /// The same value; an input that fails ends the run when this task has its turn.
    pub(super) fn failing_in_turn(&self) -> Self {
        let Node { task, inputs, action, settled, turn, .. } = &*self.0;
        let action = match action {
            Action::Run(work) => Action::Run(Arc::new(FailingInTurn(work.clone()))),
            other => other.clone(),
        };
        let (task, inputs, settled, turn) = (task.clone(), inputs.clone(), settled.clone(), *turn);
        AnyLazy(Arc::new(Node { task, inputs, action, catches: true, settled, turn }))
    }

    /// The same work on the same inputs, with other things known of it.
    pub(crate) fn with_task(&self, task: Task) -> Self {
        let Node { inputs, action, catches, settled, turn, .. } = &*self.0;
        let (inputs, action, catches, settled) = (inputs.clone(), action.clone(), *catches, settled.clone());
        let turn = task.order.or(*turn);
        AnyLazy(Arc::new(Node { task, inputs, action, catches, settled, turn }))
    }

    /// Adds what is known of where the value comes from to an error.
    pub(crate) fn place(&self, error: Error) -> Error {
        self.0.task.place(error)
    }

    /// The key, which identifies the value.
    pub(crate) fn key(&self) -> Key {
        self.0.task.key
    }

    /// The task's turn: see [`Task::order`].
    pub(crate) fn turn(&self) -> usize {
        self.0.turn.unwrap_or(0)
    }

    fn run(task: Task, inputs: Vec<AnyLazy>, work: AnyWork, settled: Option<Settled>) -> Self {
        let mut node = node(task, inputs, Action::Run(work.work), work.value);
        node.settled = settled;
        AnyLazy(Arc::new(node))
    }
}

fn build(task: Task, inputs: Vec<AnyLazy>, action: Action, of: ValueType) -> AnyLazy {
    AnyLazy(Arc::new(node(task, inputs, action, of)))
}

fn node(mut task: Task, inputs: Vec<AnyLazy>, action: Action, of: ValueType) -> Node {
    let inputs: Vec<Arc<Node>> = inputs.into_iter().map(|input| input.0).collect();
    let turn = task.order.or_else(|| inputs.iter().filter_map(|input| input.turn).max()).or(task.chunk);
    // A value that is never dropped is no obstacle to making others again.
    let stays = |input: &Arc<Node>| input.task.held || matches!(input.action, Action::Given(_));
    let again = |input: &Arc<Node>| input.task.remakeable || stays(input);
    task.remakeable &= inputs.iter().all(again);
    task.key = task.key.of_value(of);
    Node { task, inputs, action, catches: false, settled: None, turn }
}

/// Takes over the place of an input, where the task names none.
fn inherit(mut task: Task, from: &Node) -> Task {
    task.chunk = task.chunk.or(from.task.chunk);
    task.file = task.file.or_else(|| from.task.file.clone());
    task
}
