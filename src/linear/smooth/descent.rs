//! Newton descent between two passes: the search, its columns, and how chunks' answers enter it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use super::chunk_rows::{ChunkDesign, PreparedRows};
use super::design::Design;
use super::found::Found;
use super::problem::{Intercept, Penalty, Problem, most_together, penalize_triangle, soften};
use super::row_losses::RowLosses;
use super::row_sums::{ColumnsPart, ColumnsSum, NumbersPart, NumbersSum, TrianglePart, other_question};
use super::shifted::{Shifted, shifts, unshift};
use crate::data::{Figure, Float, check_model_bytes, float_computation};
use crate::error::{Error, Result};
use crate::linear::newton::{L1, Limits, Question, Search, triangle_len};

/// The state of a minimization after the first pass, without what is known of the targets.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Descent {
    weight: f64,
    penalty: Penalty,
    outputs: usize,
    n_features: usize,
    sparse: bool,
    /// What the columns of dense rows are shifted by, so that coefficients and intercept hardly depend on each other;
    /// empty if they are not.
    shifts: Arc<[f64]>,
    /// The columns that any row touches, and the place of each among them.
    columns: Arc<[u32]>,
    places: Arc<[u32]>,
    search: Search,
    /// The identity of the point that was evaluated last, or is next.
    point: u128,
}

/// The parameters of a descent.
pub(super) struct Setting {
    pub limits: Limits,
    pub intercept: Intercept,
    pub outputs: usize,
    /// The intercepts to begin with; empty if there are none.
    pub first_intercept: Vec<f64>,
    pub penalty: Penalty,
}

/// The answer of a chunk's rows to a question.
pub(super) enum Answer {
    Numbers(NumbersPart),
    Triangle(TrianglePart),
}

/// A descent, the kind of its intercept, and the rows and losses of a chunk that it asks.
type Asked<'a, F> = (&'a Descent, Intercept, &'a PreparedRows<F>, &'a RowLosses<'a>);

float_computation!(pub(super) SurveyColumns<'a>((&'a PreparedRows<F>, Intercept)) -> ColumnsPart = survey_columns);
float_computation!(pub(super) Ask<'a>(Asked<'a, F>) -> Answer = ask);

/// The weight and the columns of a chunk's rows.
fn survey_columns<F: Float>((rows, intercept): (&PreparedRows<F>, Intercept)) -> ColumnsPart {
    let extents = match &rows.design {
        ChunkDesign::Dense(design) if intercept == Intercept::Free => design.extents(),
        _ => Vec::new(),
    };
    ColumnsPart {
        weight: rows.weights.iter().sum(),
        n_features: rows.n_features,
        sparse: matches!(rows.design, ChunkDesign::Sparse(_)),
        columns: rows.columns.clone(),
        extents,
    }
}

/// The answer of a chunk's rows to the next question.
fn ask<F: Float>((descent, intercept, rows, losses): Asked<'_, F>) -> Answer {
    match &rows.design {
        ChunkDesign::Sparse(design) => descent.ask(intercept, rows, losses, design),
        ChunkDesign::Dense(design) if descent.shifts.is_empty() => descent.ask(intercept, rows, losses, design),
        ChunkDesign::Dense(design) => {
            let design = Shifted { design, shifts: &descent.shifts };
            descent.ask(intercept, rows, losses, &design)
        }
    }
}

impl Descent {
    /// Begins, from zeros or from what was found elsewhere, in the columns of all chunks.
    pub(super) fn begin(setting: Setting, start: Option<&Found>, of_rows: &ColumnsSum) -> Result<Arc<Self>> {
        let Setting { limits, intercept, outputs, first_intercept, penalty } = setting;
        let &ColumnsSum { weight, n_features, sparse, ref touched, ref extents } = of_rows;
        let is_touched = |j: &u32| touched[*j as usize / 64] >> (j % 64) & 1 == 1;
        let columns: Arc<[u32]> = (0..n_features as u32).filter(is_touched).collect();
        // The memory of the model, and of its search.
        check_model_bytes("the fit", &[(outputs, "classes"), (n_features, "columns")], size_of::<f32>())?;
        let (classes, columns_with_values) = ((outputs, "classes"), (columns.len(), "columns"));
        check_model_bytes("the fit", &[classes, columns_with_values], 8 * size_of::<f64>())?;
        let mut places = vec![0; n_features];
        (0..).zip(&*columns).for_each(|(place, &j)| places[j as usize] = place);
        let mut point = vec![0.0; columns.len() * outputs];
        let shifts = shifts(extents);
        match start {
            Some(start) if start.intercept.len() != outputs => return Err(other_question()),
            Some(start) => {
                start.write_to(&mut point, &columns, outputs, intercept);
                let (coef, intercept) = point.split_at_mut(columns.len() * outputs);
                let back: Vec<f64> = shifts.iter().map(|shift| -shift).collect();
                unshift(&back, outputs, coef, intercept);
            }
            None => point.extend(first_intercept),
        }
        let l1 = L1 { strength: penalty.l1, penalized: intercept.penalized(columns.len(), outputs) };
        let together = most_together(sparse, point.len());
        let search = Search::new(point, limits, l1, together);
        let (places, shifts) = (places.into(), shifts.into());
        let point = identity(search.point());
        Ok(Arc::new(Descent { weight, penalty, outputs, n_features, sparse, shifts, columns, places, search, point }))
    }

