//! Axis of time below a picture, and the frame that pictures with such an axis share.

use maud::{Markup, html};

/// Marks on the axis, at most.
const MOST_MARKS: f64 = 5.0;

/// A part of a run's time, in nanoseconds; never empty.
#[derive(Clone, Copy)]
pub(super) struct Window {
    pub(super) start: u64,
    pub(super) end: u64,
}

impl Window {
    pub(super) fn new(start: u64, end: u64) -> Self {
        Window { start, end: end.max(start + 1) }
    }

    pub(super) fn length(self) -> u64 {
        self.end - self.start
    }

    /// The nanoseconds of a span that lie in it.
    pub(super) fn overlap(self, start: u64, end: u64) -> u64 {
        end.min(self.end).saturating_sub(start.max(self.start))
    }

    /// A time's place in it, from 0 to 1.
    pub(super) fn place(self, at: u64) -> f64 {
        (at.clamp(self.start, self.end) - self.start) as f64 / self.length() as f64
    }
}

/// A picture over time: rows of a name and a picture, an axis, and the line below that says what is at the cursor, which
/// the pointer moves, or a slider.
pub(super) fn plot(id: &str, title: &str, window: Window, labels: Option<String>, rows: Markup) -> Markup {
    html! {
        .plot id=(id) data-start=(window.start) data-end=(window.end) data-labels=[labels] {
            (rows)
            .gutter {}
            (axis(window))
            .gutter {}
            input.cursor-time id={ (id) "-time" } type="range" min="0" max="1000" value="1000" hidden
                aria-label={ "Time in: " (title) };
            .cursor hidden {}
        }
        p.readout id={ (id) "-readout" } { "Point at the picture, or move the slider, for times and values." }
    }
}

fn axis(window: Window) -> Markup {
    let percent = |at: u64| format!("{:.2}%", 100.0 * window.place(at));
    html! {
        svg.axis height="20" aria-hidden="true" {
            @for (at, text) in marks(window) {
                line x1=(percent(at)) x2=(percent(at)) y1="0" y2="16" {}
                text x=(percent(at)) dx="4" y="13" { (text) }
            }
        }
    }
}

/// Round times for the axis.
fn marks(window: Window) -> Vec<(u64, String)> {
    let rough = window.length() as f64 / 1e9 / MOST_MARKS;
    let step = step(rough);
    let decimals = (-step.log10().floor()).max(0.0) as usize;
    let mark = |i: u64| {
        let at = i as f64 * step;
        let text = match step {
            _ if step < 0.001 => format!("{:.0} µs", at * 1e6),
            _ if step < 1.0 && window.end < 1_000_000_000 => format!("{:.0} ms", at * 1e3),
            _ if step < 60.0 && window.end < 120_000_000_000 => format!("{at:.decimals$} s"),
            _ => clock(at.round() as u64),
        };
        ((at * 1e9).round() as u64, text)
    };
    let first = (window.start as f64 / 1e9 / step).ceil() as u64;
    // The last one must not stick out at the right.
    let last = window.start + (0.9 * window.length() as f64) as u64;
    (first..).map(mark).take_while(|(at, _)| *at <= last).collect()
}

/// The next round length of time, in seconds.
fn step(rough: f64) -> f64 {
    const LONG: [f64; 10] = [60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0, 7200.0, 14_400.0, 36_000.0];
    if rough > 30.0 {
        return LONG.into_iter().find(|step| *step >= rough).unwrap_or_else(|| (rough / 86_400.0).ceil() * 86_400.0);
    }
    let power = 10f64.powf(rough.log10().floor());
    let round = [1.0, 2.0, 5.0, 10.0].iter().map(|factor| factor * power).find(|step| *step >= rough).unwrap_or(rough);
    if round > 5.0 { [10.0, 20.0, 30.0].into_iter().find(|step| *step >= rough).unwrap_or(round) } else { round }
}

/// Hours, minutes and seconds.
fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round_few_and_within() {
        let texts = |start: f64, end: f64| {
            let window = Window::new((start * 1e9) as u64, (end * 1e9) as u64);
            let marks = marks(window);
            assert!((1..=6).contains(&marks.len()), "{marks:?}");
            assert!(marks.iter().all(|(at, _)| (window.start..=window.end).contains(at)), "{marks:?}");
            marks.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(texts(0.0, 0.000_1), "0 µs 20 µs 40 µs 60 µs 80 µs");
        assert_eq!(texts(0.0, 0.4), "0 ms 100 ms 200 ms 300 ms");
        assert_eq!(texts(0.0, 2.2), "0.0 s 0.5 s 1.0 s 1.5 s");
        assert_eq!(texts(0.0, 41.0), "0 s 10 s 20 s 30 s");
        assert_eq!(texts(0.0, 100.0), "0 s 20 s 40 s 60 s 80 s");
        assert_eq!(texts(540.0, 600.0), "9:00 9:20 9:40");
        assert_eq!(texts(0.0, 4000.0), "0:00 20:00 40:00 1:00:00");
        assert_eq!(texts(0.0, 500_000.0).split(' ').count(), 3);
    }
}
