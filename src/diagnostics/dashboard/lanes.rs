//! The task stream of a run in bounded memory: neighbours that are too short to be told apart are merged.

use std::path::Path;
use std::sync::Arc;

use crate::diagnostics::run_view::Merged;
use crate::graph::{Ended, PlannedStage, TaskRecord};

/// About how many bars all threads may have together; a picture of more would say no more.
pub(super) const MOST_BARS: usize = 4096;

/// The fewest bars that a thread may have.
const FEWEST_PER_THREAD: usize = 40;

/// The last part of the run, which is seen closest: what is older is merged first.
const RECENT: u64 = 60_000_000_000;

/// The bars of each thread.
pub(super) struct Lanes {
    lanes: Vec<Vec<Bar>>,
    /// A task that begins within so many nanoseconds from a bar's begin belongs to that bar.
    column: u64,
    bars: usize,
}

/// A thread's work for a while: one task, or several too short to be told apart.
struct Bar {
    start: u64,
    end: u64,
    tasks: u64,
    /// The time that its tasks took.
    busy: u64,
    /// The task, or the longest of them.
    longest: Ended,
}

impl Lanes {
    pub(super) fn new() -> Self {
        Lanes { lanes: Vec::new(), column: 0, bars: 0 }
    }

    /// Adds tasks that a thread has done, in their order.
    pub(super) fn add(&mut self, thread: usize, tasks: Vec<Ended>) {
        if thread >= self.lanes.len() {
            self.lanes.resize_with(thread + 1, Vec::new);
        }
        let lane = &mut self.lanes[thread];
        for task in tasks {
            let bar = Bar { start: task.start, end: task.end, tasks: 1, busy: length(&task), longest: task };
            self.bars += usize::from(push(lane, self.column, bar));
        }
        let most = MOST_BARS.max(self.lanes.len() * FEWEST_PER_THREAD);
        if self.bars > most {
            self.merge(most, self.column);
            // So that the next time is not soon.
            while self.bars > most / 4 * 3 {
                let recent = self.lanes.iter().filter_map(|lane| lane.last()).map(|bar| bar.end.min(RECENT)).max();
                let columns = (most / self.lanes.len().max(1)) as u64;
                self.merge(most, (2 * self.column).max(recent.unwrap_or(0) / columns.max(1)).max(1));
            }
        }
    }

    /// Merges what is old into a quarter of the most bars; and what is recent in columns of this width at least.
    fn merge(&mut self, most: usize, column: u64) {
        let end = self.lanes.iter().filter_map(|lane| lane.last()).map(|bar| bar.end).max().unwrap_or(0);
        let columns = (most / 4 / self.lanes.len().max(1)).max(1) as u64;
        let horizon = end.saturating_sub(RECENT);
        self.column = column;
        self.bars = 0;
        for lane in &mut self.lanes {
            for bar in std::mem::take(lane) {
                let column = if bar.start < horizon { (horizon / columns).max(column) } else { column };
                self.bars += usize::from(push(lane, column, bar));
            }
        }
    }

    /// About how many bytes it holds.
    pub(super) fn bytes(&self) -> usize {
        self.lanes.iter().map(|lane| lane.capacity() * size_of::<Bar>()).sum()
    }

    /// The bars as records by start, each with what it stands for. The record of a merged bar has the names of its longest
    /// task, and lasts as long as the bar.
    pub(super) fn records(&self, stages: &[PlannedStage]) -> Vec<(TaskRecord, Merged)> {
        let lanes = self.lanes.iter().enumerate();
        let mut records: Vec<_> =
            lanes.flat_map(|(thread, lane)| lane.iter().filter_map(move |bar| bar.record(thread, stages))).collect();
        records.sort_by_key(|(record, _)| record.start);
        records
    }
}

impl Bar {
    fn record(&self, thread: usize, stages: &[PlannedStage]) -> Option<(TaskRecord, Merged)> {
        let (stage, longest) = (stages.get(self.longest.stage as usize)?, &self.longest);
        let record = TaskRecord {
            name: stage.name.clone().into(),
            display_name: stage.display_name.clone(),
            stage: longest.stage as usize,
            chunk: longest.chunk,
            file: longest.file.clone() as Option<Arc<Path>>,
            thread,
            start: self.start,
            end: self.end,
            bytes: longest.bytes,
            again: longest.again,
            restored: longest.restored,
            loaded: longest.loaded,
        };
        Some((record, Merged { tasks: self.tasks, busy: self.busy, longest: length(longest) }))
    }
}

