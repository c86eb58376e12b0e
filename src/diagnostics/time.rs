//! Lengths of time as people read them.

use std::time::Duration;

/// A length of time in the unit that suits it, e.g. `12.3 s`, `4.0 ms`.
pub(super) fn seconds(time: Duration) -> String {
    let s = time.as_secs_f64();
    match s {
        _ if s >= 3600.0 => format!("{:.0} h {:02.0} min", (s / 3600.0).floor(), (s % 3600.0 / 60.0).floor()),
        _ if s >= 60.0 => format!("{:.0} min {:02.0} s", (s / 60.0).floor(), (s % 60.0).floor()),
        _ if s >= 10.0 => format!("{s:.1} s"),
        _ if s >= 0.1 => format!("{s:.2} s"),
        _ if s >= 0.001 => format!("{:.1} ms", s * 1e3),
        _ => format!("{:.0} µs", s * 1e6),
    }
}

/// A length of time that is only guessed: to the second, or coarser.
pub(super) fn about(time: Duration) -> String {
    let s = time.as_secs_f64();
    // To ten seconds, from ten minutes on to whole minutes.
    let tens = if s < 600.0 { (s / 10.0).round() } else { 6.0 * (s / 60.0).round() };
    match s {
        _ if s < 1.0 => "1 s".to_owned(),
        _ if s < 20.0 => format!("{s:.0} s"),
        _ if s < 55.0 => format!("{:.0} s", (s / 5.0).round() * 5.0),
        _ if s < 3570.0 && tens % 6.0 == 0.0 => format!("{:.0} min", tens / 6.0),
        _ if s < 3570.0 => seconds(Duration::from_secs_f64(tens * 10.0)),
        _ => seconds(time.max(Duration::from_secs(3600))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_has_its_unit() {
        let texts = [0.0, 0.000_25, 0.012, 0.5, 12.34, 75.0, 3700.0].map(|s| seconds(Duration::from_secs_f64(s)));
        assert_eq!(texts, ["0 µs", "250 µs", "12.0 ms", "0.50 s", "12.3 s", "1 min 15 s", "1 h 01 min"]);
    }

    #[test]
    fn guesses_are_coarse() {
        let texts = [0.2, 7.4, 33.0, 59.0, 131.0, 1234.0, 7300.0].map(|s| about(Duration::from_secs_f64(s)));
        assert_eq!(texts, ["1 s", "7 s", "35 s", "1 min", "2 min 10 s", "21 min", "2 h 01 min"]);
    }
}
