//! Scheduler: which task runs next, and how long its value lives.
//!
//! - The ready task of the lowest rank goes first, so that any number of threads follows the
//!   order of one.
//! - A value is dropped after its last consumer, and moved into it.
//! - A source is admitted only while what it leads to fits the memory limit beside what is held;
//!   so is what is made of a source and of a value that stays to the end.
//!   To make room, values that can be made again are dropped, the one whose next use is furthest
//!   away first (Belady 1966), but none that is needed before the source's own.
//! - A dropped value that is needed is demanded: its task, and those of its inputs that are gone
//!   too, run again with the rank of the task that needs it. A thread that would idle demands the
//!   one needed next ahead of time.
//! - Of values whose size is not known yet the first is made alone, and measured.
//! - Nothing runs further ahead of the earliest unfinished task than a few chunks: threads that
//!   would idle else fill the memory with what is needed much later.
//! - A task whose first input settles its value needs no others; what is not needed any more does not run.
//! - A value that lies in the chunk cache needs no inputs, and is a source itself: now as ever, when it
//!   was dropped and is needed again. If it turns out not to be there, it needs its inputs after all.
//! - If nothing else runs, the next source is admitted whatever the limit says, for sizes are guessed
//!   before a value is there. One that does not fit with its inputs, and nothing else, ends the run.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};
use std::mem;
use std::sync::Arc;

use super::memory::Ledger;
use super::node::{Action, Failed, Inputs, Value};
use super::panics;
use super::panics::caught;
use super::plan::{Plan, Rank, TaskId};
use crate::error::{Error, ErrorKind};

mod admission;

/// When a task should run: the rank of the task that it runs for (its own, if it was not
/// demanded), then its own.
type Priority = (Rank, Rank);

type Queue = BinaryHeap<Reverse<(Priority, TaskId)>>;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    /// Not wanted (any more), or dropped although it will be wanted again.
    Idle,
    /// Some inputs are missing.
    Waiting,
    /// Could run.
    Ready,
    Running,
    /// The value is there.
    Done,
}

struct TaskState {
    phase: Phase,
    priority: Priority,
    value: Option<Value>,
    /// The bytes of the value, or of the last one that was there.
    bytes: usize,
    /// The bytes that are set aside for the value.
    reserved: usize,
    /// The number of times that tasks which are waiting, ready or running will use the value.
    uses: usize,
    /// The number of missing inputs.
    missing: usize,
    /// The tasks that wait for the value.
    waiters: Vec<TaskId>,
    /// The value is a result of the run.
    target: bool,
    made_before: bool,
    /// It was made, or found not to be needed.
    passed: bool,
    /// Its first input settled its value: it needs no others.
    settled: bool,
    /// Its value lies in the chunk cache, as far as is known: it needs no inputs.
    in_cache: bool,
}

/// A task to be run by a worker, outside the scheduler's lock.
pub(super) struct Job {
    pub(super) id: TaskId,
    pub(super) inputs: Inputs,
    /// True if the task ran before, and its value was dropped since.
    pub(super) again: bool,
    /// True if the value is to be read from the chunk cache.
    pub(super) load: bool,
    /// The task failed before it began.
    pub(super) broken: Option<Error>,
    /// The bytes of the inputs that were moved into the job.
    moved: usize,
}

/// The state of a run.
pub(super) struct Scheduler<'p> {
    plan: &'p Plan,
    states: Vec<TaskState>,
    tasks: Queue,
    sources: Queue,
    /// Values that are there, hold bytes, and could be made again.
    resident: BTreeSet<TaskId>,
    /// Values that were dropped while still wanted; may name some that are back.
    evicted: Vec<TaskId>,
    ledger: Ledger,
    /// The tasks in the order of their ranks.
    by_rank: Vec<TaskId>,
    /// All tasks of lower ranks were done at some time.
    frontier: Rank,
    /// The number of turns that tasks may run ahead of the frontier.
    window: usize,
    running: usize,
    /// Tasks that are waiting, ready or running.
    left: usize,
    failed: Option<(Rank, Error)>,
    /// Tasks of which the predicate panicked that tells whether their first input settles their value.
    broken: HashMap<TaskId, Error>,
    /// Values and errors that are not needed, each with its task, to be dropped outside the lock.
    garbage: Vec<(TaskId, Value)>,
}

