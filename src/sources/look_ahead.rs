//! Look-ahead: while parts of remote files are read, the next ones are asked for already.

use std::collections::VecDeque;
use std::iter;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::source_file::SourceFile;

/// The most parts that are asked for before they are read.
const MOST: usize = 32;

/// Parts that are so close behind another one are taken for its successors: some may be left out, or read by other threads.
const NEAR: usize = 8;

/// The most bytes that are asked for and not read, in all readings of a process together: 16 MiB.
pub(super) const MOST_BYTES: u64 = 16 << 20;

/// Parts of files, in the order in which they are read as a rule. On the disk it does nothing.
pub(super) struct LookAhead {
    parts: Vec<RangesOfFile>,
    state: Mutex<State>,
}

/// A file and the bytes of it that are read for one part.
type RangesOfFile = (SourceFile, Vec<Range<u64>>);

struct State {
    /// The number of parts that are asked for ahead.
    window: usize,
    /// The first part that was not asked for.
    next: usize,
    /// The parts whose reading was begun in this pass, and those that were read.
    seen: Vec<bool>,
    done: Vec<bool>,
    /// The last ones that were begun.
    last: VecDeque<usize>,
}

impl LookAhead {
    /// One range of each file that is looked at when it is opened, one file after the other.
    pub(super) fn to_open(files: &[SourceFile], looked_at: impl Fn(&SourceFile) -> Range<u64>) -> Self {
        LookAhead::new(files.iter().map(|file| (file.clone(), iter::once(looked_at(file)).collect())), MOST)
    }

    /// Ranges that chunks are made of, or not: nothing is asked for until several were read that follow each other.
    pub(super) fn to_read(parts: impl IntoIterator<Item = RangesOfFile>) -> Self {
        LookAhead::new(parts, 0)
    }

    fn new(parts: impl IntoIterator<Item = RangesOfFile>, window: usize) -> Self {
        let mut parts: Vec<_> = parts.into_iter().collect();
        if !parts.iter().any(|(file, _)| file.is_remote()) {
            parts = Vec::new();
        }
        let none = vec![false; parts.len()];
        let state = State { window, next: 0, seen: none.clone(), done: none, last: VecDeque::new() };
        LookAhead { parts, state: Mutex::new(state) }
    }

    /// The bytes that are asked for and not read, at most: a reading has them besides those of its tasks.
    pub(super) fn bytes(&self) -> u64 {
        let parts = self.parts.iter().flat_map(|(_, ranges)| ranges);
        parts.fold(0u64, |sum, range| sum.saturating_add(range.end - range.start)).min(MOST_BYTES)
    }

    /// Reads a part with `read`; those behind it are asked for meanwhile.
    pub(super) fn reading<T>(&self, part: usize, read: impl FnOnce() -> T) -> T {
        self.ask(part);
        let made = read();
        if let Some((file, ranges)) = self.parts.get(part) {
            file.was_read(ranges, self.is_last(part));
        }
        made
    }

