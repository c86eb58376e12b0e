//! Rounds of an elastic net over chunks, from an average on.
//!
//! In a round every chunk minimises its own surrogate of the objective of all rows (see `surrogate`), and the point of
//! departure moves towards the average of what they find, as far as is best: the objective is quadratic but for the
//! penalty, so one product with its curvature tells the best step, and a round never makes it worse. Coefficients
//! that all chunks set to 0 become 0 at once.

use ndarray::Array1;

use super::answer::{Answer, ColumnAnswer, Scalars, Total};
use super::average::Averages;
use super::columns::{Columns, RowVector};
use super::duality_gap::duality_gap;
use super::examples::Examples;
use super::line::Line;
use super::model::ElasticNet;
use super::params::ElasticNetValidParams;
use super::penalty::{Penalty, dot};
use super::surrogate::Surroundings;
use crate::data::{FeatureRows, Figure, Float};
use crate::error::{Error, Result};

/// The most passes of a round: the first one evaluates the average.
pub(super) const PASSES: usize = 3;

/// The share of the curvature of all rows, column by column, that surrogates are given in addition: the first, and
/// the least.
const FIRST_DAMPING: f64 = 0.1;
const LEAST_DAMPING: f64 = 1e-3;

/// The number of searches along each of two ways for the best point in their plane.
const TURNS: usize = 3;

/// The state of the rounds: a point, all that is known of it, and the next question.
#[derive(Clone, Debug)]
pub(super) struct Rounds {
    means: Vec<f64>,
    target_mean: f64,
    point: Vec<f64>,
    /// At the point, once it is evaluated: the slopes, the mean square of each column, of the errors, and of the
    /// targets.
    slopes: Vec<f64>,
    squares: Vec<f64>,
    errors: f64,
    targets: f64,
    /// The way of the last round; 0 before the first.
    last: Vec<f64>,
    damping: f64,
    left: usize,
    next: Next,
    n_iter: usize,
    gap: Option<f64>,
    converged: bool,
}

/// A way between points, and the product of the curvature with it.
#[derive(Clone, Debug)]
struct Move {
    way: Vec<f64>,
    product: Vec<f64>,
}

/// A question.
#[derive(Clone, Debug)]
enum Next {
    /// The slopes and squares at the point.
    Evaluate,
    /// The coefficients that are best for a chunk.
    Solve,
    /// The products of the curvature with three ways: of the coefficients that become 0, of the others, and of the
    /// others in the last round.
    Multiply([Vec<f64>; 3]),
}

