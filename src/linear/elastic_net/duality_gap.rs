//! Duality gap: how far an objective is above the least one at most.

use super::penalty::{Penalty, dot, norms};

/// The duality gap of coefficients whose errors have this mean square, and whose `slopes` are those of half of it.
///
/// The smaller of two bounds: from errors scaled down until they are feasible (scikit-learn's, for the lasso), and from the
/// conjugate of the L2 penalty, if there is one, which ridge regression needs. With no penalty at all there is no bound,
/// and it is the squared norm of the slopes, which is 0 at the optimum, as in scikit-learn.
pub(super) fn duality_gap(penalty: &Penalty, mean_square: f64, slopes: &[f64], coef: &[f64]) -> f64 {
    let (absolute, squares) = norms(coef);
    let primal = 0.5 * mean_square + penalty.l1 * absolute + 0.5 * penalty.l2 * squares;
    let of_targets = mean_square - dot(slopes, coef);
    let mut gap = f64::INFINITY;
    if penalty.l1 > 0.0 {
        let steepest =
            slopes.iter().zip(coef).map(|(slope, w)| penalty.size(-slope - penalty.l2 * w)).fold(0.0, f64::max);
        let scale = if steepest > penalty.l1 { penalty.l1 / steepest } else { 1.0 };
        let dual = scale * of_targets - 0.5 * scale * scale * (mean_square + penalty.l2 * squares);
        gap = primal - dual;
    }
    if penalty.l2 > 0.0 {
        let beyond = |slope: &f64| (penalty.size(-slope) - penalty.l1).max(0.0).powi(2);
        let dual = of_targets - 0.5 * mean_square - slopes.iter().map(beyond).sum::<f64>() / (2.0 * penalty.l2);
        gap = gap.min(primal - dual);
    }
    if penalty.l1 == 0.0 && penalty.l2 == 0.0 {
        let size = |(slope, w): (&f64, &f64)| if *w == 0.0 { penalty.size(-slope) } else { slope.abs() };
        gap = slopes.iter().zip(coef).map(|pair| size(pair).powi(2)).sum();
    }
    // A NaN stays one.
    if gap < 0.0 { 0.0 } else { gap }
}

impl Penalty {
    /// The size of a pull: one that coefficients may not follow has none.
    fn size(&self, pull: f64) -> f64 {
        if self.positive { pull.max(0.0) } else { pull.abs() }
    }
}
