//! Fitting a logistic regression: rows in, coefficients in the columns touched out.

use linfa::Label;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::Fit;

use super::{LogisticRegression, LogisticRegressionValidParams};
use crate::data::{FeatureRows, Float, check_model_bytes, labels};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::Weighting;
use crate::linear::average::{ChunkWeight, CompactFit};
use crate::linear::newton::{L1, Outcome, minimize};
use crate::linear::smooth::{
    DenseDesign, Design, Intercept, Logistic, Loss, MarginLoss, Penalty, Problem, Shifted, Smooth, SoftmaxLoss,
    SparseDesign, center, most_together, rows_that_count, shifts, unshift,
};
use crate::linear::targets::{ClassTargets, targets_of};

/// The estimator's name, for errors.
pub(super) const NAME: &str = "LogisticRegression";

/// As many vectors of all coefficients are there at once while the minimum is searched.
const VECTORS: usize = 8;

/// The solution that the rows of a data set allowed.
pub(super) enum Solved<L> {
    /// There were no rows of any weight.
    NoRows,
    /// All of this total weight had one label.
    OneClass { label: L, weight: f64 },
    /// A minimum.
    Solution(Solution<L>),
}

/// The minimum, and what averaging wants to know about it.
pub(super) struct Solution<L> {
    pub fit: CompactFit<L>,
    /// Its weight in an average.
    pub chunk_weight: ChunkWeight,
    /// The rows' total weight.
    pub weight: f64,
    pub n_iter: usize,
    pub converged: bool,
}

impl<F, L, X, T> Fit<X, T, Error> for LogisticRegressionValidParams<L>
where
    F: Float,
    L: Label,
    X: FeatureRows<Elem = F>,
    T: AsSingleTargets<Elem = L>,
{
    type Object = LogisticRegression<F, L>;

    /// Fits on all rows at once.
    ///
    /// Rows count as often as the data set's weights say; rows of weight 0 are as if absent, their
    /// labels too.
    ///
    /// # Errors
    /// [`ErrorKind::NoRows`]; [`ErrorKind::OneClass`]; [`ErrorKind::NonFinite`] with the row and
    /// the column; [`ErrorKind::Diverged`] when what is minimised is beyond what floats hold;
    /// [`ErrorKind::ShapeMismatch`] when the numbers of rows, targets and weights
    /// differ; [`ErrorKind::InvalidParameter`] for a weight that is negative or not finite.
    fn fit(&self, dataset: &DatasetBase<X, T>) -> Result<Self::Object> {
        match self.solve(dataset, Weighting::Uniform)? {
            Solved::NoRows => Err(Error::new(ErrorKind::NoRows { estimator: NAME })),
            Solved::OneClass { label, .. } => Err(labels::only(&label)),
            Solved::Solution(solution) => {
                let linear = solution.fit.into_linear_of(NAME)?;
                Ok(LogisticRegression::new(linear, solution.n_iter, solution.converged))
            }
        }
    }
}

impl<L: Label> LogisticRegressionValidParams<L> {
    /// Fits on all rows, in the columns they touch.
    pub(super) fn solve<X, T>(&self, dataset: &DatasetBase<X, T>, weighting: Weighting) -> Result<Solved<L>>
    where
        X: FeatureRows,
        T: AsSingleTargets<Elem = L>,
    {
        let mut examples = Examples::of(dataset)?;
        match examples.classes.len() {
            0 => return Ok(Solved::NoRows),
            1 => return Ok(Solved::OneClass { label: examples.classes.swap_remove(0), weight: examples.weight }),
            _ => {}
        }
        let share: Vec<f64> = examples.weights.iter().map(|w| w / examples.weight).collect();
        let (x, rows) = (&dataset.records, &examples.rows);
        // What the model will take.
        let shape = [(examples.classes.len(), "classes"), (x.nfeatures(), "columns")];
        check_model_bytes(NAME, &shape, size_of::<X::Elem>())?;
        let minimum = if X::SPARSE {
            let (design, columns) = SparseDesign::gather(x, rows);
            examples.check_size(columns.len())?;
            self.minimum(&design, columns, &examples, &share, weighting)
        } else {
            let (design, columns) = DenseDesign::gather(x, rows);
            examples.check_size(columns.len())?;
            let shifts = if self.intercept() == Intercept::Free { shifts(&design.extents()) } else { Vec::new() };
            if shifts.is_empty() {
                self.minimum(&design, columns, &examples, &share, weighting)
            } else {
                let shifted = Shifted { design: &design, shifts: &shifts };
                let mut minimum = self.minimum(&shifted, columns, &examples, &share, weighting).unshifted(&shifts);
                if self.has_l1() {
                    self.center(&mut minimum.point, minimum.columns.len() * minimum.outputs, minimum.outputs);
                }
                minimum
            }
        };
        minimum.outcome.check(NAME)?;
        let solution = minimum.solution(examples.classes, x.nfeatures(), examples.weight);
        solution.check().map(|()| Solved::Solution(solution))
    }

    fn minimum<D: Design>(
        &self,
        rows: &D,
        columns: Vec<u32>,
        examples: &Examples<L>,
        share: &[f64],
        weighting: Weighting,
    ) -> Minimum {
        let Examples { classes, class_of, weight, .. } = examples;
        let (Penalty { l2, l1 }, intercept) = (self.penalty(*weight), self.intercept());
        let problem = Problem { rows, share, alpha: l2, intercept };
        let outputs = if classes.len() == 2 { 1 } else { classes.len() };
        let l1 = L1 { strength: l1, penalized: intercept.penalized(rows.width(), outputs) };
        let wanted = Wanted { l1, together: most_together(D::SPARSE, problem.blocks() * outputs), columns, weighting };
        if outputs == 1 {
            let targets: Vec<f64> = class_of.iter().map(|&class| sign(class)).collect();
            self.minimum_of(MarginLoss::new(problem, Logistic, &targets), 1, wanted)
        } else {
            self.minimum_of(SoftmaxLoss::new(problem, class_of, outputs), outputs, wanted)
        }
    }

