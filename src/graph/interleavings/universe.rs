//! Random graphs: tasks that submissions take their targets from, as handles and as a serial twin.

use std::panic::resume_unwind;
use std::sync::Arc;

use super::items::{Bomb, Census, Item};
use crate::data::Codec;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::sync::simulation::{self, Random};
use crate::graph::{Key, Lazy, Task};

/// The work of a task: the methods of [`Lazy`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Work {
    Given,
    Source,
    Map,
    MapOwned,
    Zip,
    Step,
    StepOwned,
    ZipUnless,
    StepUnless,
    Merge,
    Gather,
    Caught,
}

/// The fault of a task.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Trouble {
    None,
    Error,
    Panic,
    /// The predicate that tells whether the first input settles the value panics.
    SettledPanic,
    /// The value panics.
    Bomb(Bomb),
}

/// A task of a universe.
#[derive(Clone, Debug)]
pub(super) struct Spec {
    pub(super) work: Work,
    pub(super) inputs: Vec<usize>,
    pub(super) trouble: Trouble,
    bytes: usize,
    measured: bool,
    expected: bool,
    remakeable: bool,
    held: bool,
    cached: bool,
    /// The slot of a checkpoint.
    kept: Option<u64>,
    order: Option<usize>,
    /// The number of points within the work where another thread may go on.
    pauses: u64,
}

/// Tasks by number, inputs before what is made from them.
pub(super) struct Universe {
    seed: u64,
    pub(super) specs: Vec<Spec>,
    pub(super) census: Arc<Census>,
    pub(super) limit: Limit,
    /// All that is measured are chunks whose sizes are known, and none of them is a target: no more is ever held than the
    /// limit allows.
    pub(super) exact: bool,
}

/// The memory limit, as far as it can make tasks run again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Limit {
    Ample,
    Tight(usize),
}

impl Limit {
    pub(super) fn bytes(self) -> usize {
        match self {
            Limit::Ample => 1 << 30,
            Limit::Tight(bytes) => bytes,
        }
    }
}

/// The troubles that a universe may have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Climate {
    /// Every task succeeds.
    Fair,
    /// Tasks fail, and failures are caught.
    Failures,
    /// Values panic when they are cloned or dropped; nothing is caught.
    Bombs,
}

impl Universe {
    /// A random universe. With files, some values are cached, and some kept.
    pub(super) fn new(random: &mut Random, climate: Climate, files: bool) -> Self {
        let seed = random.below(u64::MAX);
        let exact = !files && random.one_in(6);
        let mut specs = if exact || random.one_in(2) { passes(random, exact) } else { Vec::new() };
        let more = if specs.is_empty() { 3 + random.below(14) } else { random.below(if exact { 1 } else { 8 }) };
        (0..more).for_each(|_| specs.push(anything(random, specs.len(), climate)));
        let mut dropped = false;
        for spec in &mut specs {
            spec.trouble = trouble(random, spec.work, climate);
            // Two panics at once would end the process.
            if spec.trouble == Trouble::Bomb(Bomb::Dropped) && std::mem::replace(&mut dropped, true) {
                spec.trouble = Trouble::None;
            }
            spec.cached = files && spec.trouble == Trouble::None && random.one_in(3);
            let keeps = files && spec.trouble == Trouble::None && spec.work != Work::Caught && random.one_in(4);
            spec.kept = keeps.then(|| random.below(3));
        }
        let census = Census::new(specs.len());
        let mut universe = Universe { seed, specs, census, limit: Limit::Ample, exact };
        if random.one_in(2) {
            let least = (0..universe.specs.len()).map(|task| universe.least_bytes(task)).max().unwrap_or(0);
            universe.limit = Limit::Tight(least + random.below(4) as usize * 500);
        }
        universe
    }

    /// The tasks that may be targets.
    pub(super) fn targets(&self) -> Vec<usize> {
        (0..self.specs.len()).filter(|&task| !(self.exact && self.specs[task].measured)).collect()
    }

