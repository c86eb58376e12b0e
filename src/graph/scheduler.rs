//! Scheduler: which task runs next, and how long its value lives.
//!
//! Its tasks are what the submissions of a session need; tasks of equal keys are one ([`join`] and [`leave`]).
//!
//! - The ready task of the lowest rank goes first, so that any number of threads follows the
//!   order of one. Ranks follow the order of submissions, then each submission's plan.
//! - A value is dropped after its last consumer, and moved into it. Where further submissions may join, a chunk that
//!   has been used stays as long as there is room, for one that needs it, too ([`spare`]).
//! - A source is admitted only while what it leads to fits the memory limit beside what is held;
//!   so is what is made of a source and of a value that stays to the end ([`admission`]).
//!   To make room, values that can be made again are dropped, the one whose next use is furthest
//!   away first (Belady 1966), but none that is needed before the source's own.
//! - A dropped value that is needed is demanded: its task, and those of its inputs that are gone
//!   too, run again with the rank of the task that needs it ([`demand`]). A thread that would idle demands the
//!   one needed next ahead of time.
//! - Of values whose size is not known yet the first is made while no other that counts is, and measured.
//! - Nothing runs further ahead of its submission's earliest unfinished task than a few chunks: threads that
//!   would idle else fill the memory with what is needed much later.
//! - A task whose first input settles its value needs no others; what is not needed any more does not run.
//! - A value that lies in the chunk cache needs no inputs, and is a source itself: now as ever, when it
//!   was dropped and is needed again. If it turns out not to be there, it needs its inputs after all.
//! - If nothing else runs, the next source is admitted whatever the limit says, for sizes are guessed
//!   before a value is there. One that does not fit with its inputs, and nothing else, is an error.
//! - A failure ends the submissions that need the value and do not catch it, and no other.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};
use std::mem;
use std::sync::Arc;

use super::key::KeyMap;
use super::memory::{Ledger, ProcessMemory};
use super::node::{Action, Failed, Inputs, Node, Value};
use super::panics::caught;
use super::plan::Rank;
use super::run_checkpoint::Keep;
use super::warning::Warning;
use crate::error::{Error, ErrorKind};

mod admission;
#[cfg(test)]
mod audit;
mod demand;
mod join;
mod leave;
mod owners;
mod spare;
mod start;
mod submission;

#[cfg(test)]
pub(super) use audit::Audit;
pub(super) use join::{Joined, LateKeep};
pub(super) use leave::{Dropped, Ended, Garbage};
use owners::Owners;
pub(super) use submission::SubmissionId;
use submission::{StageNumbers, Submission};

/// The number of a task in its scheduler. It is free again when no submission has the task any more.
pub(super) type TaskId = usize;

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
    /// Nobody has the task: its number is free.
    Vacant,
}

/// A task of the submissions that have it.
struct TaskState {
    node: Arc<Node>,
    /// The submissions that have it in their plans.
    owners: Owners,
    /// The tasks whose values it needs, in the order of the node's inputs.
    inputs: Vec<TaskId>,
    /// The tasks that need its value, once for each time they need it.
    consumers: Vec<TaskId>,
    rank: Rank,
    /// See [`Task::order`](super::Task::order).
    turn: usize,
    /// See [`TaskEntry::follows`](super::plan::TaskEntry::follows).
    follows: bool,
    /// The source that it and all its inputs are made from: see [`TaskEntry::family`](super::plan::TaskEntry::family).
    family: Option<TaskId>,
    /// Of a source: the members of its family.
    members: Vec<TaskId>,
    /// The kind of task, by the numbers of the ledger.
    stage: usize,
    /// The slot of the checkpoint that its value is read from, if it is.
    restored: Option<super::key::Key>,
    /// The slots of the checkpoint that its value goes to.
    keeps: Vec<Keep>,
    /// Its value belongs in the chunk cache.
    is_cached: bool,
    phase: Phase,
    priority: Priority,
    value: Option<Value>,
    /// The bytes of the value, or of the last one that was there.
    bytes: usize,
    /// The bytes that are set aside for the value.
    reserved: usize,
    /// The number of times that tasks which are waiting, ready or running will use the value.
    uses: usize,
    /// The number of those that running tasks have in hand: they do not need the task to run.
    in_hand: usize,
    /// The number of missing inputs.
    missing: usize,
    /// The tasks that wait for the value.
    waiters: Vec<TaskId>,
    /// The number of submissions that it is a target of, and of ended ones whose results still hold its value.
    pins: usize,
    /// The submission that its value was made for last.
    made_for: Option<SubmissionId>,
    /// It was made, or found not to be needed.
    passed: bool,
    /// Its first input settled its value: it needs no others.
    settled: bool,
    /// Its value lies in the chunk cache, as far as is known: it needs no inputs.
    in_cache: bool,
    /// Warnings about the value, for submissions that share it.
    warnings: Vec<Warning>,
}

