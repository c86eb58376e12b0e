//! Explanation of a run before it starts: its tasks, and what they would read and take.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};
use std::path::Path;
use std::sync::Arc;

use super::compute::Targets;
use super::key::KeyMap;
use super::memory::ProcessMemory;
use super::node::{Action, Node};
use super::plan::{Plan, TaskEntry, TaskId};
use super::units::{bytes, count, counted};

/// The work that a run would do: its tasks by kind, what they share, what they read, and about how much
/// memory that takes. Made by [`Runtime::explain`](super::Runtime::explain); shown with `{}`.
///
/// ```
/// use chunkfit::{Chunks, Runtime};
/// let chunks = Chunks::from_fn("count", 3, |c| Ok(vec![c; 10]));
/// let sums = chunks.map("sum", |chunk| chunk.iter().sum::<usize>());
/// let plan = Runtime::new().explain(&sums)?;
/// assert_eq!((plan.tasks, plan.sources, plan.chunks), (6, 3, 3));
/// println!("{plan}");
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Explanation {
    /// The kinds of tasks, inputs before what is made from them; those of a
    /// [`Summary`](super::Summary) of the same run, in the same order.
    pub stages: Vec<PlannedStage>,
    /// The uses between kinds of tasks: one kind's values by another.
    pub edges: Vec<PlannedEdge>,
    /// The number of handles on values to be computed that the targets lead to.
    pub handles: usize,
    /// The number of distinct tasks, each of which runs once (if memory allows).
    pub tasks: usize,
    /// The number of values that are there already.
    pub given: usize,
    /// The number of values that are in the checkpoint and will be read from there; what only they need is
    /// not planned at all.
    pub restored: usize,
    /// The number of values that seem to be in the chunk cache and will be read from there; what only they need
    /// is not made.
    pub in_cache: usize,
    /// The number of tasks without inputs: they read from the outside world.
    pub sources: usize,
    /// The number of different chunk numbers that the tasks name.
    pub chunks: usize,
    /// The files that the tasks name, sorted.
    pub files: Vec<Arc<Path>>,
    /// The bytes that the sources are expected to hold together: for files, their size.
    pub expected_source_bytes: usize,
    /// The most that measured values are expected to hold at once, in bytes, on one thread with no
    /// memory limit. A floor if `unknown_sizes` is not 0. Further threads read further chunks
    /// ahead; models are not counted.
    pub expected_peak_bytes: usize,
    /// The number of measured values whose size nothing hints at.
    pub unknown_sizes: usize,
    /// The most that one task takes while it runs beside its inputs and its value, in bytes: buffers of readers and
    /// decompressors. Each thread may take so many.
    pub working_bytes: usize,
    /// The bytes on disk that the contents of compressed files, and of those in other encodings than UTF-8, were decoded into:
    /// [`Task::spilled_bytes`](super::Task::spilled_bytes) of all files.
    pub spilled_bytes: usize,
    /// The memory limit of the process in bytes: [`Runtime::memory_limit`](super::Runtime::memory_limit).
    pub memory_limit: usize,
    /// The bytes that the process had in memory before the run; 0 where the system does not say.
    pub process_bytes: usize,
    /// The bytes that the limit leaves for chunks and for tasks that run: without what the process has, and 5 MiB for each thread
    /// after the first, whose allocations the allocator keeps for the next. Models and results come off it as they are
    /// made.
    pub chunk_limit: usize,
    /// `expected_peak_bytes` of those values alone whose tasks state their size, where others are guessed to be as large as
    /// their sources.
    stated_peak_bytes: usize,
    /// Every value of the graph, inputs first.
    pub(super) values: Vec<PlannedValue>,
}

/// The tasks of one name and display name, before they run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedStage {
    /// The tasks' name, e.g. `vectorize`.
    pub name: String,
    /// The display name that tells them from others of that name, e.g. the model's.
    pub display_name: Option<Arc<str>>,
    /// The number of distinct tasks.
    pub tasks: usize,
    /// The number of handles that ask for them: more than `tasks` where work is shared.
    pub handles: usize,
    /// The number of values of this kind that are there already and need no task.
    pub given: usize,
    /// The number of values of this kind that will be read from the checkpoint instead.
    pub restored: usize,
    /// The number of values of this kind that will be read from the chunk cache instead.
    pub in_cache: usize,
}

