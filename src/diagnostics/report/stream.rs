//! Stream of tasks: each thread over time.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use maud::{Markup, html};
use serde_json::Value;

use super::axis::{Window, plot};
use crate::diagnostics::overview::Overview;
use crate::diagnostics::run_view::{Merged, RunView, RunningTask};
use crate::diagnostics::time::seconds;
use crate::error::shown;
use crate::graph::TaskRecord;
use crate::graph::units::{count, counted};

/// About how many bars all threads may have together; a picture of more would be large and say no
/// more.
const MOST_BARS: usize = 700;

/// Threads that are drawn.
const MOST_LANES: usize = 64;
/// Running tasks that are named, and those that can be unfolded.
const NAMED: usize = 8;
const FOLDED: usize = 56;

/// Of a run that goes on the last part is shown, as far as that is known.
const RECENT: u64 = 60_000_000_000;

/// The width of a lane in units of its own.
const UNITS: f64 = 2000.0;

/// A bar of the task stream, which shows what a thread did for a while: one task, or several too short to be told apart.
struct Bar<'a> {
    start: u64,
    end: u64,
    /// The task, or the longest of them.
    record: &'a TaskRecord,
    /// The time that it took, in nanoseconds.
    longest: u64,
    tasks: u64,
}

/// A bar in words: its label, the time of the longest task, the number of tasks, the chunk.
type Facts = (String, Duration, u64, Option<usize>);

/// One thread of the picture.
#[derive(Default)]
struct Lane<'a> {
    bars: Vec<Bar<'a>>,
    now: Option<&'a RunningTask>,
    /// Nanoseconds within the picture.
    busy: u64,
}

/// The bars of threads over time, with a legend and, of a run that goes on, what each thread does.
pub(super) fn stream(overview: &Overview<'_>) -> Markup {
    let view = overview.view;
    if view.records.is_empty() && view.running().is_empty() {
        return html! { p.quiet { (nothing(view)) } };
    }
    let ended = view.records.iter().map(|record| record.end).max().unwrap_or(0).max(view.now());
    let window = Window::new(if view.is_running() { ended.saturating_sub(RECENT) } else { 0 }, ended);
    let lanes = lanes(view, window);
    let height = match lanes.len() {
        0..=16 => 20,
        17..=48 => 10,
        _ => 5,
    };
    let mut labels = Labels::default();
    let rows = html! {
        @for (thread, lane) in lanes.iter().enumerate() {
            @let share = format!("{:.0} %", 100.0 * lane.busy as f64 / window.length() as f64);
            .gutter { @if height == 20 { (thread) " " small { (share) } } }
            svg.lane height=(height) viewBox="0 0 2000 20" preserveAspectRatio="none" role="img"
                aria-label={ "Thread " (thread) ", " (share) " busy" } data-thread=(thread) data-bars=(labels.facts(lane, window)) {
                (bars(overview, lane, window))
            }
        }
    };
    html! {
        (legend(overview))
        (plot("threads", "Tasks of each thread over time", window, Some(labels.json()), rows))
        (remarks(view, window, lanes.len()))
        (running_now(view))
    }
}

fn nothing(view: &RunView<'_>) -> &'static str {
    match (view.is_running(), view.plan.is_some()) {
        (true, _) => "No task has begun yet.",
        (false, true) => "No task ran.",
        (false, false) => "This run was not profiled: what its threads did over time is not known.",
    }
}

fn legend(overview: &Overview<'_>) -> Markup {
    html! {
        ul.legend {
            @for (class, name, busy) in overview.colours.legend() {
                li { i class=(class) {} (name) " " small { (seconds(busy)) } }
            }
        }
    }
}

fn remarks(view: &RunView<'_>, window: Window, lanes: usize) -> Markup {
    let read = view.records.iter().any(|record| record.loaded || record.restored);
    let further = view.summary.threads.saturating_sub(lanes);
    let mut remarks = Vec::new();
    if window.start > 0 {
        remarks.push("The last minute is shown.".to_owned());
    }
    if read {
        remarks.push("Low bars: read from the chunk cache or the checkpoint instead of made.".to_owned());
    }
    if !view.running().is_empty() {
        remarks.push("Faded bars: running now.".to_owned());
    }
    if further > 0 {
        remarks.push(format!("{} not shown.", counted(further, "further thread")));
    }
    if view.dropped_records > 0 {
        remarks.push(format!(
            "{} left out, for there were too many at once.",
            counted(view.dropped_records as usize, "task")
        ));
    }
    html! { @if !remarks.is_empty() { p.note { (remarks.join(" ")) } } }
}

/// The tasks that run right now, in words.
fn running_now(view: &RunView<'_>) -> Markup {
    let now = view.running();
    let (named, rest) = now.split_at(now.len().min(NAMED));
    let list = |tasks: &[RunningTask]| {
        let line =
            |task: &RunningTask| html! { li { span.quiet { "thread " (task.thread) } " " (describe_now(view, task)) } };
        html! { ul.now { @for task in tasks { (line(task)) } } }
    };
    html! {
        @if !now.is_empty() {
            h3 { "Running now" }
            (list(named))
        }
        @if !rest.is_empty() {
            details #running-more {
                summary { (count(rest.len())) " more" }
                (list(&rest[..rest.len().min(FOLDED)]))
            }
        }
    }
}

