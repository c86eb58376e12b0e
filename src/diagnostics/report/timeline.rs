//! Threads, CPU and memory over time.

use std::time::Duration;

use maud::{Markup, html};

use super::colours::Colours;
use crate::diagnostics::time::seconds;
use crate::graph::units::{bytes, counted};
use crate::graph::{Profile, Sample, Summary, TaskRecord};

/// About how many bars all threads may have together; a picture of more would be large and say no
/// more.
const MOST_BARS: usize = 6000;

/// Points of a curve.
const MOST_POINTS: usize = 600;

/// Marks on the axis of time, at most.
const MOST_MARKS: f64 = 5.0;

/// What a thread did for a while: one task, or several too short to be told apart.
struct Bar<'a> {
    start: u64,
    end: u64,
    /// The task, or the longest of them.
    record: &'a TaskRecord,
    tasks: usize,
}

/// The threads' bars, the curves of the process, and the axis that they share.
pub(super) fn timeline(summary: &Summary, profile: &Profile, colours: &Colours) -> Markup {
    let end = profile.records.iter().map(|record| record.end).max().unwrap_or(0);
    let end = end.max(nanoseconds(summary.elapsed)).max(1);
    let percent = |at: u64| format!("{:.3}%", 100.0 * at.min(end) as f64 / end as f64);
    let lanes = lanes(profile, summary.threads, end);
    let lane_height = if lanes.len() > 48 {
        5
    } else if lanes.len() > 16 {
        10
    } else {
        20
    };
    html! {
        p.legend {
            @for (class, name, busy) in colours.legend() {
                span { i class=(class) {} (name) " " small { (seconds(busy)) } }
            }
        }
        .plot data-end=(end) data-samples=(for_script(&profile.samples)) {
            @for (thread, bars) in lanes.iter().enumerate() {
                @let busy = busy(profile, thread);
                .gutter { @if lane_height == 20 { (thread) " " small { (share(busy, end)) } } }
                svg.lane height=(lane_height) role="img" aria-label={ "Thread " (thread) ", " (share(busy, end)) " busy" } {
                    @for bar in bars {
                        // At least half a pixel or so, lest it vanish.
                        rect class=(colours.class(&bar.record.name)) x=(percent(bar.start)) height="100%"
                            width=(percent((bar.end - bar.start).max(end / 2000))) { title { (describe(bar)) } }
                    }
                }
            }
            @if !profile.samples.is_empty() {
                (curves(&profile.samples, end))
            }
            .gutter {}
            .axis {
                @for (at, text) in marks(end) {
                    span style={ "left:" (percent(at)) } { (text) }
                }
            }
            .cursor hidden {}
        }
        p.readout { "Point at the picture for times and tasks." }
    }
}

/// The bars of each thread: a new one begins only where a column of the picture does.
fn lanes(profile: &Profile, threads: usize, end: u64) -> Vec<Vec<Bar<'_>>> {
    let few = profile.records.len() <= MOST_BARS;
    let columns = (MOST_BARS / threads.max(1)).max(40) as u64;
    let column = if few { 0 } else { end.div_ceil(columns) };
    let mut lanes: Vec<Vec<Bar<'_>>> = (0..threads).map(|_| Vec::new()).collect();
    // Records are sorted by start, and a thread's do not overlap.
    for record in &profile.records {
        let Some(lane) = lanes.get_mut(record.thread) else { continue };
        match lane.last_mut() {
            Some(bar) if record.start < bar.start + column => {
                bar.end = bar.end.max(record.end);
                bar.tasks += 1;
                if record.duration() > bar.record.duration() {
                    bar.record = record;
                }
            }
            _ => lane.push(Bar { start: record.start, end: record.end, record, tasks: 1 }),
        }
    }
    lanes
}

fn describe(bar: &Bar<'_>) -> String {
    let record = bar.record;
    let mut text = record.name.to_string();
    if let Some(label) = &record.display_name {
        text += &format!(" · {label}");
    }
    if let Some(chunk) = record.chunk {
        text += &format!(" · chunk {chunk}");
    }
    if record.again {
        text += " · again";
    }
    if bar.tasks > 1 {
        let length = seconds(Duration::from_nanos(bar.end - bar.start));
        return format!("{} in {length}, the longest {text}", counted(bar.tasks, "task"));
    }
    text += &format!(" · {}", seconds(record.duration()));
    if let Some(held) = record.bytes {
        text += &format!(" · {}", bytes(held));
    }
    text
}

