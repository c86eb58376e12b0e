//! A weight vector that can be shrunk as a whole at no cost, and that knows its running average.

use linfa::Float;

use crate::data::wide;
use crate::linear::FeatureRow;

/// The weights `scale * values`, borrowed for one training run.
///
/// L2 shrinks every weight on every step; here that is one multiplication. The running average
/// `(a * values + average) / b` likewise needs no more than the columns of the row at hand
/// (Bottou, *Stochastic Gradient Descent Tricks*, 2012). [`finish`](Self::finish) writes both out.
pub(super) struct ScaledWeights<'a, F> {
    values: &'a mut [F],
    scale: f64,
    average: Option<&'a mut [F]>,
    a: f64,
    b: f64,
    /// What scikit-learn takes for the norms; see [`add_and_measure`](Self::add_and_measure).
    squared_norm: f64,
    l1_norm: f64,
}

impl<'a, F: Float> ScaledWeights<'a, F> {
    pub(super) fn new(values: &'a mut [F], average: Option<&'a mut [F]>) -> Self {
        ScaledWeights { values, scale: 1.0, average, a: 0.0, b: 1.0, squared_norm: 0.0, l1_norm: 0.0 }
    }

    #[inline]
    pub(super) fn dot(&self, row: impl FeatureRow<F>) -> f64 {
        row.dot(self.values) * self.scale
    }

    /// Adds `update` times the row.
    #[inline]
    pub(super) fn add(&mut self, row: impl FeatureRow<F>, update: f64) {
        row.add_to(F::cast(update / self.scale), self.values);
    }

    /// [`add`](Self::add), taking the norms of the weights that it changed.
    ///
    /// scikit-learn's objective, which decides when to stop, takes these for the norms of the whole
    /// vector. Stopping at the same epoch needs the same norms.
    pub(super) fn add_and_measure(&mut self, row: impl FeatureRow<F>, update: f64) {
        let factor = F::cast(update / self.scale);
        let (mut squares, mut sum) = (0.0, 0.0);
        let values = &mut *self.values;
        row.for_each(|j, x| {
            values[j] += factor * x;
            let value = wide(values[j]);
            squares += value * value;
            sum += value.abs();
        });
        self.squared_norm = squares * self.scale * self.scale;
        self.l1_norm = sum * self.scale;
    }

    /// The norms as [`add_and_measure`](Self::add_and_measure) left them: squared L2, and L1.
    pub(super) fn norms(&self) -> (f64, f64) {
        (self.squared_norm, self.l1_norm)
    }

    /// Multiplies all weights by `factor`, which is from 0 to 1.
    #[inline]
    pub(super) fn shrink(&mut self, factor: f64) {
        self.scale *= factor;
        self.squared_norm *= factor * factor;
        self.l1_norm *= factor;
        if self.scale < Self::SMALLEST_SCALE {
            self.write_out();
        }
    }

    /// Below this scale the stored values would lose digits; scikit-learn's limits.
    const SMALLEST_SCALE: f64 = if size_of::<F>() <= 4 { 1e-6 } else { 1e-9 };

    /// Takes the weights into the average as its `n`-th sample (counted from 1), `update` times the
    /// row having just been added to them.
    #[inline]
    pub(super) fn add_to_average(&mut self, row: impl FeatureRow<F>, update: f64, n: f64) {
        let Some(average) = self.average.as_deref_mut() else { return };
        // `a * values` has changed in these columns though the past samples have not.
        row.add_to(F::cast(-self.a * update / self.scale), average);
        let share = 1.0 / n;
        if n > 1.0 {
            self.b /= 1.0 - share;
        }
        self.a += share * self.b * self.scale;
    }

    pub(super) fn scale(&self) -> f64 {
        self.scale
    }

    /// The weights divided by [`scale`](Self::scale).
    #[inline]
    pub(super) fn values_mut(&mut self) -> &mut [F] {
        self.values
    }

    /// Applies the scale to every weight. `false` when any of them is not finite.
    fn write_out(&mut self) -> bool {
        if let Some(average) = self.average.as_deref_mut() {
            let (a, b) = (F::cast(self.a), F::cast(1.0 / self.b));
            for (average, &value) in average.iter_mut().zip(&*self.values) {
                *average = (*average + a * value) * b;
            }
            self.a = 0.0;
            self.b = 1.0;
        }
        let scale = F::cast(self.scale);
        self.scale = 1.0;
        // One sweep over all columns for both, and no early exit, so that it vectorises.
        self.values.iter_mut().fold(true, |finite, value| {
            *value *= scale;
            finite & value.is_finite()
        })
    }

    /// Writes the weights and the average to where they were borrowed from. `false` when any of
    /// the weights is not finite.
    pub(super) fn finish(mut self) -> bool {
        self.write_out()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lazy scale and average against vectors that are written out on every step.
    #[test]
    fn lazy_weights_are_the_plain_ones() {
        let rows: [(&[u32], &[f64]); 3] = [(&[0, 2], &[1.0, -2.0]), (&[1], &[0.5]), (&[0, 1, 3], &[3.0, 1.0, 1.5])];
        let (mut values, mut average) = (vec![0.25; 5], vec![0.0; 5]);
        let (mut plain, mut plain_average) = (values.clone(), average.clone());
        let mut lazy = ScaledWeights::new(&mut values, Some(&mut average));
        for step in 0..60 {
            let (row, update) = (rows[step % 3], 0.1 * (step % 7) as f64 - 0.3);
            // Small enough for the scale to be written out several times.
            let factor = if step % 10 == 9 { 0.0 } else { 0.2 };
            lazy.shrink(factor);
            lazy.add(row, update);
            plain.iter_mut().for_each(|w| *w *= factor);
            row.add_to(update, &mut plain);
            assert!((lazy.dot(rows[2]) - rows[2].dot(&plain)).abs() < 1e-12);
            if step >= 4 {
                let n = (step - 3) as f64;
                lazy.add_to_average(row, update, n);
                plain_average.iter_mut().zip(&plain).for_each(|(mean, w)| *mean += (w - *mean) / n);
            }
        }
        assert!(lazy.finish());
        for j in 0..5 {
            assert!((values[j] - plain[j]).abs() < 1e-12, "weight {j}");
            assert!((average[j] - plain_average[j]).abs() < 1e-9, "average {j}: {} {}", average[j], plain_average[j]);
        }
    }

    #[test]
    fn weights_that_are_not_finite_are_noticed() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let mut values = vec![1.0; 5000];
            assert!(ScaledWeights::new(&mut values, None).finish());
            values[4999] = bad;
            assert!(!ScaledWeights::new(&mut values, None).finish());
        }
    }
}
