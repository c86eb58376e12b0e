//! Memory accounting: what the values in flight hold and the running tasks take, against the limit of the process.

use std::collections::{BTreeSet, VecDeque};

use super::scheduler::SubmissionId;
use super::sync::resident_bytes;

/// The bytes that values and running tasks may take at least, whatever else the process has, unless the limit is lower.
const LEAST_BUDGET: usize = 16 << 20;

/// The bytes that each thread after the first keeps for its next allocations, about: an arena of the allocator.
const ARENA_BYTES: usize = 5 << 20;

/// The number of readings of the resident memory whose lowest counts.
const READINGS: usize = 8;

/// The memory limit of a process, and what the process has to begin with.
#[derive(Clone, Copy, Debug)]
pub(super) struct ProcessMemory {
    pub(super) limit: usize,
    /// The resident memory before anything is computed.
    pub(super) baseline: usize,
    /// The bytes that threads keep for their next allocations.
    pub(super) arenas: usize,
}

impl ProcessMemory {
    /// This process, as it is now, for a run on so many threads.
    pub(super) fn now(limit: usize, threads: usize) -> Self {
        let arenas = threads.saturating_sub(1).saturating_mul(ARENA_BYTES);
        ProcessMemory { limit, baseline: resident_bytes(), arenas }
    }

    /// The bytes that the limit leaves for values and running tasks.
    pub(super) fn budget(self) -> usize {
        self.budget_beside(0)
    }

    /// The bytes that are left where the process has so many more than to begin with, for other things.
    fn budget_beside(self, others: usize) -> usize {
        let taken = self.baseline.saturating_add(others).saturating_add(self.arenas);
        self.limit.saturating_sub(taken).max(self.limit.min(LEAST_BUDGET))
    }
}

/// The memory that the values of a session and its running tasks take and have reserved. Values that are not measured,
/// such as models, are not in them: they show in the resident memory of the process.
pub(super) struct Ledger {
    memory: ProcessMemory,
    /// The last readings of what the process has beyond the baseline and this ledger.
    unseen: VecDeque<usize>,
    held: usize,
    reserved: usize,
    /// The bytes that running tasks take beside their inputs and values.
    working: usize,
    /// The most that was held since each of these submissions began, up to the next of them.
    peaks: Vec<(SubmissionId, usize)>,
    /// The submissions that are under way.
    under_way: BTreeSet<SubmissionId>,
    /// The largest value measured so far, by stage.
    largest: Vec<Option<usize>>,
}

impl Ledger {
    pub(super) fn new(memory: ProcessMemory) -> Self {
        Ledger {
            memory,
            unseen: VecDeque::new(),
            held: 0,
            reserved: 0,
            working: 0,
            peaks: Vec::new(),
            under_way: BTreeSet::new(),
            largest: Vec::new(),
        }
    }

    /// The most that one value and its inputs may hold.
    pub(super) fn limit(&self) -> usize {
        self.memory.budget()
    }

    /// Notes the resident memory of the process. What it has beyond the baseline and this ledger are models, results and
    /// what the allocator keeps. What the allocator keeps serves the next values, so that a reading between two of them
    /// says too much: of the last readings the lowest counts.
    pub(super) fn note_resident(&mut self, bytes: usize) {
        if self.unseen.len() == READINGS {
            self.unseen.pop_front();
        }
        let known = self.memory.baseline + self.memory.arenas + self.held + self.reserved + self.working;
        self.unseen.push_back(bytes.saturating_sub(known));
    }

    /// The bytes that values and running tasks may take in all.
    fn budget(&self) -> usize {
        self.memory.budget_beside(*self.unseen.iter().min().unwrap_or(&0))
    }

    /// The number of bytes that must go before `bytes` more fit.
    pub(super) fn excess(&self, bytes: usize) -> usize {
        (self.held + self.reserved + self.working).saturating_add(bytes).saturating_sub(self.budget())
    }

    /// A task begins that takes so many bytes beside its inputs and its value.
    pub(super) fn begin_work(&mut self, bytes: usize) {
        self.working += bytes;
    }

    /// Such a task has come to its end.
    pub(super) fn end_work(&mut self, bytes: usize) {
        self.working -= bytes;
    }

    /// The bytes that running tasks take beside their inputs and values.
    #[cfg(test)]
    pub(super) fn working(&self) -> usize {
        self.working
    }