impl<'p> Scheduler<'p> {
    /// A run that has not begun, for a pool of so many threads.
    pub(super) fn new(plan: &'p Plan, memory_limit: usize, threads: usize) -> Self {
        let state = |entry: &super::plan::TaskEntry| TaskState {
            phase: Phase::Idle,
            priority: (entry.rank, entry.rank),
            value: None,
            bytes: 0,
            reserved: 0,
            uses: 0,
            missing: 0,
            waiters: Vec::new(),
            target: false,
            made_before: false,
            passed: false,
            settled: false,
            in_cache: entry.in_cache,
        };
        let mut by_rank: Vec<TaskId> = (0..plan.entries.len()).collect();
        by_rank.sort_unstable_by_key(|&id| plan.entries[id].rank);
        let mut scheduler = Scheduler {
            plan,
            states: plan.entries.iter().map(state).collect(),
            tasks: Queue::new(),
            sources: Queue::new(),
            resident: BTreeSet::new(),
            evicted: Vec::new(),
            ledger: Ledger::new(memory_limit, plan.stages.len()),
            by_rank,
            frontier: 0,
            window: 2 * threads + 2,
            running: 0,
            left: 0,
            failed: None,
            broken: HashMap::new(),
            garbage: Vec::new(),
        };
        for &target in &plan.targets {
            scheduler.states[target].target = true;
        }
        for (id, entry) in plan.entries.iter().enumerate() {
            match &entry.node.action {
                Action::Given(value) => {
                    scheduler.states[id].value = Some(value.clone());
                    scheduler.states[id].phase = Phase::Done;
                    scheduler.states[id].made_before = true;
                    scheduler.states[id].passed = true;
                }
                _ if entry.asleep => scheduler.states[id].passed = true,
                _ => scheduler.want(id),
            }
        }
        scheduler
    }

    /// True if there is nothing more to start: all is done, or something failed.
    pub(super) fn finished(&self) -> bool {
        self.left == 0 || self.failed.is_some()
    }

    /// The next task to run, if one can be started now.
    pub(super) fn next(&mut self) -> Option<Job> {
        loop {
            let task = self.first(|s| &mut s.tasks);
            let source = self.first(|s| &mut s.sources);
            let (task, source) = (task.filter(|&id| self.is_near(id)), source.filter(|&id| self.is_near(id)));
            let id = match (task, source) {
                (Some(task), None) => task,
                (Some(task), Some(source)) if self.states[task].priority < self.states[source].priority => task,
                (_, Some(source)) if self.admit(source, false) => source,
                (Some(task), Some(_)) => task,
                (None, Some(source)) if self.running == 0 => {
                    self.admit(source, true);
                    source
                }
                (None, Some(_)) => return None,
                (None, None) => {
                    if self.first(|s| &mut s.tasks).or(self.first(|s| &mut s.sources)).is_some() || !self.demand_ahead()
                    {
                        return None;
                    }
                    continue;
                }
            };
            if let Some(job) = self.start(id) {
                return Some(job);
            }
        }
    }

