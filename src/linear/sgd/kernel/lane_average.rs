//! Averaged SGD: the running average of a lane's weights.

use super::lanes::{Block, Lane, copy};
use super::lines::Lines;
use crate::data::Float;

impl<F: Float> Block<F> {
    /// Begins a lane's average, of no samples. The numbers of lanes without one are zero.
    pub(in crate::linear::sgd) fn begin_average(&mut self, lane: usize) {
        self.drop_average(lane);
        self.average.get_or_insert_with(|| Lines::zeros(self.weights.as_slice().len()));
        let Lane { averages, a, b, average_intercept, .. } = &mut self.lanes[lane];
        (*averages, *a, *b, *average_intercept) = (true, 0.0, 1.0, 0.0);
    }

    /// Ends a lane's average; the last weights count again.
    pub(in crate::linear::sgd) fn drop_average(&mut self, lane: usize) {
        let width = self.width();
        let had_one = std::mem::take(&mut self.lanes[lane].averages);
        if !self.lanes.iter().any(|lane| lane.averages) {
            self.average = None;
        } else if let (true, Some(average)) = (had_one, &mut self.average) {
            average.as_mut_slice().iter_mut().skip(lane).step_by(width).for_each(|number| *number = F::zero());
        }
    }

    /// Ends a lane's average and goes on from it.
    pub(in crate::linear::sgd) fn settle_on_average(&mut self, lane: usize) {
        if self.lanes[lane].averages {
            self.write_out(lane);
            let width = self.width();
            let Block { lanes, weights, average, .. } = self;
            copy(average.as_ref().expect("a lane averages"), (width, lane), weights, (width, lane));
            lanes[lane].intercept = lanes[lane].average_intercept;
            self.drop_average(lane);
        }
    }

    /// Replaces a lane's average, which has no samples, by the weights themselves.
    pub(in crate::linear::sgd) fn fill_average(&mut self, lane: usize) {
        self.write_out(lane);
        let width = self.width();
        let Block { lanes, weights, average, .. } = self;
        copy(weights, (width, lane), average.as_mut().expect("a lane averages"), (width, lane));
        lanes[lane].average_intercept = lanes[lane].intercept;
    }
}

impl Lane {
    /// Takes the weights into the average as its `n`-th sample (counted from 1). Gives the factor
    /// by which the row at hand, `update` times which was just added to the weights, has to be
    /// added to the stored average: `a * weights` has changed in its columns though the past
    /// samples have not.
    #[inline]
    pub(in crate::linear::sgd) fn add_to_average(&mut self, update: f64, n: f64) -> f64 {
        let factor = -self.a * update / self.scale;
        let share = 1.0 / n;
        if n > 1.0 {
            self.b /= 1.0 - share;
        }
        self.a += share * self.b * self.scale;
        self.average_intercept += (self.intercept - self.average_intercept) / n;
        factor
    }
}
