//! Normal equations: linear regression from sums of squares and products.

use linfa::Float;
use linfa::ParamGuard;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa_linalg::cholesky::{Cholesky, SolveCInplace};
use linfa_linalg::eigh::EighInto;
use ndarray::{Array1, Array2, Axis};
use serde::{Deserialize, Serialize};

use super::family::{Normal, Sealed, check_finite_targets};
use super::model::Glm;
use super::params::GlmParams;
use crate::data::checked::{checked_when_read, contradiction};
use crate::data::{FeatureRow, FeatureRows, Footprint, check_model_bytes, two_sum, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{FitAverage, Weighting};
use crate::linear::smooth::rows_that_count;

/// The widest table whose normal equations are solved: its products take 32 MiB.
const MOST_COLUMNS: usize = 2048;
/// As many rows are multiplied at once.
const BLOCK: usize = 256;

/// All that least squares needs to know of some rows: weight, means, and the sums of squares and
/// products about the means. Merging those of two chunks gives those of both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GramState {
    moments: Option<Moments>,
}

/// Means are kept in two parts, of which the second is what the first is too coarse for: next to a mean of 10^12, the
/// means of two chunks differ by as little as it rounds off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
struct Moments {
    weight: f64,
    mean_x: Array1<f64>,
    rest_x: Array1<f64>,
    mean_y: f64,
    rest_y: f64,
    /// Shape (columns, columns).
    squares: Array2<f64>,
    products: Array1<f64>,
}

checked_when_read!(Moments, serialize: [], deserialize: []);

impl Moments {
    fn check_read(&self) -> Result<()> {
        let n = self.mean_x.len();
        if n > MOST_COLUMNS || self.squares.dim() != (n, n) || self.products.len() != n {
            return Err(contradiction(format!("the sums of squares and products are not of {n} columns")));
        }
        let numbers = self.mean_x.iter().chain(&self.squares).chain(&self.products).chain([&self.mean_y, &self.weight]);
        match numbers.into_iter().all(|number| number.is_finite()) && self.weight > 0.0 {
            true => Ok(()),
            false => Err(contradiction("the sums of squares and products are no finite numbers of rows of a weight")),
        }
    }
}

impl Moments {
    /// Those of rows, each of this weight, which are read twice: for the means, and for what deviates from them.
    fn of_rows<X: FeatureRows>(x: &X, targets: &[f64], rows: &[usize], weights: &[f64]) -> Self {
        let columns = x.nfeatures();
        let weight: f64 = weights.iter().sum();
        let (mut mean_x, mut mean_y) = (Array1::<f64>::zeros(columns), 0.0);
        for ((&i, w), y) in rows.iter().zip(weights).zip(targets) {
            x.feature_row(i).for_each(|j, v| mean_x[j] += w / weight * wide(v));
            mean_y += w / weight * y;
        }
        let (mut squares, mut products) = (Array2::zeros((columns, columns)), Array1::zeros(columns));
        let (mut rest_x, mut rest_y) = (Array1::zeros(columns), 0.0);
        let mut block = Array2::zeros((BLOCK, columns));
        for ((rows, weights), targets) in rows.chunks(BLOCK).zip(weights.chunks(BLOCK)).zip(targets.chunks(BLOCK)) {
            let mut block = block.slice_axis_mut(Axis(0), (0..rows.len()).into());
            let roots: Array1<f64> = weights.iter().map(|w| w.sqrt()).collect();
            let mut errors = Array1::zeros(rows.len());
            for (k, (&i, y)) in rows.iter().zip(targets).enumerate() {
                let mut row = block.row_mut(k);
                row.assign(&mean_x);
                row.mapv_inplace(|mean| -mean);
                x.feature_row(i).for_each(|j, v| row[j] += wide(v));
                row *= roots[k];
                errors[k] = roots[k] * (y - mean_y);
            }
            squares += &block.t().dot(&block);
            products += &block.t().dot(&errors);
            rest_x += &block.t().dot(&roots);
            rest_y += errors.dot(&roots);
        }
        // What the means are off, and the sums with them: they are about these means, not yet about the true ones.
        rest_x /= weight;
        rest_y /= weight;
        add_outer(&mut squares, &rest_x, -weight);
        products.scaled_add(-weight * rest_y, &rest_x);
        Moments { weight, mean_x, rest_x, mean_y, rest_y, squares, products }
    }

    /// Of both (Chan, Golub and LeVeque 1983).
    fn merge(mut self, other: Self) -> Result<Self> {
        if self.mean_x.len() != other.mean_x.len() {
            return Err(Error::shape("columns", self.mean_x.len(), other.mean_x.len()));
        }
        let weight = self.weight + other.weight;
        let apart_x = (&other.mean_x - &self.mean_x) + (&other.rest_x - &self.rest_x);
        let apart_y = (other.mean_y - self.mean_y) + (other.rest_y - self.rest_y);
        let (scale, share) = (self.weight * (other.weight / weight), other.weight / weight);
        self.squares += &other.squares;
        add_outer(&mut self.squares, &apart_x, scale);
        self.products += &other.products;
        self.products.scaled_add(scale * apart_y, &apart_x);
        for ((mean, rest), apart) in self.mean_x.iter_mut().zip(&mut self.rest_x).zip(&apart_x) {
            (*mean, *rest) = two_sum(*mean, *rest + share * apart);
        }
        (self.mean_y, self.rest_y) = two_sum(self.mean_y, self.rest_y + share * apart_y);
        self.weight = weight;
        Ok(self)
    }

    /// Refuses sums beyond what floats hold.
    fn check(&self) -> Result<()> {
        // Means that overflowed leave no product finite.
        let own = [self.weight, self.mean_y];
        match own.iter().chain(&self.squares).chain(&self.products).all(|sum| sum.is_finite()) {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::Diverged { estimator: Normal::NAME })),
        }
    }
}

