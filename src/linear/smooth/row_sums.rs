//! Sums over the rows of a chunk and over chunks: surveys of columns, gradients, Hessian products and triangles.

use serde::{Deserialize, Serialize};

use super::design::{Extent, NOTHING, of_both};
use crate::data::checked::contradiction;
use crate::error::{Error, Result};
use crate::linear::newton::{MOST_TOGETHER, triangle_len};

/// The columns have numbers of 32 bits.
const MOST_COLUMNS: usize = 1 << 32;

/// The weight and the columns of a chunk's rows. The extents are those of the columns of dense rows; of sparse ones there
/// are none.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ColumnsPart {
    pub weight: f64,
    pub n_features: usize,
    pub sparse: bool,
    pub columns: Vec<u32>,
    pub extents: Vec<Extent>,
}

/// The weight and the columns of some chunks' rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ColumnsSum {
    pub weight: f64,
    pub n_features: usize,
    pub sparse: bool,
    /// A bit a column: whether any row touches it.
    pub touched: Vec<u64>,
    pub extents: Vec<Extent>,
}

/// A value and a gradient, or a Hessian product, of a chunk's rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct NumbersPart {
    pub value: f64,
    pub len: usize,
    pub outputs: usize,
    pub places: Vec<u32>,
    pub numbers: Vec<f64>,
    /// With a value and a gradient; not with products.
    pub diagonal: Option<Vec<f64>>,
}

/// A value and a gradient, or a Hessian product, of some chunks' rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct NumbersSum {
    pub value: f64,
    pub numbers: Vec<f64>,
    pub diagonal: Option<Vec<f64>>,
}

/// Of the set of `size` numbers that was asked for: which of them the chunk touches, and the lower triangle of their
/// Hessian.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct TrianglePart {
    pub size: usize,
    pub members: Vec<u32>,
    pub triangle: Vec<f64>,
}

/// The error of answers to different questions.
pub(super) fn other_question() -> Error {
    contradiction("chunks answered different questions: states of another pass or query were mixed in")
}

impl ColumnsPart {
    pub(super) fn is_consistent(&self) -> bool {
        let ColumnsPart { weight, n_features, columns, .. } = self;
        let below = columns.last().is_none_or(|&last| (last as usize) < *n_features);
        *n_features <= MOST_COLUMNS && below && columns.is_sorted_by(|a, b| a < b) && *weight >= 0.0
    }
}

impl ColumnsSum {
    /// Of no rows, with the columns of this part.
    pub(super) fn like(part: &ColumnsPart) -> Self {
        let &ColumnsPart { n_features, sparse, ref extents, .. } = part;
        let (touched, extents) = (vec![0; n_features.div_ceil(64)], vec![NOTHING; extents.len()]);
        ColumnsSum { weight: 0.0, n_features, sparse, touched, extents }
    }

    pub(super) fn is_consistent(&self) -> bool {
        let ColumnsSum { weight, n_features, touched, .. } = self;
        let beyond = touched.last().map_or(0, |&last| last.checked_shr(*n_features as u32 % 64).unwrap_or(0));
        let whole = n_features % 64 == 0;
        touched.len() == n_features.div_ceil(64) && (whole || beyond == 0) && *weight >= 0.0
    }

    /// Refuses rows of another number of columns.
    pub(super) fn check_width(&self, n_features: usize) -> Result<()> {
        if self.n_features == n_features { Ok(()) } else { Err(Error::shape("columns", self.n_features, n_features)) }
    }

    pub(super) fn add(&mut self, part: &ColumnsPart) {
        self.weight += part.weight;
        part.columns.iter().for_each(|&j| self.touched[j as usize / 64] |= 1 << (j % 64));
        self.extents.iter_mut().zip(&part.extents).for_each(|(a, b)| *a = of_both(*a, *b));
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.weight += other.weight;
        self.touched.iter_mut().zip(&other.touched).for_each(|(a, b)| *a |= b);
        self.extents.iter_mut().zip(&other.extents).for_each(|(a, b)| *a = of_both(*a, *b));
    }
}

impl NumbersPart {
    pub(super) fn is_consistent(&self) -> bool {
        let NumbersPart { len, outputs, places, numbers, diagonal, .. } = self;
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
}

impl NumbersSum {
    /// Zeros, as many as this part has.
    pub(super) fn like(part: &NumbersPart) -> Self {
        let diagonal = part.diagonal.as_ref().map(|_| vec![0.0; part.len]);
        NumbersSum { value: 0.0, numbers: vec![0.0; part.len], diagonal }
    }

    pub(super) fn is_consistent(&self) -> bool {
        self.diagonal.as_ref().is_none_or(|diagonal| diagonal.len() == self.numbers.len())
    }

    pub(super) fn add(&mut self, part: &NumbersPart) -> Result<()> {
        if part.len != self.numbers.len() || part.diagonal.is_some() != self.diagonal.is_some() {
            return Err(other_question());
        }
        self.value += part.value;
        scatter(&part.places, part.outputs, &part.numbers, &mut self.numbers);
        if let (Some(part_diagonal), Some(diagonal)) = (&part.diagonal, &mut self.diagonal) {
            scatter(&part.places, part.outputs, part_diagonal, diagonal);
        }
        Ok(())
    }

    pub(super) fn merge(&mut self, other: &Self) -> Result<()> {
        if self.numbers.len() != other.numbers.len() || self.diagonal.is_some() != other.diagonal.is_some() {
            return Err(other_question());
        }
        self.value += other.value;
        add_numbers(&mut self.numbers, &other.numbers);
        if let (Some(diagonal), Some(other)) = (&mut self.diagonal, &other.diagonal) {
            add_numbers(diagonal, other);
        }
        Ok(())
    }
}

impl TrianglePart {
    pub(super) fn is_consistent(&self) -> bool {
        let TrianglePart { size, members, triangle } = self;
        let below = members.last().is_none_or(|&last| (last as usize) < *size);
        *size <= MOST_TOGETHER
            && below
            && members.is_sorted_by(|a, b| a < b)
            && triangle.len() == triangle_len(members.len())
    }

    /// The triangle of the whole set, of no rows.
    pub(super) fn zeros(&self) -> Vec<f64> {
        vec![0.0; triangle_len(self.size)]
    }

    /// Adds it to that of the set.
    pub(super) fn add_to(&self, sums: &mut [f64]) -> Result<()> {
        if sums.len() != triangle_len(self.size) {
            return Err(other_question());
        }
        scatter_triangle(&self.members, &self.triangle, sums);
        Ok(())
    }
}

/// Adds another triangle of the same set.
pub(super) fn merge_triangles(sums: &mut [f64], other: &[f64]) -> Result<()> {
    if sums.len() != other.len() {
        return Err(other_question());
    }
    add_numbers(sums, other);
    Ok(())
}

fn add_numbers(sums: &mut [f64], other: &[f64]) {
    sums.iter_mut().zip(other).for_each(|(a, b)| *a += b);
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

/// Adds the lower triangle of some members of a set to that of the set.
fn scatter_triangle(members: &[u32], part: &[f64], sum: &mut [f64]) {
    for (a, &member) in members.iter().enumerate() {
        let (row, sums) = (&part[triangle_len(a)..][..=a], &mut sum[triangle_len(member as usize)..]);
        row.iter().zip(members).for_each(|(number, &b)| sums[b as usize] += number);
    }
}
