//! Decision boundaries of a classifier, and how they multiply as classes appear.

use serde::{Deserialize, Serialize};

use super::lanes::Lanes;
use crate::data::{Float, float_computation};

/// All boundaries of a model.
///
/// One boundary a class, "this class or another", except that two classes share the second's. A
/// model whose classes are still open keeps two kinds more: the first class's boundary, to have it
/// when a third class comes; and that of a class not seen yet, to which every example is "another".
/// A class that appears starts as a copy of the latter, which is what it would be had it been known
/// from the start.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "F: Float + Serialize", deserialize = "F: Float + Deserialize<'de>"))]
pub(in crate::linear::sgd) struct BoundarySet<F> {
    /// The shown ones first: one for up to two classes, else one a class. Then, while classes are
    /// open, the hidden ones: the first class's if there are two, and the unseen class's.
    pub(in crate::linear::sgd) lanes: Lanes<F>,
    pub(in crate::linear::sgd) shown: usize,
    open: bool,
}

/// The class that a boundary tells from the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::linear::sgd) enum Positive {
    Class(usize),
    Unseen,
}

/// What the boundaries of `n_classes` classes that stay these tell apart.
pub(in crate::linear::sgd) fn closed_positives(n_classes: usize) -> Vec<Positive> {
    match n_classes {
        // The second of two; of one class, that.
        1 | 2 => vec![Positive::Class(n_classes - 1)],
        n => (0..n).map(Positive::Class).collect(),
    }
}

/// The same while classes are open.
fn open_positives(n_classes: usize) -> Vec<Positive> {
    let mut positives = closed_positives(n_classes);
    positives.extend((n_classes == 2).then_some(Positive::Class(0)));
    positives.push(Positive::Unseen);
    positives
}

impl<F: Float> BoundarySet<F> {
    /// The boundaries of `n_classes` classes, which stay these.
    pub(in crate::linear::sgd) fn closed(n_classes: usize, columns: usize) -> Self {
        Self::of_lanes(Lanes::zeros(closed_positives(n_classes).len(), columns))
    }

    /// Boundaries of classes that stay what they are.
    pub(in crate::linear::sgd) fn of_lanes(lanes: Lanes<F>) -> Self {
        BoundarySet { shown: lanes.len(), lanes, open: false }
    }

    /// Boundaries that were made somewhere else.
    pub(in crate::linear::sgd) fn from_parts(lanes: Lanes<F>, shown: usize, open: bool) -> Self {
        BoundarySet { lanes, shown, open }
    }

    /// No classes yet; they will [grow](Self::grow).
    pub(in crate::linear::sgd) fn open(columns: usize) -> Self {
        BoundarySet { lanes: Lanes::zeros(1, columns), shown: 0, open: true }
    }

    pub(in crate::linear::sgd) fn is_open(&self) -> bool {
        self.open
    }

    /// What each of the boundaries tells apart, there being `n_classes`.
    pub(in crate::linear::sgd) fn positives(&self, n_classes: usize) -> Vec<Positive> {
        if self.open { open_positives(n_classes) } else { closed_positives(n_classes) }
    }

    /// Makes room for new classes: `origin[k]` is the old number of the class that is now number
    /// `k`, if it has one.
    pub(in crate::linear::sgd) fn grow(&mut self, origin: &[Option<usize>]) {
        F::run::<Grow<'_>>((self, origin));
    }

    fn grown((set, origin): (&mut Self, &[Option<usize>])) {
        let n_old = origin.iter().flatten().count();
        let unseen = set.lanes.len() - 1;
        let boundary = |origin: &Option<usize>| match (*origin, n_old) {
            (None, _) => unseen,
            // The first of two classes is hidden, next to the shown boundary.
            (Some(0), 2) => 1,
            (Some(_), 1 | 2) => 0,
            (Some(k), _) => k,
        };
        let (mut lanes, shown) = match origin {
            [first, second] => (vec![boundary(second), boundary(first)], 1),
            all => (all.iter().map(boundary).collect(), all.len()),
        };
        lanes.push(unseen);
        set.lanes = set.lanes.select(&lanes);
        set.shown = shown;
    }
}

impl<F: Float> Clone for BoundarySet<F> {
    fn clone(&self) -> Self {
        BoundarySet { lanes: self.lanes.clone(), shown: self.shown, open: self.open }
    }
}

float_computation!(Grow<'a>((&'a mut BoundarySet<F>, &'a [Option<usize>])) -> () = BoundarySet::grown);

#[cfg(test)]
mod tests {
    use super::*;

    /// Marks the boundary of class `k` by the number 10 + k, that of the unseen class by 1.
    fn marked(n_classes: usize) -> BoundarySet<f64> {
        let mut set = BoundarySet::open(2);
        set.grow(&vec![None; n_classes]);
        let positives = set.positives(n_classes);
        assert_eq!(set.lanes.len(), positives.len());
        for (k, positive) in positives.into_iter().enumerate() {
            let mark = if let Positive::Class(class) = positive { 10.0 + class as f64 } else { 1.0 };
            let (block, lane) = set.lanes.find_mut(k);
            block.lanes[lane].intercept = mark;
        }
        set
    }

    fn marks(set: &BoundarySet<f64>) -> (Vec<f64>, Vec<f64>) {
        let n = set.lanes.len();
        (set.lanes.coefficients(0..set.shown).1.to_vec(), set.lanes.coefficients(set.shown..n).1.to_vec())
    }

    #[test]
    fn classes_keep_their_boundaries_as_others_appear() {
        for (n_old, origin, shown, hidden) in [
            (1, &[Some(0), None][..], &[1.0][..], &[10.0, 1.0][..]),
            (1, &[None, Some(0)], &[10.0], &[1.0, 1.0]),
            (1, &[None, Some(0), None], &[1.0, 10.0, 1.0], &[1.0]),
            (2, &[Some(0), None, Some(1)], &[10.0, 1.0, 11.0], &[1.0]),
            (3, &[Some(0), Some(1), None, Some(2)], &[10.0, 11.0, 1.0, 12.0], &[1.0]),
        ] {
            let mut set = marked(n_old);
            set.grow(origin);
            assert_eq!(marks(&set), (shown.to_vec(), hidden.to_vec()), "{origin:?}");
        }
    }
}
