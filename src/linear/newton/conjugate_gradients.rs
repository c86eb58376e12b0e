//! Conjugate gradients: solving for a Newton step, product by product.

use serde::{Deserialize, Serialize};

use crate::data::checked::is_count;

/// Conjugate gradients for `Hessian · step = -gradient`, with a diagonal preconditioner, that can be
/// left and gone on with between any two products.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct ConjugateGradients {
    step: Vec<f64>,
    inverse_diagonal: Vec<f64>,
    residual: Vec<f64>,
    search: Vec<f64>,
    /// residual · preconditioner⁻¹ · residual.
    rz: f64,
    target: f64,
    rounds: usize,
}

/// The progress of a solution after a product.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Solving {
    GoesOn,
    /// It is as good as asked, or cannot become better, or took the most products.
    Solved,
    /// The curvature is beyond what floats hold.
    Overflowed,
}

impl ConjugateGradients {
    /// True if all its vectors have this length, and it has not gone on for longer than anybody could.
    pub(super) fn fits(&self, n: usize) -> bool {
        let vectors = [&self.step, &self.inverse_diagonal, &self.residual, &self.search];
        vectors.iter().all(|vector| vector.len() == n) && is_count([self.rounds as u64])
    }

    /// The solution so far.
    pub(super) fn step(&self) -> &[f64] {
        &self.step
    }

    /// The vector whose product with the Hessian is wanted next.
    pub(super) fn search(&self) -> &[f64] {
        &self.search
    }

    /// Begins, up to a residual of `forcing` times the gradient. `write` sets the diagonal that stands
    /// for the Hessian. `false` where that is beyond what floats hold.
    pub(super) fn begin(&mut self, gradient: &[f64], forcing: f64, write: impl FnOnce(&mut [f64])) -> bool {
        let n = gradient.len();
        for vector in [&mut self.step, &mut self.inverse_diagonal, &mut self.residual, &mut self.search] {
            vector.resize(n, 0.0);
        }
        let Self { step, inverse_diagonal, residual, search, .. } = self;
        write(inverse_diagonal);
        let mut finite = true;
        for d in inverse_diagonal.iter_mut() {
            finite &= d.is_finite();
            // A flat direction (no penalty, a column of zeros) has no gradient either.
            *d = if *d > 0.0 { d.recip() } else { 1.0 };
        }
        step.fill(0.0);
        let mut rz = 0.0;
        for (((r, s), &g), &d) in residual.iter_mut().zip(search.iter_mut()).zip(gradient).zip(&*inverse_diagonal) {
            *r = -g;
            *s = -g * d;
            rz += g * g * d;
        }
        (self.rz, self.target, self.rounds) = (rz, forcing * forcing * rz, 0);
        finite && rz.is_finite()
    }

    /// Goes on with the product that was wanted, for `most` products in all.
    pub(super) fn multiplied(&mut self, product: &[f64], most: usize) -> Solving {
        let Self { step, inverse_diagonal, residual, search, rz, target, rounds } = self;
        *rounds += 1;
        let curvature = super::dot(search, product);
        if !curvature.is_finite() {
            return Solving::Overflowed;
        }
        if curvature <= f64::MIN_POSITIVE {
            if *rounds == 1 {
                step.copy_from_slice(search);
            }
            return Solving::Solved;
        }
        let length = *rz / curvature;
        let mut next_rz = 0.0;
        for ((((t, r), &s), &p), &d) in
            step.iter_mut().zip(residual.iter_mut()).zip(&*search).zip(product).zip(&*inverse_diagonal)
        {
            *t += length * s;
            *r -= length * p;
            next_rz += *r * *r * d;
        }
        // In exact arithmetic as many rounds as there are numbers are enough.
        if next_rz <= *target || next_rz == 0.0 || *rounds >= most.min(step.len().max(10)) {
            return Solving::Solved;
        }
        let keep = next_rz / *rz;
        *rz = next_rz;
        for ((s, &r), &d) in search.iter_mut().zip(&*residual).zip(&*inverse_diagonal) {
            *s = r * d + keep * *s;
        }
        Solving::GoesOn
    }
}
