//! Work that handles had in common, and work that was done again.

use std::cmp::Reverse;

use maud::{Markup, html};

use crate::graph::units::{count, counted};
use crate::graph::{Explanation, Summary};

/// Kinds shown.
const SHOWN: usize = 20;

/// The sharing between handles.
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
            .scroll #shared-kinds tabindex="0" role="group" aria-label="Shared work by kind of task" { table {
                thead { tr {
                    th scope="col" { "kind" } th.number scope="col" { "handles" } th.number scope="col" { "tasks" }
                    th.number scope="col" { "shared" }
                } }
                tbody {
                    @for stage in shown {
                        tr {
                            th scope="row" { (stage.title()) }
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