    /// The measured bytes of a task and its inputs: less than that is an error. In an exact universe, those of a task and
    /// of all that is made from it, which is admitted together with it.
    fn least_bytes(&self, task: usize) -> usize {
        let bytes = |task: usize| if self.specs[task].measured { self.specs[task].bytes } else { 0 };
        let inputs = self.specs[task].inputs.iter().map(|&input| bytes(input)).sum::<usize>();
        let consumers = (task..self.specs.len()).filter(|&other| self.specs[other].inputs.contains(&task));
        let consumers = if self.exact { consumers.map(bytes).sum() } else { 0 };
        bytes(task) + inputs.max(consumers)
    }

    /// Handles on all tasks: new nodes, with the same keys every time.
    pub(super) fn handles(&self) -> Vec<Lazy<Item>> {
        let mut handles: Vec<Lazy<Item>> = Vec::new();
        for task in 0..self.specs.len() {
            let handle = self.handle(task, &handles);
            handles.push(handle);
        }
        handles
    }

    fn handle(&self, task: usize, handles: &[Lazy<Item>]) -> Lazy<Item> {
        let spec = &self.specs[task];
        let input = |i: usize| &handles[spec.inputs[i]];
        // Of what a checkpoint holds and what it does not, the same is made twice.
        let alone = self.specs.iter().all(|spec| spec.kept.is_none());
        let (own, job) = (self.task(task), Job { task, spec: spec.clone(), census: self.census.clone(), alone });
        let panics = spec.trouble == Trouble::SettledPanic;
        let settled = move |item: &Item| {
            if panics {
                resume_unwind(Box::new("settled"));
            }
            settles(task, item.content)
        };
        let handle = match spec.work {
            Work::Given => Lazy::given(own, job.value(&[])),
            Work::Source => Lazy::source(own, move || job.run(&[])),
            Work::Map => input(0).map(own, move |a| job.run(&[a.content])),
            Work::MapOwned => input(0).map_owned(own, move |a| job.run(&[used_up(a)])),
            Work::Zip => input(0).zip(input(1), own, move |a, b| job.run(&[a.content, b.content])),
            Work::Step => input(0).step(input(1), own, move |a, b| job.run(&[used_up(a), b.content])),
            Work::StepOwned => input(0).step_owned(input(1), own, move |a, b| job.run(&[used_up(a), used_up(b)])),
            Work::ZipUnless => {
                let all = move |a: &Item, b: Option<&Item>| job.run(&both(a.content, b));
                input(0).zip_unless(input(1), own, settled, all)
            }
            Work::StepUnless => {
                let all = move |a: Item, b: Option<&Item>| job.run(&both(used_up(a), b));
                input(0).step_unless(input(1), own, settled, all)
            }
            Work::Merge => input(0).merge(input(1), own, move |a, b| job.run(&[used_up(a), used_up(b)])),
            Work::Gather => {
                let parts: Vec<_> = spec.inputs.iter().map(|&input| handles[input].clone()).collect();
                let all = move |parts: &[&Item]| job.run(&parts.iter().map(|item| item.content).collect::<Vec<_>>());
                Lazy::gather(&parts, own, all)
            }
            Work::Caught => input(0).caught().map(own, move |result| match result {
                Ok(item) => job.run(&[item.content]),
                Err(error) => job.run(&[failure(failed_task(error))]),
            }),
        };
        match spec.kept {
            Some(slot) => handle.kept(Key::of("slot").params(&(self.seed, slot)).finish(), codec()),
            None => handle,
        }
    }