    /// True if its columns, places and numbers fit each other.
    pub(super) fn fits(&self, intercept: Intercept) -> bool {
        let n = self.columns.len();
        let columns = self.columns.is_sorted_by(|a, b| a < b)
            && self.columns.last().is_none_or(|&last| (last as usize) < self.n_features)
            && self.places.len() == self.n_features
            && self.places.iter().all(|&place| (place as usize) < n.max(1))
            && self.columns.iter().zip(0..).all(|(&column, place)| self.places[column as usize] == place);
        let blocks = n + usize::from(intercept != Intercept::None);
        let numbers = blocks.checked_mul(self.outputs);
        columns && self.outputs > 0 && numbers == Some(self.search.point().len())
    }

    pub(super) fn outputs(&self) -> usize {
        self.outputs
    }

    pub(super) fn is_done(&self) -> bool {
        self.search.question().is_none()
    }

    pub(super) fn figures(&self) -> Vec<Figure> {
        self.search.value().into_iter().map(|objective| Figure::new("objective", objective)).collect()
    }

    /// Allows one Newton step more.
    pub(super) fn go_on(this: &mut Arc<Self>) {
        Arc::make_mut(this).search.go_on();
    }

    /// Takes in the sum of all chunks' answers.
    pub(super) fn take_in(this: &mut Arc<Self>, intercept: Intercept, sum: NumbersSum) -> Result<()> {
        let NumbersSum { value, numbers, diagonal } = sum;
        this.check_answer(&numbers, diagonal.as_ref())?;
        Arc::make_mut(this).tell(intercept, value, numbers, diagonal.unwrap_or_default());
        Ok(())
    }

    /// Takes in the sum of all chunks' Hessians of the working set.
    pub(super) fn take_in_triangle(this: &mut Arc<Self>, intercept: Intercept, triangle: Vec<f64>) -> Result<()> {
        Arc::make_mut(this).tell_triangle(intercept, triangle)
    }

    /// Refuses a chunk of another number of columns.
    pub(super) fn check_width(&self, n_features: usize) -> Result<()> {
        if n_features == self.n_features { Ok(()) } else { Err(Error::shape("columns", self.n_features, n_features)) }
    }

    /// The coefficients found so far.
    pub(super) fn found(&self) -> Found {
        let Descent { outputs, n_features, columns, search, shifts, .. } = self;
        let (interleaved, intercept) = search.point().split_at(columns.len() * outputs);
        let of = |k: usize| interleaved.iter().skip(k).step_by(*outputs).copied();
        let coef = (0..*outputs).flat_map(of).collect();
        let mut intercept = intercept.to_vec();
        unshift(shifts, *outputs, interleaved, &mut intercept);
        intercept.resize(*outputs, 0.0);
        Found { n_features: *n_features, columns: columns.to_vec(), coef, intercept, outcome: search.outcome() }
    }

    fn ask<F: Float, D: Design>(
        &self,
        intercept: Intercept,
        rows: &PreparedRows<F>,
        losses: &RowLosses<'_>,
        design: &D,
    ) -> Answer {
        let places: Vec<u32> = rows.columns.iter().map(|&j| self.places[j as usize]).collect();
        // The penalty is added to the sum, once.
        let free = if intercept == Intercept::None { Intercept::None } else { Intercept::Free };
        let problem = Problem { rows: design, share: &rows.weights, alpha: 0.0, intercept: free };
        let blocks = places.len() + usize::from(free != Intercept::None);
        if let Some(Question::Curve(set)) = self.search.question() {
            let (members, local_set) = self.members(&places, blocks, set);
            let mut triangle = vec![0.0; triangle_len(members.len())];
            let point = || self.local(&places, self.search.point());
            losses.with_loss(problem, |loss| rows.curve(loss, (self.point, point), &local_set, &mut triangle));
            return Answer::Triangle(TrianglePart { size: set.len(), members, triangle });
        }
        let mut numbers = vec![0.0; blocks * self.outputs];
        let mut diagonal = None;
        let local = |global: &[f64]| self.local(&places, global);
        let value = losses.with_loss(problem, |loss| match self.search.question() {
            Some(Question::Evaluate(point)) => {
                let value = rows.evaluate(loss, (self.point, &local(point)), &mut numbers);
                loss.data_diagonal(diagonal.insert(vec![0.0; numbers.len()]));
                value
            }
            Some(Question::Multiply(vector)) => {
                let point = || local(self.search.point());
                rows.multiply(loss, (self.point, point), &local(vector), &mut numbers);
                0.0
            }
            Some(Question::Curve(_)) | None => 0.0,
        });
        let (len, outputs) = (self.search.point().len(), self.outputs);
        Answer::Numbers(NumbersPart { value, len, outputs, places, numbers, diagonal })
    }

