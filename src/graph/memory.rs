//! Memory accounting: what the values in flight hold, against the limit.

/// The memory that the values of a run take and have reserved. Values that are not measured are not in them.
pub(super) struct Ledger {
    limit: usize,
    held: usize,
    reserved: usize,
    peak: usize,
    /// The largest value measured so far, by stage.
    largest: Vec<Option<usize>>,
}

impl Ledger {
    pub(super) fn new(limit: usize, stages: usize) -> Self {
        Ledger { limit, held: 0, reserved: 0, peak: 0, largest: vec![None; stages] }
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
        self.peak = self.peak.max(self.held);
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

    /// The most that was ever held.
    pub(super) fn peak(&self) -> usize {
        self.peak
    }

    /// About what the next value of a stage will hold, if one was measured: a quarter more than
    /// the largest so far, for chunks differ.
    pub(super) fn estimate(&self, stage: usize) -> Option<usize> {
        self.largest[stage].map(|bytes| bytes + bytes / 4)
    }
}
