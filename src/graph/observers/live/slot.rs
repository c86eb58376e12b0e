//! The task that a thread is doing now.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// Stage and chunk of a thread that does no task.
const IDLE: u64 = u64::MAX;

/// The lower half of stage and chunk, if the task has no chunk.
const NO_CHUNK: u64 = u32::MAX as u64;

/// The task that a thread is doing now, if any. The thread writes it and never waits; a reader may see the start of one
/// task with the stage of the one before, where the two followed each other at once.
#[repr(align(128))] // No other thread's in the same cache line.
pub(crate) struct Slot {
    /// Nanoseconds from the start of the run to the task's start.
    start: AtomicU64,
    /// The stage in the upper half, the chunk in the lower.
    task: AtomicU64,
    /// The file of the task that began then.
    file: Mutex<Option<(u64, Arc<Path>)>>,
}

/// A task that is being done.
pub(crate) struct Running {
    /// The thread that does it, from 0.
    pub(crate) thread: usize,
    /// The kind of task: an index into the run's stages.
    pub(crate) stage: usize,
    /// The chunk that it works on.
    pub(crate) chunk: Option<usize>,
    /// The file that the chunk comes from.
    pub(crate) file: Option<Arc<Path>>,
    /// Nanoseconds from the start of the run to its start.
    pub(crate) start: u64,
}

impl Slot {
    pub(super) fn new() -> Self {
        Slot { start: AtomicU64::new(0), task: AtomicU64::new(IDLE), file: Mutex::new(None) }
    }

    /// The thread begins a task.
    pub(super) fn begin(&self, start: u64, stage: usize, chunk: Option<usize>, file: Option<&Arc<Path>>) {
        // If somebody reads just now, the file stays unknown.
        if let (Some(file), Ok(mut slot)) = (file, self.file.try_lock()) {
            match &mut *slot {
                Some((begun, known)) if Arc::ptr_eq(known, file) => *begun = start,
                other => *other = Some((start, file.clone())),
            }
        }
        let chunk = chunk.map_or(NO_CHUNK, |chunk| (chunk as u64).min(NO_CHUNK));
        self.start.store(start, Ordering::Relaxed);
        self.task.store((stage as u64) << 32 | chunk, Ordering::Release);
    }

    /// The thread has done its task.
    pub(super) fn end(&self) {
        self.task.store(IDLE, Ordering::Relaxed);
    }

    /// The task that this thread is doing.
    pub(super) fn running(&self, thread: usize) -> Option<Running> {
        let task = self.task.load(Ordering::Acquire);
        let start = self.start.load(Ordering::Relaxed);
        if task == IDLE {
            return None;
        }
        let chunk = Some(task & NO_CHUNK).filter(|&chunk| chunk != NO_CHUNK).map(|chunk| chunk as usize);
        let file = self.file.try_lock().ok().and_then(|slot| slot.clone());
        let file = file.filter(|(begun, _)| *begun == start).map(|(_, file)| file);
        Some(Running { thread, stage: (task >> 32) as usize, chunk, file, start })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_has_the_task_that_was_begun_last_and_none_once_it_is_done() {
        let slot = Slot::new();
        assert!(slot.running(0).is_none());
        let file: Arc<Path> = Path::new("a.csv").into();
        slot.begin(5, 3, Some(7), Some(&file));
        let running = slot.running(2).unwrap();
        assert_eq!((running.thread, running.stage, running.chunk, running.start), (2, 3, Some(7), 5));
        assert_eq!(running.file.as_deref(), Some(Path::new("a.csv")));
        slot.begin(9, 0, None, None);
        let running = slot.running(2).unwrap();
        assert_eq!((running.stage, running.chunk, running.start, running.file), (0, None, 9, None));
        slot.end();
        assert!(slot.running(2).is_none());
    }
}