fn add_outer(matrix: &mut Array2<f64>, vector: &Array1<f64>, scale: f64) {
    for (mut row, v) in matrix.rows_mut().into_iter().zip(vector) {
        row.scaled_add(scale * v, vector);
    }
}

/// The exact fit of all chunks, in one pass: sums of squares and products merge, and nothing is
/// averaged, so that further rounds would gain nothing. For up to 2,048 columns; wider data is fitted by
/// [`Summed`](crate::combine::Summed).
///
/// Columns that depend on each other get the smallest coefficients among the best, as in scikit-learn.
/// What is squared are deviations from the means, so that neither the size of a mean nor the units of the columns
/// matter; without an [intercept](GlmParams::fit_intercept) it is the columns themselves, and columns whose means are far
/// larger than their spread leave few digits.
impl<X, T> FitAverage<X, T> for GlmParams<Normal>
where
    X: FeatureRows,
    T: AsSingleTargets<Elem = X::Elem>,
{
    type State = GramState;
    type Model = Glm<Normal, X::Elem>;

    /// The weighting is not looked at.
    fn fit_state(&self, chunk: &DatasetBase<X, T>, _weighting: Weighting) -> Result<GramState> {
        self.check_ref()?;
        let (x, targets) = (&chunk.records, chunk.targets.as_single_targets());
        let columns = x.nfeatures();
        if targets.len() != x.nsamples() {
            return Err(Error::shape("targets, one a row", x.nsamples(), targets.len()));
        }
        if columns > MOST_COLUMNS {
            let what = "the normal equations of Averaged (Summed fits any number)";
            return Err(Error::new(ErrorKind::TooManyColumns { found: columns, most: MOST_COLUMNS, what }));
        }
        let (rows, weights) = rows_that_count(chunk)?;
        x.check_finite()?;
        check_finite_targets(&targets)?;
        if rows.is_empty() {
            return Ok(GramState::default());
        }
        let targets: Vec<f64> = rows.iter().map(|&i| wide(targets[i])).collect();
        check_model_bytes(Normal::NAME, &[(columns, "columns"), (columns, "columns")], size_of::<f64>())?;
        let moments = Moments::of_rows(x, &targets, &rows, &weights);
        moments.check().map(|()| GramState { moments: Some(moments) })
    }

    fn merge(a: GramState, b: GramState) -> Result<GramState> {
        let moments = match (a.moments, b.moments) {
            (Some(a), Some(b)) => Some(a.merge(b)?),
            (a, b) => a.or(b),
        };
        Ok(GramState { moments })
    }

    fn finish(&self, state: GramState) -> Result<Self::Model> {
        let params = self.check_ref()?;
        let nothing = || Error::new(ErrorKind::NoRows { estimator: Normal::NAME });
        let moments = state.moments.ok_or_else(nothing)?;
        moments.check()?;
        let Moments { weight, mean_x, rest_x, mean_y, rest_y, mut squares, mut products } = moments;
        if !params.fit_intercept {
            // About zero, not about the means.
            add_outer(&mut squares, &mean_x, weight);
            products.scaled_add(weight * mean_y, &mean_x);
        }
        squares.diag_mut().mapv_inplace(|square| square + params.alpha * weight);
        let coef = solve(squares, products)?;
        let intercept =
            if params.fit_intercept { mean_y - mean_x.dot(&coef) + (rest_y - rest_x.dot(&coef)) } else { 0.0 };
        Glm::new(Normal, coef.mapv(X::Elem::cast), X::Elem::cast(intercept), 0, true)
    }
}

/// The smallest best solution of symmetric equations.
fn solve(matrix: Array2<f64>, right: Array1<f64>) -> Result<Array1<f64>> {
    // Pivots that are nearly nothing beside the largest are the rounding of dependent columns.
    let noise = f64::EPSILON * matrix.nrows() as f64;
    // In units in which the columns are about as large as each other, all pivots of independent ones are large. The
    // units are powers of two, which round nothing.
    let unit = |&square: &f64| if square > 0.0 { (-0.5 * square.log2()).round().exp2() } else { 1.0 };
    let units: Array1<f64> = matrix.diag().iter().map(unit).collect();
    let mut scaled = matrix.clone();
    for (mut row, own) in scaled.rows_mut().into_iter().zip(&units) {
        row.iter_mut().zip(&units).for_each(|(product, other)| *product *= own * other);
    }
    if let Ok(factor) = scaled.cholesky() {
        let pivots = factor.diag().mapv(|pivot| pivot * pivot);
        let largest = pivots.iter().copied().fold(0.0, f64::max);
        if pivots.iter().all(|&pivot| pivot > 16.0 * noise * largest) {
            let mut column = (right * &units).insert_axis(Axis(1));
            scaled.solvec_inplace(&mut column).map_err(Error::from_estimator)?;
            return Ok(column.remove_axis(Axis(1)) * &units);
        }
    }
    let (values, vectors) = matrix.eigh_into().map_err(Error::from_estimator)?;
    let largest = values.iter().copied().fold(0.0, f64::max);
    let mut coordinates = vectors.t().dot(&right);
    for (coordinate, &value) in coordinates.iter_mut().zip(&values) {
        *coordinate = if value > noise * largest { *coordinate / value } else { 0.0 };
    }
    Ok(vectors.dot(&coordinates))
}

impl Footprint for GramState {
    fn heap_bytes(&self) -> usize {
        self.moments.as_ref().map_or(0, |moments| (moments.squares.len() + 3 * moments.mean_x.len()) * size_of::<f64>())
    }
}
