//! Warnings and errors of a run.

use maud::{Markup, html};

use crate::diagnostics::run_view::{RunState, RunView};
use crate::error::shown;
use crate::graph::Warning;
use crate::graph::units::count;

/// Messages shown.
const SHOWN: usize = 20;

/// The warnings, if there are any.
pub(super) fn warnings(warnings: &[Warning]) -> Option<Markup> {
    list(warnings.len(), warnings.iter().map(Warning::to_string))
}

/// The errors of tasks that did not end the run, and of those that did all but the one in its state.
pub(super) fn errors(view: &RunView<'_>) -> Option<Markup> {
    // The error that ended the run is its state.
    let state = if let RunState::Failed(error) = &view.state { error } else { "" };
    let others: Vec<&String> = view.errors.iter().filter(|error| *error != state).collect();
    list(others.len(), others.iter().map(|error| shown::sentence(error).to_string()))
}

fn list(many: usize, messages: impl Iterator<Item = String>) -> Option<Markup> {
    (many > 0).then(|| {
        html! {
            ul.messages { @for message in messages.take(SHOWN) { li { (message) } } }
            @if many > SHOWN { p.quiet { "And " (count(many - SHOWN)) " more." } }
        }
    })
}
