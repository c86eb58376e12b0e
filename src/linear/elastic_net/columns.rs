//! Rows of a chunk, column by column: centred and weighted, sparse or dense.

use super::examples::Examples;
use super::penalty::dot;
use crate::data::column_set::ColumnSet;
use crate::data::{FeatureRow, FeatureRows, wide};

/// What rounding leaves of the mean square of a column about its mean, as a share of the mean square about zero.
const ROUNDING: f64 = 16.0 * f64::EPSILON;

/// The matrix `A` of rows `√(weight / total) · (x - mean)`, in the columns that rows touch, so that `Aᵀ A` is the weighted
/// covariance. Sparse columns are stored as they are, and the means beside them.
pub(super) struct Columns {
    /// The number of each column, ascending.
    pub numbers: Vec<u32>,
    /// True if only values that are not 0 are stored, and the means are not taken off them.
    pub sparse: bool,
    starts: Vec<usize>,
    rows: Vec<u32>,
    values: Vec<f64>,
    /// `√(weight / total)` of each row.
    scale: Vec<f64>,
    /// The means that are to be taken off the stored values; 0 where they are.
    means: Vec<f64>,
    /// Of each column, the product with `scale`, and the mean square about the mean.
    sums: Vec<f64>,
    squares: Vec<f64>,
    total: f64,
}

/// A vector of a number a row, `values - offset · scale`.
pub(super) struct RowVector {
    values: Vec<f64>,
    offset: f64,
    /// `values · scale`.
    along: f64,
}

impl Columns {
    /// Of some rows, about these means of all columns.
    pub(super) fn about<X: FeatureRows>(examples: &Examples<'_, X>, means: &[f64]) -> Self {
        let total = examples.weight();
        let scale: Vec<f64> = examples.weights.iter().map(|weight| (weight / total).sqrt()).collect();
        let mut columns = if X::SPARSE { sparse(examples, &scale, means) } else { dense(examples, &scale, means) };
        let n = scale.len();
        let ones: f64 = scale.iter().map(|s| s * s).sum();
        for j in 0..columns.numbers.len() {
            let (mut sum, mut square) = (0.0, 0.0);
            columns.each(j, n, |i, v| {
                sum += v * scale[i];
                square += v * v;
            });
            let mean = columns.means[j];
            let centred = square - 2.0 * mean * sum + mean * mean * ones;
            columns.sums.push(sum);
            columns.squares.push(if mean != 0.0 && centred <= ROUNDING * square { 0.0 } else { centred });
        }
        Columns { scale, total: ones, ..columns }
    }

    pub(super) fn width(&self) -> usize {
        self.numbers.len()
    }

    /// The mean of the squares of column `j` about its mean.
    pub(super) fn square(&self, j: usize) -> f64 {
        self.squares[j]
    }

    /// The mean square about zero of what is stored of column `j`.
    pub(super) fn stored_square(&self, j: usize) -> f64 {
        let mut square = 0.0;
        self.each(j, self.scale.len(), |_, v| square += v * v);
        square
    }

    /// The product of column `j` with a vector.
    pub(super) fn dot(&self, j: usize, vector: &RowVector) -> f64 {
        let stored = self.stored_dot(j, vector);
        if self.means[j] == 0.0 { stored } else { stored - self.means[j] * self.along(vector) }
    }

    /// The same of what is stored of column `j`.
    pub(super) fn stored_dot(&self, j: usize, vector: &RowVector) -> f64 {
        let mut dot = 0.0;
        self.each(j, self.scale.len(), |i, v| dot += v * vector.values[i]);
        if vector.offset == 0.0 { dot } else { dot - vector.offset * self.sums[j] }
    }

    /// The product of a vector with the roots of the rows' shares.
    pub(super) fn along(&self, vector: &RowVector) -> f64 {
        vector.along - vector.offset * self.total
    }

    /// Adds column `j`, so many times.
    pub(super) fn add(&self, j: usize, times: f64, vector: &mut RowVector) {
        self.add_stored(j, times, vector);
        vector.offset += times * self.means[j];
    }

    /// The same of what is stored of column `j`.
    fn add_stored(&self, j: usize, times: f64, vector: &mut RowVector) {
        self.each(j, self.scale.len(), |i, v| vector.values[i] += times * v);
        vector.along += times * self.sums[j];
    }