impl TaskState {
    /// Its value stays as long as a submission has it.
    fn stays(&self) -> bool {
        matches!(self.node.action, Action::Given(_)) || self.node.task.held
    }

    /// It holds memory, and could be made again.
    fn is_chunk(&self) -> bool {
        self.bytes > 0 && self.node.task.remakeable
    }

    fn is_pending(&self) -> bool {
        matches!(self.phase, Phase::Waiting | Phase::Ready)
    }

    /// It is wanted, and not there yet.
    fn is_wanted(&self) -> bool {
        self.is_pending() || self.phase == Phase::Running
    }
}

/// A task to be run by a worker, outside the scheduler's lock.
pub(super) struct Job {
    pub(super) id: TaskId,
    pub(super) node: Arc<Node>,
    /// The submission that it runs for.
    pub(super) submission: SubmissionId,
    /// Its number in that submission's plan.
    pub(super) local: super::plan::TaskId,
    pub(super) inputs: Inputs,
    /// True if the task ran before for this submission, and its value was dropped since.
    pub(super) again: bool,
    /// True if the value is to be read from the chunk cache.
    pub(super) load: bool,
    /// True if the value belongs in the chunk cache.
    pub(super) is_cached: bool,
    /// The slot of the checkpoint that the value is to be read from, if it is.
    pub(super) restored: Option<super::key::Key>,
    /// The slots of the checkpoint that the value goes to.
    pub(super) keeps: Vec<Keep>,
    /// The task failed before it began.
    pub(super) broken: Option<Error>,
    /// The bytes of the inputs that were moved into the job.
    pub(super) moved: usize,
}

/// The tasks of a session's submissions, and how far each is.
pub(super) struct Scheduler {
    tasks: Vec<TaskState>,
    vacant: Vec<TaskId>,
    /// Stands where a task was.
    no_node: Arc<Node>,
    /// The tasks by key. None if nothing will join.
    index: Option<KeyMap<TaskId>>,
    submissions: BTreeMap<SubmissionId, Submission>,
    /// The tasks whose values the results of ended submissions hold.
    held: BTreeMap<SubmissionId, Vec<TaskId>>,
    next_submission: SubmissionId,
    next_rank: Rank,
    stages: StageNumbers,
    ready: Queue,
    sources: Queue,
    /// Values that are there, hold bytes, and could be made again.
    resident: BTreeSet<TaskId>,
    /// Values that are there for submissions which may join.
    spare: BTreeSet<(Rank, TaskId)>,
    /// Values that were dropped while still wanted; may name some that are back.
    evicted: Vec<TaskId>,
    ledger: Ledger,
    /// The number of turns that tasks may run ahead of the frontier, and of sources where these have turns far from each other.
    window: usize,
    running: usize,
    /// Of the running tasks, those that make values which are measured.
    measuring: usize,
    /// Tasks of which the predicate panicked that says whether their first input settles their value.
    broken: HashMap<TaskId, Error>,
    /// Submissions that have come to an end, to be taken by [`take_ended`](Self::take_ended).
    ended: Vec<SubmissionId>,
    /// Values, errors and nodes that are not needed, to be dropped outside the lock.
    garbage: Vec<Garbage>,
}

