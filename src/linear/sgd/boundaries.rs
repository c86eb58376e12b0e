//! The boundaries of a model as training holds them, and how they multiply as classes appear.

use linfa::Float;
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

/// Some boundaries: weights row by row, and intercepts in `f64` whatever the weights are.
///
/// Between two trainings the weights that count (the average, if there is one) are lent to a
/// [`LinearClassifier`](crate::linear::LinearClassifier); their place is then empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Boundaries<F> {
    columns: usize,
    weights: Vec<F>,
    intercepts: Vec<f64>,
    average: Option<Average<F>>,
}

/// The running average of weights and intercepts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Average<F> {
    weights: Vec<F>,
    intercepts: Vec<f64>,
}

/// One boundary, to be trained.
pub(super) struct BoundaryMut<'a, F> {
    pub(super) weights: &'a mut [F],
    pub(super) intercept: &'a mut f64,
    pub(super) average: Option<(&'a mut [F], &'a mut f64)>,
}

impl<F: Float> Boundaries<F> {
    /// `n` boundaries that have learned nothing.
    pub(super) fn zeros(n: usize, columns: usize) -> Self {
        Boundaries { columns, weights: vec![F::zero(); n * columns], intercepts: vec![0.0; n], average: None }
    }

    pub(super) fn len(&self) -> usize {
        self.intercepts.len()
    }

    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// Boundary `k`.
    pub(super) fn get_mut(&mut self, k: usize) -> BoundaryMut<'_, F> {
        let span = k * self.columns..(k + 1) * self.columns;
        BoundaryMut {
            weights: &mut self.weights[span.clone()],
            intercept: &mut self.intercepts[k],
            average: self.average.as_mut().map(|average| (&mut average.weights[span], &mut average.intercepts[k])),
        }
    }

    /// Begins an average of no samples.
    pub(super) fn begin_average(&mut self) {
        self.average = Some(Average {
            weights: vec![F::zero(); self.weights.len()],
            intercepts: vec![0.0; self.intercepts.len()],
        });
    }

    /// Goes on from the average.
    pub(super) fn settle_on_average(&mut self) {
        if let Some(average) = self.average.take() {
            self.weights = average.weights;
            self.intercepts = average.intercepts;
        }
    }

    /// Drops an average that has no samples.
    pub(super) fn drop_average(&mut self) {
        self.average = None;
    }

    /// Replaces the average of boundary `k`, which has no samples, by the weights themselves.
    pub(super) fn fill_average(&mut self, k: usize) {
        let boundary = self.get_mut(k);
        if let Some((weights, intercept)) = boundary.average {
            weights.copy_from_slice(boundary.weights);
            *intercept = *boundary.intercept;
        }
    }

    /// The coefficients and intercepts that count. The coefficients are gone until they are
    /// [taken back](Self::take_back).
    pub(super) fn lend(&mut self) -> (Array2<F>, Array1<F>) {
        let (weights, intercepts) = match &mut self.average {
            Some(average) => (&mut average.weights, &average.intercepts),
            None => (&mut self.weights, &self.intercepts),
        };
        let coef = Array2::from_shape_vec((intercepts.len(), self.columns), std::mem::take(weights))
            .expect("the weights are as many boundaries of as many columns");
        (coef, intercepts.iter().map(|&intercept| F::cast(intercept)).collect())
    }

    /// The coefficients that were [lent](Self::lend).
    pub(super) fn take_back(&mut self, coef: Array2<F>) {
        let (weights, _) = coef.into_raw_vec_and_offset();
        match &mut self.average {
            Some(average) => average.weights = weights,
            None => self.weights = weights,
        }
    }

    /// No boundaries yet, for copies of these.
    fn none_yet(&self) -> Self {
        let average = self.average.as_ref().map(|_| Average { weights: Vec::new(), intercepts: Vec::new() });
        Boundaries { columns: self.columns, weights: Vec::new(), intercepts: Vec::new(), average }
    }

    fn push_copy(&mut self, (from, k): (&Self, usize)) {
        let span = k * from.columns..(k + 1) * from.columns;
        self.weights.extend_from_slice(&from.weights[span.clone()]);
        self.intercepts.push(from.intercepts[k]);
        if let (Some(average), Some(from)) = (&mut self.average, &from.average) {
            average.weights.extend_from_slice(&from.weights[span]);
            average.intercepts.push(from.intercepts[k]);
        }
    }
}

