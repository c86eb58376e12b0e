//! Minimization of a loss that is a sum over chunks, in passes over them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use super::chunk_rows::{ChunkDesign, ChunkRows};
use super::chunk_sum::{ChunkPart, ChunkSum, Part, Sum, other_question};
use super::design::Design;
use super::problem::{Intercept, Loss, Penalty, Problem, most_together, penalize_triangle, soften};
use super::shifted::{Shifted, shifts, unshift};
use crate::data::checked::{checked_when_read, contradiction};
use crate::data::{Figure, Float, check_model_bytes};
use crate::error::{Error, Result};
use crate::linear::newton::{L1, Limits, Outcome, Question, Search, triangle_len};

/// A loss that is a sum over chunks.
pub(in crate::linear) trait Smooth {
    /// The targets: what is to be learned of a chunk's rows.
    type Targets;
    /// What the first pass has to find out about the targets of all chunks; the default is that of no rows.
    type Survey: Clone + Default;

    /// Adds a chunk's targets, with these weights, to a survey.
    fn survey(&self, survey: &mut Self::Survey, targets: &Self::Targets, weights: &[f64]);

    /// Adds another survey.
    fn merge(survey: &mut Self::Survey, other: &Self::Survey);

    /// The outputs a row, if there is anything to minimise.
    ///
    /// # Errors
    /// What cannot be fitted.
    fn outputs(&self, survey: &Self::Survey, weight: f64) -> Result<usize>;

    /// The intercepts to begin with, of rows of this total weight.
    fn first_intercept(&self, survey: &Self::Survey, weight: f64) -> Vec<f64>;

    /// The penalty per example, of rows of this total weight.
    fn penalty(&self, weight: f64) -> Penalty;

    /// Hands the loss of some rows to `f`.
    fn with_loss<D: Design, R>(
        &self,
        survey: &Self::Survey,
        problem: Problem<'_, D>,
        targets: &Self::Targets,
        f: impl FnOnce(&mut dyn Loss) -> R,
    ) -> R;
}

/// A fit over chunks between two passes: where it is, and what it will ask of every chunk next.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Minimization<S> {
    limits: Limits,
    intercept: Intercept,
    start: Option<Arc<Found>>,
    surveyed: Option<Surveyed<S>>,
}