    /// A job is done. Its inputs have been dropped by the caller, so that the next user of a
    /// value that no other task needs can have it by move. The value holds so many bytes.
    /// If value and inputs are more than the limit allows at all, the run has failed.
    pub(super) fn complete(&mut self, id: TaskId, moved: usize, value: Value, bytes: usize) {
        let entry = &self.plan.entries[id];
        let with_inputs = bytes + self.needed(id).iter().map(|&input| self.states[input].bytes).sum::<usize>();
        if bytes > 0 && with_inputs > self.ledger.limit() {
            let error = Error::new(ErrorKind::TooLarge { bytes: with_inputs, limit: self.ledger.limit() });
            self.throw_away(id, value);
            self.fail(id, entry.node.task.place(error));
            return;
        }
        let reserved = mem::take(&mut self.states[id].reserved);
        self.ledger.made(entry.stage, bytes, reserved);
        self.ledger.dropped(moved);
        let state = &mut self.states[id];
        state.value = Some(value);
        state.bytes = bytes;
        state.phase = Phase::Done;
        state.made_before = true;
        state.passed = true;
        if bytes > 0 && entry.node.task.remakeable {
            self.resident.insert(id);
        }
        self.running -= 1;
        self.left -= 1;
        for &input in self.needed(id) {
            self.states[input].uses -= 1;
            self.drop_if_unused(input);
        }
        let waiters = mem::take(&mut self.states[id].waiters);
        let mut settled = Vec::new();
        for &waiter in &waiters {
            if !self.states[waiter].settled && self.is_settled_by(id, waiter) {
                settled.push(waiter);
            }
        }
        self.drop_if_unused(id);
        for waiter in waiters {
            // Another that was settled has done without this one, or it stands here twice.
            if self.states[waiter].phase != Phase::Waiting {
                continue;
            }
            if settled.contains(&waiter) {
                self.settle(waiter);
                continue;
            }
            self.states[waiter].missing -= 1;
            if self.states[waiter].missing == 0 {
                self.make_ready(waiter);
            }
        }
        self.advance();
    }

    /// A value was written to the chunk cache, and can be had from there from now on.
    pub(super) fn cached(&mut self, id: TaskId) {
        self.states[id].in_cache = true;
    }

    /// A value was not to be had from the chunk cache after all: it is made of its inputs.
    pub(super) fn missed(&mut self, id: TaskId) {
        self.running -= 1;
        self.left -= 1;
        self.states[id].in_cache = false;
        self.want(id);
        let rank = self.states[id].priority.0;
        for &input in self.needed(id) {
            self.demand(input, rank);
        }
    }

    /// A job failed. Of several failures the one that a single thread would have met is kept.
    pub(super) fn fail(&mut self, id: TaskId, error: Error) {
        self.running -= 1;
        self.end(id, error);
    }

    /// What a task left behind could not be dropped, say: the run ends with this error, unless one of a lower rank is
    /// there.
    pub(super) fn end(&mut self, id: TaskId, error: Error) {
        let rank = self.plan.entries[id].rank;
        let other = match &mut self.failed {
            Some((first, known)) if rank < *first => {
                *first = rank;
                mem::replace(known, error)
            }
            Some(_) => error,
            None => {
                self.failed = Some((rank, error));
                return;
            }
        };
        // Its cause is of the user's making, and dropped as values are.
        self.throw_away(id, Arc::new(Failed(other)));
    }

    /// The run ends before it is done, unless it has failed already.
    pub(super) fn cancel(&mut self) {
        self.failed.get_or_insert_with(|| (0, Error::new(ErrorKind::Cancelled)));
    }

    /// The frontier moves over what is done.
    fn advance(&mut self) {
        while self.by_rank.get(self.frontier).is_some_and(|&id| self.states[id].passed) {
            self.frontier += 1;
        }
    }

    /// The number of tasks that could be started, beyond one.
    pub(super) fn backlog(&self) -> usize {
        (self.tasks.len() + self.sources.len()).saturating_sub(1)
    }

    /// A value that is not needed.
    pub(super) fn throw_away(&mut self, id: TaskId, value: Value) {
        self.garbage.push((id, value));
    }

    /// Values to be dropped by the caller, outside the lock, each with its task.
    pub(super) fn take_garbage(&mut self) -> Vec<(TaskId, Value)> {
        mem::take(&mut self.garbage)
    }

    /// The bytes that measured values hold now.
    pub(super) fn held_bytes(&self) -> usize {
        self.ledger.held()
    }

    /// The values of the targets and the most bytes ever held, or the first failure.
    pub(super) fn into_results(mut self) -> Result<(Vec<Value>, usize), Error> {
        let value = |&id: &TaskId| self.states[id].value.clone().expect("a finished run has made every target");
        let targets = if self.failed.is_none() { self.plan.targets.iter().map(value).collect() } else { Vec::new() };
        for (id, state) in self.states.iter_mut().enumerate() {
            self.garbage.extend(state.value.take().map(|value| (id, value)));
        }
        let failed = self.failed.take();
        while let Some((id, value)) = self.garbage.pop() {
            if let Err(error) = self.discard(id, value) {
                self.end(id, error);
            }
        }
        // What failed while the run went on says more than what its end brings.
        match failed.or(self.failed) {
            None => Ok((targets, self.ledger.peak())),
            Some((_, error)) => {
                drop(panics::discard_all(targets));
                Err(error)
            }
        }
    }

