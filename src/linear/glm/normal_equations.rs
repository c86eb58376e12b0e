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
use crate::data::{FeatureRows, Footprint, check_model_bytes, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{FitAverage, Weighting};
use crate::linear::moments::{MOST_COLUMNS, Moments};
use crate::linear::smooth::rows_that_count;

/// All that least squares needs to know of some rows: weight, means, and the sums of squares and
/// products about the means. Merging those of two chunks gives those of both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GramState {
    moments: Option<Moments>,
}

/// The exact fit of all chunks, in one pass: sums of squares and products merge, and nothing is
/// averaged. For up to 2,048 columns; wider data is fitted by [`Summed`](crate::combine::Summed).
///
/// Columns that depend on each other get the smallest coefficients among the best, as in scikit-learn.
/// What is squared are deviations from the means, so that neither the size of a mean nor the units of the columns
/// matter; without an [intercept](GlmParams::fit_intercept) it is the columns themselves, and columns whose means are far
/// larger than their spread leave few digits.
#[diagnostic::do_not_recommend]
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
        moments.check(Normal::NAME).map(|()| GramState { moments: Some(moments) })
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
        moments.check(Normal::NAME)?;
        let mut moments = if params.fit_intercept { moments } else { moments.about_zero() };
        let mut squares = std::mem::take(&mut moments.squares);
        squares.diag_mut().mapv_inplace(|square| square + params.alpha * moments.weight);
        let coef = solve(squares, std::mem::take(&mut moments.products))?;
        let intercept = if params.fit_intercept { moments.intercept(&coef) } else { 0.0 };
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
        self.moments.as_ref().map_or(0, Moments::heap_bytes)
    }
}