impl Rounds {
    /// One round, from an average.
    pub(super) fn of_average(averages: Averages) -> Self {
        let Averages { coef, means, target_mean } = averages;
        Rounds {
            means: means.to_vec(),
            target_mean,
            last: vec![0.0; coef.len()],
            point: coef.to_vec(),
            slopes: Vec::new(),
            squares: Vec::new(),
            errors: 0.0,
            targets: 0.0,
            damping: FIRST_DAMPING,
            left: 1,
            next: Next::Evaluate,
            n_iter: 0,
            gap: None,
            converged: false,
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.left == 0 || self.converged
    }

    /// The objective at the point and its duality gap, once the point was evaluated.
    pub(super) fn figures(&self, penalty: &Penalty) -> Vec<Figure> {
        let figures = |gap| [Figure::new("objective", self.objective(penalty)), Figure::new("dual_gap", gap)];
        self.gap.map(figures).into_iter().flatten().collect()
    }

    /// At the point.
    fn objective(&self, penalty: &Penalty) -> f64 {
        0.5 * self.errors + penalty.value(&self.point)
    }

    /// Allows one round more.
    pub(super) fn go_on(&mut self) {
        self.left += 1;
    }

    /// The answer of the rows of a chunk.
    pub(super) fn ask<X: FeatureRows>(&self, penalty: &Penalty, examples: &Examples<'_, X>) -> Result<Answer> {
        let n_features = examples.x.nfeatures();
        if n_features != self.point.len() {
            return Err(Error::shape("columns", self.point.len(), n_features));
        }
        if examples.n_rows() == 0 {
            return Ok(Answer::Nothing(n_features));
        }
        let (columns, weight) = (Columns::about(examples, &self.means), examples.weight());
        let about_zero = if columns.sparse { weight } else { 0.0 };
        let mut scalars = Scalars { weight, about_zero, ..Scalars::default() };
        let off = |vector: &RowVector| if columns.sparse { weight * columns.along(vector) } else { 0.0 };
        let all =
            |number: &dyn Fn(usize) -> f64| -> Vec<f64> { (0..columns.width()).map(|j| weight * number(j)).collect() };
        let numbers = match &self.next {
            Next::Evaluate => {
                let mut errors = columns.vector(examples.targets.iter().map(|y| self.target_mean - y));
                scalars.targets = weight * columns.mean_square(&errors);
                columns.add_product(&self.point, &self.means, &mut errors);
                scalars.errors = weight * columns.mean_square(&errors);
                scalars.off[0] = off(&errors);
                vec![all(&|j| columns.stored_dot(j, &errors)), all(&|j| columns.stored_square(j))]
            }
            Next::Solve => {
                let coef = self.surroundings().best(penalty, &columns);
                vec![all(&|j| coef[j]), all(&|_| 1.0)]
            }
            Next::Multiply(ways) => {
                let products = ways.each_ref().map(|way| {
                    let mut product = columns.zeros();
                    columns.add_product(way, &self.means, &mut product);
                    product
                });
                scalars.off = products.each_ref().map(off);
                products.iter().map(|product| all(&|j| columns.stored_dot(j, product))).collect()
            }
        };
        Ok(Answer::Columns(ColumnAnswer { n_features, columns: columns.numbers, numbers, scalars }))
    }

    /// Takes in the sums of all answers.
    pub(super) fn advance(&mut self, params: &ElasticNetValidParams, total: Total) -> Result<()> {
        let penalty = params.penalty();
        let (numbers, scalars) = total.columns()?;
        let mean = |sums: &[f64], off: f64| -> Vec<f64> {
            sums.iter().zip(&self.means).map(|(sum, mean)| (sum - mean * off) / scalars.weight).collect()
        };
        match &self.next {
            Next::Evaluate => {
                let square =
                    |(sum, mean): (&f64, &f64)| about_mean(*sum, mean * mean * scalars.about_zero) / scalars.weight;
                self.squares = numbers[1].iter().zip(&self.means).map(square).collect();
                self.slopes = mean(&numbers[0], scalars.off[0]);
                self.errors = scalars.errors / scalars.weight;
                self.targets = scalars.targets / scalars.weight;
                self.next = Next::Solve;
                self.measure(params, &penalty);
            }
            Next::Solve => self.next = Next::Multiply(self.ways(&penalty, &numbers[0], &numbers[1], scalars.weight)),
            Next::Multiply(ways) => {
                let products = numbers.iter().zip(scalars.off).map(|(sums, off)| mean(sums, off));
                let moves: Vec<Move> =
                    ways.iter().zip(products).map(|(way, product)| Move { way: way.clone(), product }).collect();
                let step = Step::best(self, &penalty, &moves);
                self.go(&penalty, step);
                self.measure(params, &penalty);
            }
        }
        Ok(())
    }

    /// The model of the point.
    pub(super) fn model<F: Float>(self) -> Result<ElasticNet<F>> {
        let intercept = self.target_mean - dot(&self.means, &self.point);
        ElasticNet::fitted(&Array1::from(self.point), intercept, self.n_iter, self.gap, self.converged)
    }

    fn surroundings(&self) -> Surroundings<'_> {
        Surroundings { point: &self.point, slopes: &self.slopes, squares: &self.squares, damping: self.damping }
    }

    /// The ways to the average of the chunks' coefficients, from weighted sums of them and of the weights of the chunks
    /// that have each column: of those that become 0, and of the others, with that of the last round.
    fn ways(&self, penalty: &Penalty, sums: &[f64], weights: &[f64], total: f64) -> [Vec<f64>; 3] {
        let around = self.surroundings();
        let mut ways = [vec![0.0; sums.len()], vec![0.0; sums.len()], self.last.clone()];
        for (j, (sum, weight)) in sums.iter().zip(weights).enumerate() {
            let others = (total - weight).max(0.0) * around.best_alone(penalty, j);
            let target = (sum + others) / total;
            ways[usize::from(target != 0.0)][j] = target - self.point[j];
            if target == 0.0 {
                ways[2][j] = 0.0;
            }
        }
        ways
    }

