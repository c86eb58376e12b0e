//! Headline of a run: its state, and what it does in a few numbers.

use maud::{Markup, html};

use super::bar::{bar, progress};
use crate::diagnostics::overview::{Overview, TimeLeft};
use crate::diagnostics::run_view::{RunState, RunView};
use crate::diagnostics::time::{about, seconds};
use crate::error::shown;
use crate::graph::Sample;
use crate::graph::units::{bytes, count, counted};

/// The state in words, and a sign for it.
pub(super) fn state(view: &RunView<'_>) -> Markup {
    let (class, sign, text) = match &view.state {
        RunState::Done => ("done", "✓", "Done".to_owned()),
        RunState::Running { .. } => ("running", "▶", "Running".to_owned()),
        RunState::Failed(error) => ("failed", "✕", format!("Failed: {}", shown::sentence(error))),
        RunState::Cancelled => ("cancelled", "■", "Cancelled".to_owned()),
    };
    html! { p.state.(class) { span aria-hidden="true" { (sign) } " " (text) } }
}

/// The state of the run, and its numbers.
pub(super) fn headline(overview: &Overview<'_>) -> Markup {
    let (planned, done) = overview.planned_and_done();
    html! {
        @if !matches!(overview.view.state, RunState::Done) {
            (progress("k0", "All tasks", (done, planned), overview.view.running().len()))
        }
        dl.tiles {
            (time(overview))
            (work(overview, planned, done))
            (throughput(overview))
            (machine(overview))
        }
    }
}

/// A number, its name above and what belongs to it below.
fn tile(name: &str, value: &str, note: &str) -> Markup {
    html! { div { dt { (name) } dd { b { (value) } @if !note.is_empty() { " " small { (note) } } } } }
}

fn time(overview: &Overview<'_>) -> Markup {
    let view = overview.view;
    let left = match overview.time_left() {
        TimeLeft::Unknown => ("–".to_owned(), "not known yet"),
        TimeLeft::About(left) => (format!("about {}", about(left)), ""),
        TimeLeft::MoreThan(left) => (about(left), "or more: some kinds have not run yet"),
    };
    let elapsed = if view.summary.elapsed.is_zero() { "0 s".to_owned() } else { seconds(view.summary.elapsed) };
    let share = format!("{:.0} %", 100.0 * overview.share_busy());
    let threads = view.summary.threads;
    html! {
        (tile("elapsed", &elapsed, ""))
        @if view.is_running() {
            (tile("time left", &left.0, left.1))
            (tile("threads busy", &format!("{} of {}", view.running().len(), count(threads)), &format!("{share} so far")))
        } @else {
            (tile("threads busy", &share, &format!("of {}", counted(threads, "thread"))))
        }
    }
}

fn work(overview: &Overview<'_>, planned: usize, done: usize) -> Markup {
    let summary = &overview.view.summary;
    let ran = match overview.view.state {
        RunState::Done => tile("tasks", &count(summary.tasks()), ""),
        _ => tile("tasks done", &count(done), &format!("of {}", count(planned))),
    };
    html! {
        (ran)
        @if let Some(plan) = &overview.view.plan { (tile("shared", &count(plan.shared()), "not done twice")) }
        (tile("ran again", &count(summary.reruns()), ""))
        @if summary.loaded() > 0 { (tile("loaded", &count(summary.loaded()), "from the chunk cache")) }
        @if summary.shared() > 0 { (tile("from other runs", &count(summary.shared()), "of the session")) }
        @if summary.restored() > 0 { (tile("restored", &count(summary.restored()), "from the checkpoint")) }
    }
}

/// Rows and bytes of the sources.
fn throughput(overview: &Overview<'_>) -> Markup {
    let (rows, read) = (rows(overview), overview.view.read_bytes);
    let second = overview.view.summary.elapsed.as_secs_f64();
    let rate = |amount: f64| if second > 0.0 { amount / second } else { 0.0 };
    html! {
        @if rows > 0 { (tile("rows", &count(rows), &format!("{} a second", count(rate(rows as f64) as usize)))) }
        @if read > 0 { (tile("read", &format!("{:.1} MB/s", rate(read as f64) / 1e6), &bytes(read as usize))) }
    }
}

/// The rows of stages that nothing leads to.
fn rows(overview: &Overview<'_>) -> usize {
    let Some(plan) = &overview.view.plan else { return 0 };
    let mut has_inputs = vec![false; overview.view.summary.stages.len()];
    for edge in plan.edges.iter().filter(|edge| edge.from != edge.to) {
        if let Some(has) = has_inputs.get_mut(edge.to) {
            *has = true;
        }
    }
    overview.view.summary.stages.iter().zip(has_inputs).filter(|(_, has)| !has).map(|(stage, _)| stage.rows).sum()
}

/// CPU, chunks and memory: the last ones while it goes on, else the mean and the most.
fn machine(overview: &Overview<'_>) -> Markup {
    let view = overview.view;
    let samples = &view.samples;
    let limit = view.memory_limit.map(|limit| format!("of {} allowed", bytes(limit))).unwrap_or_default();
    let at_most = if limit.is_empty() { "at most".to_owned() } else { format!("at most, {limit}") };
    let held = view.memory.last().filter(|_| view.is_running()).map(|&(_, held)| held);
    let most = samples.iter().map(|sample| sample.resident_bytes).max().unwrap_or(0) as usize;
    let memory = match (held, view.is_running()) {
        (None, false) => tile_of_limit("chunks held", view.summary.peak_bytes, &at_most, view.memory_limit),
        _ => tile_of_limit("chunks held", held.unwrap_or(0), &limit, view.memory_limit),
    };
    html! {
        @if let Some(last) = samples.last() {
            @if view.is_running() {
                (tile("CPU", &percent(last.cpu_percent), "of one core"))
            } @else {
                (tile("CPU", &percent(mean_cpu(samples)), "of one core, mean"))
            }
        }
        (memory)
        @if let Some(last) = samples.last() {
            @if view.is_running() {
                (tile("process memory", &bytes(last.resident_bytes as usize), &format!("at most {}", bytes(most))))
            } @else {
                (tile("process memory", &bytes(most), "at most"))
            }
        }
    }
}

fn tile_of_limit(name: &str, held: usize, note: &str, limit: Option<usize>) -> Markup {
    html! {
        div {
            dt { (name) }
            dd { b { (bytes(held)) } @if !note.is_empty() { " " small { (note) } } }
            @if let Some(limit) = limit { (bar("k0", held as f64 / limit.max(1) as f64)) }
        }
    }
}

fn percent(value: f64) -> String {
    format!("{} %", count(value.max(0.0).round() as usize))
}

/// Weighted by the time that each sample stands for.
fn mean_cpu(samples: &[Sample]) -> f64 {
    let pairs = || samples.windows(2).map(|pair| (pair[1].at.saturating_sub(pair[0].at) as f64, pair[1].cpu_percent));
    let time: f64 = pairs().map(|(time, _)| time).sum();
    let first = samples.first().map_or(0.0, |sample| sample.cpu_percent);
    if time > 0.0 { pairs().map(|(time, percent)| time * percent).sum::<f64>() / time } else { first }
}
