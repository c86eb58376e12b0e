//! The minimum of a logistic regression over rows in memory, for classes by their numbers.

use super::{NAME, Settings};
use crate::data::{Float, RowsView, check_model_bytes, float_computation};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::Weighting;
use crate::linear::average::{ChunkWeight, CompactFit};
use crate::linear::newton::{L1, Limits, Outcome, minimize};
use crate::linear::smooth::{
    DenseDesign, Design, Intercept, Logistic, Loss, MarginLoss, Penalty, Problem, Shifted, SoftmaxLoss, SparseDesign,
    center, most_together, shifts, unshift,
};

/// As many vectors of all coefficients are there at once while the minimum is searched.
const VECTORS: usize = 8;

/// The minimum, and what averaging wants to know about it.
pub(super) struct Solution {
    /// Its classes are numbers.
    pub fit: CompactFit<usize>,
    /// Its weight in an average.
    pub chunk_weight: ChunkWeight,
    /// The rows' total weight.
    pub weight: f64,
    pub n_iter: usize,
    pub converged: bool,
}

/// The parameters, some rows, what is to be learned of them, and by what averages weigh the answer.
type Args<'a, F> = (Settings, RowsView<'a, F>, &'a Examples, Weighting);

float_computation!(pub(super) Solve<'a>(Args<'a, F>) -> Result<Solution> = solve);

/// Fits on the rows that count, in the columns they touch.
fn solve<F: Float>((settings, rows, examples, weighting): Args<'_, F>) -> Result<Solution> {
    let share: Vec<f64> = examples.weights.iter().map(|w| w / examples.weight).collect();
    let n_features = rows.n_columns();
    // The memory of the model.
    let shape = [(examples.n_classes, "classes"), (n_features, "columns")];
    check_model_bytes(NAME, &shape, size_of::<F>())?;
    let minimum = match rows {
        RowsView::Sparse(x) => {
            let (design, columns) = SparseDesign::gather(&x, &examples.rows);
            examples.check_size(columns.len())?;
            settings.minimum(&design, columns, examples, &share, weighting)
        }
        RowsView::Dense(x) => {
            let (design, columns) = DenseDesign::gather(&x, &examples.rows);
            examples.check_size(columns.len())?;
            settings.dense_minimum(&design, columns, examples, &share, weighting)
        }
    };
    minimum.outcome.check(NAME)?;
    let solution = minimum.solution(examples.n_classes, n_features, examples.weight);
    solution.check().map(|()| solution)
}

impl Settings {
    fn dense_minimum<F: Float>(
        &self,
        design: &DenseDesign<F>,
        columns: Vec<u32>,
        examples: &Examples,
        share: &[f64],
        weighting: Weighting,
    ) -> Minimum {
        let shifts = if self.intercept() == Intercept::Free { shifts(&design.extents()) } else { Vec::new() };
        if shifts.is_empty() {
            return self.minimum(design, columns, examples, share, weighting);
        }
        let shifted = Shifted { design, shifts: &shifts };
        let mut minimum = self.minimum(&shifted, columns, examples, share, weighting).unshifted(&shifts);
        if self.has_l1() {
            self.center(&mut minimum.point, minimum.columns.len() * minimum.outputs, minimum.outputs);
        }
        minimum
    }

    fn minimum<D: Design>(
        &self,
        rows: &D,
        columns: Vec<u32>,
        examples: &Examples,
        share: &[f64],
        weighting: Weighting,
    ) -> Minimum {
        let Examples { n_classes, class_of, weight, .. } = examples;
        let (Penalty { l2, l1 }, intercept) = (self.penalty(*weight), self.intercept());
        let problem = Problem { rows, share, alpha: l2, intercept };
        let outputs = if *n_classes == 2 { 1 } else { *n_classes };
        let l1 = L1 { strength: l1, penalized: intercept.penalized(rows.width(), outputs) };
        let wanted = Wanted { l1, together: most_together(D::SPARSE, problem.blocks() * outputs), columns, weighting };
        if outputs == 1 {
            let targets = signs(class_of);
            let kernel = if self.has_l1() { None } else { rows.kernel() };
            let loss = MarginLoss::new(problem, Logistic, &targets);
            match kernel {
                Some(kernel) => self
                    .minimum_by(loss, 1, wanted, |loss, point, limits| loss.minimize_by_rows(&kernel, limits, point)),
                None => self.minimum_of(loss, 1, wanted),
            }
        } else {
            self.minimum_of(SoftmaxLoss::new(problem, class_of, outputs), outputs, wanted)
        }
    }

    fn minimum_of(&self, loss: impl Loss, outputs: usize, wanted: Wanted) -> Minimum {
        let (l1, together) = (wanted.l1, wanted.together);
        self.minimum_by(loss, outputs, wanted, |loss, point, limits| minimize(loss, point, limits, l1, together))
    }

    /// The minimum that `minimize` moves a point of zeros to.
    fn minimum_by<T: Loss>(
        &self,
        mut loss: T,
        outputs: usize,
        wanted: Wanted,
        minimize: impl FnOnce(&mut T, &mut [f64], Limits) -> Outcome,
    ) -> Minimum {
        let Wanted { columns, weighting, .. } = wanted;
        let mut point = vec![0.0; loss.len()];
        let outcome = minimize(&mut loss, &mut point, self.limits());
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
    fn center(&self, point: &mut [f64], n_coef: usize, outputs: usize) {
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

/// The signs that margins should have: below 0 for rows of the first of two classes, above 0 for those of the second.
pub(super) fn signs(class_of: &[u32]) -> Vec<f64> {
    class_of.iter().map(|&class| if class == 0 { -1.0 } else { 1.0 }).collect()
}

/// The rows that count, and their labels as numbers.
pub(super) struct Examples {
    n_classes: usize,
    /// The rows of positive weight.
    rows: Vec<usize>,
    /// One a row that counts, as are the weights.
    class_of: Vec<u32>,
    weights: Vec<f64>,
    /// The sum of the weights.
    pub weight: f64,
}

impl Examples {
    pub(super) fn new(n_classes: usize, rows: Vec<usize>, class_of: Vec<u32>, weights: Vec<f64>) -> Self {
        let weight = weights.iter().sum();
        Examples { n_classes, rows, class_of, weights, weight }
    }

    /// Refuses more classes, and columns with values, or rows, than there is memory for.
    fn check_size(&self, columns: usize) -> Result<()> {
        let (classes, rows) = ((self.n_classes, "classes"), (self.rows.len(), "rows"));
        check_model_bytes(NAME, &[classes, (columns, "columns")], VECTORS * size_of::<f64>())?;
        check_model_bytes(NAME, &[rows, classes], size_of::<f64>())
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

impl Solution {
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

    fn solution(self, n_classes: usize, n_features: usize, weight: f64) -> Solution {
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
        let fit = CompactFit { classes: (0..n_classes).collect(), n_features, columns, coef, intercept };
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