/// The uses of one kind's values by tasks of another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedEdge {
    /// The kind of the values: an index into [`Explanation::stages`].
    pub from: usize,
    /// The kind of the tasks that use them: an index into [`Explanation::stages`].
    pub to: usize,
    /// The number of times that a task of the one uses a value of the other.
    pub uses: usize,
}

/// One value of the graph.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PlannedValue {
    pub(super) stage: usize,
    pub(super) chunk: Option<usize>,
    /// It is there already, or is read from the checkpoint or the chunk cache.
    pub(super) given: bool,
    /// It is needed only if the chunk cache lacks something.
    pub(super) asleep: bool,
    pub(super) inputs: Vec<TaskId>,
}

impl Explanation {
    pub(super) fn new(plan: &Plan, targets: &Targets, memory: ProcessMemory) -> Self {
        let of_stages = Self::of_stages(plan, targets, memory);
        let (expected_peak_bytes, unknown_sizes) = expected_peak(plan);
        let stated_peak_bytes = peak(plan, |id| stated_size(&plan.entries[id]).unwrap_or(0));
        let made = || plan.entries.iter().filter(|entry| entry.is_made());
        let sources = || made().filter(|entry| entry.inputs.is_empty());
        let files: BTreeMap<Arc<Path>, usize> =
            made().filter_map(|entry| Some((entry.node.task.file.clone()?, entry.node.task.spilled_bytes))).collect();
        Explanation {
            sources: sources().count(),
            chunks: plan.entries.iter().filter_map(|entry| entry.node.task.chunk).collect::<HashSet<_>>().len(),
            spilled_bytes: files.values().sum(),
            files: files.into_keys().collect(),
            expected_source_bytes: sources().map(|entry| entry.node.task.expected_bytes).sum(),
            expected_peak_bytes,
            unknown_sizes,
            working_bytes: made().map(|entry| entry.node.task.working_bytes).max().unwrap_or(0),
            stated_peak_bytes,
            values: plan.entries.iter().map(value).collect(),
            ..of_stages
        }
    }

    /// The stages and their edges alone, without what is known of single values: it takes a fraction of the time.
    pub(super) fn of_stages(plan: &Plan, targets: &Targets, memory: ProcessMemory) -> Self {
        let stage = |(name, display_name): &(String, Option<Arc<str>>)| PlannedStage {
            name: name.clone(),
            display_name: display_name.clone(),
            tasks: 0,
            handles: 0,
            given: 0,
            restored: 0,
            in_cache: 0,
        };
        let mut stages: Vec<PlannedStage> = plan.stages.iter().map(stage).collect();
        for entry in &plan.entries {
            let stage = &mut stages[entry.stage];
            stage.given += usize::from(entry.is_given());
            stage.restored += usize::from(entry.restored.is_some());
            stage.in_cache += usize::from(entry.in_cache);
            stage.tasks += usize::from(entry.is_made());
        }
        count_handles(plan, targets, &mut stages);
        Explanation {
            edges: edges(plan),
            handles: stages.iter().map(|stage| stage.handles).sum(),
            tasks: stages.iter().map(|stage| stage.tasks).sum(),
            given: stages.iter().map(|stage| stage.given).sum(),
            restored: stages.iter().map(|stage| stage.restored).sum(),
            in_cache: stages.iter().map(|stage| stage.in_cache).sum(),
            sources: 0,
            chunks: 0,
            files: Vec::new(),
            expected_source_bytes: 0,
            expected_peak_bytes: 0,
            unknown_sizes: 0,
            working_bytes: 0,
            spilled_bytes: 0,
            memory_limit: memory.limit,
            process_bytes: memory.baseline,
            chunk_limit: memory.budget(),
            stated_peak_bytes: 0,
            values: Vec::new(),
            stages,
        }
    }

