//! Progress and time by kind of task.

use std::cmp::Reverse;
use std::time::Duration;

use maud::{Markup, html};

use super::bar::{bar, progress};
use crate::diagnostics::overview::{Kind, Overview};
use crate::diagnostics::run_view::RunState;
use crate::diagnostics::time::{about, seconds};
use crate::graph::units::{count, counted};

/// Kinds shown at once; those that can be unfolded; of the rest there is a sum.
const SHOWN: usize = 20;
const FOLDED: usize = 30;

/// Columns that not every run needs.
struct Columns {
    /// Planned and done, time left: of a run that did not get to its end.
    progress: bool,
    left: bool,
    rate: bool,
    again: bool,
    loaded: bool,
    restored: bool,
}

/// A row for each kind: those that run now first, then those that took longest.
pub(super) fn by_kind(overview: &Overview<'_>) -> Markup {
    let mut kinds: Vec<&Kind> = overview.kinds.iter().filter(|kind| kind.is_there()).collect();
    if kinds.is_empty() {
        return html! { p.quiet { "There are no tasks." } };
    }
    // Few stay in the order of the plan while they run, so that rows do not change places under the reader's eyes.
    if !overview.view.is_running() {
        kinds.sort_by_key(|kind| Reverse(kind.busy));
    } else if kinds.len() > SHOWN {
        kinds.sort_by_key(|kind| (kind.running == 0, kind.done == kind.planned, kind.done == 0));
    }
    let columns = Columns::of(overview, &kinds);
    let (shown, rest) = kinds.split_at(kinds.len().min(SHOWN));
    let (folded, summed) = rest.split_at(rest.len().min(FOLDED));
    html! {
        (table(overview, &columns, shown, "kinds"))
        @if !folded.is_empty() {
            details #kinds-more {
                summary { (counted(rest.len(), "further kind")) }
                (table(overview, &columns, folded, "kinds-folded"))
                @if !summed.is_empty() { p.quiet { (sum(summed)) } }
            }
        }
    }
}

impl Columns {
    fn of(overview: &Overview<'_>, kinds: &[&Kind]) -> Self {
        let any = |number: fn(&Kind) -> usize| kinds.iter().any(|kind| number(kind) > 0);
        Columns {
            progress: !matches!(overview.view.state, RunState::Done),
            left: overview.view.is_running(),
            rate: kinds.iter().any(|kind| kind.rate.is_some()),
            again: any(|kind| kind.again),
            loaded: any(|kind| kind.loaded),
            restored: any(|kind| kind.restored),
        }
    }
}

fn table(overview: &Overview<'_>, columns: &Columns, kinds: &[&Kind], id: &str) -> Markup {
    let total = overview.busy().as_secs_f64().max(f64::MIN_POSITIVE);
    let longest = overview.kinds.iter().map(|kind| kind.busy).max().unwrap_or_default().as_secs_f64();
    html! {
        .scroll id=(id) tabindex="0" role="group" aria-label="Progress by kind of task" {
            table.kinds {
                thead { tr {
                    th scope="col" { "kind" }
                    @if columns.progress { th.number scope="col" { "done" } }
                    @if columns.left { th.number scope="col" { "left" } }
                    th.number scope="col" { "time" }
                    th.number scope="col" { "share" }
                    @if columns.rate { th.number scope="col" { "tasks/s" } }
                    th.number scope="col" { "runs" }
                    @if columns.again { th.number scope="col" { "again" } }
                    @if columns.loaded { th.number scope="col" { "from cache" } }
                    @if columns.restored { th.number scope="col" { "restored" } }
                } }
                tbody { @for kind in kinds { (row(overview, columns, kind, (total, longest))) } }
            }
        }
    }
}

fn row(overview: &Overview<'_>, columns: &Columns, kind: &Kind, (total, longest): (f64, f64)) -> Markup {
    let class = overview.colours.class(&kind.name);
    let busy = kind.busy.as_secs_f64();
    let number = |n: usize| html! { td.number { @if n > 0 { (count(n)) } @else { "–" } } };
    html! {
        tr.running[kind.running > 0] {
            th scope="row" {
                (kind.name) @if let Some(label) = &kind.label { " " span.quiet { (label) } }
                @if kind.running > 0 { " " span.mark { "▶ " (kind.running) " running" } }
                @if columns.progress {
                    (progress(class, &kind.title(), (kind.done, kind.planned), kind.running))
                } @else {
                    (bar(class, if longest > 0.0 { busy / longest } else { 0.0 }))
                }
            }
            @if columns.progress { td.number { (count(kind.done)) small { " of " (count(kind.planned)) } } }
            @if columns.left { td.number { (left(kind)) } }
            td.number { @if kind.busy.is_zero() { "–" } @else { (seconds(kind.busy)) } }
            td.number { (share(busy / total)) }
            @if columns.rate { td.number { (kind.rate.map(rate).unwrap_or_else(|| "–".to_owned())) } }
            (number(kind.runs))
            @if columns.again { (number(kind.again)) }
            @if columns.loaded { (number(kind.loaded)) }
            @if columns.restored { (number(kind.restored)) }
        }
    }
}

fn share(part: f64) -> String {
    match 100.0 * part {
        percent if percent > 0.0 && percent < 0.5 => "< 1 %".to_owned(),
        percent => format!("{percent:.0} %"),
    }
}

fn left(kind: &Kind) -> String {
    match kind.time_left() {
        Some(left) => about(left),
        None if kind.done == kind.planned => "done".to_owned(),
        None => "–".to_owned(),
    }
}

/// Tasks a second, to two or three digits.
fn rate(rate: f64) -> String {
    match rate {
        _ if rate >= 100.0 => count(rate.round() as usize),
        _ if rate >= 10.0 => format!("{rate:.0}"),
        _ if rate >= 1.0 => format!("{rate:.1}"),
        _ if rate >= 0.01 => format!("{rate:.2}"),
        _ => "< 0.01".to_owned(),
    }
}

fn sum(kinds: &[&Kind]) -> String {
    let of = |number: fn(&Kind) -> usize| kinds.iter().map(|kind| number(kind)).sum::<usize>();
    let busy: Duration = kinds.iter().map(|kind| kind.busy).sum();
    let (done, planned) = (count(of(|kind| kind.done)), count(of(|kind| kind.planned)));
    format!("And {} with {done} of {planned} tasks done in {}.", counted(kinds.len(), "kind"), seconds(busy))
}
