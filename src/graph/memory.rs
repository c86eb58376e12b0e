//! Memory accounting: what the values in flight hold, against the limit.

use std::collections::BTreeSet;

use super::scheduler::SubmissionId;

/// The memory that the values of a session take and have reserved. Values that are not measured are not in them.
pub(super) struct Ledger {
    limit: usize,
    held: usize,
    reserved: usize,
    /// The most that was held since each of these submissions began, up to the next of them.
    peaks: Vec<(SubmissionId, usize)>,
    /// The submissions that are under way.
    under_way: BTreeSet<SubmissionId>,
    /// The largest value measured so far, by stage.
    largest: Vec<Option<usize>>,
}

impl Ledger {
    pub(super) fn new(limit: usize) -> Self {
        Ledger { limit, held: 0, reserved: 0, peaks: Vec::new(), under_way: BTreeSet::new(), largest: Vec::new() }
    }

    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// The number of bytes that must go before `bytes` more fit.
    pub(super) fn excess(&self, bytes: usize) -> usize {
        (self.held + self.reserved).saturating_add(bytes).saturating_sub(self.limit)
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
