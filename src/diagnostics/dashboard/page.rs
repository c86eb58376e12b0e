//! The page of a run as events, and the document that they fill.

use std::collections::BTreeMap;
use std::time::UNIX_EPOCH;

use hyper::body::Bytes;
use maud::html;
use serde_json::{Value, json};

use super::guard::Guard;
use super::hub::PartEvent;
use super::run_store::RunStore;
use crate::diagnostics::report::page;
use crate::graph::RunOutcome;

/// The sections of a run, an event for each.
pub(super) fn sections(run: &RunStore) -> Vec<PartEvent> {
    page::sections(&run.view()).into_iter().map(|part| section(run.number, part.id, &part.html.0)).collect()
}

/// The page before the first run.
pub(super) fn before_the_first() -> Vec<PartEvent> {
    vec![section(0, "state", &html! { p.state { "No run has begun yet" } }.0)]
}

/// The list of runs to choose from.
pub(super) fn list(runs: &BTreeMap<u64, RunStore>) -> PartEvent {
    ("runs", event("runs", &runs.values().rev().map(listed).collect()))
}

fn section(run: u64, id: &'static str, html: &str) -> PartEvent {
    (id, event("section", &json!({ "run": run, "id": id, "html": html })))
}

/// A run in the list to choose from.
fn listed(run: &RunStore) -> Value {
    let state = match run.end().map(|end| &end.outcome) {
        None => "running",
        Some(RunOutcome::Done) => "done",
        Some(RunOutcome::Cancelled) => "cancelled",
        Some(RunOutcome::Failed(_)) => "failed",
    };
    let began = run.began.duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis() as u64);
    json!({ "id": run.number, "title": format!("Run {}", run.number), "state": state, "started": began })
}

/// A server-sent event. JSON has no line breaks, so one line of data holds it.
fn event(name: &str, data: &Value) -> Bytes {
    format!("event: {name}\ndata: {data}\n\n").into()
}

/// The page without its sections, which come by events.
pub(super) fn shell(nonce: &str, guard: &Guard) -> String {
    page::live_shell(nonce, "chunkfit", guard.token()).0
}

/// The content security policy of a page whose scripts and styles bear this nonce.
pub(super) fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}