/// All boundaries of a model.
///
/// One boundary a class, "this class or another", except that two classes share the second's. A
/// model whose classes are still open keeps two kinds more: the first class's boundary, to have it
/// when a third class comes; and that of a class not seen yet, to which every example is "another".
/// A class that appears starts as a copy of the latter, which is what it would be had it been known
/// from the start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct BoundarySet<F> {
    /// One for up to two classes, else one a class.
    pub(super) shown: Boundaries<F>,
    /// While classes are open: the first class's if there are two, then the unseen class's.
    pub(super) hidden: Boundaries<F>,
    open: bool,
}

/// The class that a boundary tells from the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Positive {
    Class(usize),
    Unseen,
}

impl<F: Float> BoundarySet<F> {
    /// The boundaries of `n_classes` classes, which stay these.
    pub(super) fn closed(n_classes: usize, columns: usize) -> Self {
        let shown = if n_classes > 2 { n_classes } else { 1 };
        BoundarySet { shown: Boundaries::zeros(shown, columns), hidden: Boundaries::zeros(0, columns), open: false }
    }

    /// No classes yet; they will [grow](Self::grow).
    pub(super) fn open(columns: usize) -> Self {
        BoundarySet { shown: Boundaries::zeros(0, columns), hidden: Boundaries::zeros(1, columns), open: true }
    }

    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// What each of the shown and of the hidden boundaries tells apart, there being `n_classes`.
    pub(super) fn positives(&self, n_classes: usize) -> [Vec<Positive>; 2] {
        let shown = match n_classes {
            // The second of two; of one class, that.
            1 | 2 => vec![Positive::Class(n_classes - 1)],
            n => (0..n).map(Positive::Class).collect(),
        };
        let hidden = match (self.open, n_classes) {
            (false, _) => vec![],
            (true, 2) => vec![Positive::Class(0), Positive::Unseen],
            (true, _) => vec![Positive::Unseen],
        };
        [shown, hidden]
    }

    /// Both kinds of boundaries, the shown ones first.
    pub(super) fn parts_mut(&mut self) -> [&mut Boundaries<F>; 2] {
        [&mut self.shown, &mut self.hidden]
    }

    /// Makes room for new classes: `origin[k]` is the old number of the class that is now number
    /// `k`, if it has one.
    pub(super) fn grow(&mut self, origin: &[Option<usize>]) {
        let n_old = origin.iter().flatten().count();
        let unseen = (&self.hidden, self.hidden.len() - 1);
        let boundary = |origin: &Option<usize>| match (*origin, n_old) {
            (None, _) => unseen,
            (Some(0), 2) => (&self.hidden, 0),
            (Some(_), 1 | 2) => (&self.shown, 0),
            (Some(k), _) => (&self.shown, k),
        };
        let (mut shown, mut hidden) = (self.hidden.none_yet(), self.hidden.none_yet());
        match origin {
            [first, second] => {
                shown.push_copy(boundary(second));
                hidden.push_copy(boundary(first));
            }
            all => all.iter().for_each(|origin| shown.push_copy(boundary(origin))),
        }
        hidden.push_copy(unseen);
        (self.shown, self.hidden) = (shown, hidden);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Marks the boundary of class `k` by the number 10 + k, that of the unseen class by 1.
    fn marked(n_classes: usize) -> BoundarySet<f64> {
        let mut set = BoundarySet::open(2);
        set.hidden.get_mut(0).weights.fill(1.0);
        set.grow(&vec![None; n_classes]);
        let positives = set.positives(n_classes);
        for (part, positives) in set.parts_mut().into_iter().zip(positives) {
            assert_eq!(part.len(), positives.len());
            for (k, positive) in positives.into_iter().enumerate() {
                if let Positive::Class(class) = positive {
                    part.get_mut(k).weights.fill(10.0 + class as f64);
                }
            }
        }
        set
    }

    fn marks(part: &Boundaries<f64>) -> Vec<f64> {
        part.weights.iter().step_by(2).copied().collect()
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
            assert_eq!((marks(&set.shown), marks(&set.hidden)), (shown.to_vec(), hidden.to_vec()), "{origin:?}");
        }
    }
}