    /// Sets bytes aside for a value that will be made.
    pub(super) fn reserve(&mut self, bytes: usize) {
        self.reserved += bytes;
    }

    /// Bytes that were set aside for a value that will not be made after all.
    pub(super) fn set_free(&mut self, bytes: usize) {
        self.reserved -= bytes;
    }

    /// A value was made for which `reserved` bytes had been set aside.
    pub(super) fn made(&mut self, stage: usize, bytes: usize, reserved: usize) {
        self.reserved -= reserved;
        self.held += bytes;
        if let Some((_, peak)) = self.peaks.last_mut() {
            *peak = self.held.max(*peak);
        }
        if self.largest.len() <= stage {
            self.largest.resize(stage + 1, None);
        }
        self.largest[stage] = self.largest[stage].max(Some(bytes));
    }

    /// A value is gone.
    pub(super) fn dropped(&mut self, bytes: usize) {
        self.held -= bytes;
    }

    /// The bytes that are held now.
    pub(super) fn held(&self) -> usize {
        self.held
    }

    /// The bytes that are set aside now.
    #[cfg(test)]
    pub(super) fn reserved(&self) -> usize {
        self.reserved
    }

    /// A submission begins.
    pub(super) fn begin(&mut self, submission: SubmissionId) {
        self.peaks.push((submission, self.held));
        self.under_way.insert(submission);
    }

    /// A submission is over: the most that was held while it was under way.
    pub(super) fn end(&mut self, submission: SubmissionId) -> usize {
        let meanwhile = self.peaks.iter().filter(|(begun, _)| *begun >= submission);
        let peak = meanwhile.map(|(_, peak)| *peak).max().unwrap_or_default();
        self.under_way.remove(&submission);
        let oldest = self.under_way.first().copied().unwrap_or(SubmissionId::MAX);
        self.peaks.retain(|(begun, _)| *begun >= oldest);
        peak
    }

    /// About what the next value of a stage will hold, if one was measured: a quarter more than
    /// the largest so far, for chunks differ.
    pub(super) fn estimate(&self, stage: usize) -> Option<usize> {
        self.largest.get(stage).copied().flatten().map(|bytes| bytes + bytes / 4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1 << 20;
    const MEMORY: ProcessMemory = ProcessMemory { limit: 100 * MIB, baseline: 30 * MIB, arenas: 0 };

    #[test]
    fn values_and_running_tasks_share_what_the_process_leaves_of_the_limit() {
        let mut ledger = Ledger::new(MEMORY);
        assert_eq!(ledger.excess(70 * MIB), 0);
        ledger.reserve(20 * MIB);
        ledger.begin_work(10 * MIB);
        assert_eq!(ledger.excess(41 * MIB), MIB);
        ledger.made(0, 25 * MIB, 20 * MIB);
        ledger.end_work(10 * MIB);
        assert_eq!(ledger.excess(46 * MIB), MIB);
    }

    #[test]
    fn models_count_as_far_as_the_resident_memory_shows_them_all_the_time() {
        let mut ledger = Ledger::new(MEMORY);
        ledger.made(0, 10 * MIB, 0);
        // 20 MiB of models; now and then the allocator keeps 25 more.
        for resident in [85, 60, 85] {
            ledger.note_resident(resident * MIB);
        }
        assert_eq!(ledger.excess(41 * MIB), MIB);
        // The models are gone: the old readings leave.
        (0..READINGS).for_each(|_| ledger.note_resident(40 * MIB));
        assert_eq!(ledger.excess(61 * MIB), MIB);
    }

    #[test]
    fn a_limit_below_what_the_process_has_leaves_room_for_one_task_at_a_time() {
        let budget = |limit, baseline| ProcessMemory { limit, baseline, arenas: 0 }.budget();
        assert_eq!(budget(100 * MIB, 400 * MIB), LEAST_BUDGET);
        assert_eq!(budget(2 * MIB, 400 * MIB), 2 * MIB);
        assert_eq!(budget(100 * MIB, 0), 100 * MIB);
    }

    #[test]
    fn each_thread_after_the_first_keeps_an_arena() {
        let budget = |threads| ProcessMemory { baseline: 0, ..ProcessMemory::now(100 * MIB, threads) }.budget();
        assert_eq!([1, 2, 4].map(budget), [100 * MIB, 95 * MIB, 85 * MIB]);
        assert_eq!(budget(usize::MAX), LEAST_BUDGET);
    }
}
