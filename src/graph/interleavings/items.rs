//! Counted values: how many are alive, which tasks run and ran, and values that panic when they are cloned or dropped.

use std::collections::HashMap;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::thread;

use crate::data::{Compact, Footprint};
use crate::graph::sync::simulation;

/// The count of values of one universe of tasks.
pub(super) struct Census {
    number: u64,
    /// No thread of a simulation goes on while another one holds it.
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    live: usize,
    /// By task: the number of times that it began, and whether it is running.
    tasks: Vec<(usize, bool)>,
}

/// The censuses of this process, by number: a value that is read from a file finds its own.
static CENSUSES: Mutex<Option<HashMap<u64, Weak<Census>>>> = Mutex::new(None);

impl Census {
    pub(super) fn new(tasks: usize) -> Arc<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let counts = Counts { live: 0, tasks: vec![(0, false); tasks] };
        let census = Arc::new(Census { number: NEXT.fetch_add(1, Ordering::Relaxed), counts: Mutex::new(counts) });
        let mut all = CENSUSES.lock().unwrap();
        all.get_or_insert_default().insert(census.number, Arc::downgrade(&census));
        census
    }

    /// The number of values that are alive.
    pub(super) fn live(&self) -> usize {
        self.counts().live
    }

    /// The number of times that a task began.
    pub(super) fn runs(&self, task: usize) -> usize {
        self.counts().tasks[task].0
    }

    /// A task runs as long as this lives. That it runs already is a fault, if it is to be `alone`.
    pub(super) fn begin(self: &Arc<Self>, task: usize, alone: bool) -> Running {
        let mut counts = self.counts();
        counts.tasks[task].0 += 1;
        let twice = std::mem::replace(&mut counts.tasks[task].1, true);
        drop(counts);
        if twice && alone {
            simulation::fail(&format!("task {task} runs on two threads at a time"));
        }
        Running(self.clone(), task)
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap()
    }
}

impl Drop for Census {
    fn drop(&mut self) {
        CENSUSES.lock().unwrap().get_or_insert_default().remove(&self.number);
    }
}

/// A task that runs.
pub(super) struct Running(Arc<Census>, usize);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.counts().tasks[self.1].1 = false;
    }
}

/// When a value panics.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Bomb {
    No,
    Cloned,
    Dropped,
}

/// A value that is counted.
pub(super) struct Item {
    /// Stands for everything that the value is made from, and how.
    pub(super) content: u64,
    /// As the memory limit counts it.
    bytes: usize,
    bomb: Bomb,
    census: Arc<Census>,
}

impl Item {
    pub(super) fn new(content: u64, bytes: usize, bomb: Bomb, census: &Arc<Census>) -> Self {
        census.counts().live += 1;
        Item { content, bytes, bomb, census: census.clone() }
    }

    /// The smallest number of bytes that the memory limit can see.
    pub(super) const LEAST_BYTES: usize = size_of::<Item>();
}

impl Clone for Item {
    fn clone(&self) -> Self {
        simulation::yield_now();
        if self.bomb == Bomb::Cloned {
            resume_unwind(Box::new("cloned"));
        }
        Item::new(self.content, self.bytes, self.bomb, &self.census)
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        self.census.counts().live -= 1;
        if !thread::panicking() {
            simulation::yield_now();
            if self.bomb == Bomb::Dropped {
                resume_unwind(Box::new("dropped"));
            }
        }
    }
}

impl Footprint for Item {
    const COMPACT: Option<Compact<Self>> = Some(Compact { write: write_item, read: read_item });

    fn heap_bytes(&self) -> usize {
        self.bytes.saturating_sub(Item::LEAST_BYTES)
    }

    fn row_count(&self) -> usize {
        1
    }
}

fn write_item(item: &Item, bytes: &mut Vec<u8>) {
    for number in [item.content, item.bytes as u64, item.census.number] {
        bytes.extend(number.to_le_bytes());
    }
}

fn read_item(bytes: &mut &[u8]) -> Option<Item> {
    let mut number = || {
        let (number, rest) = bytes.split_first_chunk()?;
        *bytes = rest;
        Some(u64::from_le_bytes(*number))
    };
    let (content, size, census) = (number()?, number()?, number()?);
    let census = CENSUSES.lock().unwrap().as_ref()?.get(&census)?.upgrade()?;
    Some(Item::new(content, size as usize, Bomb::No, &census))
}