    fn task(&self, task: usize) -> Task {
        let spec = &self.specs[task];
        let mut description = Task::new(format!("{task}"), Key::of("item").params(&(self.seed, task as u64)).finish());
        if spec.measured {
            description = description.measured::<Item>();
        }
        if spec.expected {
            description = description.expected_bytes(spec.bytes);
        }
        if spec.remakeable {
            description = description.remakeable();
        }
        if spec.held {
            description = description.held();
        }
        if spec.cached {
            description = description.cached::<Item>();
        }
        match spec.order {
            Some(order) => description.order(order),
            None => description,
        }
    }
}

fn codec() -> Codec<Item> {
    let compact = <Item as crate::data::Footprint>::COMPACT.unwrap();
    let malformed = || Error::new(ErrorKind::Malformed { format: "item", problem: "no item".into() });
    let decode = move |bytes: &[u8]| compact.from_bytes(bytes).ok_or_else(malformed);
    Codec::new(move |item| Ok(Some(compact.to_bytes(item))), decode)
}

/// The description of a task's work.
struct Job {
    task: usize,
    spec: Spec,
    census: Arc<Census>,
    alone: bool,
}

impl Job {
    fn value(&self, inputs: &[u64]) -> Item {
        let bomb = if let Trouble::Bomb(bomb) = self.spec.trouble { bomb } else { Bomb::No };
        Item::new(content(self.task, inputs), self.spec.bytes, bomb, &self.census)
    }

    fn run(&self, inputs: &[u64]) -> Result<Item> {
        let _running = self.census.begin(self.task, self.alone);
        simulation::note(|| format!("task {} runs", self.task));
        (0..self.spec.pauses).for_each(|_| simulation::yield_now());
        simulation::note(|| format!("task {} ends", self.task));
        match self.spec.trouble {
            Trouble::Error => Err(Error::new(ErrorKind::Estimator)),
            Trouble::Panic => resume_unwind(Box::new("on purpose")),
            _ => Ok(self.value(inputs)),
        }
    }
}

/// The content of a task's value, made from such inputs.
pub(super) fn content(task: usize, inputs: &[u64]) -> u64 {
    inputs.iter().fold(mix(1, task as u64), |all, &input| mix(all, input))
}

/// Stands for the failure of a task among the contents of inputs.
pub(super) fn failure(task: usize) -> u64 {
    mix(2, task as u64)
}

/// True if the content of its first input settles the value of a task.
pub(super) fn settles(task: usize, first: u64) -> bool {
    mix(first, task as u64).is_multiple_of(2)
}

fn both(first: u64, second: Option<&Item>) -> Vec<u64> {
    [first].into_iter().chain(second.map(|item| item.content)).collect()
}

/// Drops a value before anything is made of it: Rust leaks what a function gives back if the `Drop` of one of its
/// arguments panics.
fn used_up(item: Item) -> u64 {
    item.content
}

