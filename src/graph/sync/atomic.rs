//! An atomic before each use of which another thread may go on.

use std::sync::atomic::{self, Ordering};

use super::simulation;

/// [`std::sync::atomic::AtomicBool`], with a point of switching before each use.
#[derive(Debug, Default)]
pub(in crate::graph) struct AtomicBool(atomic::AtomicBool);

#[allow(dead_code)] // the interface of the standard library, as far as anybody may need it
impl AtomicBool {
    pub(in crate::graph) const fn new(value: bool) -> Self {
        AtomicBool(atomic::AtomicBool::new(value))
    }

    pub(in crate::graph) fn load(&self, order: Ordering) -> bool {
        simulation::yield_now();
        self.0.load(order)
    }

    pub(in crate::graph) fn store(&self, value: bool, order: Ordering) {
        simulation::yield_now();
        self.0.store(value, order);
    }

    pub(in crate::graph) fn swap(&self, value: bool, order: Ordering) -> bool {
        simulation::yield_now();
        self.0.swap(value, order)
    }
}
