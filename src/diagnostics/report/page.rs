//! The report's page, from top to bottom.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::colours::Colours;
use super::timeline::timeline;
use super::{Report, Table, kinds};
use crate::diagnostics::drawing;
use crate::diagnostics::time::seconds;
use crate::graph::units::{bytes, count, counted};
use crate::graph::{Profile, Summary};

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

pub(super) fn page(report: &Report<'_>) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (report.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    header {
                        h1 { (report.title) }
                        @if let Some((summary, _)) = report.run {
                            p.quiet {
                                (counted(summary.tasks(), "task")) " on " (counted(summary.threads, "thread")) " in "
                                (seconds(summary.elapsed))
                            }
                        }
                    }
                    @if let Some((summary, profile)) = report.run {
                        (totals(summary, profile))
                        @if !summary.warnings.is_empty() { (section("Warnings", warnings(summary))) }
                    }
                    @for table in &report.tables {
                        (section(&table.title, own_table(table)))
                    }
                    @if let Some((summary, profile)) = report.run {
                        (about_run(summary, profile))
                    }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

fn about_run(summary: &Summary, profile: Option<&Profile>) -> Markup {
    let colours = Colours::new(summary);
    html! {
        @match profile {
            Some(profile) => (section("Threads over time", timeline(summary, profile, &colours))),
            None => p.quiet { "This run was not profiled: what its threads did over time is not known." },
        }
        (section("Time by kind of task", kinds::times(summary, &colours)))
        @if let Some(profile) = profile {
            (section("Shared work", kinds::sharing(&profile.plan, summary)))
            (section("Graph", html! {
                p.quiet { "Boxes are kinds of tasks, with their number and time; arrows lead from values to the tasks that use them, so many times. Dashed values were there before." }
                .scroll { (drawing::graph(&profile.plan, Some(summary), None)) }
            }))
        }
    }
}

fn section(title: &str, content: Markup) -> Markup {
    html! { section { h2 { (title) } (content) } }
}

/// The run in a few numbers.
fn totals(summary: &Summary, profile: Option<&Profile>) -> Markup {
    let busy: f64 = summary.stages.iter().map(|stage| stage.busy.as_secs_f64()).sum();
    let available = summary.elapsed.as_secs_f64() * summary.threads as f64;
    let use_of_threads = if available > 0.0 { 100.0 * busy / available } else { 0.0 };
    let resident = profile.and_then(|profile| profile.samples.iter().map(|sample| sample.resident_bytes).max());
    let tile = |name: &str, value: String| html! { div { span.quiet { (name) } b { (value) } } };
    html! {
        .tiles {
            (tile("elapsed", seconds(summary.elapsed)))
            (tile("threads busy", format!("{use_of_threads:.0} %")))
            (tile("tasks", count(summary.tasks())))
            @if let Some(profile) = profile { (tile("shared", count(profile.plan.shared()))) }
            (tile("ran again", count(summary.reruns())))
            @if summary.loaded() > 0 { (tile("from the chunk cache", count(summary.loaded()))) }
            @if summary.restored() > 0 { (tile("from the checkpoint", count(summary.restored()))) }
            (tile("chunks held, at most", bytes(summary.peak_bytes)))
            @if let Some(resident) = resident { (tile("memory, at most", bytes(resident as usize))) }
        }
    }
}

/// What speaks against values that came out.
fn warnings(summary: &Summary) -> Markup {
    html! { ul { @for warning in &summary.warnings { li { (warning) } } } }
}

/// A table of the caller's; its columns of numbers to the right.
fn own_table(table: &Table) -> Markup {
    let columns = table.rows.iter().map(Vec::len).chain([table.headers.len()]).max().unwrap_or(0);
    let numeric = |column: usize| {
        let mut cells = table.rows.iter().filter_map(|row| row.get(column)).peekable();
        cells.peek().is_some() && cells.all(|cell| is_number(cell))
    };
    let classes: Vec<Option<&str>> = (0..columns).map(|column| numeric(column).then_some("number")).collect();
    html! {
        .scroll { table.own {
            thead { tr { @for (header, class) in table.headers.iter().zip(&classes) { th class=[class] { (header) } } } }
            tbody {
                @for row in &table.rows {
                    tr { @for (cell, class) in row.iter().zip(&classes) { td class=[class] { (cell) } } }
                }
            }
        } }
    }
}

fn is_number(cell: &str) -> bool {
    let plain: String = cell.chars().filter(|c| !matches!(c, ',' | '%' | ' ')).collect();
    plain.is_empty() || matches!(plain.as_str(), "–" | "-") || plain.parse::<f64>().is_ok()
}
