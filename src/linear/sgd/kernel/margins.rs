//! Margins (decision values), read off the weights as training keeps them.

use std::array;

use ndarray::Array2;

use super::lanes::{Block, Lane, Lanes, WIDEST};
use crate::data::{FeatureRow, FeatureRows, Float, RowsView, check_values, float_computation, wide, with_rows};
use crate::error::Result;

float_computation!(Margins<'a>((&'a Lanes<F>, RowsView<'a, F>, usize, &'static str)) -> Result<Array2<F>> = margins);

fn margins<F: Float>((lanes, x, first, what): (&Lanes<F>, RowsView<'_, F>, usize, &'static str)) -> Result<Array2<F>> {
    with_rows!(x, x => lanes.checked_margins(x, first, what))
}

impl<F: Float> Lanes<F> {
    /// The margins of the first lanes, shape (rows, lanes): those of the
    /// [coefficients](Self::coefficients), to the last bit, without writing these out.
    ///
    /// # Errors
    /// Margins that are NaN or infinite: the feature that they come from, or else the margins, which are named `what`.
    pub(in crate::linear::sgd) fn margins(
        &self,
        x: RowsView<'_, F>,
        lanes: usize,
        what: &'static str,
    ) -> Result<Array2<F>> {
        F::run::<Margins<'_>>((self, x.reborrow(), lanes, what))
    }

    fn checked_margins<X: FeatureRows<Elem = F>>(&self, x: &X, lanes: usize, what: &'static str) -> Result<Array2<F>> {
        let margins = self.margins_of(x, lanes);
        check_values(x, margins.view(), what)?;
        Ok(margins)
    }

    fn margins_of<X: FeatureRows<Elem = F>>(&self, x: &X, lanes: usize) -> Array2<F> {
        let mut margins = Array2::zeros((x.nsamples(), lanes));
        for (b, block) in self.blocks().iter().enumerate() {
            let of_block = block.lanes.len().min(lanes.saturating_sub(b * WIDEST));
            let write = |i: usize, sums: &[f64]| {
                for (l, lane) in block.lanes[..of_block].iter().enumerate() {
                    margins[(i, b * WIDEST + l)] = F::cast(sums[l] + wide(lane.intercept_that_counts::<F>()));
                }
            };
            match block.width() {
                1 => block.dot::<X, 1>(x, write),
                2 => block.dot::<X, 2>(x, write),
                4 => block.dot::<X, 4>(x, write),
                _ => block.dot::<X, WIDEST>(x, write),
            }
        }
        margins
    }
}

impl<F: Float> Block<F> {
    /// Every row's products with the `N` lanes' coefficients.
    fn dot<X: FeatureRows<Elem = F>, const N: usize>(&self, x: &X, mut write: impl FnMut(usize, &[f64])) {
        let weights = self.weights.groups::<N>();
        let lane = |l: usize| self.lanes.get(l);
        let scale: [F; N] = array::from_fn(|l| lane(l).map_or(F::zero(), |lane| F::cast(lane.scale)));
        let average = self.average.as_ref().map(|average| {
            let terms = |lane: &Lane| (lane.averages, F::cast(lane.a), F::cast(1.0 / lane.b));
            let terms: [_; N] = array::from_fn(|l| lane(l).map_or((false, F::zero(), F::zero()), terms));
            (average.groups::<N>(), terms)
        });
        for i in 0..x.nsamples() {
            let mut sums = [0.0; N];
            match &average {
                _ if self.steps.is_some() => x.feature_row(i).for_each(|j, x| {
                    for (l, sum) in sums[..self.lanes.len()].iter_mut().enumerate() {
                        *sum += wide(self.stepped_weight(j * N + l)) * wide(x);
                    }
                }),
                None => x.feature_row(i).for_each(|j, x| {
                    for l in 0..N {
                        sums[l] += wide(weights[j][l] * scale[l]) * wide(x);
                    }
                }),
                Some((average, terms)) => x.feature_row(i).for_each(|j, x| {
                    for l in 0..N {
                        let (averages, a, share) = terms[l];
                        let mean = (average[j][l] + a * weights[j][l]) * share;
                        sums[l] += wide(if averages { mean } else { weights[j][l] * scale[l] }) * wide(x);
                    }
                }),
            }
            write(i, &sums);
        }
    }
}