    /// The numbers of these places, and of the intercepts.
    fn local(&self, places: &[u32], global: &[f64]) -> Vec<f64> {
        let k = self.outputs;
        let mut local = Vec::with_capacity((places.len() + 1) * k);
        if k == 1 {
            local.extend(places.iter().map(|&place| global[place as usize]));
        } else {
            places.iter().for_each(|&place| local.extend_from_slice(&global[place as usize * k..][..k]));
        }
        local.extend_from_slice(&global[self.columns.len() * k..]);
        local
    }

    /// The members of a set that a chunk in these places has: their positions in the set, and their numbers in the chunk.
    fn members(&self, places: &[u32], blocks: usize, set: &[u32]) -> (Vec<u32>, Vec<u32>) {
        let k = self.outputs;
        let places = places.iter().copied().chain([self.columns.len() as u32]).take(blocks);
        let mut rest = (0..).zip(set).peekable();
        let (mut members, mut local) = (Vec::new(), Vec::new());
        for (block, place) in places.enumerate() {
            let first = place as usize * k;
            while rest.next_if(|(_, j)| (**j as usize) < first).is_some() {}
            while let Some((position, &j)) = rest.next_if(|(_, j)| (**j as usize) < first + k) {
                members.push(position);
                local.push((block * k + j as usize - first) as u32);
            }
        }
        (members, local)
    }

    /// Takes in the sum of all chunks' Hessians of the working set.
    fn tell_triangle(&mut self, intercept: Intercept, mut triangle: Vec<f64>) -> Result<()> {
        let penalized = intercept.penalized(self.columns.len(), self.outputs);
        match self.search.question() {
            Some(Question::Curve(set)) if triangle.len() == triangle_len(set.len()) => {
                let share = self.weight.recip();
                triangle.iter_mut().for_each(|h| *h *= share);
                penalize_triangle(self.penalty.l2, penalized, set, &mut triangle);
                self.search.curved(&triangle);
            }
            Some(_) => return Err(other_question()),
            None => {}
        }
        self.look_ahead();
        Ok(())
    }

    /// Notes the point that is asked about next.
    fn look_ahead(&mut self) {
        if let Some(Question::Evaluate(point)) = self.search.question() {
            self.point = identity(point);
        }
    }

    /// Refuses an answer to another question than was asked.
    fn check_answer(&self, numbers: &[f64], diagonal: Option<&Vec<f64>>) -> Result<()> {
        let evaluated = matches!(self.search.question(), Some(Question::Evaluate(_)));
        if let Some(Question::Curve(_)) = self.search.question() {
            return Err(other_question());
        }
        let right = numbers.len() == self.search.point().len() && diagonal.is_some() == evaluated;
        if right || self.search.question().is_none() { Ok(()) } else { Err(other_question()) }
    }

    /// Takes in the sums over all chunks, to which weight and penalty are still to be applied.
    fn tell(&mut self, intercept: Intercept, mut value: f64, mut numbers: Vec<f64>, mut diagonal: Vec<f64>) {
        let share = self.weight.recip();
        let penalized = intercept.penalized(self.columns.len(), self.outputs);
        let (alpha, sparse) = (self.penalty.l2, self.sparse);
        let penalize = |numbers: &mut [f64], point: &[f64]| {
            numbers.iter_mut().for_each(|number| *number *= share);
            numbers[..penalized].iter_mut().zip(point).for_each(|(number, w)| *number += alpha * w);
        };
        match self.search.question() {
            Some(Question::Evaluate(point)) => {
                penalize(&mut numbers, point);
                value = value * share + 0.5 * alpha * point[..penalized].iter().map(|w| w * w).sum::<f64>();
                diagonal.iter_mut().for_each(|d| *d *= share);
                diagonal[..penalized].iter_mut().for_each(|d| *d += alpha);
                self.search.evaluated(value, &mut numbers, |preconditioner| {
                    preconditioner.copy_from_slice(&diagonal);
                    if sparse {
                        soften(preconditioner);
                    }
                });
            }
            Some(Question::Multiply(vector)) => {
                penalize(&mut numbers, vector);
                self.search.multiplied(&mut numbers);
            }
            Some(Question::Curve(_)) | None => {}
        }
        self.look_ahead();
    }
}

/// 128 bits that tell points apart.
fn identity(point: &[f64]) -> u128 {
    let mut hasher = Xxh3::new();
    let mut bytes = [0; 4096];
    for numbers in point.chunks(bytes.len() / size_of::<f64>()) {
        let places = bytes.chunks_exact_mut(size_of::<f64>());
        places.zip(numbers).for_each(|(place, number)| place.copy_from_slice(&number.to_le_bytes()));
        hasher.update(&bytes[..size_of_val(numbers)]);
    }
    hasher.digest128()
}