    /// The first failure; this one, which is no task's, if no task failed.
    pub(super) fn into_failure<T>(mut self, error: Error) -> Result<T, Error> {
        self.failed.get_or_insert((Rank::MAX, error.clone()));
        self.into_results().and(Err(error))
    }

    /// Drops a value of a task.
    ///
    /// # Errors
    /// Its `Drop` panicked.
    pub(super) fn discard(&self, id: TaskId, value: Value) -> Result<(), Error> {
        panics::discard(value).map_err(|error| self.plan.entries[id].node.task.place(error))
    }

    /// True if a task's turn is near enough to run it now. If nothing runs, any turn is.
    fn is_near(&self, id: TaskId) -> bool {
        let turn = |id: TaskId| self.plan.entries[id].turn;
        let frontier = self.by_rank.get(self.frontier).map_or(usize::MAX, |&id| turn(id));
        self.running == 0 || turn(id) <= frontier.saturating_add(self.window)
    }

    /// The first of a queue that is still ready, with its current priority.
    fn first(&mut self, queue: impl Fn(&mut Self) -> &mut Queue) -> Option<TaskId> {
        while let Some(&Reverse((priority, id))) = queue(self).peek() {
            if self.states[id].phase == Phase::Ready && self.states[id].priority == priority {
                return Some(id);
            }
            queue(self).pop();
        }
        None
    }

    /// An idle task is wanted: it needs its inputs from now on.
    fn want(&mut self, id: TaskId) {
        let plan = self.plan;
        self.left += 1;
        let first = plan.entries[id].inputs.first();
        self.states[id].phase = Phase::Waiting;
        self.states[id].missing = 0;
        let settled = first.is_some_and(|&first| self.is_settled_by(first, id));
        self.states[id].settled = settled;
        for &input in self.needed(id) {
            self.states[input].uses += 1;
            if self.states[input].value.is_none() {
                self.states[id].missing += 1;
                self.states[input].waiters.push(id);
            }
        }
        if self.states[id].missing == 0 {
            self.make_ready(id);
        }
    }

    /// A value that is not there is needed by a task of this rank: its task will run (again), and
    /// those of the inputs that it lacks.
    fn demand(&mut self, value: TaskId, rank: Rank) {
        let plan = self.plan;
        let mut stack = vec![value];
        while let Some(id) = stack.pop() {
            if self.states[id].value.is_some() {
                continue;
            }
            let priority = (rank, plan.entries[id].rank);
            let sooner = priority < self.states[id].priority;
            match self.states[id].phase {
                Phase::Idle => {
                    self.states[id].priority = priority;
                    self.want(id);
                }
                Phase::Waiting if sooner => self.states[id].priority = priority,
                Phase::Ready if sooner => {
                    self.states[id].priority = priority;
                    self.make_ready(id);
                }
                _ => continue,
            }
            stack.extend(self.needed(id));
        }
    }

