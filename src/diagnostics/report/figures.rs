//! Scores, objectives and losses as they come out.

use std::collections::HashMap;

use maud::{Markup, html};

use crate::error::shown;
use crate::graph::FigureRecord;
use crate::graph::units::{count, counted};

/// Series that are drawn; those whose last value can be unfolded.
const DRAWN: usize = 12;
const FOLDED: usize = 30;

/// Points of a line.
const MOST_POINTS: usize = 80;

/// The values of one figure of tasks of one name and display name.
struct Series {
    title: String,
    name: String,
    values: Vec<f64>,
    /// The first and the last time.
    began: u64,
    ended: u64,
}

/// A line for each series, if there are any: where there are many, those that are the most recent.
pub(super) fn figures(records: &[FigureRecord]) -> Option<Markup> {
    let mut series = series(records);
    if series.is_empty() {
        return None;
    }
    series.sort_by_key(|series| (std::cmp::Reverse(series.ended), series.began));
    let rest = series.split_off(series.len().min(DRAWN));
    // In a lasting order, so that lines do not change places under the reader's eyes.
    series.sort_by(|a, b| (a.began, &a.title, &a.name).cmp(&(b.began, &b.title, &b.name)));
    Some(html! {
        .charts { @for series in &series { (chart(series)) } }
        @if !rest.is_empty() {
            details #figures-more {
                summary { (count(rest.len())) " further series" }
                .scroll #figures-folded tabindex="0" role="group" aria-label="Further series" { table {
                    thead { tr {
                        th scope="col" { "of" } th scope="col" { "figure" } th.number scope="col" { "values" }
                        th.number scope="col" { "last" }
                    } }
                    tbody {
                        @for series in rest.iter().take(FOLDED) {
                            tr {
                                th scope="row" { (series.title) }
                                td { (series.name) }
                                td.number { (count(series.values.len())) }
                                td.number { (number(series.last())) }
                            }
                        }
                    }
                } }
                @if rest.len() > FOLDED { p.quiet { "And " (count(rest.len() - FOLDED)) " more." } }
            }
        }
    })
}

fn series(records: &[FigureRecord]) -> Vec<Series> {
    let mut places: HashMap<(&str, Option<&str>, &str), usize> = HashMap::new();
    let mut all: Vec<Series> = Vec::new();
    for record in records {
        let label = record.display_name.as_deref();
        let place = *places.entry((&record.task, label, &record.name)).or_insert_with(|| {
            let task = shown::value(&record.task);
            let title = label.map_or_else(|| task.to_string(), |label| format!("{task} · {}", shown::value(label)));
            let name = shown::value(&record.name).to_string();
            all.push(Series { title, name, values: Vec::new(), began: record.at, ended: record.at });
            all.len() - 1
        });
        all[place].values.push(record.value);
        all[place].ended = all[place].ended.max(record.at);
    }
    all
}

impl Series {
    fn last(&self) -> f64 {
        self.values.last().copied().unwrap_or(f64::NAN)
    }

    /// The lowest and the highest finite value.
    fn range(&self) -> Option<(f64, f64)> {
        let finite = || self.values.iter().copied().filter(|value| value.is_finite());
        Some((finite().reduce(f64::min)?, finite().reduce(f64::max)?))
    }

    fn in_words(&self) -> String {
        let range =
            self.range().map(|(low, high)| format!(", from {} to {}", number(low), number(high))).unwrap_or_default();
        format!(
            "{} of {}: {}{range}, the last {}",
            self.name,
            self.title,
            counted(self.values.len(), "value"),
            number(self.last())
        )
    }
}

/// Name, last value, and a line if there are several.
fn chart(series: &Series) -> Markup {
    let range = series.range();
    html! {
        figure.chart {
            figcaption {
                span.quiet { (series.title) }
                span.last { (series.name) " " b { (number(series.last())) } }
            }
            @if let (Some((low, high)), true) = (range, series.values.len() > 1) {
                svg viewBox="0 0 300 50" preserveAspectRatio="none" role="img" aria-label=(series.in_words()) {
                    path.line d=(line(series, low, high)) {}
                }
                p.range { small { (number(low)) " to " (number(high)) } small { (counted(series.values.len(), "value")) } }
            } @else {
                p.range { small { (counted(series.values.len(), "value")) } }
            }
        }
    }
}

/// The path through at most so many of the values; it is broken where one is not finite.
fn line(series: &Series, low: f64, high: f64) -> String {
    let (n, height) = (series.values.len(), high - low);
    let group = n.div_ceil(MOST_POINTS).max(1);
    let (mut path, mut command) = (String::new(), 'M');
    let last_of_groups = (0..n).filter(|i| (i + 1) % group == 0 || i + 1 == n);
    for i in last_of_groups {
        let value = series.values[i];
        if value.is_finite() {
            let x = 300.0 * i as f64 / (n - 1) as f64;
            let part = if height > 0.0 && height.is_finite() { (value - low) / height } else { 0.5 };
            path += &format!("{command}{x:.0} {:.1}", 47.0 - 44.0 * part);
            command = 'L';
        } else {
            command = 'M';
        }
    }
    path
}

/// Four digits that count.
fn number(value: f64) -> String {
    let size = value.abs();
    match size {
        _ if value.is_nan() => "not a number".to_owned(),
        _ if size.is_infinite() => if value > 0.0 { "∞" } else { "−∞" }.to_owned(),
        _ if size >= 1e9 || (size > 0.0 && size < 1e-4) => format!("{value:.3e}"),
        _ if size >= 1000.0 => format!("{value:.0}"),
        _ if size >= 100.0 => format!("{value:.1}"),
        _ if size >= 10.0 => format!("{value:.2}"),
        _ if size >= 1.0 || size == 0.0 => format!("{value:.3}"),
        _ => format!("{value:.4}"),
    }
}