    fn minimum_of(&self, mut loss: impl Loss, outputs: usize, wanted: Wanted) -> Minimum {
        let Wanted { l1, together, columns, weighting } = wanted;
        let mut point = vec![0.0; loss.len()];
        let outcome = minimize(&mut loss, &mut point, self.limits(), l1, together);
        let mut diagonal = Vec::new();
        if weighting == Weighting::Curvature {
            diagonal.resize(loss.len(), 0.0);
            loss.data_diagonal(&mut diagonal);
        }
        self.center(&mut point, columns.len() * outputs, outputs);
        Minimum { outputs, columns, point, weighting, diagonal, outcome }
    }

    /// Of the minima that shifts of all classes' numbers lead between, takes the one whose numbers sum to zero. An L1 penalty
    /// tells all but intercepts apart.
    pub(super) fn center(&self, point: &mut [f64], n_coef: usize, outputs: usize) {
        let free = match (self.has_l1(), self.intercept()) {
            (false, _) => 0,
            (true, Intercept::Free) => n_coef,
            (true, _) => point.len(),
        };
        if outputs > 1 {
            center(&mut point[free..], outputs);
        }
    }
}

/// The parts of a minimization beside the loss.
struct Wanted {
    l1: L1,
    /// The most numbers of which the Hessian is asked for at once.
    together: usize,
    columns: Vec<u32>,
    weighting: Weighting,
}

/// What the margin should be like for the first of two classes, and for the second.
pub(super) fn sign(class: u32) -> f64 {
    if class == 0 { -1.0 } else { 1.0 }
}

/// The rows that count, and their labels as numbers.
struct Examples<L> {
    /// Sorted.
    classes: Vec<L>,
    /// The rows of positive weight.
    rows: Vec<usize>,
    /// One a row that counts, as are the weights.
    class_of: Vec<u32>,
    weights: Vec<f64>,
    /// The sum of the weights.
    weight: f64,
}

impl<L: Label> Examples<L> {
    /// Refuses more classes, and columns with values, or rows, than there is memory for.
    fn check_size(&self, columns: usize) -> Result<()> {
        let (classes, rows) = ((self.classes.len(), "classes"), (self.rows.len(), "rows"));
        check_model_bytes(NAME, &[classes, (columns, "columns")], VECTORS * size_of::<f64>())?;
        check_model_bytes(NAME, &[rows, classes], size_of::<f64>())
    }

    fn of<X: FeatureRows, T: AsSingleTargets<Elem = L>>(dataset: &DatasetBase<X, T>) -> Result<Self> {
        let labels = targets_of(dataset)?;
        dataset.records.check_finite()?;
        let (rows, weights) = rows_that_count(dataset)?;
        let ClassTargets { classes, class_of } = ClassTargets::of(labels, &rows);
        let weight = weights.iter().sum();
        Ok(Examples { classes, rows, class_of, weights, weight })
    }
}

/// The minimum, interleaved as the solver has it.
struct Minimum {
    outputs: usize,
    columns: Vec<u32>,
    point: Vec<f64>,
    weighting: Weighting,
    /// `Σ share · p(1-p) · x²` of each coefficient and intercept, where chunks are weighted by it.
    diagonal: Vec<f64>,
    outcome: Outcome,
}

impl<L: Label> Solution<L> {
    /// Refuses numbers beyond what floats hold.
    fn check(&self) -> Result<()> {
        self.fit.check_finite(NAME)?;
        if self.chunk_weight.is_finite() { Ok(()) } else { Err(Error::new(ErrorKind::Diverged { estimator: NAME })) }
    }
}

impl Minimum {
    /// The minimum of the rows before they were shifted. The curvatures stay about the shifted columns.
    fn unshifted(mut self, shifts: &[f64]) -> Self {
        let (coef, intercept) = self.point.split_at_mut(self.columns.len() * self.outputs);
        unshift(shifts, self.outputs, coef, intercept);
        self
    }

    fn solution<L>(self, classes: Vec<L>, n_features: usize, weight: f64) -> Solution<L> {
        let (coef, intercept) = self.by_output(&self.point, 1.0);
        let chunk_weight = match self.weighting {
            Weighting::Uniform => ChunkWeight::All(1.0),
            Weighting::Samples => ChunkWeight::All(weight),
            Weighting::Curvature => {
                // The solver's rows weigh 1 together.
                let (coef, intercept) = self.by_output(&self.diagonal, weight);
                ChunkWeight::Each { coef, intercept }
            }
        };
        let Minimum { columns, outcome: Outcome { n_iter, converged, .. }, .. } = self;
        let fit = CompactFit { classes, n_features, columns, coef, intercept };
        Solution { fit, chunk_weight, weight, n_iter, converged }
    }

    /// The columns' and the intercepts' numbers, one output after the other, scaled.
    fn by_output(&self, interleaved: &[f64], scale: f64) -> (Vec<f64>, Vec<f64>) {
        let (columns, intercept) = interleaved.split_at(self.columns.len() * self.outputs);
        let of = |k: usize| columns.iter().skip(k).step_by(self.outputs).map(|v| scale * v);
        let columns = (0..self.outputs).flat_map(of).collect();
        let mut intercept: Vec<f64> = intercept.iter().map(|v| scale * v).collect();
        intercept.resize(self.outputs, 0.0);
        (columns, intercept)
    }
}
