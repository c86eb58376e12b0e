//! Normal equations: least squares from sums of squares and products, of one target or of several.

use linfa::Float as _;
use linfa::ParamGuard;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa_linalg::cholesky::{Cholesky, SolveCInplace};
use linfa_linalg::eigh::EighInto;
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use super::family::{Normal, Sealed, check_finite_targets};
use super::model::Glm;
use super::params::GlmParams;
use crate::data::checked::{checked_when_read, contradiction};
use crate::data::{FeatureRows, Footprint, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{FitAverage, Weighting};
use crate::linear::moments::Moments;
use crate::linear::smooth::rows_that_count;
use crate::linear::targets::targets_of;

/// All that least squares needs to know of some rows: weight, means, and the sums of squares and
/// products about the means. Merging the states of two chunks gives the state of both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct GramState {
    /// Of one target.
    moments: Option<Moments>,
}

checked_when_read!(GramState, serialize: [], deserialize: []);

impl GramState {
    fn check_read(&self) -> Result<()> {
        match &self.moments {
            Some(moments) if moments.n_targets() != 1 => Err(contradiction("a linear regression of several targets")),
            _ => Ok(()),
        }
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
        let (x, targets) = (&chunk.records, targets_of(chunk)?);
        Moments::check_columns(x.nfeatures())?;
        let (rows, weights) = rows_that_count(chunk)?;
        x.check_finite()?;
        check_finite_targets(&targets)?;
        if rows.is_empty() {
            return Ok(GramState::default());
        }
        let targets: Vec<f64> = rows.iter().map(|&i| wide(targets[i])).collect();
        let moments = Moments::of_rows(x, (&rows, &weights), 1, |row, _| targets[row], Normal::NAME)?;
        Ok(GramState { moments: Some(moments) })
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
        let penalty = |weight| params.alpha * weight;
        let (coef, intercept) = least_squares(moments, penalty, params.fit_intercept, Normal::NAME)?;
        Glm::new(Normal, coef.row(0).mapv(X::Elem::cast), X::Elem::cast(intercept[0]), 0, true)
    }
}

/// The coefficients, shape (targets, columns), and the intercepts that make the sum of the squared errors plus
/// `penalty · |w|²` least. `penalty` is given the weight of all rows.
pub(in crate::linear) fn least_squares(
    moments: Moments,
    penalty: impl FnOnce(f64) -> f64,
    fit_intercept: bool,
    estimator: &'static str,
) -> Result<(Array2<f64>, Array1<f64>)> {
    moments.check(estimator)?;
    let mut moments = if fit_intercept { moments } else { moments.about_zero() };
    let penalty = penalty(moments.weight);
    let mut squares = std::mem::take(&mut moments.squares);
    squares.diag_mut().mapv_inplace(|square| square + penalty);
    let coef = solve(squares, std::mem::take(&mut moments.products))?;
    let intercept = if fit_intercept { moments.intercepts(&coef) } else { Array1::zeros(coef.nrows()) };
    Ok((coef, intercept))
}

/// The smallest best solutions of symmetric equations for right-hand sides of shape (targets, columns), of the same shape.
fn solve(matrix: Array2<f64>, right: Array2<f64>) -> Result<Array2<f64>> {
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
            let mut sides = (right * &units).reversed_axes();
            scaled.solvec_inplace(&mut sides).map_err(Error::from_estimator)?;
            return Ok(sides.reversed_axes() * &units);
        }
    }
    let (values, vectors) = matrix.eigh_into().map_err(Error::from_estimator)?;
    let largest = values.iter().copied().fold(0.0, f64::max);
    let mut solutions = Array2::zeros(right.dim());
    for (mut solution, right) in solutions.rows_mut().into_iter().zip(right.rows()) {
        let mut coordinates = vectors.t().dot(&right);
        for (coordinate, &value) in coordinates.iter_mut().zip(&values) {
            *coordinate = if value > noise * largest { *coordinate / value } else { 0.0 };
        }
        solution.assign(&vectors.dot(&coordinates));
    }
    Ok(solutions)
}

impl Footprint for GramState {
    fn heap_bytes(&self) -> usize {
        self.moments.as_ref().map_or(0, Footprint::heap_bytes)
    }
}