    /// The number of handles that ask for a task that another handle asks for too: work that is not done
    /// twice.
    pub fn shared(&self) -> usize {
        self.handles - self.tasks
    }
}

impl PlannedStage {
    /// Name and display name, e.g. `partial_fit · sgd`.
    pub fn title(&self) -> String {
        super::summary::title(&self.name, self.display_name.as_deref())
    }
}

fn value(entry: &TaskEntry) -> PlannedValue {
    PlannedValue {
        stage: entry.stage,
        chunk: entry.node.task.chunk,
        given: !entry.is_made(),
        asleep: entry.asleep,
        inputs: entry.inputs.clone(),
    }
}

/// Counts the nodes themselves, where the plan counts their keys.
fn count_handles(plan: &Plan, targets: &Targets, stages: &mut [PlannedStage]) {
    // Each task has a node of its own in the plan. Further ones with its key are found at the side of those.
    let mut others = targets.nodes();
    if others.len() == plan.targets.len() {
        let mut own = plan.targets.iter().map(|&id| &plan.entries[id].node);
        others.retain(|node| !own.next().is_some_and(|own| Arc::ptr_eq(own, node)));
    }
    for entry in &plan.entries {
        let made = entry.is_made();
        stages[entry.stage].handles += usize::from(made);
        if made && entry.inputs.is_empty() {
            continue;
        }
        let mut own = entry.inputs.iter().map(|&id| &plan.entries[id].node);
        others.extend(entry.node.inputs.iter().filter(|node| !own.next().is_some_and(|own| Arc::ptr_eq(own, node))));
    }
    if !others.is_empty() {
        count_others(plan, others, stages);
    }
}

/// Counts the nodes that are not the plan's own, and those that lead to them.
fn count_others<'a>(plan: &'a Plan, mut others: Vec<&'a Arc<Node>>, stages: &mut [PlannedStage]) {
    // A display name is no part of a key: the same task may go by several, and runs under one.
    let made = plan.entries.iter().filter(|entry| entry.is_made());
    let tasks: KeyMap<&TaskEntry> = made.map(|entry| (entry.node.task.key, entry)).collect();
    let mut seen: HashSet<usize, BuildHasherDefault<PlaceHasher>> = HashSet::default();
    while let Some(node) = others.pop() {
        let task = tasks.get(&node.task.key);
        if task.is_some_and(|task| Arc::ptr_eq(&task.node, node)) || !seen.insert(Arc::as_ptr(node).addr()) {
            continue;
        }
        // What a node beside the plan's own leads to has keys of the plan as well, for a key is made of its inputs'; where
        // a caller's is not, it has no task to be counted with.
        if let Some(task) = task.filter(|_| !matches!(node.action, Action::Given(_))) {
            stages[task.stage].handles += 1;
        }
        others.extend(&node.inputs);
    }
}

/// A hasher of places in memory, which are of nobody's choosing.
#[derive(Default)]
struct PlaceHasher(u64);

impl Hasher for PlaceHasher {
    fn write_usize(&mut self, place: usize) {
        // The lowest bits are always the same.
        self.0 = (place as u64 >> 4).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(32);
    }

    /// Places do not come here.
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, &byte| hash.rotate_left(5) ^ u64::from(byte));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

fn edges(plan: &Plan) -> Vec<PlannedEdge> {
    let mut uses = BTreeMap::<(usize, usize), usize>::new();
    for entry in &plan.entries {
        for &input in entry.inputs.iter().filter(|_| entry.is_made()) {
            *uses.entry((plan.entries[input].stage, entry.stage)).or_default() += 1;
        }
    }
    uses.into_iter().map(|((from, to), uses)| PlannedEdge { from, to, uses }).collect()
}

/// The most that values are expected to hold at once; and the number of those whose size nothing hints at.
fn expected_peak(plan: &Plan) -> (usize, usize) {
    let size = |entry: &TaskEntry| {
        let source = entry.family.map_or(0, |source| plan.entries[source].node.task.expected_bytes);
        stated_size(entry).or_else(|| Some(source).filter(|&bytes| bytes > 0))
    };
    let sizes: Vec<Option<usize>> = plan.entries.iter().map(size).collect();
    let unknown = sizes.iter().filter(|size| size.is_none()).count();
    (peak(plan, |id| sizes[id].unwrap_or(0)), unknown)
}

