//! CPU, memory of the process and bytes held by chunks over time.

use maud::{Markup, html};

use super::axis::{Window, plot};
use crate::diagnostics::overview::Overview;
use crate::diagnostics::run_view::RunView;
use crate::graph::Sample;
use crate::graph::units::{bytes, count};

/// Points of a curve.
const MOST_POINTS: usize = 120;

/// A limit is drawn where the curve comes this near to it; else it is only named.
const NEAR: f64 = 0.1;

/// A curve: its points as (time, value), and its highest.
struct Curve {
    name: &'static str,
    unit: Unit,
    points: Vec<(u64, f64)>,
    top: f64,
    limit: Option<f64>,
}

#[derive(Clone, Copy, PartialEq)]
enum Unit {
    Percent,
    Bytes,
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
    let rows = html! { @for curve in &curves { (draw(curve, window)) } };
    Some(plot("resources-plot", "CPU and memory over time", window, None, rows))
}

fn curves(view: &RunView<'_>) -> Vec<Curve> {
    let of = |name, unit, value: fn(&Sample) -> f64| {
        Curve::new(name, unit, view.samples.iter().map(|sample| (sample.at, value(sample))).collect())
    };
    let held = view.memory.iter().map(|&(at, held)| (at, held as f64)).collect();
    let limit = view.memory_limit.map(|limit| limit as f64).filter(|&limit| limit > 0.0);
    [
        of("CPU", Unit::Percent, |sample| sample.cpu_percent),
        Curve { limit, ..Curve::new("chunks held", Unit::Bytes, held) },
        of("process", Unit::Bytes, |sample| sample.resident_bytes as f64),
        of("disk read", Unit::Bytes, |sample| sample.read_bytes as f64),
    ]
    .into_iter()
    .filter(|curve| !curve.points.is_empty() && (curve.name != "disk read" || curve.top > 0.0))
    .collect()
}

impl Unit {
    fn show(self, value: f64) -> String {
        match self {
            Unit::Percent => format!("{} %", count(value.max(0.0).round() as usize)),
            Unit::Bytes => bytes(value as usize),
        }
    }

    /// As the script reads it: percent, or mebibytes.
    fn number(self, value: f64) -> String {
        match self {
            Unit::Percent => format!("{value:.0}"),
            Unit::Bytes => format!("{:.1}", value / f64::from(1 << 20)),
        }
    }

    fn name(self) -> &'static str {
        if self == Unit::Percent { "%" } else { "MiB" }
    }
}

impl Curve {
    fn new(name: &'static str, unit: Unit, points: Vec<(u64, f64)>) -> Self {
        let points: Vec<(u64, f64)> = points.into_iter().filter(|(_, value)| value.is_finite()).collect();
        let top = points.iter().map(|point| point.1).fold(0.0, f64::max);
        Curve { name, unit, points: thinned(&points), top, limit: None }
    }
}

/// The highest of each group of neighbours, where there are too many.
fn thinned(points: &[(u64, f64)]) -> Vec<(u64, f64)> {
    let group = points.len().div_ceil(MOST_POINTS).max(1);
    points.chunks(group).filter_map(|group| group.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1))).collect()
}

/// A curve that fills its box, with a dashed line at its limit if it comes near.
fn draw(curve: &Curve, window: Window) -> Markup {
    let unit = curve.unit;
    let near = curve.limit.filter(|&limit| curve.top >= NEAR * limit);
    let full = near.unwrap_or(0.0).max(curve.top).max(f64::MIN_POSITIVE);
    let x = |at: u64| format!("{:.0}", 1000.0 * window.place(at));
    let y = |value: f64| format!("{:.1}", 58.0 - 54.0 * (value / full).clamp(0.0, 1.0));
    let line: Vec<String> = curve.points.iter().map(|&(at, value)| format!("{} {}", x(at), y(value))).collect();
    let ends = curve.points.first().zip(curve.points.last());
    // The upright sides of a curve that fills the whole time are out of sight.
    let side = |at: u64| match 1000.0 * window.place(at) {
        x if x < 20.0 => -5.0,
        x if x > 980.0 => 1005.0,
        x => x.round(),
    };
    let allowed = curve.limit.map(|limit| format!(", {} allowed", unit.show(limit))).unwrap_or_default();
    let value = |&(at, value): &(u64, f64)| format!("{},{}", at / 1_000_000, unit.number(value));
    let values = curve.points.iter().map(value).collect::<Vec<_>>().join(";");
    html! {
        .gutter { (curve.name) br; small { "≤ " (unit.show(curve.top)) } }
        svg.curve height="60" viewBox="0 0 1000 60" preserveAspectRatio="none" role="img"
            aria-label={ (curve.name) " over time, at most " (unit.show(curve.top)) (allowed) }
            data-name=(curve.name) data-unit=(unit.name()) data-values=(values) {
            @if let Some((first, last)) = ends {
                path.line d={ "M" (side(first.0)) " 60V" (y(first.1)) "L" (line.join("L")) "H" (side(last.0)) "V60" } {}
            }
            @if let Some(limit) = near { path.limit d={ "M0 " (y(limit)) "H1000" } {} }
        }
    }
}
