//! Line search: the best point on a line, for a quadratic function with an elastic-net penalty.

use super::penalty::{Penalty, dot, norms};

/// The longest step, as a multiple of the way that is proposed.
const LONGEST: f64 = 64.0;
/// As many halvings leave open nothing of a step that matters.
const HALVINGS: usize = 40;

/// A point, a way from it, and the slope and the curvature of the function along the way.
pub(super) struct Line<'a> {
    pub from: &'a [f64],
    pub way: &'a [f64],
    pub slope: f64,
    pub curvature: f64,
}

impl Line<'_> {
    /// How often the way has to be gone to where function and penalty together are least.
    pub(super) fn best(&self, penalty: &Penalty) -> f64 {
        let slope = self.slope + penalty.l2 * dot(self.from, self.way);
        let curvature = self.curvature + penalty.l2 * norms(self.way).1;
        let rises = |t: f64| {
            let of_signs = self.from.iter().zip(self.way).map(|(w, v)| (w + t * v).signum() * v).sum::<f64>();
            slope + curvature * t + penalty.l1 * of_signs > 0.0
        };
        let longest = if penalty.positive { self.longest_positive() } else { LONGEST };
        let (mut low, mut high) = (0.0, longest.min(1.0));
        while !rises(high) {
            if high >= longest {
                return high;
            }
            (low, high) = (high, longest.min(2.0 * high));
        }
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            (low, high) = if rises(middle) { (low, middle) } else { (middle, high) };
        }
        low
    }

    /// How often the way can be gone before a coefficient becomes negative.
    fn longest_positive(&self) -> f64 {
        let until_zero = |(w, v): (&f64, &f64)| if *v < 0.0 { w / -v } else { LONGEST };
        self.from.iter().zip(self.way).map(until_zero).fold(LONGEST, f64::min)
    }
}
