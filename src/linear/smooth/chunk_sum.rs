//! Sums over chunks in a pass: values, gradients and Hessian products.

use serde::{Deserialize, Serialize};

use super::design::{Extent, NOTHING, of_both};
use super::minimization::Smooth;
use crate::data::checked::{checked_when_read, contradiction};
use crate::error::{Error, Result};

/// The answer of one chunk in a pass.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChunkPart<S>(pub(super) Part<S>);

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub(super) enum Part<S> {
    /// The extents are those of the columns of dense rows; of sparse ones there are none.
    Survey { survey: S, weight: f64, n_features: usize, sparse: bool, columns: Vec<u32>, extents: Vec<Extent> },
    /// The diagonal of the Hessian comes with an evaluation; rows without values, and no intercept, have one of no number.
    Numbers { value: f64, len: usize, outputs: usize, places: Vec<u32>, numbers: Vec<f64>, diagonal: Option<Vec<f64>> },
}

checked_when_read!(Part<S>, serialize: [S: Serialize], deserialize: [S: Deserialize<'de>]);

/// The columns have numbers of 32 bits.
const MOST_COLUMNS: usize = 1 << 32;

impl<S> Part<S> {
    fn check_read(&self) -> Result<()> {
        let right = match self {
            Part::Survey { weight, n_features, columns, .. } => {
                let below = columns.last().is_none_or(|&last| (last as usize) < *n_features);
                *n_features <= MOST_COLUMNS && below && columns.is_sorted_by(|a, b| a < b) && *weight >= 0.0
            }
            Part::Numbers { len, outputs, places, numbers, diagonal, .. } => {
                let last = places.iter().copied().max().map_or(0, |last| last as usize + 1);
                let coef = places.len().checked_mul(*outputs);
                let needed = last.checked_mul(*outputs).and_then(|needed| needed.checked_add(numbers.len()));
                let intercepts = coef.and_then(|coef| numbers.len().checked_sub(coef));
                *outputs > 0
                    && intercepts.is_some_and(|n| n == 0 || n == *outputs)
                    && diagonal.as_ref().is_none_or(|diagonal| diagonal.len() == numbers.len())
                    && *len <= outputs.saturating_mul(MOST_COLUMNS)
                    && needed.zip(coef).is_some_and(|(needed, coef)| needed - coef <= *len)
            }
        };
        if right { Ok(()) } else { Err(contradiction("the numbers that a chunk answers do not fit its columns")) }
    }
}

/// The sum of some chunks' answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChunkSum<S>(pub(super) Sum<S>);

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub(super) enum Sum<S> {
    /// A bit a column: whether any row touches it.
    Survey {
        survey: S,
        weight: f64,
        n_features: usize,
        sparse: bool,
        touched: Vec<u64>,
        extents: Vec<Extent>,
    },
    Numbers {
        value: f64,
        numbers: Vec<f64>,
        diagonal: Option<Vec<f64>>,
    },
}

checked_when_read!(Sum<S>, serialize: [S: Serialize], deserialize: [S: Deserialize<'de>]);

impl<S> Sum<S> {
    fn check_read(&self) -> Result<()> {
        let right = match self {
            Sum::Survey { weight, n_features, touched, .. } => {
                let beyond = touched.last().map_or(0, |&last| last.checked_shr(*n_features as u32 % 64).unwrap_or(0));
                let whole = n_features % 64 == 0;
                touched.len() == n_features.div_ceil(64) && (whole || beyond == 0) && *weight >= 0.0
            }
            Sum::Numbers { numbers, diagonal, .. } => {
                diagonal.as_ref().is_none_or(|diagonal| diagonal.len() == numbers.len())
            }
        };
        if right { Ok(()) } else { Err(contradiction("the numbers of a sum do not fit its columns")) }
    }
}

/// The error of answers to different questions.
pub(super) fn other_question() -> Error {
    contradiction("chunks answered different questions: states of another pass or query were mixed in")
}

impl<S: Clone + Default> ChunkSum<S> {
    /// The sum of neighbours' answers to one question, in their order.
    pub(in crate::linear) fn of<M: Smooth<Survey = S>>(parts: &[&ChunkPart<S>]) -> Result<Self> {
        let mut parts = parts.iter().map(|part| &part.0);
        let first = parts.next().ok_or_else(|| contradiction("a sum of no answers"))?;
        let mut sum = ChunkSum(match first {
            &Part::Survey { n_features, sparse, ref extents, .. } => {
                let (touched, extents) = (vec![0; n_features.div_ceil(64)], vec![NOTHING; extents.len()]);
                Sum::Survey { survey: S::default(), weight: 0.0, n_features, sparse, touched, extents }
            }
            Part::Numbers { len, diagonal, .. } => {
                let diagonal = diagonal.as_ref().map(|_| vec![0.0; *len]);
                Sum::Numbers { value: 0.0, numbers: vec![0.0; *len], diagonal }
            }
        });
        for part in std::iter::once(first).chain(parts) {
            sum.add::<M>(part)?;
        }
        Ok(sum)
    }

    fn add<M: Smooth<Survey = S>>(&mut self, part: &Part<S>) -> Result<()> {
        match (&mut self.0, part) {
            (
                Sum::Survey { survey, weight, n_features, touched, extents, .. },
                Part::Survey {
                    survey: own,
                    weight: own_weight,
                    n_features: own_features,
                    columns,
                    extents: own_extents,
                    ..
                },
            ) => {
                if n_features != own_features {
                    return Err(Error::shape("columns", *n_features, *own_features));
                }
                M::merge(survey, own);
                *weight += own_weight;
                columns.iter().for_each(|&j| touched[j as usize / 64] |= 1 << (j % 64));
                extents.iter_mut().zip(own_extents).for_each(|(a, b)| *a = of_both(*a, *b));
            }
            (
                Sum::Numbers { value, numbers, diagonal },
                Part::Numbers { value: own, len, outputs, places, numbers: part, diagonal: part_diagonal },
            ) => {
                if *len != numbers.len() || part_diagonal.is_none() != diagonal.is_none() {
                    return Err(other_question());
                }
                *value += own;
                scatter(places, *outputs, part, numbers);
                if let (Some(part), Some(diagonal)) = (part_diagonal, diagonal) {
                    scatter(places, *outputs, part, diagonal);
                }
            }
            _ => return Err(other_question()),
        }
        Ok(())
    }

    /// The sum of both.
    pub(in crate::linear) fn merge<M: Smooth<Survey = S>>(mut self, other: Self) -> Result<Self> {
        let add = |a: &mut [f64], b: &[f64]| a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
        match (&mut self.0, other.0) {
            (
                Sum::Survey { survey, weight, n_features, touched, extents, .. },
                Sum::Survey {
                    survey: own,
                    weight: own_weight,
                    n_features: own_features,
                    touched: own_touched,
                    extents: own_extents,
                    ..
                },
            ) => {
                if *n_features != own_features {
                    return Err(Error::shape("columns", *n_features, own_features));
                }
                M::merge(survey, &own);
                *weight += own_weight;
                touched.iter_mut().zip(own_touched).for_each(|(a, b)| *a |= b);
                extents.iter_mut().zip(own_extents).for_each(|(a, b)| *a = of_both(*a, b));
            }
            (Sum::Numbers { value, numbers, diagonal }, Sum::Numbers { value: own, numbers: n, diagonal: d }) => {
                if numbers.len() != n.len() || diagonal.is_none() != d.is_none() {
                    return Err(other_question());
                }
                *value += own;
                add(numbers, &n);
                if let (Some(diagonal), Some(d)) = (diagonal, d) {
                    add(diagonal, &d);
                }
            }
            _ => return Err(other_question()),
        }
        Ok(self)
    }
}

/// Adds a chunk's numbers where they belong; the intercepts' end both.
fn scatter(places: &[u32], outputs: usize, part: &[f64], sum: &mut [f64]) {
    let (coef, intercept) = part.split_at(places.len() * outputs);
    let (sums, intercept_sums) = sum.split_at_mut(sum.len() - intercept.len());
    for (&place, numbers) in places.iter().zip(coef.chunks_exact(outputs)) {
        sums[place as usize * outputs..][..outputs].iter_mut().zip(numbers).for_each(|(sum, number)| *sum += number);
    }
    intercept_sums.iter_mut().zip(intercept).for_each(|(sum, number)| *sum += number);
}
