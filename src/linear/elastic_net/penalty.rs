//! Elastic-net penalty: what coefficients cost, and the best one for a given slope.

/// `l1 · |w|₁ + l2/2 · |w|²`; infinite for a negative coefficient if they have to be `positive`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Penalty {
    pub l1: f64,
    pub l2: f64,
    pub positive: bool,
}

impl Penalty {
    /// The cost of coefficients that are allowed.
    pub(super) fn value(&self, coef: &[f64]) -> f64 {
        let (absolute, squares) = norms(coef);
        self.l1 * absolute + 0.5 * self.l2 * squares
    }

    /// The `w` of least `curvature/2 · w² - pull · w` + penalty (soft thresholding); 0 where all are alike.
    pub(super) fn best(&self, curvature: f64, pull: f64) -> f64 {
        let beyond = (pull.abs() - self.l1).max(0.0);
        let total = curvature + self.l2;
        if beyond == 0.0 || total <= 0.0 || (self.positive && pull < 0.0) {
            return 0.0;
        }
        (beyond / total).copysign(pull)
    }
}

/// The sum of the absolute values, and of the squares.
pub(super) fn norms(coef: &[f64]) -> (f64, f64) {
    coef.iter().fold((0.0, 0.0), |(absolute, squares), w| (absolute + w.abs(), squares + w * w))
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