    /// Goes a step, unless it makes the objective worse by more than rounding.
    fn go(&mut self, penalty: &Penalty, step: Step) {
        self.left -= 1;
        self.n_iter += 1;
        self.next = Next::Solve;
        let now = self.objective(penalty);
        if step.objective <= now * (1.0 + 4.0 * f64::EPSILON) {
            self.last = ahead(&step.point, &self.point, -1.0);
            self.errors = 2.0 * step.loss.max(0.0);
            (self.point, self.slopes) = (step.point, step.slopes);
        }
        // Steps that were cut short come of surrogates that are too flat.
        self.damping = if step.length < 0.7 { 2.0 * self.damping } else { (0.5 * self.damping).max(LEAST_DAMPING) };
    }

    fn measure(&mut self, params: &ElasticNetValidParams, penalty: &Penalty) {
        let gap = duality_gap(penalty, self.errors, &self.slopes, &self.point);
        self.gap = Some(gap);
        self.converged = gap <= params.tol * self.targets;
    }
}

/// A sum of squares about the mean, from that about zero; 0 if nothing but rounding is left.
fn about_mean(square: f64, of_mean: f64) -> f64 {
    let rest = square - of_mean;
    if of_mean > 0.0 && rest <= 16.0 * f64::EPSILON * square { 0.0 } else { rest }
}

/// A point that may be gone to.
struct Step {
    point: Vec<f64>,
    slopes: Vec<f64>,
    loss: f64,
    objective: f64,
    /// As a multiple of the way that was proposed.
    length: f64,
}

impl Step {
    /// The better of two: all coefficients so far along their ways, or those that become 0 all the way. The others
    /// then go on in the plane of their way and the last one, as conjugate gradients do.
    fn best(at: &Rounds, penalty: &Penalty, moves: &[Move]) -> Self {
        let start = Step::new(penalty, at.point.clone(), at.slopes.clone(), 0.5 * at.errors);
        let [to_zero, others, last] = moves else { return start };
        let sum = |a: &[f64], b: &[f64]| ahead(a, b, 1.0);
        let all = Move { way: sum(&to_zero.way, &others.way), product: sum(&to_zero.product, &others.product) };
        let (whole, sparse) = (start.along(penalty, &all), start.moved(penalty, to_zero, 1.0).along(penalty, others));
        let (mut best, way) = if sparse.objective <= whole.objective { (sparse, others) } else { (whole, &all) };
        let length = best.length;
        for _ in 0..TURNS {
            best = best.either_way(penalty, last).either_way(penalty, way);
        }
        Step { length, ..best }
    }

    fn new(penalty: &Penalty, point: Vec<f64>, slopes: Vec<f64>, loss: f64) -> Self {
        Step { objective: loss + penalty.value(&point), point, slopes, loss, length: 0.0 }
    }

    /// The point so far along a way.
    fn moved(&self, penalty: &Penalty, by: &Move, length: f64) -> Self {
        let mut point = ahead(&self.point, &by.way, length);
        if penalty.positive {
            // What rounding leaves below 0.
            point.iter_mut().for_each(|w| *w = w.max(0.0));
        }
        let loss = self.loss + length * dot(&self.slopes, &by.way) + 0.5 * length * length * dot(&by.product, &by.way);
        Step { length, ..Step::new(penalty, point, ahead(&self.slopes, &by.product, length), loss) }
    }

    /// The best point along a way.
    fn along(&self, penalty: &Penalty, by: &Move) -> Self {
        let (slope, curvature) = (dot(&self.slopes, &by.way), dot(&by.product, &by.way));
        self.moved(penalty, by, Line { from: &self.point, way: &by.way, slope, curvature }.best(penalty))
    }

    /// The best point along a way or back.
    fn either_way(self, penalty: &Penalty, by: &Move) -> Self {
        let back = Move { way: ahead(&by.way, &by.way, -2.0), product: ahead(&by.product, &by.product, -2.0) };
        let steps = [self.along(penalty, by), self.along(penalty, &back)];
        steps.into_iter().fold(self, |best, step| if step.objective < best.objective { step } else { best })
    }
}

/// `a + times · b`.
fn ahead(a: &[f64], b: &[f64], times: f64) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + times * b).collect()
}