fn busy(profile: &Profile, thread: usize) -> u64 {
    profile.records.iter().filter(|record| record.thread == thread).map(|record| record.end - record.start).sum()
}

/// CPU, memory, and what was read, if anything was.
fn curves(samples: &[Sample], end: u64) -> Markup {
    let most_cpu = samples.iter().map(|sample| sample.cpu_percent).fold(100.0, f64::max);
    let most_held = samples.iter().map(|sample| sample.resident_bytes).max().unwrap_or(0).max(1);
    let most_read = samples.iter().map(|sample| sample.read_bytes).max().unwrap_or(0);
    let cpu = |sample: &Sample| sample.cpu_percent / most_cpu;
    let held = |sample: &Sample| sample.resident_bytes as f64 / most_held as f64;
    let read = |sample: &Sample| sample.read_bytes as f64 / most_read as f64;
    html! {
        (curve("CPU", &format!("{most_cpu:.0} %"), &points(samples, end, cpu)))
        (curve("memory", &bytes(most_held as usize), &points(samples, end, held)))
        @if most_read > 0 {
            (curve("read", &bytes(most_read as usize), &points(samples, end, read)))
        }
    }
}

/// A curve that fills its box, whose top is `most`.
fn curve(name: &str, most: &str, points: &[(f64, f64)]) -> Markup {
    let place = |&(x, y): &(f64, f64)| format!("{:.1} {:.1}", 1000.0 * x, 100.0 - 96.0 * y);
    let line = points.iter().map(place).collect::<Vec<_>>().join("L");
    let (first, last) = (points.first().map_or(0.0, |p| p.0), points.last().map_or(0.0, |p| p.0));
    html! {
        .gutter { (name) br; small { (most) } }
        svg.curve height="56" viewBox="0 0 1000 100" preserveAspectRatio="none" role="img"
            aria-label={ (name) " over time, at most " (most) } {
            path.area d={ "M" (line) "L" (format!("{:.1}", 1000.0 * last)) " 100L" (format!("{:.1}", 1000.0 * first)) " 100Z" } {}
            path.line d={ "M" (line) } {}
        }
    }
}

/// The samples' places from 0 to 1, their means where there are too many.
fn points(samples: &[Sample], end: u64, value: impl Fn(&Sample) -> f64) -> Vec<(f64, f64)> {
    // The first sample is the start of what the second measures.
    let group = samples.len().div_ceil(MOST_POINTS).max(1);
    let mean = |group: &[Sample]| {
        let n = group.len() as f64;
        let at: f64 = group.iter().map(|sample| sample.at.min(end) as f64 / end as f64).sum();
        (at / n, group.iter().map(&value).sum::<f64>() / n)
    };
    samples.chunks(group).map(mean).collect()
}

/// Milliseconds, percent and mebibytes of each point, as a list in JSON.
fn for_script(samples: &[Sample]) -> String {
    let group = samples.len().div_ceil(MOST_POINTS).max(1);
    let numbers = samples.chunks(group).filter_map(|group| {
        let last = group.last()?;
        let cpu = group.iter().map(|sample| sample.cpu_percent).sum::<f64>() / group.len() as f64;
        let mebibytes = last.resident_bytes as f64 / f64::from(1 << 20);
        Some(format!("[{:.1},{cpu:.0},{mebibytes:.0}]", last.at as f64 / 1e6))
    });
    format!("[{}]", numbers.collect::<Vec<_>>().join(","))
}

/// Round times for the axis.
fn marks(end: u64) -> Vec<(u64, String)> {
    let rough = end as f64 / 1e9 / MOST_MARKS;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].iter().map(|factor| factor * power).find(|step| *step >= rough).unwrap_or(rough);
    let decimals = (-step.log10().floor()).max(0.0) as usize;
    let mark = |i: u32| {
        let at = f64::from(i) * step;
        let text = if step < 0.001 { format!("{:.0} µs", at * 1e6) } else { format!("{at:.decimals$} s") };
        ((at * 1e9).round() as u64, text)
    };
    // The last one must not stick out at the right.
    (0..).map(mark).take_while(|(at, _)| *at as f64 <= 0.88 * end as f64).collect()
}

fn share(part: u64, whole: u64) -> String {
    format!("{:.0} %", 100.0 * part as f64 / whole as f64)
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
