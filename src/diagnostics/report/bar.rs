//! Bars of progress and of shares. Their widths are attributes, for a strict content policy forbids styles of elements.

use maud::{Markup, html};

use crate::graph::units::count;

/// A bar of a part from 0 to 1, which only repeats what stands beside it.
pub(super) fn bar(class: &str, part: f64) -> Markup {
    html! { svg.bar aria-hidden="true" { rect class=(class) width=(width(part)) height="100%" {} } }
}

/// A bar of what is done, and in words how much; what runs now is a lighter piece.
pub(super) fn progress(class: &str, name: &str, (done, planned): (usize, usize), running: usize) -> Markup {
    let part = |n: usize| if planned > 0 { n.min(planned) as f64 / planned as f64 } else { 0.0 };
    let text = format!("{} of {}", count(done), count(planned));
    html! {
        svg.bar role="progressbar" aria-label=(name) aria-valuemin="0" aria-valuemax=(planned) aria-valuenow=(done)
            aria-valuetext=(text) {
            @if running > 0 { rect class={ "begun " (class) } width=(width(part(done + running))) height="100%" {} }
            rect class=(class) width=(width(part(done))) height="100%" {}
        }
    }
}

fn width(part: f64) -> String {
    let percent = 100.0 * if part.is_finite() { part.clamp(0.0, 1.0) } else { 0.0 };
    // At least a sliver of what is there.
    if percent > 0.0 { format!("{:.1}%", percent.max(0.4)) } else { "0".to_owned() }
}
