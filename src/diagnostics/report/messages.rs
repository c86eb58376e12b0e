//! Warnings and errors of a run.

use maud::{Markup, html};

use crate::error::shown;
use crate::graph::Warning;
use crate::graph::units::count;

/// Messages shown.
const SHOWN: usize = 20;

/// The warnings, if there are any.
pub(super) fn warnings(warnings: &[Warning]) -> Option<Markup> {
    list(warnings.len(), warnings.iter().map(Warning::to_string))
}

/// The errors, if there are any.
pub(super) fn errors(errors: &[String]) -> Option<Markup> {
    list(errors.len(), errors.iter().map(|error| shown::sentence(error).to_string()))
}

fn list(many: usize, messages: impl Iterator<Item = String>) -> Option<Markup> {
    (many > 0).then(|| {
        html! {
            ul.messages { @for message in messages.take(SHOWN) { li { (message) } } }
            @if many > SHOWN { p.quiet { "And " (count(many - SHOWN)) " more." } }
        }
    })
}
