//! Blocks of weights with adaptive steps: another length at every coordinate.

use serde::{Deserialize, Serialize};

use super::rule::{Rates, Rule};
use crate::data::{Float, wide};
use crate::linear::sgd::kernel::lanes::Block;
use crate::linear::sgd::kernel::squares::Squares;

/// The state of a block for a [`Rule`], beside the [`Squares`] of its gradients.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::linear::sgd) struct CoordinateSteps {
    pub(in crate::linear::sgd) rule: Rule,
    /// One a lane.
    pub(in crate::linear::sgd) rates: Vec<Rates>,
    /// For each column, the step before which its weights have paid their penalties.
    pub(in crate::linear::sgd) paid: Vec<f64>,
    /// For each lane, the step that comes next; infinite while it learns.
    pub(in crate::linear::sgd) next: Vec<f64>,
}

impl CoordinateSteps {
    /// For the first lane of many: none of the others is in use yet.
    pub(in crate::linear::sgd) fn like(&self, width: usize) -> Self {
        let (rates, next) = (vec![Rates::NONE; width], vec![1.0; width]);
        CoordinateSteps { rule: self.rule, rates, paid: self.paid.clone(), next }
    }

    /// True if they are those of so many lanes and columns.
    pub(in crate::linear::sgd) fn fit(&self, width: usize, columns: usize) -> bool {
        (self.rates.len(), self.next.len(), self.paid.len()) == (width, width, columns)
    }
}

impl<F: Float> Block<F> {
    /// From step `t` on, the lanes take steps by this rule, or plain ones. Those that did so before
    /// go on; others start from their weights, with the gradients that were summed up if there are.
    pub(in crate::linear::sgd) fn take_steps(&mut self, wanted: Option<(Rule, Vec<Rates>)>, t: f64) {
        let wanted = wanted.map(|(rule, mut rates)| {
            rates.resize(self.width(), Rates::NONE);
            (rule, rates)
        });
        let before = self.steps.as_ref().map(|steps| (steps.rule, &steps.rates));
        if before == wanted.as_ref().map(|(rule, rates)| (*rule, rates)) {
            return;
        }
        self.end_steps();
        match wanted {
            Some((rule, rates)) => {
                (0..self.lanes.len()).for_each(|lane| self.write_out(lane));
                self.begin_steps(rule, rates, t);
            }
            None => self.squares = None,
        }
    }

    fn begin_steps(&mut self, rule: Rule, rates: Vec<Rates>, t: f64) {
        let (width, columns) = (self.width(), self.columns());
        let squares = self.squares.get_or_insert_with(|| Squares::zeros(width, columns));
        let numbers = self.weights.as_mut_slice().iter_mut().zip(squares.weights.as_slice()).enumerate();
        for (at, (number, &squares)) in numbers {
            *number = F::cast(rule.stored(&rates[at % width], wide(*number), squares, t));
        }
        self.steps = Some(CoordinateSteps { rule, rates, paid: vec![t; columns], next: vec![t; width] });
    }

    /// Writes out the weights, as plain steps want them.
    fn end_steps(&mut self) {
        if self.steps.is_some() {
            let weights: Vec<F> = (0..self.columns() * self.width()).map(|at| self.stepped_weight(at)).collect();
            self.weights = weights.into();
            self.steps = None;
        }
    }

    /// The weight that the stored number stands for, by the rule.
    pub(in crate::linear::sgd) fn stepped_weight(&self, at: usize) -> F {
        let (Some(steps), Some(squares)) = (&self.steps, &self.squares) else { return self.weights.as_slice()[at] };
        let (column, lane) = (at / self.width(), at % self.width());
        let (stored, squares) = (wide(self.weights.as_slice()[at]), squares.weights.as_slice()[at]);
        let weight = steps.rule.weight(&steps.rates[lane], stored, squares, (steps.paid[column], steps.next[lane]));
        F::cast(weight)
    }
}
