//! The page of a run, over or going on: its sections, and the documents that they stand in.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::Report;
use super::figures::figures;
use super::headline::{headline, state};
use super::messages::{errors, warnings};
use super::progress::by_kind;
use super::resources::resources;
use super::sharing::sharing;
use super::stream::stream;
use crate::diagnostics::drawing;
use crate::diagnostics::overview::Overview;
use crate::diagnostics::run_view::{RunState, RunView};

const STYLE: &str = include_str!("report.css");
const GRAPH_STYLE: &str = include_str!("../drawing.css");
const SCRIPT: &str = include_str!("report.js");

/// The sections that every page has places for, in their order, and their titles.
const SECTIONS: [(&str, &str); 10] = [
    ("state", "State"),
    ("headline", "In numbers"),
    ("errors", "Errors"),
    ("warnings", "Warnings"),
    ("progress", "Progress by kind of task"),
    ("stream", "Threads over time"),
    ("resources", "CPU and memory"),
    ("figures", "Scores and losses"),
    ("graph", "Graph"),
    ("sharing", "Shared work"),
];

/// The number of sections above the tables of the caller's.
const FIRST: usize = 4;

/// A part of the page, which may be replaced by itself.
pub(crate) struct Section {
    /// The name of its place in the page.
    pub(crate) id: &'static str,
    /// The content of its place; empty where there is nothing to show.
    pub(crate) html: Markup,
}

/// All sections of a run, small however many tasks it has; those with nothing to show are empty.
pub(crate) fn sections(view: &RunView<'_>) -> Vec<Section> {
    let overview = Overview::new(view);
    SECTIONS.into_iter().map(|(id, title)| Section { id, html: content(id, title, &overview) }).collect()
}

fn content(id: &str, title: &str, overview: &Overview<'_>) -> Markup {
    let view = overview.view;
    let plan = view.plan.as_deref();
    let shown = match id {
        "state" => return clean(state(view)),
        "headline" => Some(headline(overview)),
        "errors" => errors(view),
        "warnings" => warnings(&view.summary.warnings),
        "progress" => Some(by_kind(overview)),
        "stream" => Some(stream(overview)),
        "resources" => resources(overview),
        "figures" => figures(&view.figures),
        "graph" => plan.map(|plan| graph(overview, plan)),
        _ => plan.map(|plan| sharing(plan, &view.summary)),
    };
    let heading = |shown| {
        let title =
            if id == "progress" && matches!(view.state, RunState::Done) { "Time by kind of task" } else { title };
        html! { h2 id={ (id) "-title" } .unseen[id == "headline"] { (title) } (shown) }
    };
    shown.map(heading).map_or_else(Markup::default, clean)
}

fn graph(overview: &Overview<'_>, plan: &crate::graph::Explanation) -> Markup {
    html! {
        @if let Some(picture) = drawing::in_page(plan, overview) {
            p.quiet {
                "Boxes are kinds of tasks, with their number and time; arrows lead from values to the tasks that use them, so many times. "
                "Dashed: values that are there already, or are read from the chunk cache or the checkpoint."
                @if overview.view.is_running() { " ▶ runs now; the bar below a box is what is done." }
            }
            .scroll #graph-picture tabindex="0" role="group" aria-label="The graph, to be moved sideways" { (picture) }
        } @else {
            p.quiet { "There are too many kinds of tasks for a picture." }
        }
    }
}

/// Control characters, of which HTML has none, are shown as U+FFFD.
fn clean(html: Markup) -> Markup {
    let is_bad = |c: char| c.is_control() && c != '\n' && c != '\t';
    if html.0.contains(is_bad) { PreEscaped(html.0.replace(is_bad, "\u{fffd}")) } else { html }
}

/// The report as a file of its own.
pub(super) fn page(report: &Report<'_>) -> Markup {
    let sections = report.run.map(|(summary, profile)| sections(&RunView::done(summary, profile))).unwrap_or_default();
    let (first, rest) = sections.split_at(sections.len().min(FIRST));
    let content = html! {
        header { h1 { (report.title) } }
        main #content tabindex="-1" {
            (places(first))
            @for (i, table) in report.tables.iter().enumerate() {
                section aria-labelledby={ "table-" (i) } { h2 id={ "table-" (i) } { (table.title) } (table.markup()) }
            }
            (places(rest))
        }
    };
    clean(document(None, &report.title, content))
}

/// The page that follows runs: empty places, which its script fills from `events`. With `cancel`, runs can be cancelled:
/// it is sent along as `token`.
#[cfg_attr(not(feature = "dashboard"), allow(dead_code))] // It is served by the dashboard.
pub(crate) fn live_shell(nonce: &str, title: &str, cancel: Option<&str>) -> Markup {
    let empty = SECTIONS.map(|(id, _)| Section { id, html: Markup::default() });
    let (first, rest) = empty.split_at(FIRST);
    let content = html! {
        header {
            h1 { (title) }
            .controls {
                span #connection role="status" { "connecting…" }
                form method="get" #choose hidden {
                    label for="runs" { "Run" } " "
                    select #runs name="run" {} " "
                    button { "Show" }
                }
                @if let Some(token) = cancel {
                    details #cancel hidden {
                        summary { "Cancel…" }
                        form method="post" action="cancel" {
                            p { "What is running ends with its tasks; what was kept stays." }
                            input type="hidden" name="run";
                            input type="hidden" name="token" value=(token);
                            button { "Cancel this run" }
                        }
                    }
                }
            }
            noscript { p { "This page follows the run by a script, which is switched off here." } }
        }
        main #content tabindex="-1" { (places(first)) (places(rest)) }
    };
    document(Some(nonce), title, content)
}

/// The places of sections; of those below the first, two columns where there is room.
fn places(sections: &[Section]) -> Markup {
    let column = |ids: &[&str]| {
        let own: Vec<&Section> = sections.iter().filter(|section| ids.contains(&section.id)).collect();
        html! { @if !own.is_empty() { div { @for section in own { (place(section.id, &section.html)) } } } }
    };
    let (left, right) = (["progress"], ["stream", "resources", "figures"]);
    let beside = |section: &&Section| left.contains(&section.id) || right.contains(&section.id);
    html! {
        @if sections.iter().any(|section| beside(&section)) { .columns { (column(&left)) (column(&right)) } }
        @for section in sections.iter().filter(|section| !beside(section)) { (place(section.id, &section.html)) }
    }
}

/// The place of a section. What happens to the run is told to those who do not see it.
fn place(id: &str, content: &Markup) -> Markup {
    let live = (id == "state").then_some("polite");
    let title = (id != "state").then(|| format!("{id}-title"));
    html! { section id=(id) aria-live=[live] aria-labelledby=[title] aria-label=[live.map(|_| "State")] { (content) } }
}

fn document(nonce: Option<&str>, title: &str, content: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style nonce=[nonce] { (PreEscaped(STYLE)) (PreEscaped(GRAPH_STYLE)) }
            }
            body data-live[nonce.is_some()] {
                a.skip href="#content" { "Skip to the content" }
                (content)
                script nonce=[nonce] { (PreEscaped(SCRIPT)) }
            }
        }
    }
}
