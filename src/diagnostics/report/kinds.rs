//! Time and sharing by kind of task.

use std::cmp::Reverse;

use maud::{Markup, html};

use super::colours::Colours;
use crate::diagnostics::time::seconds;
use crate::graph::units::{count, counted};
use crate::graph::{Explanation, Stage, Summary};

/// Kinds shown at once; the rest can be unfolded.
const SHOWN: usize = 30;

/// Kinds of tasks with their time, runs and reruns, the longest first.
pub(super) fn times(summary: &Summary, colours: &Colours) -> Markup {
    let mut stages: Vec<&Stage> = summary.stages.iter().filter(|stage| stage.runs > 0).collect();
    stages.sort_by_key(|stage| Reverse(stage.busy));
    let total = summary.stages.iter().map(|stage| stage.busy.as_secs_f64()).sum::<f64>().max(f64::MIN_POSITIVE);
    let longest = stages.first().map_or(0.0, |stage| stage.busy.as_secs_f64()).max(f64::MIN_POSITIVE);
    let row = |stage: &Stage| {
        let busy = stage.busy.as_secs_f64();
        html! {
            tr {
                td {
                    (stage.name) @if let Some(label) = &stage.display_name { " " span.quiet { (label) } }
                    .bar { i class=(colours.class(&stage.name)) style={ "width:" (format!("{:.2}%", 100.0 * busy / longest)) } {} }
                }
                td.number { (seconds(stage.busy)) }
                td.number { (format!("{:.0} %", 100.0 * busy / total)) }
                td.number { (count(stage.runs)) }
                td.number { @if stage.reruns > 0 { (count(stage.reruns)) } @else { "–" } }
            }
        }
    };
    let head = html! {
        thead { tr { th { "kind" } th.number { "time" } th.number { "share" } th.number { "runs" } th.number { "again" } } }
    };
    let (shown, folded) = stages.split_at(stages.len().min(SHOWN));
    html! {
        .scroll { table.times { (head) tbody { @for stage in shown { (row(stage)) } } } }
        @if !folded.is_empty() {
            details {
                summary { (counted(folded.len(), "further kind")) }
                .scroll { table.times { (head) tbody { @for stage in folded { (row(stage)) } } } }
            }
        }
    }
}

/// What handles had in common, and what ran again.
pub(super) fn sharing(plan: &Explanation, summary: &Summary) -> Markup {
    let mut shared: Vec<_> = plan.stages.iter().filter(|stage| stage.handles > stage.tasks).collect();
    shared.sort_by_key(|stage| Reverse(stage.handles - stage.tasks));
    let (shown, rest) = shared.split_at(shared.len().min(SHOWN));
    html! {
        p {
            (counted(plan.handles, "handle")) " asked for " (counted(plan.tasks, "distinct task")) ": "
            b { (count(plan.shared())) } " times a value was wanted that another task makes already. "
            @match summary.reruns() {
                0 => "Nothing ran twice.",
                again => { b { (counted(again, "task")) } " ran again, for their values had been dropped to keep within the memory limit." }
            }
        }
        @if !shown.is_empty() {
            .scroll { table {
                thead { tr { th { "kind" } th.number { "handles" } th.number { "tasks" } th.number { "shared" } } }
                tbody {
                    @for stage in shown {
                        tr {
                            td { (stage.title()) }
                            td.number { (count(stage.handles)) }
                            td.number { (count(stage.tasks)) }
                            td.number { (count(stage.handles - stage.tasks)) }
                        }
                    }
                }
            } }
        }
        @if !rest.is_empty() {
            p.quiet { "And " (counted(rest.len(), "kind")) " that share less." }
        }
    }
}