/// Adds a bar to a lane, as a part of the last one if it begins in its column. True if it is one of its own.
fn push(lane: &mut Vec<Bar>, column: u64, bar: Bar) -> bool {
    match lane.last_mut() {
        Some(last) if bar.start < last.start.saturating_add(column) => {
            last.start = last.start.min(bar.start);
            last.end = last.end.max(bar.end);
            last.tasks += bar.tasks;
            last.busy += bar.busy;
            if length(&bar.longest) > length(&last.longest) {
                last.longest = bar.longest;
            }
            false
        }
        _ => {
            lane.push(bar);
            true
        }
    }
}

fn length(task: &Ended) -> u64 {
    task.end.saturating_sub(task.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(start: u64, end: u64) -> Ended {
        let (chunk, file, bytes) = (Some(start as usize), None, None);
        Ended { stage: 0, chunk, file, start, end, bytes, again: false, restored: false, loaded: false }
    }

    fn stages() -> Vec<PlannedStage> {
        vec![PlannedStage {
            name: "work".into(),
            display_name: None,
            tasks: 1,
            handles: 1,
            given: 0,
            restored: 0,
            in_cache: 0,
        }]
    }

    #[test]
    fn few_tasks_are_bars_of_their_own() {
        let mut lanes = Lanes::new();
        lanes.add(1, vec![task(0, 10), task(10, 11)]);
        lanes.add(0, vec![task(5, 9)]);
        let records = lanes.records(&stages());
        let seen: Vec<_> = records.iter().map(|(r, merged)| (r.thread, r.start, r.end, merged.tasks)).collect();
        assert_eq!(seen, [(1, 0, 10, 1), (0, 5, 9, 1), (1, 10, 11, 1)]);
    }

    #[test]
    fn a_million_tasks_stay_few_bars_and_every_task_is_counted() {
        let mut lanes = Lanes::new();
        for batch in 0..1000_u64 {
            for thread in 0..3 {
                let at = |i: u64| 20 * (batch * 334 + i);
                lanes.add(thread, (0..334).map(|i| task(at(i), at(i) + 19)).collect());
            }
        }
        let records = lanes.records(&stages());
        assert!(records.len() <= MOST_BARS && records.len() >= MOST_BARS / 4, "{}", records.len());
        let sum = |number: fn(&Merged) -> u64| records.iter().map(|(_, merged)| number(merged)).sum::<u64>();
        assert_eq!((sum(|merged| merged.tasks), sum(|merged| merged.busy)), (3 * 334_000, 3 * 334_000 * 19));
        assert!(lanes.bytes() < 1 << 20, "{}", lanes.bytes());
        for thread in 0..3 {
            let bars: Vec<_> = records.iter().filter(|(r, _)| r.thread == thread).collect();
            assert!(bars.windows(2).all(|two| two[0].0.end <= two[1].0.start), "bars of one thread overlap");
        }
    }

    #[test]
    fn the_last_minute_of_a_long_run_is_seen_closely() {
        let (mut lanes, millisecond) = (Lanes::new(), 1_000_000);
        for batch in 0..3600 {
            let at = |i: u64| millisecond * (1000 * batch + i);
            lanes.add(0, (0..1000).map(|i| task(at(i), at(i) + millisecond)).collect());
        }
        let records = lanes.records(&stages());
        let recent = records.iter().filter(|(record, _)| record.start > 3_540_000 * millisecond).count();
        assert!(records.len() <= MOST_BARS && recent > MOST_BARS / 8, "{recent} of {}", records.len());
        assert_eq!(records[0].0.start, 0);
    }

    #[test]
    fn a_long_task_between_short_ones_keeps_its_name_and_chunk() {
        let mut lanes = Lanes::new();
        lanes.add(0, (0..10_000).map(|i| if i == 5_000 { task(5_000, 6_000) } else { task(i, i + 1) }).collect());
        let records = lanes.records(&stages());
        let (_, merged) = records.iter().find(|(record, _)| record.chunk == Some(5_000)).unwrap();
        assert_eq!(merged.longest, 1_000);
    }
}
