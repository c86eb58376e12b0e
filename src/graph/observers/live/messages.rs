//! Warnings, errors and figures of a run that its watcher has not taken yet.

use crate::error::shown::{TEXT, shorten};
use crate::graph::profile::FigureRecord;
use crate::graph::warning::Warning;

/// The most of each kind that wait for the watcher. The watcher looks some ten times a second.
const MOST: usize = 1000;

/// Warnings, errors and figures, and how many of them there was no room for.
#[derive(Default)]
pub(crate) struct Messages {
    pub(crate) warnings: Vec<Warning>,
    /// Each with its place.
    pub(crate) errors: Vec<String>,
    pub(crate) figures: Vec<FigureRecord>,
    pub(crate) dropped: u64,
}

impl Messages {
    pub(super) fn warn(&mut self, warnings: &[Warning]) {
        for warning in warnings {
            if self.has_room(self.warnings.len()) {
                let mut warning = warning.clone();
                shorten(&mut warning.message, TEXT);
                self.warnings.push(warning);
            }
        }
    }

    /// An error of a task, whose text is made only if there is room.
    pub(super) fn fail(&mut self, text: impl FnOnce() -> String) {
        if self.has_room(self.errors.len()) {
            self.errors.push(text());
        }
    }

    pub(super) fn state(&mut self, figures: impl Iterator<Item = FigureRecord>) {
        for figure in figures {
            if self.has_room(self.figures.len()) {
                self.figures.push(figure);
            }
        }
    }

    fn has_room(&mut self, len: usize) -> bool {
        let room = len < MOST;
        self.dropped += u64::from(!room);
        room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_there_is_no_room_for_is_counted() {
        let mut messages = Messages::default();
        (0..MOST + 7).for_each(|i| messages.fail(|| i.to_string()));
        let warning = Warning { task: "a".into(), display_name: None, message: "x".repeat(1 << 20) };
        messages.warn(&[warning]);
        assert_eq!((messages.errors.len(), messages.dropped), (MOST, 7));
        assert!(messages.warnings[0].message.len() < 3 * TEXT);
    }
}
