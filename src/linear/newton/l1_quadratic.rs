//! Quadratic functions plus an L1 penalty, minimised by coordinate descent and conjugate gradients.

use super::l1::subgradient;

/// The most sweeps of coordinate descent; some ten or twenty are usual.
const MAX_SWEEPS: usize = 300;
/// After so many sweeps there are conjugate gradients.
const SWEEPS: usize = 4;
/// The most products of one solution by conjugate gradients.
const MAX_PRODUCTS: usize = 64;
/// A gradient that has cancelled to this share of its terms is rounding.
const ROUNDING: f64 = 1e-15;

/// `gradient · (x - start) + ½ (x - start) · Hessian · (x - start) + Σ strength · |x|` of some hundred numbers, whose
/// Hessian is at hand.
///
/// Coordinate descent finds the numbers that are zero (Friedman, Hastie and Tibshirani 2010). Every few sweeps, and whenever
/// one leaves all numbers on their side of zero, conjugate gradients go on among those that are not zero: they are faster
/// where columns depend on each other.
pub(super) struct L1Quadratic<'a> {
    /// The start, then the best point so far, and the gradient of the quadratic function there.
    pub point: Vec<f64>,
    pub gradient: Vec<f64>,
    /// The penalty on each number.
    pub strengths: Vec<f64>,
    /// Row after row.
    pub hessian: &'a [f64],
}

