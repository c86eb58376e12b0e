//! Minimization of a loss that is a sum over chunks, in passes over them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::chunk_rows::ChunkRows;
use super::chunk_sum::{ChunkPart, ChunkSum, Part, Sum};
use super::descent::{Answer, Ask, Descent, Setting, SurveyColumns};
use super::found::Found;
use super::problem::{Intercept, Penalty};
use super::row_losses::RowLosses;
use super::row_sums::other_question;
use crate::data::checked::{checked_when_read, contradiction};
use crate::data::{Figure, Float};
use crate::error::Result;
use crate::linear::newton::Limits;

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

    /// The loss of a chunk's rows, which have these weights.
    fn losses<'a>(&self, survey: &Self::Survey, targets: &'a Self::Targets, weights: &[f64]) -> RowLosses<'a>;
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
        match start && self.surveyed.as_ref().is_none_or(|surveyed| surveyed.descent.fits(self.intercept)) {
            true => Ok(()),
            false => Err(contradiction("a minimization whose columns, outputs and coefficients do not fit each other")),
        }
    }

    /// The survey of the first pass, and the number of outputs, once it is over.
    pub(in crate::linear) fn survey(&self) -> Option<(&S, usize)> {
        self.surveyed.as_ref().map(|surveyed| (&surveyed.survey, surveyed.descent.outputs()))
    }
}

/// The state after the first pass.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Surveyed<S> {
    survey: S,
    descent: Arc<Descent>,
}

impl<S: Clone + Default> Minimization<S> {
    /// Begins, from zeros or from what was found elsewhere.
    pub(in crate::linear) fn new(limits: Limits, intercept: Intercept, start: Option<Found>) -> Self {
        Minimization { limits, intercept, start: start.map(Arc::new), surveyed: None }
    }

    /// True if there is nothing more to ask.
    pub(in crate::linear) fn is_done(&self) -> bool {
        self.surveyed.as_ref().is_some_and(|surveyed| surveyed.descent.is_done())
    }

    /// The objective at the best point so far, per example and with its penalty, once it was evaluated.
    pub(in crate::linear) fn figures(&self) -> Vec<Figure> {
        self.surveyed.as_ref().map_or_else(Vec::new, |surveyed| surveyed.descent.figures())
    }

    /// Allows one Newton step more.
    pub(in crate::linear) fn go_on(&mut self) {
        self.limits.max_iter = self.limits.max_iter.saturating_add(1);
        if let Some(surveyed) = &mut self.surveyed {
            Descent::go_on(&mut surveyed.descent);
        }
    }

    /// The answer of a chunk to the next question.
    pub(in crate::linear) fn ask<F: Float, M: Smooth<Survey = S>>(
        &self,
        smooth: &M,
        rows: &ChunkRows<F, M::Targets>,
    ) -> Result<ChunkPart<S>> {
        let (prepared, targets) = (&rows.prepared, &rows.targets);
        let Some(Surveyed { survey, descent }) = &self.surveyed else {
            let mut survey = S::default();
            smooth.survey(&mut survey, targets, &prepared.weights);
            let columns = F::run::<SurveyColumns<'_>>((prepared, self.intercept));
            return Ok(ChunkPart(Part::Survey(survey, columns)));
        };
        descent.check_width(prepared.n_features)?;
        let losses = smooth.losses(survey, targets, &prepared.weights);
        Ok(ChunkPart(match F::run::<Ask<'_>>((descent, self.intercept, prepared, &losses)) {
            Answer::Numbers(numbers) => Part::Numbers(numbers),
            Answer::Triangle(triangle) => Part::Triangle(triangle),
        }))
    }

    /// The next question, from what all chunks answered to the last.
    pub(in crate::linear) fn advance<M: Smooth<Survey = S>>(mut self, smooth: &M, sum: ChunkSum<S>) -> Result<Self> {
        match (&mut self.surveyed, sum.0) {
            (Some(Surveyed { descent, .. }), Sum::Numbers(numbers)) => {
                Descent::take_in(descent, self.intercept, numbers)?;
            }
            (Some(Surveyed { descent, .. }), Sum::Triangle(triangle)) => {
                Descent::take_in_triangle(descent, self.intercept, triangle)?;
            }
            (unknown @ None, Sum::Survey(survey, columns)) => {
                let outputs = smooth.outputs(&survey, columns.weight)?;
                let free = self.start.is_none() && self.intercept != Intercept::None;
                let setting = Setting {
                    limits: self.limits,
                    intercept: self.intercept,
                    outputs,
                    first_intercept: if free { smooth.first_intercept(&survey, columns.weight) } else { Vec::new() },
                    penalty: smooth.penalty(columns.weight),
                };
                let descent = Descent::begin(setting, self.start.take().as_deref(), &columns)?;
                *unknown = Some(Surveyed { survey, descent });
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
        self.surveyed.map(|Surveyed { survey, descent }| (survey, descent.found()))
    }
}