    /// True if a part that was read is the last one of its file in this pass: threads overtake each other.
    fn is_last(&self, part: usize) -> bool {
        let mut state = self.state();
        state.done[part] = true;
        let location = |part: &usize| self.parts[*part].0.location();
        let of_file = |other: &usize| location(other) == location(&part);
        let (behind, before) = (part + 1..self.parts.len(), (0..part).rev());
        behind.take_while(of_file).all(|other| state.done[other])
            && before.take_while(of_file).all(|other| state.done[other])
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the file of a part with `open`; the next ones are asked for meanwhile.
    pub(super) fn opening<T>(&self, part: usize, open: impl FnOnce() -> T) -> T {
        self.ask(part);
        let opened = open();
        if let Some((file, _)) = self.parts.get(part) {
            file.was_opened();
        }
        opened
    }

    /// Asks for a part that is to be read now, and for those behind it.
    fn ask(&self, part: usize) {
        if part >= self.parts.len() {
            return;
        }
        let mut state = self.state();
        if state.seen[part] {
            // Another pass.
            state.seen.fill(false);
            state.done.fill(false);
            state.last.clear();
            state.next = 0;
        }
        if state.last.iter().any(|&before| before < part && part - before <= NEAR) {
            state.window = (2 * state.window).clamp(1, MOST);
        }
        state.seen[part] = true;
        state.last.push_back(part);
        if state.last.len() > NEAR {
            state.last.pop_front();
        }
        if part >= state.next {
            // It is kept, so that it can be looked at before it is read.
            let (file, ranges) = &self.parts[part];
            file.prefetch(ranges);
            state.next = part + 1;
        }
        let end = self.parts.len().min(part + 1 + state.window);
        while state.next < end {
            let (file, ranges) = &self.parts[state.next];
            if !state.seen[state.next] && !file.prefetch(ranges) {
                break;
            }
            state.next += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::error::Result;
    use crate::graph::KeyBuilder;
    use crate::sources::source_file::FileAccess;

    /// Remembers what was asked for: its number.
    #[derive(Debug)]
    struct Remote(usize, Arc<Mutex<Vec<usize>>>, Arc<Path>);

    impl FileAccess for Remote {
        fn path(&self) -> &Arc<Path> {
            &self.2
        }

        fn location(&self) -> &Path {
            &self.2
        }

        fn bytes(&self) -> u64 {
            1
        }

        fn identify(&self, key: KeyBuilder) -> KeyBuilder {
            key
        }

        fn check(&self) -> Result<()> {
            Ok(())
        }

        fn reader(&self, _: Range<u64>) -> io::Result<Box<dyn Read>> {
            Ok(Box::new(io::empty()))
        }

        fn ranges(&self, _: &[Range<u64>]) -> io::Result<Vec<Vec<u8>>> {
            Ok(Vec::new())
        }

        fn is_remote(&self) -> bool {
            true
        }

        fn prefetch(&self, _: &[Range<u64>]) -> bool {
            self.1.lock().unwrap().push(self.0);
            true
        }
    }

    fn files(n: usize) -> (Arc<Mutex<Vec<usize>>>, Vec<SourceFile>) {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let file = |i: usize| SourceFile::new(Remote(i, asked.clone(), Path::new(&i.to_string()).into()));
        (asked.clone(), (0..n).map(file).collect())
    }

    #[test]
    fn parts_are_asked_for_once_a_pass_and_more_at_a_time_as_reading_goes_on() {
        let (asked, files) = files(100);
        let ahead = LookAhead::to_read(files.into_iter().map(|file| (file, iter::once(0..1).collect())));
        let asked = || std::mem::take(&mut *asked.lock().unwrap());
        for pass in 0..2 {
            ahead.ask(0);
            if pass == 0 {
                assert_eq!(asked(), [0], "one part alone has no successors");
                ahead.ask(1);
                assert_eq!(asked(), [1, 2]);
                ahead.ask(3);
                assert_eq!(asked(), [3, 4, 5]);
                (4..100).for_each(|part| ahead.ask(part));
                assert_eq!(asked(), (6..100).collect::<Vec<_>>());
            } else {
                (1..100).for_each(|part| ahead.ask(part));
                assert_eq!(asked(), (0..100).collect::<Vec<_>>());
            }
        }
        ahead.ask(70);
        ahead.ask(10);
        assert_eq!(asked(), (70..100).collect::<Vec<_>>(), "what lies before a part that was read is not asked for");
    }

    #[test]
    fn all_are_asked_for_at_once_where_all_are_read() {
        let (asked, files) = files(50);
        let ahead = LookAhead::to_open(&files, |_| 0..1);
        ahead.ask(0);
        assert_eq!(asked.lock().unwrap().len(), 1 + MOST);
        assert_eq!(ahead.bytes(), 50);
    }
}
