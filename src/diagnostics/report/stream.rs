//! Stream of tasks: each thread over time.

use std::collections::HashMap;
use std::fmt::Write;
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
const MOST_BARS: usize = 1200;

/// Threads that are drawn; and whose tasks are named.
const MOST_LANES: usize = 64;
const MOST_NAMED: usize = 32;

/// Of a run that goes on the last part is shown, as far as that is known.
const RECENT: u64 = 60_000_000_000;

/// The width of a lane in units of its own.
const UNITS: f64 = 2000.0;

/// What a thread did for a while: one task, or several too short to be told apart.
struct Bar<'a> {
    start: u64,
    end: u64,
    /// The task, or the longest of them.
    record: &'a TaskRecord,
    /// The time that it took, in nanoseconds.
    longest: u64,
    tasks: u64,
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
    let mut labels = Labels::default();
    let rows = html! {
        @for (thread, bars) in lanes.iter().enumerate() { (lane(overview, window, (thread, bars, lanes.len()), &mut labels)) }
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
        remarks.push("Framed bars: running now.".to_owned());
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
    html! { @if !remarks.is_empty() { p.quiet { (remarks.join(" ")) } } }
}

/// The tasks that run right now, in words.
fn running_now(view: &RunView<'_>) -> Markup {
    let now = view.running();
    html! {
        @if !now.is_empty() {
            h3 { "Running now" }
            ul.now {
                @for task in now.iter().take(MOST_NAMED) { li { span.quiet { "thread " (task.thread) } " " (describe_now(view, task)) } }
            }
            @if now.len() > MOST_NAMED { p.quiet { "And " (count(now.len() - MOST_NAMED)) " more." } }
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
fn lanes<'a>(view: &'a RunView<'a>, window: Window) -> Vec<Vec<Bar<'a>>> {
    let lanes = view.summary.threads.min(MOST_LANES);
    let records = || view.records.iter().enumerate();
    let inside = || records().filter(|(_, record)| record.end >= window.start && record.thread < lanes);
    let column = if inside().count() <= MOST_BARS {
        0
    } else {
        window.length().div_ceil((MOST_BARS / lanes.max(1)).max(20) as u64)
    };
    let mut lanes: Vec<Vec<Bar<'_>>> = (0..lanes).map(|_| Vec::new()).collect();
    // Records are sorted by start, and a thread's do not overlap.
    for (place, record) in inside() {
        let (lane, Merged { tasks, longest, .. }) = (&mut lanes[record.thread], view.merged(place));
        match lane.last_mut() {
            Some(bar) if record.start < bar.start + column => {
                bar.end = bar.end.max(record.end);
                bar.tasks += tasks;
                if longest > bar.longest {
                    (bar.record, bar.longest) = (record, longest);
                }
            }
            _ => lane.push(Bar { start: record.start, end: record.end, record, longest, tasks }),
        }
    }
    lanes
}

/// One thread: its number and share, and its bars, those of a colour as one path.
fn lane(overview: &Overview<'_>, window: Window, lane: (usize, &[Bar<'_>], usize), labels: &mut Labels) -> Markup {
    let (thread, bars, lanes) = lane;
    let height =
        [(48, 5), (16, 10), (0, 20)].into_iter().find(|(more, _)| lanes > *more).map_or(20, |(_, height)| height);
    let now = overview.view.running().iter().find(|task| task.thread == thread);
    let share = format!("{:.0} %", 100.0 * busy(overview.view, thread, window));
    let mut paths: Vec<((&'static str, bool), String)> = Vec::new();
    let mut facts = String::new();
    for bar in bars {
        let key = (
            overview.colours.class(&shown::value(&bar.record.name).to_string()),
            bar.record.loaded || bar.record.restored,
        );
        let place = paths.iter().position(|(other, _)| *other == key).unwrap_or_else(|| {
            paths.push((key, String::new()));
            paths.len() - 1
        });
        let (start, width) = units(window, bar.start, bar.end);
        rectangle(&mut paths[place].1, start, width, if key.1 { 10 } else { 0 });
        labels.note(&mut facts, bar, (start, width));
    }
    html! {
        .gutter { @if height == 20 { (thread) " " small { (share) } } }
        svg.lane height=(height) viewBox="0 0 2000 20" preserveAspectRatio="none" role="img"
            aria-label={ "Thread " (thread) ", " (share) " busy" } data-thread=(thread) data-bars=(facts.trim_end_matches(';')) {
            @for ((class, _), path) in &paths { path class=(class) d=(path) {} }
            @if let Some(task) = now { (growing(overview, window, task)) }
        }
    }
}

/// The bar of a task that has not ended.
fn growing(overview: &Overview<'_>, window: Window, task: &RunningTask) -> Markup {
    let (start, width) = units(window, task.start, window.end);
    let mut path = String::new();
    rectangle(&mut path, start, width, 0);
    html! { path class={ (overview.colours.class(&shown::value(&task.name).to_string())) " growing" } d=(path) {} }
}

/// Left edge and width; at least a sliver, lest it vanish.
fn units(window: Window, start: u64, end: u64) -> (u32, u32) {
    let at = |time| (UNITS * window.place(time)).round() as u32;
    let left = at(start).min(UNITS as u32 - 1);
    (left, (at(end).saturating_sub(left)).max(1))
}

fn rectangle(path: &mut String, left: u32, width: u32, top: u32) {
    // Writing to a string cannot fail.
    let _ = write!(path, "M{left} {top}h{width}V20h-{width}z");
}

/// The part of a window that a thread was busy.
fn busy(view: &RunView<'_>, thread: usize, window: Window) -> f64 {
    let within = |start: u64, end: u64| end.min(window.end).saturating_sub(start.max(window.start));
    let own = view.records.iter().enumerate().filter(|(_, record)| record.thread == thread);
    // Between tasks that were merged the thread may have rested.
    let ended = own.map(|(place, record)| within(record.start, record.end).min(view.merged(place).busy));
    let now = view.running().iter().filter(|task| task.thread == thread).map(|task| within(task.start, window.end));
    (ended.chain(now).sum::<u64>() as f64 / window.length() as f64).min(1.0)
}

/// The texts of bars, each once, for the line that says what is at the cursor.
#[derive(Default)]
struct Labels {
    numbers: HashMap<String, usize>,
    texts: Vec<String>,
}

impl Labels {
    /// Notes a bar: left edge, width, label, microseconds, tasks, chunk.
    fn note(&mut self, facts: &mut String, bar: &Bar<'_>, (start, width): (u32, u32)) {
        let label = self.number(label(bar.record));
        let longest = bar.longest / 1000;
        let chunk = bar.record.chunk.map(|chunk| format!(",{chunk}")).unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = write!(facts, "{start},{width},{label},{longest},{}{chunk};", bar.tasks);
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
