//! Sums over chunks in a pass: values, gradients and Hessian products.

use serde::{Deserialize, Serialize};

use super::minimization::Smooth;
use super::row_sums::{
    ColumnsPart, ColumnsSum, NumbersPart, NumbersSum, TrianglePart, merge_triangles, other_question,
};
use crate::data::checked::{checked_when_read, contradiction};
use crate::error::Result;
use crate::linear::newton::{MOST_TOGETHER, triangle_len};

/// The answer of one chunk in a pass.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChunkPart<S>(pub(super) Part<S>);

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub(super) enum Part<S> {
    Survey(S, ColumnsPart),
    Numbers(NumbersPart),
    Triangle(TrianglePart),
}

checked_when_read!(Part<S>, serialize: [S: Serialize], deserialize: [S: Deserialize<'de>]);

impl<S> Part<S> {
    fn check_read(&self) -> Result<()> {
        let consistent = match self {
            Part::Survey(_, columns) => columns.is_consistent(),
            Part::Numbers(numbers) => numbers.is_consistent(),
            Part::Triangle(triangle) => triangle.is_consistent(),
        };
        check_consistent(consistent, "the numbers that a chunk answers do not fit its columns")
    }
}

/// The sum of some chunks' answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChunkSum<S>(pub(super) Sum<S>);

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub(super) enum Sum<S> {
    Survey(S, ColumnsSum),
    Numbers(NumbersSum),
    /// The lower triangle of the Hessian of the set that was asked for.
    Triangle(Vec<f64>),
}

checked_when_read!(Sum<S>, serialize: [S: Serialize], deserialize: [S: Deserialize<'de>]);

impl<S> Sum<S> {
    fn check_read(&self) -> Result<()> {
        let consistent = match self {
            Sum::Survey(_, columns) => columns.is_consistent(),
            Sum::Numbers(numbers) => numbers.is_consistent(),
            Sum::Triangle(triangle) => triangle.len() <= triangle_len(MOST_TOGETHER),
        };
        check_consistent(consistent, "the numbers of a sum do not fit its columns")
    }
}

fn check_consistent(consistent: bool, otherwise: &'static str) -> Result<()> {
    if consistent { Ok(()) } else { Err(contradiction(otherwise)) }
}

impl<S: Clone + Default> ChunkSum<S> {
    /// The sum of neighbours' answers to one question, in their order.
    pub(in crate::linear) fn of<M: Smooth<Survey = S>>(parts: &[&ChunkPart<S>]) -> Result<Self> {
        let Some(first) = parts.first() else { return Err(contradiction("a sum of no answers")) };
        let mut sum = ChunkSum(match &first.0 {
            Part::Survey(_, columns) => Sum::Survey(S::default(), ColumnsSum::like(columns)),
            Part::Numbers(numbers) => Sum::Numbers(NumbersSum::like(numbers)),
            Part::Triangle(triangle) => Sum::Triangle(triangle.zeros()),
        });
        for part in parts {
            sum.add::<M>(&part.0)?;
        }
        Ok(sum)
    }

    fn add<M: Smooth<Survey = S>>(&mut self, part: &Part<S>) -> Result<()> {
        match (&mut self.0, part) {
            (Sum::Survey(survey, sum), Part::Survey(own, columns)) => {
                sum.check_width(columns.n_features)?;
                M::merge(survey, own);
                sum.add(columns);
                Ok(())
            }
            (Sum::Numbers(sum), Part::Numbers(numbers)) => sum.add(numbers),
            (Sum::Triangle(sums), Part::Triangle(triangle)) => triangle.add_to(sums),
            _ => Err(other_question()),
        }
    }

    /// The sum of both.
    pub(in crate::linear) fn merge<M: Smooth<Survey = S>>(mut self, other: Self) -> Result<Self> {
        match (&mut self.0, &other.0) {
            (Sum::Survey(survey, sum), Sum::Survey(own, columns)) => {
                sum.check_width(columns.n_features)?;
                M::merge(survey, own);
                sum.merge(columns);
            }
            (Sum::Numbers(sum), Sum::Numbers(numbers)) => sum.merge(numbers)?,
            (Sum::Triangle(sums), Sum::Triangle(triangle)) => merge_triangles(sums, triangle)?,
            _ => return Err(other_question()),
        }
        Ok(self)
    }
}
