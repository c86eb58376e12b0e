//! CPU, memory of the process and bytes held by chunks over time.

use maud::{Markup, html};

use super::axis::{Window, plot};
use crate::diagnostics::overview::Overview;
use crate::diagnostics::run_view::RunView;
use crate::graph::Sample;
use crate::graph::units::bytes;

/// Points of a curve.
const MOST_POINTS: usize = 240;

/// A limit is drawn where the curve comes this near to it; else it is only named.
const NEAR: f64 = 0.1;

/// A curve: its points as (time, value), and its highest.
struct Curve {
    name: &'static str,
    points: Vec<(u64, f64)>,
    top: f64,
    limit: Option<f64>,
    show: fn(f64) -> String,
}

/// The curves of a run, if anything was watched.
pub(super) fn resources(overview: &Overview<'_>) -> Option<Markup> {
    let view = overview.view;
    let curves = curves(view);
    if curves.is_empty() {
        return None;
    }
    let last = curves.iter().filter_map(|curve| curve.points.last()).map(|point| point.0).max().unwrap_or(0);
    let window = Window::new(0, last.max(view.now()));
    Some(plot(
        "resources-plot",
        "CPU and memory over time",
        window,
        None,
        html! { @for curve in &curves { (draw(curve, window)) } },
    ))
}

fn curves(view: &RunView<'_>) -> Vec<Curve> {
    let samples = &view.samples;
    let of = |name, value: fn(&Sample) -> f64, show| {
        Curve::new(name, samples.iter().map(|sample| (sample.at, value(sample))).collect(), None, show)
    };
    let held = view.memory.iter().map(|&(at, held)| (at, held as f64)).collect();
    [
        of("CPU", |sample| sample.cpu_percent, percent),
        Curve::new("chunks held", held, view.memory_limit.map(|limit| limit as f64), in_bytes),
        of("process", |sample| sample.resident_bytes as f64, in_bytes),
        of("disk read", |sample| sample.read_bytes as f64, in_bytes),
    ]
    .into_iter()
    .filter(|curve| !curve.points.is_empty() && (curve.name != "disk read" || curve.top > 0.0))
    .collect()
}

fn percent(value: f64) -> String {
    format!("{value:.0} %")
}

fn in_bytes(value: f64) -> String {
    bytes(value as usize)
}

impl Curve {
    fn new(name: &'static str, points: Vec<(u64, f64)>, limit: Option<f64>, show: fn(f64) -> String) -> Self {
        let top = points.iter().map(|point| point.1).filter(|value| value.is_finite()).fold(0.0, f64::max);
        Curve { name, points: thinned(&points), top, limit, show }
    }
}

/// The highest of each group of neighbours, where there are too many.
fn thinned(points: &[(u64, f64)]) -> Vec<(u64, f64)> {
    let group = points.len().div_ceil(MOST_POINTS).max(1);
    points.chunks(group).filter_map(|group| group.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1))).collect()
}

/// A curve that fills its box, with a dashed line at its limit if it comes near.
fn draw(curve: &Curve, window: Window) -> Markup {
    let near = curve.limit.filter(|&limit| limit > 0.0 && curve.top >= NEAR * limit);
    let full = near.unwrap_or(0.0).max(curve.top).max(f64::MIN_POSITIVE);
    let (show, x) = (curve.show, |at: u64| format!("{:.1}", 1000.0 * window.place(at)));
    let y = |value: f64| format!("{:.1}", 58.0 - 54.0 * (value / full).clamp(0.0, 1.0));
    let line: Vec<String> = curve.points.iter().map(|&(at, value)| format!("{} {}", x(at), y(value))).collect();
    let ends = curve.points.first().zip(curve.points.last());
    let allowed = curve.limit.map(|limit| format!(" of {}", show(limit))).unwrap_or_default();
    let values: Vec<String> =
        curve.points.iter().map(|&(at, value)| format!("{},{}", at / 1_000_000, value.round())).collect();
    html! {
        .gutter { (curve.name) br; small { "≤ " (show(curve.top)) } }
        svg.curve height="60" viewBox="0 0 1000 60" preserveAspectRatio="none" role="img"
            aria-label={ (curve.name) " over time, at most " (show(curve.top)) (allowed) }
            data-name=(curve.name) data-unit=(if curve.name == "CPU" { "%" } else { "B" }) data-values=(values.join(";")) {
            @if let Some((first, last)) = ends {
                path.line d={ "M" (x(first.0)) " 60L" (line.join("L")) "L" (x(last.0)) " 60" } {}
            }
            @if let Some(limit) = near { path.limit d={ "M0 " (y(limit)) "H1000" } {} }
        }
    }
}
