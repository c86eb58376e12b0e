//! What chunks answer in a pass, and how their answers sum up.

use serde::{Deserialize, Serialize};

use super::design::{Extent, NOTHING, of_both};
use super::search::Smooth;
use crate::error::{Error, Result};

/// What one chunk answers in a pass.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChunkPart<S>(pub(super) Part<S>);

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Part<S> {
    /// The extents are those of the columns of dense rows; of sparse ones there are none.
    Survey {
        survey: S,
        weight: f64,
        n_features: usize,
        sparse: bool,
        columns: Vec<u32>,
        extents: Vec<Extent>,
    },
    Numbers {
        value: f64,
        len: usize,
        outputs: usize,
        places: Vec<u32>,
        numbers: Vec<f64>,
        diagonal: Vec<f64>,
    },
}

/// What some chunks' answers sum up to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChunkSum<S>(pub(super) Sum<S>);

#[derive(Clone, Debug, Serialize, Deserialize)]
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
        diagonal: Vec<f64>,
    },
}

impl<S: Clone + Default> ChunkSum<S> {
    /// The sum of neighbours' answers to one question, in their order.
    pub(in crate::linear) fn of<M: Smooth<Survey = S>>(parts: &[&ChunkPart<S>]) -> Result<Self> {
        let mut parts = parts.iter().map(|part| &part.0);
        let first = parts.next().expect("there is a part to sum");
        let mut sum = ChunkSum(match first {
            &Part::Survey { n_features, sparse, ref extents, .. } => {
                let (touched, extents) = (vec![0; n_features.div_ceil(64)], vec![NOTHING; extents.len()]);
                Sum::Survey { survey: S::default(), weight: 0.0, n_features, sparse, touched, extents }
            }
            Part::Numbers { len, diagonal, .. } => {
                let diagonal = if diagonal.is_empty() { Vec::new() } else { vec![0.0; *len] };
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
                Part::Numbers { value: own, outputs, places, numbers: part, diagonal: part_diagonal, .. },
            ) => {
                *value += own;
                scatter(places, *outputs, part, numbers);
                if !part_diagonal.is_empty() {
                    scatter(places, *outputs, part_diagonal, diagonal);
                }
            }
            _ => unreachable!("all chunks answer the same question"),
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
                *value += own;
                add(numbers, &n);
                add(diagonal, &d);
            }
            _ => unreachable!("all chunks answer the same question"),
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
