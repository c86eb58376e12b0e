//! The page of the dashboard.

use std::collections::BTreeMap;

use maud::{DOCTYPE, PreEscaped, html};

use super::guard::Guard;
use super::hub::Choice;
use super::run_store::RunStore;
use crate::diagnostics::run_view::RunState;

/// The sections of a run's page, each with its id.
pub(super) fn sections(runs: &BTreeMap<u64, RunStore>, number: u64, guard: &Guard) -> Vec<(&'static str, String)> {
    let list = html! { @for run in runs.keys() { a href={ "/?run=" (run) } { "Run " (run) } } };
    let mut sections = vec![("runs", list.into_string())];
    if let Some(run) = runs.get(&number) {
        let view = run.view();
        let state = match &view.state {
            RunState::Done => "done".to_owned(),
            RunState::Running { now } => format!("running {}", now.len()),
            RunState::Failed(error) => format!("failed: {error}"),
            RunState::Cancelled => "cancelled".to_owned(),
        };
        let state = html! {
            p { (state) }
            p { (view.summary.tasks()) " tasks, " (view.records.len()) " bars" }
            ul { @for stage in &view.summary.stages { li { (stage.title()) } } }
            ul { @for error in &view.errors { li { (error) } } }
            @if let (Some(token), Some(_)) = (guard.token(), run.live()) {
                form method="post" action={ "/cancel/" (number) } { input type="hidden" name="token" value=(token); button { "Cancel" } }
            }
        };
        sections.push(("state", state.into_string()));
    }
    sections
}

/// The page without its sections, which come by events.
pub(super) fn shell(_choice: Choice, nonce: &str, _guard: &Guard) -> String {
    html! { (DOCTYPE) html lang="en" { head { title { "chunkfit" } } body { main {} script nonce=(nonce) { (PreEscaped("")) } } } }
        .into_string()
}

/// The content security policy of a page whose scripts and styles bear this nonce.
pub(super) fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}
