//! Plan of a run: handles to a list of distinct tasks, in the order in which one thread would run them.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::sync::Arc;

use super::checkpoint::Checkpoint;
use super::chunk_cache::ChunkCache;
use super::compute::Targets;
use super::key::{Key, KeyMap};
use super::node::{Action, Node};
use super::restore::{Graph, Keep, Slot, source_of_unknown, titled};
use super::warning::Warning;
use crate::error::remedy::lasting_identity;
use crate::error::shown::value;
use crate::error::{Error, ErrorKind, Result};

/// The number of a task in its plan: inputs have lower ones than what is made from them.
pub(super) type TaskId = usize;

/// A task's place in the serial order; lower is earlier.
pub(super) type Rank = usize;

/// The most names of tasks that are looked for one by one.
const MOST_KNOWN_TEXTS: usize = 64;

/// One distinct task.
pub(super) struct TaskEntry {
    pub(super) node: Arc<Node>,
    /// The tasks whose values it needs, in the order of the node's inputs.
    pub(super) inputs: Vec<TaskId>,
    /// The tasks that need its value, once for each time they need it.
    pub(super) consumers: Vec<TaskId>,
    /// When a single thread would run it.
    pub(super) rank: Rank,
    /// The source that it and all its inputs are made from, if it is made from one only and can
    /// be made again: what admitting that source leads to. What is made with a held value begins a
    /// family of its own: it waits for that value, and room set aside for it meanwhile would be
    /// missed by the sources that the value is made from.
    pub(super) family: Option<TaskId>,
    /// The kind of task: an index into [`Plan::stages`].
    pub(super) stage: usize,
    /// Every way from here to a target leads through a task that catches failures.
    pub(super) guarded: bool,
    /// Among tasks that could run, the lowest turn goes first: see [`Task::order`](super::Task::order).
    pub(super) turn: usize,
    /// Its turn is that of its first user: see [`Task::inputs_in_turn`](super::Task::inputs_in_turn).
    pub(super) follows: bool,
    /// The place in the checkpoint that its value goes to, if the run has one.
    pub(super) keep: Option<Keep>,
    /// The slot of the checkpoint that its value is read from, if it is.
    pub(super) restored: Option<Key>,
    /// The chunk cache seems to hold its value.
    pub(super) in_cache: bool,
    /// Only values that the chunk cache seems to hold are made from it: it is not needed, unless one of them
    /// turns out not to be there.
    pub(super) asleep: bool,
    /// In files it would be taken for another whose types bear the same names: it is neither kept nor cached.
    pub(super) namesake: bool,
    /// Its value is a result of the run.
    pub(super) is_target: bool,
}

impl TaskEntry {
    /// Its value is there already.
    pub(super) fn is_given(&self) -> bool {
        matches!(self.node.action, Action::Given(_))
    }

    /// Its value belongs in a chunk cache. One that the checkpoint holds is there already.
    pub(super) fn is_cached(&self) -> bool {
        self.node.task.cached.is_some() && !self.is_given() && self.restored.is_none() && !self.namesake
    }

    /// Its value is never dropped.
    pub(super) fn stays(&self) -> bool {
        self.is_given() || self.node.task.held
    }

    /// It does what its node's work is, as far as is known before the run, rather than have its value from
    /// elsewhere or none.
    pub(super) fn is_made(&self) -> bool {
        !self.is_given() && self.restored.is_none() && !self.in_cache && !self.asleep
    }
}

/// All tasks that the targets need.
pub(super) struct Plan {
    pub(super) entries: Vec<TaskEntry>,
    pub(super) targets: Vec<TaskId>,
    /// The distinct names and display names of tasks.
    pub(super) stages: Vec<(String, Option<Arc<str>>)>,
    /// The slots of the checkpoint that values go into.
    pub(super) slots: Vec<Slot>,
    /// The run has a chunk cache.
    has_cache: bool,
}

