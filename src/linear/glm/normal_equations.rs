//! Linear regression from sums of squares and products.

use linfa::Float;
use linfa::ParamGuard;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa_linalg::cholesky::{Cholesky, SolveCInplace};
use linfa_linalg::eigh::EighInto;
use ndarray::{Array1, Array2, Axis};
use serde::{Deserialize, Serialize};

use super::family::{Normal, check_target};
use super::model::Glm;
use super::params::GlmParams;
use crate::data::checked::{checked_when_read, contradiction};
use crate::data::{Footprint, check_model_bytes, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::linear::average::{FitAverage, Weighting};
use crate::linear::feature_rows::{FeatureRow, FeatureRows};
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

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
struct Moments {
    weight: f64,
    mean_x: Array1<f64>,
    mean_y: f64,
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
    /// Of both (Chan, Golub and LeVeque 1983).
    fn merge(mut self, other: Self) -> Result<Self> {
        if self.mean_x.len() != other.mean_x.len() {
            return Err(Error::shape("columns", self.mean_x.len(), other.mean_x.len()));
        }
        let weight = self.weight + other.weight;
        let (apart_x, apart_y) = (&other.mean_x - &self.mean_x, other.mean_y - self.mean_y);
        let scale = self.weight * other.weight / weight;
        self.squares += &other.squares;
        add_outer(&mut self.squares, &apart_x, scale);
        self.products += &other.products;
        self.products.scaled_add(scale * apart_y, &apart_x);
        self.mean_x.scaled_add(other.weight / weight, &apart_x);
        self.mean_y += other.weight / weight * apart_y;
        self.weight = weight;
        Ok(self)
    }
}

fn add_outer(matrix: &mut Array2<f64>, vector: &Array1<f64>, scale: f64) {
    for (mut row, v) in matrix.rows_mut().into_iter().zip(vector) {
        row.scaled_add(scale * v, vector);
    }
}

/// The exact fit of all chunks, in one pass: sums of squares and products merge, and nothing is
/// averaged. For up to 2,048 columns; wider data is fitted by [`Summed`](crate::combine::Summed).
///
/// Columns that depend on each other get the smallest coefficients among the best, as in scikit-learn.
/// Squaring costs digits: columns whose spread differs a millionfold are better scaled first.
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
            let expected = format!("at most {MOST_COLUMNS} for the normal equations; Summed fits any number");
            return Err(Error::parameter("columns", columns, expected));
        }
        let (rows, weights) = rows_that_count(chunk)?;
        x.check_finite()?;
        let weight: f64 = weights.iter().sum();
        if rows.is_empty() {
            return Ok(GramState::default());
        }
        let (mut mean_x, mut mean_y) = (Array1::<f64>::zeros(columns), 0.0);
        for (&i, w) in rows.iter().zip(&weights) {
            let y = wide(targets[i]);
            check_target(0.0, y).map_err(|error| error.at_row(i))?;
            x.feature_row(i).for_each(|j, v| mean_x[j] += w / weight * wide(v));
            mean_y += w / weight * y;
        }
        check_model_bytes("LinearRegression", &[(columns, "columns"), (columns, "columns")], size_of::<f64>())?;
        let (mut squares, mut products) = (Array2::zeros((columns, columns)), Array1::zeros(columns));
        let mut block = Array2::zeros((BLOCK, columns));
        for (rows, weights) in rows.chunks(BLOCK).zip(weights.chunks(BLOCK)) {
            let mut block = block.slice_axis_mut(Axis(0), (0..rows.len()).into());
            let mut errors = Array1::zeros(rows.len());
            for (k, (&i, w)) in rows.iter().zip(weights).enumerate() {
                let mut row = block.row_mut(k);
                row.assign(&mean_x);
                row.mapv_inplace(|mean| -mean);
                x.feature_row(i).for_each(|j, v| row[j] += wide(v));
                row *= w.sqrt();
                errors[k] = w.sqrt() * (wide(targets[i]) - mean_y);
            }
            squares += &block.t().dot(&block);
            products += &block.t().dot(&errors);
        }
        Ok(GramState { moments: Some(Moments { weight, mean_x, mean_y, squares, products }) })
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
        let nothing = || Error::new(ErrorKind::NoRows { estimator: "LinearRegression" });
        let Moments { weight, mean_x, mean_y, mut squares, mut products } = state.moments.ok_or_else(nothing)?;
        if !params.fit_intercept {
            // About zero, not about the means.
            add_outer(&mut squares, &mean_x, weight);
            products.scaled_add(weight * mean_y, &mean_x);
        }
        squares.diag_mut().mapv_inplace(|square| square + params.alpha * weight);
        let coef = solve(squares, products)?;
        let intercept = if params.fit_intercept { mean_y - mean_x.dot(&coef) } else { 0.0 };
        Glm::new(Normal, coef.mapv(X::Elem::cast), X::Elem::cast(intercept), 0, true)
    }
}

/// The smallest best solution of symmetric equations.
fn solve(matrix: Array2<f64>, right: Array1<f64>) -> Result<Array1<f64>> {
    // Pivots that are nearly nothing beside the largest are the rounding of dependent columns.
    let noise = f64::EPSILON * matrix.nrows() as f64;
    if let Ok(factor) = matrix.cholesky() {
        let pivots = factor.diag().mapv(|pivot| pivot * pivot);
        let largest = pivots.iter().copied().fold(0.0, f64::max);
        if pivots.iter().all(|&pivot| pivot > 16.0 * noise * largest) {
            let mut column = right.insert_axis(Axis(1));
            matrix.clone().solvec_inplace(&mut column).map_err(Error::from_estimator)?;
            return Ok(column.remove_axis(Axis(1)));
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
        self.moments.as_ref().map_or(0, |moments| (moments.squares.len() + 2 * moments.mean_x.len()) * size_of::<f64>())
    }
}