    /// The inputs that a task needs.
    fn needed(&self, id: TaskId) -> &'p [TaskId] {
        let inputs = &self.plan.entries[id].inputs;
        match self.states[id] {
            TaskState { in_cache: true, .. } => &[],
            TaskState { settled: true, .. } => &inputs[..1],
            _ => inputs,
        }
    }

    /// Whether the value of `first`, which is there, is a task's first input and settles its value. If the predicate
    /// panics, the task will fail.
    fn is_settled_by(&mut self, first: TaskId, id: TaskId) -> bool {
        let entry = &self.plan.entries[id];
        let Some(settled) = entry.node.settled.as_ref().filter(|_| entry.inputs.first() == Some(&first)) else {
            return false;
        };
        let Some(value) = &self.states[first].value else { return false };
        caught(|| Ok(settled(&**value))).unwrap_or_else(|error| {
            self.broken.insert(id, entry.node.task.place(error));
            false
        })
    }

    /// A waiting task needs only its first input, which is there.
    fn settle(&mut self, id: TaskId) {
        self.states[id].settled = true;
        let plan = self.plan;
        for &input in &plan.entries[id].inputs[1..] {
            self.forgo(id, input);
        }
        self.states[id].missing = 0;
        self.make_ready(id);
    }

    /// A waiting task does without an input. If no other task needs that, it is dropped, or never
    /// made, and what only it needed is not made either.
    fn forgo(&mut self, id: TaskId, input: TaskId) {
        let mut stack = vec![(id, input)];
        while let Some((id, input)) = stack.pop() {
            self.states[input].waiters.retain(|&waiter| waiter != id);
            self.states[input].uses -= 1;
            self.drop_if_unused(input);
            let state = &mut self.states[input];
            if state.uses == 0 && !state.target && matches!(state.phase, Phase::Waiting | Phase::Ready) {
                state.phase = Phase::Idle;
                state.passed = true;
                self.left -= 1;
                self.ledger.set_free(mem::take(&mut state.reserved));
                stack.extend(self.needed(input).iter().map(|&further| (input, further)));
            }
        }
    }

    fn make_ready(&mut self, id: TaskId) {
        self.states[id].phase = Phase::Ready;
        let entry = &self.plan.entries[id];
        let begins = self.needed(id).is_empty() || entry.family == Some(id);
        let is_source = begins && entry.node.task.measure.is_some();
        let queue = if is_source { &mut self.sources } else { &mut self.tasks };
        queue.push(Reverse((self.states[id].priority, id)));
    }

    /// Starts a ready task, unless an input was dropped since it became ready: then it waits
    /// again, and the input is demanded.
    fn start(&mut self, id: TaskId) -> Option<Job> {
        let plan = self.plan;
        let inputs = self.needed(id);
        let mut missing = 0;
        for &input in inputs {
            if self.states[input].value.is_none() {
                missing += 1;
                self.states[input].waiters.push(id);
            }
        }
        if missing > 0 {
            self.states[id].phase = Phase::Waiting;
            self.states[id].missing = missing;
            let rank = self.states[id].priority.0;
            for &input in inputs {
                self.demand(input, rank);
            }
            return None;
        }
        self.states[id].phase = Phase::Running;
        self.running += 1;
        let mut moved = 0;
        let values = inputs
            .iter()
            .map(|&input| {
                let state = &mut self.states[input];
                let last = state.uses == 1 && !state.target && state.phase == Phase::Done;
                if last && !plan.entries[input].stays() {
                    state.phase = Phase::Idle;
                    self.resident.remove(&input);
                    moved += state.bytes;
                    state.value.take()
                } else {
                    state.value.clone()
                }
            })
            .collect();
        let TaskState { made_before: again, in_cache: load, .. } = self.states[id];
        let broken = self.broken.get(&id).cloned();
        Some(Job { id, inputs: Inputs(values), again, load, broken, moved })
    }

    /// Nothing is ready: demands the dropped value that is needed next. False if there is none.
    fn demand_ahead(&mut self) -> bool {
        let states = &self.states;
        self.evicted.retain(|&id| states[id].phase == Phase::Idle && states[id].uses > 0);
        let next = self.evicted.iter().filter_map(|&id| Some((self.next_use(id)?, id))).min();
        if let Some(((rank, _), id)) = next {
            self.demand(id, rank);
        }
        next.is_some()
    }

    fn drop_if_unused(&mut self, id: TaskId) {
        let state = &self.states[id];
        let stays = self.plan.entries[id].stays();
        if state.uses == 0 && state.phase == Phase::Done && !state.target && !stays {
            self.drop_value(id);
        }
    }

    fn drop_value(&mut self, id: TaskId) {
        self.resident.remove(&id);
        let state = &mut self.states[id];
        state.phase = Phase::Idle;
        self.ledger.dropped(state.bytes);
        self.garbage.extend(state.value.take().map(|value| (id, value)));
    }
}

impl Job {
    /// The task and what was moved into it, once its inputs are used up.
    pub(super) fn receipt(&self) -> (TaskId, usize) {
        (self.id, self.moved)
    }
}