/// The bytes that a value is stated to hold; 0 where it does not count.
fn stated_size(entry: &TaskEntry) -> Option<usize> {
    let task = &entry.node.task;
    if task.measure.is_none() || entry.is_given() || entry.asleep {
        return Some(0);
    }
    Some(task.expected_bytes).filter(|&bytes| bytes > 0)
}

/// The most that values of these sizes hold at once in the order of one thread.
fn peak(plan: &Plan, bytes: impl Fn(TaskId) -> usize) -> usize {
    let mut in_order: Vec<TaskId> = (0..plan.entries.len()).collect();
    in_order.sort_unstable_by_key(|&id| plan.entries[id].rank);
    let mut uses: Vec<usize> = plan.entries.iter().map(|entry| entry.consumers.len()).collect();
    for &target in &plan.targets {
        uses[target] += 1;
    }
    let (mut held, mut peak) = (0, 0);
    for id in in_order {
        held += bytes(id);
        peak = peak.max(held);
        for &input in &plan.entries[id].inputs {
            uses[input] -= 1;
            held -= if uses[input] == 0 { bytes(input) } else { 0 };
        }
    }
    peak
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tasks = counted(self.tasks, "task");
        writeln!(f, "{tasks} for {} ({} shared)", counted(self.handles, "handle"), count(self.shared()))?;
        write!(f, "{} over {}", counted(self.sources, "source"), counted(self.chunks, "chunk"))?;
        if !self.files.is_empty() {
            write!(f, " in {}", counted(self.files.len(), "file"))?;
        }
        if self.expected_source_bytes > 0 {
            write!(f, ", about {}", bytes(self.expected_source_bytes))?;
        }
        if self.restored > 0 {
            write!(f, "\n{} restored from the checkpoint", counted(self.restored, "value"))?;
        }
        if self.in_cache > 0 {
            write!(f, "\n{} read from the chunk cache", counted(self.in_cache, "value"))?;
        }
        let (peak, limit) = (bytes(self.expected_peak_bytes), bytes(self.chunk_limit));
        match (self.expected_peak_bytes, self.unknown_sizes) {
            (_, 0) => write!(f, "\nchunks in memory: about {peak} on one thread, {limit} allowed")?,
            (0, _) => write!(f, "\nchunks in memory: not known before they are made, {limit} allowed")?,
            _ => write!(f, "\nchunks in memory: at least {peak} on one thread, {limit} allowed")?,
        }
        if self.expected_peak_bytes > self.chunk_limit {
            // A guess that is too high is the rule: parts of a chunk are taken to be as large as the whole.
            let only_if =
                if self.stated_peak_bytes > self.chunk_limit { "" } else { "only if they turn out so large, " };
            let made = if self.in_cache > 0 { "made or read" } else { "made" };
            write!(f, "; {only_if}some will be dropped and {made} again")?;
        }
        if self.working_bytes > 0 {
            write!(f, "\nreading takes up to {} more on each thread", bytes(self.working_bytes))?;
        }
        if self.spilled_bytes > 0 {
            write!(f, "\ncontents of files decoded on disk: {}", bytes(self.spilled_bytes))?;
        }
        let (limit, process) = (bytes(self.memory_limit), bytes(self.process_bytes));
        write!(f, "\nmemory limit: {limit}, of which the process has {process}")?;
        let titles: Vec<String> = self.stages.iter().map(PlannedStage::title).collect();
        let width = titles.iter().map(|title| title.chars().count()).max().unwrap_or(0).max("stage".len());
        write!(f, "\n\n{:width$}  {:>9}  {:>9}", "stage", "tasks", "handles")?;
        for (stage, title) in self.stages.iter().zip(&titles).filter(|(stage, _)| stage.tasks > 0) {
            write!(f, "\n{title:width$}  {:>9}  {:>9}", count(stage.tasks), count(stage.handles))?;
        }
        Ok(())
    }
}
