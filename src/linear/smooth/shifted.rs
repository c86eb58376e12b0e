//! Shifted (centred) dense rows: columns moved to about zero.

use std::ops::Range;

use super::design::{DenseDesign, Design, Extent};
use crate::data::{Float, wide};

/// From how many times the spread of a column on the column is shifted. Next to a mean that is so large, products keep
/// fewer digits, and a column is hardly told from the intercept.
const FAR: f64 = 32.0;

/// What each column is to be shifted by: 0 where it lies about zero. Empty where all do.
pub(in crate::linear) fn shifts(extents: &[Extent]) -> Vec<f64> {
    let shift = |&(least, greatest): &Extent| {
        let (middle, spread) = (0.5 * least + 0.5 * greatest, greatest - least);
        if middle.is_finite() && middle.abs() > FAR * spread { middle } else { 0.0 }
    };
    let shifts: Vec<f64> = extents.iter().map(shift).collect();
    if shifts.iter().all(|&shift| shift == 0.0) { Vec::new() } else { shifts }
}

/// Takes the shift out of the intercepts of coefficients that were found for shifted columns, `outputs` interleaved.
pub(in crate::linear) fn unshift(shifts: &[f64], outputs: usize, coef: &[f64], intercept: &mut [f64]) {
    for (coef, shift) in coef.chunks_exact(outputs).zip(shifts) {
        intercept.iter_mut().zip(coef).for_each(|(intercept, w)| *intercept -= shift * w);
    }
}

/// Rows as if every column had been shifted: the minimum is the same but for the intercept, which is free.
pub(in crate::linear) struct Shifted<'a, F> {
    pub design: &'a DenseDesign<F>,
    /// One a column.
    pub shifts: &'a [f64],
}

impl<F: Float> Design for Shifted<'_, F> {
    type Elem = F;

    const SPARSE: bool = false;

    const TOGETHER: usize = 1;

    fn n_rows(&self) -> usize {
        self.design.n_rows()
    }

    fn width(&self) -> usize {
        self.design.width()
    }

    #[inline]
    fn for_each(&self, i: usize, mut f: impl FnMut(usize, f64)) {
        for (j, (&x, shift)) in self.design.row(i).iter().zip(self.shifts).enumerate() {
            f(j, wide(x) - shift);
        }
    }

    fn multiply(&self, rows: Range<usize>, weights: &[f64], products: &mut [f64]) {
        for (i, product) in rows.zip(products) {
            *product = 0.0;
            self.for_each(i, |j, x| *product += x * weights[j]);
        }
    }

    fn add(&self, rows: Range<usize>, scales: &[f64], sums: &mut [f64]) {
        for (i, scale) in rows.zip(scales) {
            self.for_each(i, |j, x| sums[j] += scale * x);
        }
    }
}