impl Plan {
    /// Walks the targets' graph; nodes with equal keys become one entry. What the checkpoint holds is
    /// restored, but not the values of `lost` tasks, which it seemed to hold. What the cache seems to hold
    /// is marked.
    ///
    /// # Errors
    /// That of any node which was built to fail, and whose failure is not caught; a value for the
    /// checkpoint whose key does not last.
    pub(super) fn new(
        targets: &Targets,
        checkpoint: Option<&Checkpoint>,
        cache: Option<&ChunkCache>,
        lost: &HashSet<Key>,
    ) -> Result<Plan> {
        let mut graph = distinct(targets);
        if checkpoint.is_some() || cache.is_some() {
            graph.claim();
        }
        let slots = checkpoint.map(|checkpoint| graph.restore(checkpoint, lost)).transpose()?.unwrap_or_default();
        let Graph { entries, targets } = graph;
        let mut plan = Plan { entries, targets, stages: Vec::new(), slots, has_cache: cache.is_some() };
        plan.find_guarded();
        for entry in &plan.entries {
            if let (Action::Fail(error), false) = (&entry.node.action, entry.guarded) {
                return Err(error.clone());
            }
        }
        if let Some(cache) = cache {
            plan.find_cached(cache);
        }
        plan.follow_users();
        plan.find_families();
        plan.find_stages();
        plan.rank();
        Ok(plan)
    }

    fn find_guarded(&mut self) {
        for id in (0..self.entries.len()).rev() {
            let stops = |&consumer: &TaskId| self.entries[consumer].node.catches || self.entries[consumer].guarded;
            self.entries[id].guarded = !self.entries[id].is_target && self.entries[id].consumers.iter().all(stops);
        }
    }

    /// Marks what lies in the cache, and what is not needed then. It stays in the plan: a file may turn out to
    /// be damaged, or be gone, when it is read.
    fn find_cached(&mut self, cache: &ChunkCache) {
        let mut needed = vec![false; self.entries.len()];
        self.targets.iter().for_each(|&target| needed[target] = true);
        for id in (0..self.entries.len()).rev() {
            let entry = &mut self.entries[id];
            entry.asleep = !needed[id];
            entry.in_cache = needed[id] && entry.is_cached() && cache.seems_to_hold(entry.node.task.key.in_files());
            if needed[id] && !entry.in_cache {
                entry.inputs.iter().for_each(|&input| needed[input] = true);
            }
        }
    }

    /// # Errors
    /// [`ErrorKind::TooLarge`]: a value is known beforehand not to fit into so many bytes.
    pub(super) fn check_sizes(&self, limit: usize) -> Result<()> {
        let mut made = self.entries.iter().filter(|entry| entry.is_made()).map(|entry| &entry.node.task);
        match made.find(|task| task.least_bytes > limit) {
            Some(task) => Err(task.place(Error::new(ErrorKind::TooLarge { bytes: task.least_bytes, limit }))),
            None => Ok(()),
        }
    }

    /// The keys of what belongs in a chunk cache.
    pub(super) fn cached_keys(&self) -> HashSet<Key> {
        self.entries.iter().filter(|entry| entry.is_cached()).map(|entry| entry.node.task.key.in_files()).collect()
    }

    /// Warnings about the plan itself, each with the rank of the task.
    pub(super) fn warnings(&self) -> Vec<(Rank, Warning)> {
        let namesakes = self.entries.iter().filter(|entry| entry.namesake && entry.is_made());
        let warning = |entry: &TaskEntry| {
            let message = "it is neither kept nor cached, for in a file it would be taken for that of another type of the \
                           same name: rename one of the types";
            (entry.rank, entry.node.task.warning(message.into()))
        };
        namesakes.map(warning).chain(self.uncached()).collect()
    }

    /// Warnings about values that would be in the chunk cache if another process knew them: one for each task that is the
    /// cause.
    fn uncached(&self) -> Vec<(Rank, Warning)> {
        let unknown = |entry: &&TaskEntry| self.has_cache && entry.node.task.unknown_in_cache && entry.is_made();
        let mut found: HashMap<(String, String), (&TaskEntry, usize)> = HashMap::new();
        for entry in self.entries.iter().filter(unknown) {
            let names = (titled(&entry.node), titled(source_of_unknown(&entry.node)));
            let (first, count) = found.entry(names).or_insert((entry, 0));
            *count += 1;
            if entry.rank < first.rank {
                *first = entry;
            }
        }
        let warning = |((_, cause), (first, count)): ((String, String), (&TaskEntry, usize))| {
            let cause = value(&cause).to_string();
            let message = format!(
                "{count} of its chunks are not in the chunk cache, but made anew by every run: they depend on {cause}, which \
                 only this process knows; {}",
                lasting_identity(&cause)
            );
            (first.rank, first.node.task.warning(message))
        };
        found.into_iter().map(warning).collect()
    }