    /// The mean of the squares of a vector over the rows.
    pub(super) fn mean_square(&self, vector: &RowVector) -> f64 {
        let value = |(v, s): (&f64, &f64)| v - vector.offset * s;
        vector.values.iter().zip(&self.scale).map(|pair| value(pair).powi(2)).sum()
    }

    /// What these numbers, one a row, are as a vector.
    pub(super) fn vector(&self, numbers: impl IntoIterator<Item = f64>) -> RowVector {
        let values: Vec<f64> = numbers.into_iter().zip(&self.scale).map(|(number, s)| number * s).collect();
        let along = values.iter().zip(&self.scale).map(|(v, s)| v * s).sum();
        RowVector { values, offset: 0.0, along }
    }

    /// The vector of zeros.
    pub(super) fn zeros(&self) -> RowVector {
        RowVector { values: vec![0.0; self.scale.len()], offset: 0.0, along: 0.0 }
    }

    /// Adds all columns, each as often as these numbers say; about their means, those that no row here touches count, too.
    pub(super) fn add_product(&self, times: &[f64], means: &[f64], vector: &mut RowVector) {
        for (j, &number) in self.numbers.iter().enumerate() {
            let times = times[number as usize];
            if times != 0.0 {
                self.add_stored(j, times, vector);
            }
        }
        if self.sparse {
            vector.offset += dot(times, means);
        }
    }

    /// Calls `f` with the row and the value of all that is stored of column `j`, of `n` rows.
    fn each(&self, j: usize, n: usize, mut f: impl FnMut(usize, f64)) {
        if self.sparse {
            let span = self.starts[j]..self.starts[j + 1];
            self.rows[span.clone()].iter().zip(&self.values[span]).for_each(|(&i, &v)| f(i as usize, v));
        } else {
            self.values[j * n..(j + 1) * n].iter().enumerate().for_each(|(i, &v)| f(i, v));
        }
    }
}

fn dense<X: FeatureRows>(examples: &Examples<'_, X>, scale: &[f64], means: &[f64]) -> Columns {
    let (n, width) = (scale.len(), means.len());
    let mut values = vec![0.0; n * width];
    for (k, &i) in examples.rows.iter().enumerate() {
        examples.x.feature_row(i).for_each(|j, v| values[j * n + k] = scale[k] * (wide(v) - means[j]));
    }
    let numbers = (0..width as u32).collect();
    Columns { numbers, sparse: false, values, means: vec![0.0; width], ..Columns::empty() }
}

fn sparse<X: FeatureRows>(examples: &Examples<'_, X>, scale: &[f64], means: &[f64]) -> Columns {
    let mut touched = ColumnSet::new(means.len());
    examples.rows.iter().for_each(|&i| examples.x.feature_row(i).for_each(|j, _| touched.insert(j)));
    let numbers = touched.columns();
    let mut starts = vec![0; numbers.len() + 1];
    let mut count = |j, _| starts[touched.number(j) as usize + 1] += 1;
    examples.rows.iter().for_each(|&i| examples.x.feature_row(i).for_each(&mut count));
    (0..numbers.len()).for_each(|j| starts[j + 1] += starts[j]);
    let stored = starts[numbers.len()];
    let (mut next, mut rows, mut values) = (starts.clone(), vec![0; stored], vec![0.0; stored]);
    for (k, &i) in examples.rows.iter().enumerate() {
        examples.x.feature_row(i).for_each(|j, v| {
            let place = &mut next[touched.number(j) as usize];
            (rows[*place], values[*place]) = (k as u32, scale[k] * wide(v));
            *place += 1;
        });
    }
    let means = numbers.iter().map(|&j| means[j as usize]).collect();
    Columns { numbers, sparse: true, starts, rows, values, means, ..Columns::empty() }
}

impl Columns {
    fn empty() -> Self {
        Columns {
            numbers: Vec::new(),
            sparse: false,
            starts: Vec::new(),
            rows: Vec::new(),
            values: Vec::new(),
            scale: Vec::new(),
            means: Vec::new(),
            sums: Vec::new(),
            squares: Vec::new(),
            total: 0.0,
        }
    }
}