impl Scheduler {
    /// A scheduler without tasks, for a pool of so many threads. `open`: further submissions may join those that run.
    pub(super) fn new(memory: ProcessMemory, threads: usize, open: bool) -> Self {
        Scheduler {
            tasks: Vec::new(),
            vacant: Vec::new(),
            no_node: Node::none(),
            index: open.then(KeyMap::default),
            submissions: BTreeMap::new(),
            held: BTreeMap::new(),
            next_submission: 0,
            next_rank: 0,
            stages: StageNumbers::default(),
            ready: Queue::new(),
            sources: Queue::new(),
            resident: BTreeSet::new(),
            spare: BTreeSet::new(),
            evicted: Vec::new(),
            ledger: Ledger::new(memory),
            window: 2 * threads + 2,
            running: 0,
            measuring: 0,
            broken: HashMap::new(),
            ended: Vec::new(),
            garbage: Vec::new(),
        }
    }

    /// True if submissions may join those that run.
    fn is_open(&self) -> bool {
        self.index.is_some()
    }

    /// True if no submission is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.submissions.is_empty() && self.running == 0
    }

    /// Notes the resident memory of the process, from which the room for chunks follows.
    pub(super) fn note_resident(&mut self, bytes: usize) {
        self.ledger.note_resident(bytes);
    }

    /// The bytes that values hold now.
    pub(super) fn held_bytes(&self) -> usize {
        self.ledger.held()
    }

    /// A job is done. Its inputs have been dropped by the caller, so that the next user of a
    /// value that no other task needs can have it by move. The value holds so many bytes.
    /// If value and inputs are more than the limit allows at all, the task has failed. `is_cached`: it can be had from
    /// the chunk cache from now on.
    pub(super) fn complete(&mut self, id: TaskId, moved: usize, value: Value, bytes: usize, is_cached: bool) {
        let with_inputs = bytes + self.needed(id).map(|input| self.tasks[input].bytes).sum::<usize>();
        if bytes > 0 && with_inputs > self.ledger.limit() {
            let error = Error::new(ErrorKind::TooLarge { bytes: with_inputs, limit: self.ledger.limit() });
            let error = self.tasks[id].node.task.place(error);
            self.throw_away(id, value);
            return self.fail(id, moved, error, true);
        }
        self.end_running(id);
        if !self.has_use(id) {
            self.ledger.dropped(moved);
            self.ledger.set_free(mem::take(&mut self.tasks[id].reserved));
            self.tasks[id].phase = Phase::Idle;
            self.throw_away(id, value);
            self.release_inputs(id);
            return self.vacate(&[id]);
        }
        let failed = value.is::<Failed>();
        let task = &mut self.tasks[id];
        self.ledger.made(task.stage, bytes, mem::take(&mut task.reserved));
        self.ledger.dropped(moved);
        task.value = Some(value);
        task.bytes = bytes;
        task.phase = Phase::Done;
        task.passed = true;
        task.made_for = task.owners.first().map(|owner| owner.submission);
        if task.is_chunk() {
            self.resident.insert(id);
        }
        self.release_inputs(id);
        self.tasks[id].in_cache |= is_cached;
        self.wake_waiters(id);
        self.drop_if_unused(id);
        self.shed(self.ledger.excess(0));
        if !failed {
            self.reach_targets(id);
        }
        self.advance(id);
    }

    /// The tasks that wait for a value, which is there now.
    fn wake_waiters(&mut self, id: TaskId) {
        let waiters = mem::take(&mut self.tasks[id].waiters);
        let mut settled = Vec::new();
        for &waiter in &waiters {
            if !self.tasks[waiter].settled && self.is_settled_by(id, waiter) {
                settled.push(waiter);
            }
        }
        for waiter in waiters {
            // Another that was settled has done without this one, or it stands here twice.
            if self.tasks[waiter].phase != Phase::Waiting {
                continue;
            }
            if settled.contains(&waiter) {
                self.settle(waiter);
                continue;
            }
            self.tasks[waiter].missing -= 1;
            if self.tasks[waiter].missing == 0 {
                self.make_ready(waiter);
            }
        }
    }

    /// A value was not to be had from the chunk cache after all: it is made of its inputs.
    pub(super) fn missed(&mut self, id: TaskId, moved: usize) {
        self.end_running(id);
        self.ledger.dropped(moved);
        self.tasks[id].in_cache = false;
        self.tasks[id].phase = Phase::Idle;
        if !self.has_use(id) {
            self.ledger.set_free(mem::take(&mut self.tasks[id].reserved));
            return self.vacate(&[id]);
        }
        self.uncount_end(id);
        self.want(id);
        let rank = self.tasks[id].priority.0;
        for i in 0..self.n_needed(id) {
            self.demand(self.tasks[id].inputs[i], rank);
        }
    }

    /// A job failed. It ends the submissions that have the task and do not catch its failure: all, if it is not
    /// `catchable`.
    /// Of several failures of a submission the one that a single thread would have met is kept.
    pub(super) fn fail(&mut self, id: TaskId, moved: usize, error: Error, catchable: bool) {
        let mut failed = Vec::new();
        let mut is_caught = false;
        for owner in self.tasks[id].owners.iter() {
            let Some(submission) = self.submissions.get(&owner.submission) else { continue };
            let entry = &submission.plan.entries[owner.local];
            if catchable && entry.guarded {
                is_caught |= !submission.is_ending();
            } else {
                failed.push((owner.submission, entry.rank));
            }
        }
        for &(submission, rank) in &failed {
            self.blame(submission, rank, error.clone());
        }
        if is_caught {
            return self.complete(id, moved, Arc::new(Failed(error)), 0, false);
        }
        self.end_running(id);
        self.ledger.dropped(moved);
        let task = &mut self.tasks[id];
        task.phase = Phase::Idle;
        self.ledger.set_free(mem::take(&mut task.reserved));
        self.throw_away(id, Arc::new(Failed(error)));
        self.release_inputs(id);
        self.vacate(&[id]);
    }

    /// A running task has come to its end, whatever that is.
    fn end_running(&mut self, id: TaskId) {
        self.running -= 1;
        self.measuring -= usize::from(self.tasks[id].node.task.measure.is_some());
        self.ledger.end_work(self.tasks[id].node.task.working_bytes);
        self.end_in_submissions(id);
    }

    /// A task that has run needs its inputs no longer.
    fn release_inputs(&mut self, id: TaskId) {
        let mut all_used = true;
        for i in 0..self.n_needed(id) {
            let input = self.tasks[id].inputs[i];
            self.tasks[input].uses -= 1;
            self.tasks[input].in_hand -= 1;
            self.drop_if_unused(input);
            all_used &= self.has_use(input);
        }
        if !all_used {
            let inputs = self.tasks[id].inputs.clone();
            self.vacate(&inputs);
        }
    }

    fn drop_if_unused(&mut self, id: TaskId) {
        let task = &self.tasks[id];
        if task.uses > 0 || task.phase != Phase::Done || task.pins > 0 {
            return;
        }
        match task.owners.first() {
            Some(_) if task.stays() => {}
            Some(_) if self.is_open() && task.is_chunk() => {
                self.spare.insert((task.rank, id));
            }
            _ => self.drop_value(id),
        }
    }

    fn drop_value(&mut self, id: TaskId) {
        self.resident.remove(&id);
        let task = &mut self.tasks[id];
        self.spare.remove(&(task.rank, id));
        task.phase = Phase::Idle;
        self.ledger.dropped(task.bytes);
        if let Some(value) = task.value.take() {
            self.throw_away(id, value);
        }
    }

    /// Whether the value of `first`, which is there, is a task's first input and settles its value. If the predicate
    /// panics, the task will fail.
    fn is_settled_by(&mut self, first: TaskId, id: TaskId) -> bool {
        let task = &self.tasks[id];
        let Some(settled) = task.node.settled.as_ref().filter(|_| task.inputs.first() == Some(&first)) else {
            return false;
        };
        let Some(value) = &self.tasks[first].value else { return false };
        caught(|| Ok(settled(&**value))).unwrap_or_else(|error| {
            self.broken.insert(id, task.node.task.place(error));
            false
        })
    }
}