fn mix(a: u64, b: u64) -> u64 {
    let mixed = (a.rotate_left(23) ^ b).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

/// The task that an error names.
pub(super) fn failed_task(error: &Error) -> usize {
    error.place().task.as_deref().and_then(|task| task.parse().ok()).unwrap_or(usize::MAX)
}

fn plain(work: Work, inputs: Vec<usize>) -> Spec {
    Spec {
        work,
        inputs,
        trouble: Trouble::None,
        bytes: Item::LEAST_BYTES,
        measured: false,
        expected: false,
        remakeable: false,
        held: false,
        cached: false,
        kept: None,
        order: None,
        pauses: 0,
    }
}

/// A chunk, or what is made of one: measured, and made again where it has to be.
fn chunk(random: &mut Random, work: Work, inputs: Vec<usize>, order: usize, exact: bool) -> Spec {
    let bytes = 500 + random.below(4) as usize * 100;
    let expected = exact || random.one_in(2);
    let order = Some(order);
    let pauses = random.below(3);
    Spec { measured: true, remakeable: true, bytes, expected, order, pauses, ..plain(work, inputs) }
}

/// Several passes over chunks, as a fit over data that may not fit: every chunk is read and transformed, some by a value
/// that the first pass made and that is held; a chain goes over them, or a tree merges them.
fn passes(random: &mut Random, exact: bool) -> Vec<Spec> {
    let (chunks, passes) = (2 + random.below(3) as usize, 1 + random.below(2) as usize);
    let mut specs: Vec<Spec> = Vec::new();
    let mut add = |spec: Spec| {
        specs.push(spec);
        specs.len() - 1
    };
    let sources: Vec<usize> = (0..chunks).map(|c| add(chunk(random, Work::Source, vec![], c, exact))).collect();
    let counts: Vec<usize> =
        sources.iter().map(|&source| add(Spec { pauses: random.below(2), ..plain(Work::Map, vec![source]) })).collect();
    let held = random.one_in(2).then(|| add(Spec { held: true, ..plain(Work::Gather, counts.clone()) }));
    let mut chain = None;
    for pass in 0..passes {
        for (c, &source) in sources.iter().enumerate() {
            let order = pass * chunks + c;
            let whole = match held {
                Some(held) => add(chunk(random, Work::Zip, vec![held, source], order, exact)),
                None => add(chunk(random, Work::Map, vec![source], order, exact)),
            };
            let work = random.choose(&[Work::Step, Work::StepUnless, Work::StepOwned]);
            let step = match chain {
                None => Spec { order: Some(order), ..plain(Work::Map, vec![whole]) },
                Some(chain) => Spec { order: Some(order), ..plain(work, vec![chain, whole]) },
            };
            chain = Some(add(Spec { pauses: random.below(3), ..step }));
        }
    }
    let merged = counts.into_iter().reduce(|a, b| add(plain(Work::Merge, vec![a, b])));
    add(plain(Work::Gather, merged.into_iter().chain(chain).collect()));
    specs
}

/// Any task, of those before it.
fn anything(random: &mut Random, before: usize, climate: Climate) -> Spec {
    let kinds = [
        Work::Map,
        Work::MapOwned,
        Work::Zip,
        Work::Step,
        Work::StepOwned,
        Work::ZipUnless,
        Work::StepUnless,
        Work::Merge,
        Work::Gather,
        Work::Caught,
    ];
    let mut work = if before == 0 || random.one_in(5) { Work::Source } else { random.choose(&kinds) };
    if work == Work::Source && random.one_in(5) {
        work = Work::Given;
    }
    if work == Work::Caught && climate == Climate::Bombs {
        work = Work::Map;
    }
    let inputs = match work {
        Work::Given | Work::Source => 0,
        Work::Map | Work::MapOwned | Work::Caught => 1,
        Work::Gather => 1 + random.below(4),
        _ => 2,
    };
    // Often what is near, so that chains come about.
    let input = |random: &mut Random| {
        let reach = if random.one_in(2) { before.min(3) } else { before };
        before - 1 - random.below(reach as u64) as usize
    };
    let inputs = (0..inputs).map(|_| input(random)).collect();
    let measured = random.one_in(2);
    Spec {
        bytes: 200 + random.below(6) as usize * 150,
        measured,
        expected: measured && random.one_in(3),
        remakeable: random.one_in(2),
        held: random.one_in(8),
        order: random.one_in(3).then(|| random.below(6) as usize),
        pauses: random.below(4),
        ..plain(work, inputs)
    }
}

fn trouble(random: &mut Random, work: Work, climate: Climate) -> Trouble {
    let unless = matches!(work, Work::ZipUnless | Work::StepUnless);
    match climate {
        Climate::Failures if work != Work::Given && random.one_in(8) => match random.below(3) {
            0 if unless => Trouble::SettledPanic,
            0 | 1 => Trouble::Panic,
            _ => Trouble::Error,
        },
        Climate::Bombs if work != Work::Given && random.one_in(8) => {
            Trouble::Bomb(random.choose(&[Bomb::Cloned, Bomb::Dropped]))
        }
        _ => Trouble::None,
    }
}