impl L1Quadratic<'_> {
    /// The minimum, up to `forcing` times the subgradient at the start, both scaled by the diagonal.
    pub(super) fn minimize(mut self, forcing: f64) -> Vec<f64> {
        let rounding: f64 = (0..self.point.len()).map(|j| self.scaled(j, ROUNDING * self.gradient[j])).sum();
        let target = (forcing * forcing * self.squares()).max(rounding);
        for sweep in 1..=MAX_SWEEPS {
            let stayed = self.sweep();
            if self.squares() <= target {
                break;
            }
            if stayed || sweep % SWEEPS == 0 {
                self.descend_in_face(target);
            }
        }
        self.point
    }

    fn diagonal(&self, j: usize) -> f64 {
        self.hessian[j * self.point.len() + j]
    }

    /// The square of a gradient's number, scaled by the diagonal.
    fn scaled(&self, j: usize, number: f64) -> f64 {
        let diagonal = self.diagonal(j);
        number * number / if diagonal > 0.0 { diagonal } else { 1.0 }
    }

    fn subgradient(&self, j: usize) -> f64 {
        subgradient(self.strengths[j], self.point[j], self.gradient[j])
    }

    /// The scaled squares of the subgradient. A flat direction counts only where it leads to zero.
    fn squares(&self) -> f64 {
        let counts = |j: &usize| self.diagonal(*j) > 0.0;
        (0..self.point.len()).filter(counts).map(|j| self.scaled(j, self.subgradient(j))).sum()
    }

    /// Moves each number to its minimum, one after the other. True if each penalized one stayed on its side of zero.
    fn sweep(&mut self) -> bool {
        let mut stayed = true;
        for j in 0..self.point.len() {
            let (x, g, strength) = (self.point[j], self.gradient[j], self.strengths[j]);
            if x == 0.0 && g.abs() <= strength {
                continue;
            }
            let curvature = self.diagonal(j);
            if curvature > 0.0 {
                let free = x - g / curvature;
                let next = free - free.clamp(-strength / curvature, strength / curvature);
                self.move_by(j, next - x);
                self.point[j] = next;
                stayed &= strength == 0.0 || next * x > 0.0;
            } else if g.abs() < strength {
                self.point[j] = 0.0;
            }
        }
        stayed
    }

    /// Adds a change of number `j` to the gradient.
    fn move_by(&mut self, j: usize, change: f64) {
        if change != 0.0 {
            let row = &self.hessian[j * self.point.len()..][..self.point.len()];
            self.gradient.iter_mut().zip(row).for_each(|(g, h)| *g += change * h);
        }
    }

    /// Solves for the minimum among the numbers that are not zero, and goes there: what would cross zero becomes zero, or,
    /// where that leads up, all go only as far as none crosses it.
    fn descend_in_face(&mut self, target: f64) {
        let n = self.point.len();
        let in_face = |&j: &usize| (self.point[j] != 0.0 || self.strengths[j] == 0.0) && self.diagonal(j) > 0.0;
        let face: Vec<usize> = (0..n).filter(in_face).collect();
        let step = self.newton_step(&face, target);
        let at = |j: usize| self.point[j];
        let clamped = |(&j, step): (&usize, &f64)| {
            let next = at(j) + step;
            if self.strengths[j] > 0.0 && next * at(j) <= 0.0 { 0.0 } else { next }
        };
        let clamped: Vec<f64> = face.iter().zip(&step).map(clamped).collect();
        let before = (self.point.clone(), self.gradient.clone());
        if self.go_to(&face, &clamped) <= 0.0 {
            return;
        }
        (self.point, self.gradient) = before;
        let mut length = 1.0_f64;
        let mut crossing = None;
        for (&j, step) in face.iter().zip(&step) {
            let x = self.point[j];
            if self.strengths[j] > 0.0 && (x + length * step) * x.signum() < 0.0 {
                (length, crossing) = (-x / step, Some(j));
            }
        }
        let before_it =
            |(&j, step): (&usize, &f64)| if crossing == Some(j) { 0.0 } else { self.point[j] + length * step };
        let before_it: Vec<f64> = face.iter().zip(&step).map(before_it).collect();
        self.go_to(&face, &before_it);
    }

    /// Moves the numbers of a face; gives the change of the function.
    fn go_to(&mut self, face: &[usize], to: &[f64]) -> f64 {
        let moved = |(&j, next): (&usize, &f64)| (next - self.point[j], self.gradient[j], self.point[j]);
        let moved: Vec<(f64, f64, f64)> = face.iter().zip(to).map(moved).collect();
        for ((&j, &next), (change, ..)) in face.iter().zip(to).zip(&moved) {
            self.move_by(j, *change);
            self.point[j] = next;
        }
        let changes = face.iter().zip(&moved).map(|(&j, (change, gradient, x))| {
            0.5 * (gradient + self.gradient[j]) * change + self.strengths[j] * (self.point[j].abs() - x.abs())
        });
        changes.sum()
    }

    /// Conjugate gradients for the numbers of a face.
    fn newton_step(&self, face: &[usize], target: f64) -> Vec<f64> {
        let n = face.len();
        let row = |&j: &usize| face.iter().map(move |&i| self.hessian[j * self.point.len() + i]);
        let hessian: Vec<f64> = face.iter().flat_map(row).collect();
        let inverse: Vec<f64> = face.iter().map(|&j| self.diagonal(j).recip()).collect();
        let mut residual: Vec<f64> = face.iter().map(|&j| -self.subgradient(j)).collect();
        let mut search: Vec<f64> = residual.iter().zip(&inverse).map(|(r, d)| r * d).collect();
        let mut rz = super::dot(&residual, &search);
        let (mut step, mut product) = (vec![0.0; face.len()], vec![0.0; face.len()]);
        for _ in 0..MAX_PRODUCTS.min(n + 10) {
            if rz <= 0.1 * target {
                break;
            }
            product.iter_mut().zip(hessian.chunks_exact(n)).for_each(|(p, row)| *p = super::dot(row, &search));
            let curvature = super::dot(&search, &product);
            if !(curvature > f64::MIN_POSITIVE && curvature.is_finite()) {
                break;
            }
            let length = rz / curvature;
            step.iter_mut().zip(&search).for_each(|(t, s)| *t += length * s);
            residual.iter_mut().zip(&product).for_each(|(r, p)| *r -= length * p);
            let next: f64 = residual.iter().zip(&inverse).map(|(r, d)| r * r * d).sum();
            let keep = next / rz;
            rz = next;
            search.iter_mut().zip(&residual).zip(&inverse).for_each(|((s, r), d)| *s = r * d + keep * *s);
        }
        step
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Aᵀ A of a matrix of `rows` rows, which is singular if those are few.
    fn hessian(n: usize, rows: usize) -> Vec<f64> {
        let a = |i: usize, j: usize| ((i * 31 + j * 17 + i * j) % 13) as f64 / 6.0 - 0.9;
        (0..n * n).map(|at| (0..rows).map(|i| a(i, at / n) * a(i, at % n)).sum()).collect()
    }

    #[test]
    fn minima_have_no_subgradient() {
        for (n, rows) in [(1, 3), (8, 20), (12, 5)] {
            let hessian = hessian(n, rows);
            // In the span of the Hessian, so that there is a minimum.
            let target: Vec<f64> = (0..n).map(|j| (j as f64 * 2.1).sin() * 2.0).collect();
            let gradient: Vec<f64> =
                (0..n).map(|j| -(0..n).map(|i| hessian[j * n + i] * target[i]).sum::<f64>()).collect();
            for strength in [0.0, 0.3, 4.0, 1e3] {
                let strengths: Vec<f64> = (0..n).map(|j| if j + 1 == n { 0.0 } else { strength }).collect();
                let (point, gradient, hessian) = (vec![0.0; n], gradient.clone(), &hessian[..]);
                let problem = L1Quadratic { point, gradient: gradient.clone(), strengths: strengths.clone(), hessian };
                let x = problem.minimize(1e-9);
                for j in 0..n {
                    let slope = gradient[j] + (0..n).map(|i| hessian[j * n + i] * x[i]).sum::<f64>();
                    let v = subgradient(strengths[j], x[j], slope);
                    assert!(v.abs() < 1e-6, "{n} {strength} {j}: {v}");
                }
                assert!(strength < 1e3 || x[..n - 1].iter().all(|&x| x == 0.0), "{x:?}");
            }
        }
    }

    #[test]
    fn flat_directions_lead_to_zero() {
        let problem = L1Quadratic {
            point: vec![3.0, 2.0],
            gradient: vec![0.0, -1.0],
            strengths: vec![0.5, 0.5],
            hessian: &[0.0, 0.0, 0.0, 1.0],
        };
        assert_eq!(problem.minimize(1e-9), [0.0, 2.5]);
    }
}