fn describe_now(view: &RunView<'_>, task: &RunningTask) -> String {
    let mut text = title(&task.name, task.display_name.as_deref());
    if let Some(chunk) = task.chunk {
        text += &format!(" · chunk {chunk}");
    }
    if let Some(file) = task.file.as_ref().and_then(|file| file.file_name()) {
        text += &format!(" · {}", shown::value(&file.to_string_lossy()));
    }
    text + &format!(" · {}", seconds(Duration::from_nanos(view.now().saturating_sub(task.start))))
}

fn title(name: &str, label: Option<&str>) -> String {
    let name = shown::value(name);
    label.map_or_else(|| name.to_string(), |label| format!("{name} · {}", shown::value(label)))
}

/// The bars of each thread: a new one begins only where a column of the picture does.
fn lanes<'a>(view: &'a RunView<'a>, window: Window) -> Vec<Lane<'a>> {
    let many = view.summary.threads.min(MOST_LANES);
    let records = || view.records.iter().enumerate();
    let inside = || records().filter(|(_, record)| record.end >= window.start && record.thread < many);
    let columns = (MOST_BARS / many.max(1)).max(1) as u64;
    let column = if inside().count() <= MOST_BARS { 0 } else { window.length().div_ceil(columns) };
    let mut lanes: Vec<Lane<'_>> = (0..many).map(|_| Lane::default()).collect();
    // Records are sorted by start, and a thread's do not overlap.
    for (place, record) in inside() {
        let (lane, Merged { tasks, busy, longest }) = (&mut lanes[record.thread], view.merged(place));
        // Between tasks that were merged the thread may have rested.
        lane.busy += window.overlap(record.start, record.end).min(busy);
        match lane.bars.last_mut() {
            Some(bar) if record.start < bar.start + column => {
                bar.end = bar.end.max(record.end);
                bar.tasks += tasks;
                if longest > bar.longest {
                    (bar.record, bar.longest) = (record, longest);
                }
            }
            _ => lane.bars.push(Bar { start: record.start, end: record.end, record, longest, tasks }),
        }
    }
    for task in view.running().iter().filter(|task| task.thread < many) {
        let lane = &mut lanes[task.thread];
        lane.busy += window.overlap(task.start, window.end);
        lane.now = Some(task);
    }
    lanes
}

/// The bars of a thread, those of a colour as one path; that of a task which has not ended by itself.
fn bars(overview: &Overview<'_>, lane: &Lane<'_>, window: Window) -> Markup {
    let class = |name: &str| overview.colours.class(&shown::value(name).to_string());
    let mut paths: BTreeMap<&'static str, String> = BTreeMap::new();
    for bar in &lane.bars {
        let read = bar.record.loaded || bar.record.restored;
        let rectangle = rectangle(units(window, bar.start, bar.end), if read { 10 } else { 0 });
        paths.entry(class(&bar.record.name)).or_default().push_str(&rectangle);
    }
    html! {
        @for (class, path) in &paths { path class=(class) d=(path) {} }
        @if let Some(task) = lane.now {
            path class={ (class(&task.name)) " growing" } d=(rectangle(units(window, task.start, window.end), 0)) {}
        }
    }
}

/// Left edge and width; at least a sliver, lest it vanish.
fn units(window: Window, start: u64, end: u64) -> (u32, u32) {
    let at = |time| (UNITS * window.place(time)).round() as u32;
    let left = at(start).min(UNITS as u32 - 1);
    (left, (at(end).saturating_sub(left)).max(1))
}

fn rectangle((left, width): (u32, u32), top: u32) -> String {
    format!("M{left} {top}h{width}V20h-{width}z")
}

/// The texts of bars, each once, for the line that says what is at the cursor.
#[derive(Default)]
struct Labels {
    numbers: HashMap<String, usize>,
    texts: Vec<String>,
}

impl Labels {
    /// The bars of a lane for the script, and what runs now: left edge, width, label, microseconds of the longest task,
    /// tasks, chunk.
    fn facts(&mut self, lane: &Lane<'_>, window: Window) -> String {
        let ended = lane.bars.iter().map(|bar| {
            let longest = Duration::from_nanos(bar.longest);
            let facts = (label(bar.record), longest, bar.tasks, bar.record.chunk);
            (units(window, bar.start, bar.end), facts)
        });
        let now = lane.now.map(|task| {
            let text = title(&task.name, task.display_name.as_deref()) + " · running";
            let length = Duration::from_nanos(window.end.saturating_sub(task.start));
            (units(window, task.start, window.end), (text, length, 1, task.chunk))
        });
        let all: Vec<_> = ended.chain(now).collect();
        let fact = |((left, width), (text, longest, tasks, chunk)): ((u32, u32), Facts)| {
            let (label, chunk) = (self.number(text), chunk.map(|chunk| format!(",{chunk}")).unwrap_or_default());
            format!("{left},{width},{label},{},{tasks}{chunk}", longest.as_micros())
        };
        all.into_iter().map(fact).collect::<Vec<_>>().join(";")
    }

    fn number(&mut self, text: String) -> usize {
        let next = self.texts.len();
        *self.numbers.entry(text).or_insert_with_key(|text| {
            self.texts.push(text.clone());
            next
        })
    }

    fn json(self) -> String {
        Value::from(self.texts).to_string()
    }
}

fn label(record: &TaskRecord) -> String {
    let mut text = title(&record.name, record.display_name.as_deref());
    if record.again {
        text += " · again";
    }
    if record.loaded {
        text += " · from the chunk cache";
    }
    if record.restored {
        text += " · from the checkpoint";
    }
    text
}