checked_when_read!(Minimization<S>, serialize: [S: Serialize], deserialize: [S: Deserialize<'de>]);

impl<S> Minimization<S> {
    fn check_read(&self) -> Result<()> {
        let start = self.start.as_ref().is_none_or(|start| start.fits());
        match start && self.surveyed.as_ref().is_none_or(|surveyed| surveyed.fits(self.intercept)) {
            true => Ok(()),
            false => Err(contradiction("a minimization whose columns, outputs and coefficients do not fit each other")),
        }
    }

    /// The survey of the first pass, and the number of outputs, once it is over.
    pub(in crate::linear) fn survey(&self) -> Option<(&S, usize)> {
        self.surveyed.as_ref().map(|surveyed| (&surveyed.survey, surveyed.outputs))
    }
}

impl<S> Surveyed<S> {
    fn fits(&self, intercept: Intercept) -> bool {
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
}

/// The state after the first pass.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Surveyed<S> {
    survey: S,
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

/// Coefficients in some columns: one output after the other, and an intercept each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::linear) struct Found {
    pub n_features: usize,
    pub columns: Vec<u32>,
    pub coef: Vec<f64>,
    pub intercept: Vec<f64>,
    pub outcome: Outcome,
}

impl<S: Clone + Default> Minimization<S> {
    /// Begins, from zeros or from what was found elsewhere.
    pub(in crate::linear) fn new(limits: Limits, intercept: Intercept, start: Option<Found>) -> Self {
        Minimization { limits, intercept, start: start.map(Arc::new), surveyed: None }
    }

    /// True if there is nothing more to ask.
    pub(in crate::linear) fn is_done(&self) -> bool {
        self.surveyed.as_ref().is_some_and(|surveyed| surveyed.search.question().is_none())
    }

    /// The objective at the best point so far, per example and with its penalty, once it was evaluated.
    pub(in crate::linear) fn figures(&self) -> Vec<Figure> {
        let objective = self.surveyed.as_ref().and_then(|surveyed| surveyed.search.value());
        objective.into_iter().map(|objective| Figure::new("objective", objective)).collect()
    }

    /// Allows one Newton step more.
    pub(in crate::linear) fn go_on(&mut self) {
        self.limits.max_iter = self.limits.max_iter.saturating_add(1);
        if let Some(surveyed) = &mut self.surveyed {
            surveyed.search.go_on();
        }
    }

    /// The answer of a chunk to the next question.
    pub(in crate::linear) fn ask<F: Float, M: Smooth<Survey = S>>(
        &self,
        smooth: &M,
        rows: &ChunkRows<F, M::Targets>,
    ) -> Result<ChunkPart<S>> {
        let Some(surveyed) = &self.surveyed else {
            let mut survey = S::default();
            smooth.survey(&mut survey, &rows.targets, &rows.weights);
            let (weight, columns) = (rows.weights.iter().sum(), rows.columns.clone());
            let (n_features, sparse) = (rows.n_features, matches!(rows.design, ChunkDesign::Sparse(_)));
            let extents = match &rows.design {
                ChunkDesign::Dense(design) if self.intercept == Intercept::Free => design.extents(),
                _ => Vec::new(),
            };
            return Ok(ChunkPart(Part::Survey { survey, weight, n_features, sparse, columns, extents }));
        };
        if rows.n_features != surveyed.n_features {
            return Err(Error::shape("columns", surveyed.n_features, rows.n_features));
        }
        match &rows.design {
            ChunkDesign::Sparse(design) => Ok(surveyed.ask(smooth, self.intercept, rows, design)),
            ChunkDesign::Dense(design) if surveyed.shifts.is_empty() => {
                Ok(surveyed.ask(smooth, self.intercept, rows, design))
            }
            ChunkDesign::Dense(design) => {
                let design = Shifted { design, shifts: &surveyed.shifts };
                Ok(surveyed.ask(smooth, self.intercept, rows, &design))
            }
        }
    }

    /// The next question, from what all chunks answered to the last.
    pub(in crate::linear) fn advance<M: Smooth<Survey = S>>(mut self, smooth: &M, sum: ChunkSum<S>) -> Result<Self> {
        match (&mut self.surveyed, sum.0) {
            (Some(surveyed), Sum::Numbers { value, numbers, diagonal }) => {
                surveyed.check_answer(&numbers, diagonal.as_ref())?;
                surveyed.tell(self.intercept, value, numbers, diagonal.unwrap_or_default());
            }
            (Some(surveyed), Sum::Triangle(triangle)) => surveyed.tell_triangle(self.intercept, triangle)?,
            (unknown @ None, Sum::Survey { survey, weight, n_features, sparse, touched, extents }) => {
                let outputs = smooth.outputs(&survey, weight)?;
                let is_touched = |j: &u32| touched[*j as usize / 64] >> (j % 64) & 1 == 1;
                let columns: Arc<[u32]> = (0..n_features as u32).filter(is_touched).collect();
                // What the model will take, and what is there while it is searched.
                check_model_bytes("the fit", &[(outputs, "classes"), (n_features, "columns")], size_of::<f32>())?;
                let (classes, columns_with_values) = ((outputs, "classes"), (columns.len(), "columns"));
                check_model_bytes("the fit", &[classes, columns_with_values], 8 * size_of::<f64>())?;
                let mut places = vec![0; n_features];
                (0..).zip(&*columns).for_each(|(place, &j)| places[j as usize] = place);
                let mut point = vec![0.0; columns.len() * outputs];
                let shifts = shifts(&extents);
                match self.start.take() {
                    Some(start) if start.intercept.len() != outputs => return Err(other_question()),
                    Some(start) => {
                        start.write_to(&mut point, &columns, outputs, self.intercept);
                        let (coef, intercept) = point.split_at_mut(columns.len() * outputs);
                        let back: Vec<f64> = shifts.iter().map(|shift| -shift).collect();
                        unshift(&back, outputs, coef, intercept);
                    }
                    None if self.intercept != Intercept::None => point.extend(smooth.first_intercept(&survey, weight)),
                    None => {}
                }
                let penalty = smooth.penalty(weight);
                let l1 = L1 { strength: penalty.l1, penalized: self.intercept.penalized(columns.len(), outputs) };
                let together = most_together(sparse, point.len());
                let search = Search::new(point, self.limits, l1, together);
                let (places, shifts) = (places.into(), shifts.into());
                let point = identity(search.point());
                *unknown = Some(Surveyed {
                    survey,
                    weight,
                    penalty,
                    outputs,
                    n_features,
                    sparse,
                    shifts,
                    columns,
                    places,
                    search,
                    point,
                });
            }
            _ => return Err(other_question()),
        }
        Ok(self)
    }

    /// The end of the minimization, where these are all rows: as many passes over them as it takes.
    pub(in crate::linear) fn finish<F: Float, M: Smooth<Survey = S>>(
        mut self,
        smooth: &M,
        rows: &ChunkRows<F, M::Targets>,
    ) -> Result<Self> {
        while !self.is_done() {
            let part = self.ask(smooth, rows)?;
            self = self.advance(smooth, ChunkSum::of::<M>(&[&part])?)?;
        }
        Ok(self)
    }

    /// The survey, and the coefficients found so far.
    pub(in crate::linear) fn found(self) -> Option<(S, Found)> {
        let Surveyed { survey, outputs, n_features, columns, search, shifts, .. } = self.surveyed?;
        let (interleaved, intercept) = search.point().split_at(columns.len() * outputs);
        let of = |k: usize| interleaved.iter().skip(k).step_by(outputs).copied();
        let coef = (0..outputs).flat_map(of).collect();
        let mut intercept = intercept.to_vec();
        unshift(&shifts, outputs, interleaved, &mut intercept);
        intercept.resize(outputs, 0.0);
        let outcome = search.outcome();
        Some((survey, Found { n_features, columns: columns.to_vec(), coef, intercept, outcome }))
    }
}

impl<S: Clone> Surveyed<S> {
    fn ask<F: Float, M: Smooth<Survey = S>, D: Design>(
        &self,
        smooth: &M,
        intercept: Intercept,
        rows: &ChunkRows<F, M::Targets>,
        design: &D,
    ) -> ChunkPart<S> {
        let places: Vec<u32> = rows.columns.iter().map(|&j| self.places[j as usize]).collect();
        // The penalty is added to the sum, once.
        let free = if intercept == Intercept::None { Intercept::None } else { Intercept::Free };
        let problem = Problem { rows: design, share: &rows.weights, alpha: 0.0, intercept: free };
        let blocks = places.len() + usize::from(free != Intercept::None);
        if let Some(Question::Curve(set)) = self.search.question() {
            let (members, local_set) = self.members(&places, blocks, set);
            let mut triangle = vec![0.0; triangle_len(members.len())];
            let point = || self.local(&places, self.search.point());
            smooth.with_loss(&self.survey, problem, &rows.targets, |loss| {
                rows.curve(loss, (self.point, point), &local_set, &mut triangle);
            });
            return ChunkPart(Part::Triangle { size: set.len(), members, triangle });
        }
        let mut numbers = vec![0.0; blocks * self.outputs];
        let mut diagonal = None;
        let local = |global: &[f64]| self.local(&places, global);
        let value = smooth.with_loss(&self.survey, problem, &rows.targets, |loss| match self.search.question() {
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
        ChunkPart(Part::Numbers { value, len, outputs, places, numbers, diagonal })
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

impl Found {
    fn fits(&self) -> bool {
        let outputs = self.intercept.len();
        let ascend = self.columns.is_sorted_by(|a, b| a < b);
        outputs > 0 && ascend && self.columns.len().checked_mul(outputs) == Some(self.coef.len())
    }

    /// Sets the coefficients in these columns, interleaved, and appends the intercepts.
    fn write_to(&self, point: &mut Vec<f64>, columns: &[u32], outputs: usize, intercept: Intercept) {
        let mut own = self.columns.iter().enumerate().peekable();
        for (place, column) in columns.iter().enumerate() {
            while own.next_if(|(_, other)| *other < column).is_some() {}
            if let Some((from, _)) = own.next_if(|(_, other)| *other == column) {
                for k in 0..outputs {
                    point[place * outputs + k] = self.coef[k * self.columns.len() + from];
                }
            }
        }
        if intercept != Intercept::None {
            point.extend_from_slice(&self.intercept);
        }
    }
}
