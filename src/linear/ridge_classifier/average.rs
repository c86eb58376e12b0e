//! Ridge classification from the normal equations of all chunks.

use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::{Label, ParamGuard};
use serde::{Deserialize, Serialize};

use super::totals::no_rows;
use super::{NAME, RidgeClassifier, RidgeClassifierParams, RidgeClassifierValidParams, target};
use crate::data::checked::{checked_when_read, contradiction};
use crate::data::{FeatureRows, Footprint, Shared, labels};
use crate::error::{Error, Result};
use crate::estimator::{FitAverage, Weighting};
use crate::linear::ClassWeight;
use crate::linear::average::CompactFit;
use crate::linear::glm::least_squares;
use crate::linear::moments::Moments;
use crate::linear::sgd::class_weights;
use crate::linear::smooth::rows_that_count;
use crate::linear::targets::{ClassTargets, targets_of};

/// All that ridge classification needs to know of some rows: their classes, and the means, squares and products of columns
/// and classes. Merging the states of two chunks gives the state of both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct RidgeState<L> {
    /// Sorted.
    classes: Vec<L>,
    /// One target a class. Without any if no class of the rows counts.
    moments: Option<Moments>,
}

checked_when_read!(RidgeState<L>, serialize: [L: Serialize], deserialize: [L: Label + Deserialize<'de>]);

impl<L> Default for RidgeState<L> {
    fn default() -> Self {
        RidgeState { classes: Vec::new(), moments: None }
    }
}

impl<L: Label> RidgeState<L> {
    fn check_read(&self) -> Result<()> {
        let sorted = self.classes.windows(2).all(|pair| pair[0] < pair[1]);
        match sorted && self.moments.as_ref().is_none_or(|moments| moments.n_targets() == self.classes.len()) {
            true => Ok(()),
            false => Err(contradiction("sums of squares and products that are not those of the classes")),
        }
    }

    /// The same rows among more classes, of which those that are new have none.
    fn among(self, classes: &[L]) -> Option<Moments> {
        let moments = self.moments?;
        if self.classes == classes {
            return Some(moments);
        }
        let origin: Vec<_> = classes.iter().map(|class| self.classes.binary_search(class).ok()).collect();
        Some(moments.with_targets(&origin, target(false)))
    }
}

impl<L: Label> RidgeClassifierValidParams<L> {
    /// The weight of the examples of each of these classes.
    fn known_weights(&self, classes: &[L]) -> Result<Vec<f64>> {
        if self.class_weight == ClassWeight::Balanced {
            let expected = "Uniform or ByLabel for Averaged: how often each class occurs is not known before the last chunk; \
                            Summed counts first";
            return Err(Error::parameter("class_weight", &self.class_weight, expected));
        }
        Ok(class_weights(&self.class_weight, classes, &[]))
    }

    fn learn<X: FeatureRows, T: AsSingleTargets<Elem = L>>(&self, chunk: &DatasetBase<X, T>) -> Result<RidgeState<L>> {
        let (x, targets) = (&chunk.records, targets_of(chunk)?);
        Moments::check_columns(x.nfeatures())?;
        let (mut rows, mut weights) = rows_that_count(chunk)?;
        x.check_finite()?;
        let ClassTargets { classes, mut class_of } = ClassTargets::of(targets, &rows);
        let of_class = self.known_weights(&classes)?;
        if self.class_weight != ClassWeight::Uniform {
            weights.iter_mut().zip(&class_of).for_each(|(weight, &class)| *weight *= of_class[class as usize]);
            let counts: Vec<bool> = weights.iter().map(|weight| *weight > 0.0).collect();
            let (mut of_rows, mut of_classes) = (counts.iter(), counts.iter());
            rows.retain(|_| of_rows.next().is_some_and(|counts| *counts));
            class_of.retain(|_| of_classes.next().is_some_and(|counts| *counts));
            weights.retain(|weight| *weight > 0.0);
        }
        if rows.is_empty() {
            return Ok(RidgeState { classes, moments: None });
        }
        let own = |row: usize, class: usize| target(class_of[row] as usize == class);
        let moments = Moments::of_rows(x, (&rows, &weights), classes.len(), own, NAME)?;
        Ok(RidgeState { classes, moments: Some(moments) })
    }
}

/// The exact fit of all chunks, in one pass: sums of squares and products merge, and nothing is averaged. For up to 2,048
/// columns; wider data is fitted by [`Summed`](crate::combine::Summed).
///
/// Columns that depend on each other get, without a penalty, the smallest coefficients among the best.
impl<L, X, T> FitAverage<X, T> for RidgeClassifierParams<L>
where
    L: Label + Shared,
    X: FeatureRows,
    T: AsSingleTargets<Elem = L>,
{
    type State = RidgeState<L>;
    type Model = RidgeClassifier<X::Elem, L>;

    /// The weighting is not looked at.
    fn fit_state(&self, chunk: &DatasetBase<X, T>, _: Weighting) -> Result<RidgeState<L>> {
        self.check_ref()?.learn(chunk)
    }

    fn merge(a: RidgeState<L>, b: RidgeState<L>) -> Result<RidgeState<L>> {
        let classes = labels::with_those_of(&a.classes, &b.classes);
        let moments = match (a.among(&classes), b.among(&classes)) {
            (Some(a), Some(b)) => Some(a.merge(b)?),
            (a, b) => a.or(b),
        };
        Ok(RidgeState { classes, moments })
    }

    fn finish(&self, state: RidgeState<L>) -> Result<Self::Model> {
        let params = self.check_ref()?;
        let RidgeState { classes, moments } = state;
        if let [label] = &classes[..] {
            return Err(labels::only(label));
        }
        let mut moments = moments.ok_or_else(no_rows)?;
        if classes.len() == 2 {
            moments = moments.with_targets(&[Some(1)], target(false));
        }
        let (coef, intercept) = least_squares(moments, |_| params.alpha, params.fit_intercept, NAME)?;
        let n_features = coef.ncols();
        let columns = (0..n_features as u32).collect();
        let (coef, intercept) = (coef.into_iter().collect(), intercept.to_vec());
        let linear = CompactFit { classes, n_features, columns, coef, intercept }.into_linear_of(NAME)?;
        Ok(RidgeClassifier::new(linear, 0, true))
    }
}

impl<L> Footprint for RidgeState<L> {
    fn heap_bytes(&self) -> usize {
        size_of_val(&*self.classes) + self.moments.as_ref().map_or(0, Footprint::heap_bytes)
    }
}