    /// Rows are in an order in which every input stands before its consumers.
    fn find_families(&mut self) {
        for id in 0..self.entries.len() {
            let entry = &self.entries[id];
            if !entry.node.task.remakeable {
                continue;
            }
            // Values that are given, or carried from chunk to chunk, belong to no family and do not count.
            let counts = |&input: &TaskId| !self.entries[input].is_given() && !self.entries[input].node.task.carried;
            let made_with_held = entry.inputs.iter().any(|input| counts(input) && self.entries[*input].stays());
            let family = if entry.inputs.is_empty() || made_with_held {
                Some(id)
            } else {
                // So does what is made of several sources: it may have to wait for room after they are there.
                let mut families = entry.inputs.iter().copied().filter(counts).map(|input| self.entries[input].family);
                let first = families.next().flatten();
                first.map(|first| if families.all(|other| other == Some(first)) { first } else { id })
            };
            self.entries[id].family = family;
        }
    }

    fn find_stages(&mut self) {
        let mut numbers = HashMap::new();
        // Mostly the very same texts come again and again.
        let mut known: Vec<(_, usize)> = Vec::new();
        for entry in &mut self.entries {
            let task = &entry.node.task;
            let texts = (task.name.as_ptr(), task.name.len(), task.display_name.as_ref().map(Arc::as_ptr));
            if let Some((_, stage)) = known.iter().find(|(known, _)| *known == texts) {
                entry.stage = *stage;
                continue;
            }
            entry.stage =
                *numbers.entry((task.name.to_string(), task.display_name.clone())).or_insert_with_key(|stage| {
                    self.stages.push(stage.clone());
                    self.stages.len() - 1
                });
            if known.len() < MOST_KNOWN_TEXTS {
                known.push((texts, entry.stage));
            }
        }
    }

    /// Runs the plan in thought on a single thread: among the tasks that could run, the earliest
    /// turn first, the deepest of those, so that a chunk is read, used and dropped before the next.
    fn rank(&mut self) {
        let mut depth = vec![0usize; self.entries.len()];
        for id in 0..self.entries.len() {
            depth[id] = self.entries[id].inputs.iter().map(|&input| depth[input] + 1).max().unwrap_or(0);
        }
        let turn = |entries: &[TaskEntry], id: TaskId| Reverse((entries[id].turn, Reverse(depth[id]), id));
        let mut missing: Vec<usize> = self.entries.iter().map(|entry| entry.inputs.len()).collect();
        let first = (0..self.entries.len()).filter(|&id| missing[id] == 0);
        let mut ready: BinaryHeap<_> = first.map(|id| turn(&self.entries, id)).collect();
        let mut rank = 0;
        while let Some(Reverse((_, _, id))) = ready.pop() {
            self.entries[id].rank = rank;
            rank += 1;
            for i in 0..self.entries[id].consumers.len() {
                let consumer = self.entries[id].consumers[i];
                missing[consumer] -= 1;
                if missing[consumer] == 0 {
                    ready.push(turn(&self.entries, consumer));
                }
            }
        }
    }
}

/// One entry a key, inputs before consumers, and the entries of the targets.
fn distinct(targets: &Targets) -> Graph {
    let targets = targets.nodes();
    let mut entries: Vec<TaskEntry> = Vec::new();
    let mut ids: KeyMap<Option<TaskId>> = KeyMap::default();
    // Depth first without recursion: a node is seen twice, before and after its inputs.
    let mut stack: Vec<(Arc<Node>, bool)> = targets.iter().rev().map(|&node| (node.clone(), false)).collect();
    while let Some((node, inputs_done)) = stack.pop() {
        if !inputs_done {
            if let Entry::Vacant(entry) = ids.entry(node.task.key) {
                entry.insert(None);
                stack.push((node.clone(), true));
                stack.extend(node.inputs.iter().rev().map(|input| (input.clone(), false)));
            }
            continue;
        }
        let id = entries.len();
        let inputs: Vec<TaskId> =
            node.inputs.iter().map(|input| ids[&input.task.key].expect("inputs come before consumers")).collect();
        for &input in &inputs {
            entries[input].consumers.push(id);
        }
        ids.insert(node.task.key, Some(id));
        entries.push(TaskEntry {
            turn: node.turn.unwrap_or(0),
            follows: false,
            node,
            inputs,
            consumers: Vec::new(),
            rank: 0,
            family: None,
            stage: 0,
            guarded: false,
            keep: None,
            restored: None,
            in_cache: false,
            asleep: false,
            namesake: false,
            is_target: false,
        });
    }
    let targets: Vec<TaskId> =
        targets.iter().map(|node| ids[&node.task.key].expect("every target was walked")).collect();
    targets.iter().for_each(|&target| entries[target].is_target = true);
    Graph { entries, targets }
}
