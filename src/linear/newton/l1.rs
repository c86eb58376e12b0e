//! L1 penalties: value, minimum-norm subgradient, working set.

use serde::{Deserialize, Serialize};

/// An L1 penalty, `strength · Σ |x|`, on the first numbers of a point; the others are free.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::linear) struct L1 {
    pub strength: f64,
    /// The number of penalized numbers, which come first.
    pub penalized: usize,
}

impl L1 {
    /// No penalty.
    #[cfg(test)]
    pub(crate) const NONE: L1 = L1 { strength: 0.0, penalized: 0 };

    /// The penalty on number `j`.
    pub(super) fn strength_of(self, j: usize) -> f64 {
        if j < self.penalized { self.strength } else { 0.0 }
    }

    /// The penalty at a point.
    pub(super) fn value(self, point: &[f64]) -> f64 {
        self.strength * point[..self.penalized].iter().map(|x| x.abs()).sum::<f64>()
    }

    /// The minimum-norm subgradient of loss plus penalty in number `j`: 0 where that is at its minimum.
    pub(super) fn subgradient_of(self, j: usize, x: f64, gradient: f64) -> f64 {
        subgradient(self.strength_of(j), x, gradient)
    }

    /// The minimum-norm subgradient at a point, where the loss has this gradient.
    pub(super) fn subgradient(self, point: &[f64], gradient: &[f64]) -> impl Iterator<Item = f64> {
        let numbers = point.iter().zip(gradient).enumerate();
        numbers.map(move |(j, (&x, &g))| self.subgradient_of(j, x, g))
    }

    /// The Euclidean norm of the minimum-norm subgradient.
    pub(super) fn subgradient_norm(self, point: &[f64], gradient: &[f64]) -> f64 {
        self.subgradient(point, gradient).map(|v| v * v).sum::<f64>().sqrt()
    }

    /// The change of the linearised loss plus penalty between two points.
    pub(super) fn promised(self, from: &[f64], to: &[f64], gradient: &[f64]) -> f64 {
        let change = |(j, ((&from, &to), &g)): (usize, ((&f64, &f64), &f64))| {
            g * (to - from) + self.strength_of(j) * (to.abs() - from.abs())
        };
        from.iter().zip(to).zip(gradient).enumerate().map(change).sum()
    }

    /// The number of those that are not zero, or are free.
    pub(super) fn n_nonzero(self, point: &[f64]) -> usize {
        point[..self.penalized].iter().filter(|&&x| x != 0.0).count() + point.len() - self.penalized
    }

    /// The numbers that are not zero or are free, and of the others that want to leave zero those that gain most by it,
    /// up to `most` in all; ascending. `curvature` is about the diagonal of the Hessian.
    pub(super) fn working_set(self, point: &[f64], gradient: &[f64], curvature: &[f64], most: usize) -> Vec<u32> {
        let (mut set, mut leaving) = (Vec::new(), Vec::new());
        for (j, (v, (&x, &c))) in self.subgradient(point, gradient).zip(point.iter().zip(curvature)).enumerate() {
            if x != 0.0 || j >= self.penalized {
                set.push(j as u32);
            } else if v != 0.0 {
                leaving.push((v * v / if c > 0.0 { c } else { 1.0 }, j as u32));
            }
        }
        let room = most.saturating_sub(set.len());
        if leaving.len() > room {
            leaving.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            leaving.truncate(room);
        }
        set.extend(leaving.into_iter().map(|(_, j)| j));
        set.sort_unstable();
        set
    }
}

/// The minimum-norm subgradient of a loss with this gradient plus `strength · |x|`.
pub(super) fn subgradient(strength: f64, x: f64, gradient: f64) -> f64 {
    if x != 0.0 || strength == 0.0 {
        gradient + strength * x.signum()
    } else {
        gradient - gradient.clamp(-strength, strength)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subgradient_is_zero_at_minima() {
        let l1 = L1 { strength: 1.0, penalized: 4 };
        let (point, gradient) = ([0.0, 0.0, 2.0, -2.0, 0.0], [0.5, -3.0, -1.0, 1.5, 0.25]);
        assert_eq!(l1.subgradient(&point, &gradient).collect::<Vec<_>>(), [0.0, -2.0, 0.0, 0.5, 0.25]);
        assert_eq!((l1.value(&point), l1.n_nonzero(&point)), (4.0, 3));
        assert_eq!(l1.promised(&point, &[0.0, 1.0, 1.0, -2.0, 1.0], &gradient), -3.0 + 1.0 + 1.0 - 1.0 + 0.25);
        let free = L1 { strength: 0.0, penalized: 5 };
        assert!(free.subgradient(&point, &gradient).eq(gradient));
    }

    #[test]
    fn a_working_set_has_all_that_is_not_zero_and_the_most_promising() {
        let l1 = L1 { strength: 1.0, penalized: 5 };
        let (point, gradient) = ([0.0, 0.0, 2.0, 0.0, 0.0, 0.0], [0.5, -3.0, -1.0, 4.0, 1.5, 0.0]);
        let set = |curvature: f64, most| l1.working_set(&point, &gradient, &[1.0, curvature, 1.0, 1.0, 1.0, 1.0], most);
        assert_eq!(set(1.0, 9), [1, 2, 3, 4, 5]);
        assert_eq!(set(1.0, 3), [2, 3, 5]);
        assert_eq!(set(0.1, 3), [1, 2, 5]);
        assert_eq!(set(1.0, 0), [2, 5]);
    }
}
