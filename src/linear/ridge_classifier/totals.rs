//! Class totals: how often each class occurs, and with how much weight.

use linfa::Label;
use serde::{Deserialize, Serialize};

use super::{NAME, target};
use crate::data::labels;
use crate::error::{Error, ErrorKind, Result};
use crate::linear::ClassWeight;
use crate::linear::sgd::class_weights;
use crate::linear::targets::ClassTargets;

/// The findings of the first pass: the classes, sorted, with the number of rows of each and their weight.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClassTotals<L>(Vec<ClassTotal<L>>);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct ClassTotal<L> {
    label: L,
    rows: usize,
    weight: f64,
}

impl<L: Label> ClassTotals<L> {
    /// The totals of some rows, with their weights.
    pub(super) fn of(targets: &ClassTargets<L>, weights: &[f64]) -> Self {
        let total = |label: &L| ClassTotal { label: label.clone(), rows: 0, weight: 0.0 };
        let mut totals: Vec<_> = targets.classes.iter().map(total).collect();
        for (&class, weight) in targets.class_of.iter().zip(weights) {
            let total = &mut totals[class as usize];
            total.rows += 1;
            total.weight += weight;
        }
        ClassTotals(totals)
    }

    /// Adds the totals of other rows.
    pub(super) fn add(&mut self, other: &Self) {
        for total in &other.0 {
            match self.0.binary_search_by(|own| own.label.cmp(&total.label)) {
                Ok(place) => {
                    let own = &mut self.0[place];
                    own.rows = own.rows.saturating_add(total.rows);
                    own.weight += total.weight;
                }
                Err(place) => self.0.insert(place, total.clone()),
            }
        }
    }

    /// The number of the class with this label.
    pub(super) fn number(&self, label: &L) -> Result<usize> {
        self.0.binary_search_by(|own| own.label.cmp(label)).map_err(|_| labels::unknown(label, &self.classes()))
    }

    pub(super) fn classes(&self) -> Vec<L> {
        self.0.iter().map(|total| total.label.clone()).collect()
    }

    /// The number of boundaries between the classes: one between two, else one a class.
    pub(super) fn boundaries(&self) -> usize {
        labels::n_boundaries(self.0.len())
    }

    /// The weight of the examples of each class.
    pub(super) fn class_weights(&self, class_weight: &ClassWeight<L>) -> Vec<f64> {
        let rows: Vec<usize> = self.0.iter().map(|total| total.rows).collect();
        class_weights(class_weight, &self.classes(), &rows)
    }

    /// Refuses less than two classes, and rows of which none counts.
    pub(super) fn check(&self, class_weight: &ClassWeight<L>) -> Result<()> {
        match &self.0[..] {
            [] => return Err(no_rows()),
            [only] => return Err(labels::only(&only.label)),
            _ => {}
        }
        let counts = self.0.iter().zip(self.class_weights(class_weight)).any(|(own, weight)| own.weight * weight > 0.0);
        if counts { Ok(()) } else { Err(no_rows()) }
    }

    /// The mean target of each boundary.
    pub(super) fn means(&self, class_weight: &ClassWeight<L>) -> Vec<f64> {
        let weights: Vec<f64> =
            self.0.iter().zip(self.class_weights(class_weight)).map(|(own, weight)| own.weight * weight).collect();
        let total: f64 = weights.iter().sum();
        let mean = |weight: &f64| target(true) * (weight / total) + target(false) * ((total - weight) / total);
        let means: Vec<f64> = weights.iter().map(mean).collect();
        if means.len() == 2 { vec![means[1]] } else { means }
    }
}

pub(super) fn no_rows() -> Error {
    Error::new(ErrorKind::NoRows { estimator: NAME })
}
