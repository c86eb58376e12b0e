//! Averages of weight vectors that single SGD passes gave: the sums that merge over chunks.

use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use super::descent::settings::Descent;
use super::descent::train::History;
use super::kernel::lanes::Lanes;
use crate::data::checked::{checked_when_read, contradiction, is_count, is_steps};
use crate::data::{Float, Footprint, check_model_bytes, float_computation, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::Weighting;
use crate::linear::average::{ChunkWeight, ColumnSums, spread};

/// The sum of the weight vectors that single passes over some chunks gave, each with its intercept: one of a
/// [`SgdRegressor`](super::SgdRegressor) or [`SgdOneClassSvm`](super::SgdOneClassSvm), one a label of a
/// [`OneVsRest`](super::OneVsRest). The default is that of no chunk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct SgdVectorState {
    sums: Option<ColumnSums>,
    /// Of each vector, whether the rows of any chunk inform it. Then the chunks that do not are left out.
    informed: Vec<bool>,
    rows: usize,
    /// One more than the number of steps on the way to the vectors of the chunk that took most.
    t: f64,
}

checked_when_read!(SgdVectorState, serialize: [], deserialize: []);

impl SgdVectorState {
    fn check_read(&self) -> Result<()> {
        let vectors = self.sums.as_ref().map_or(0, |sums| sums.layout().0);
        if vectors != self.informed.len() || (vectors == 0 && self.rows > 0) {
            return Err(contradiction(format!("sums of {vectors} weight vectors, not of {}", self.informed.len())));
        }
        match is_count([self.rows as u64]) && is_steps(self.t) {
            true => Ok(()),
            false => Err(contradiction(format!("{} rows or {} steps", self.rows, self.t))),
        }
    }
}

impl Default for SgdVectorState {
    fn default() -> Self {
        SgdVectorState { sums: None, informed: Vec::new(), rows: 0, t: 1.0 }
    }
}

impl Footprint for SgdVectorState {
    fn heap_bytes(&self) -> usize {
        size_of_val(&*self.informed) + self.sums.as_ref().map_or(0, ColumnSums::heap_bytes)
    }
}

/// The rows of a chunk that a pass has learned from.
pub(super) struct PassOver {
    /// The columns, ascending, that any of them, or the vectors to begin with, has values in.
    pub(super) columns: Vec<u32>,
    /// Of each vector, whether the rows inform it: for a classifier, whether they are of both classes.
    pub(super) informed: Vec<bool>,
    pub(super) rows: usize,
    pub(super) total_weight: f64,
}

impl SgdVectorState {
    /// One chunk, of which these vectors have learned; for [`Weighting::Curvature`] with the sums of squares.
    ///
    /// # Errors
    /// [`ErrorKind::Diverged`]: a sum of squares is beyond what floats hold.
    pub(super) fn of_pass<F: Float>(
        learned: (&Lanes<F>, &History),
        pass: PassOver,
        weighting: Weighting,
        estimator: &'static str,
    ) -> Result<Self> {
        F::run::<OfPass<'_>>((learned, pass, weighting, estimator))
    }

    fn summed<F: Float>(
        ((lanes, history), pass, weighting, estimator): ((&Lanes<F>, &History), PassOver, Weighting, &'static str),
    ) -> Result<Self> {
        let PassOver { columns, informed, rows, total_weight } = pass;
        let weight = match weighting {
            Weighting::Uniform => ChunkWeight::All(1.0),
            Weighting::Samples => ChunkWeight::All(total_weight),
            Weighting::Curvature => lanes.chunk_weight(&columns, estimator)?,
        };
        let (mut coef, mut intercepts) = (Vec::with_capacity(lanes.len() * columns.len()), Vec::new());
        for k in 0..lanes.len() {
            let (all, intercept) = lanes.coefficients(k..k + 1);
            coef.extend(columns.iter().map(|&j| wide(all[(0, j as usize)])));
            intercepts.push(wide(intercept[0]));
        }
        let sums = ColumnSums::of_chunk(lanes.columns(), columns, coef, &intercepts, weight)?;
        Ok(SgdVectorState { sums: Some(sums), informed, rows, t: history.t })
    }

    /// The state of the chunks of both.
    ///
    /// # Errors
    /// When they differ in their number of columns or vectors, or in how they were weighed.
    pub(super) fn merge(self, other: Self) -> Result<Self> {
        let (mut a, mut b) = match (self.sums, other.sums) {
            (Some(a), Some(b)) => (a, b),
            (None, b) => return Ok(SgdVectorState { sums: b, ..other }),
            (a, None) => return Ok(SgdVectorState { sums: a, ..self }),
        };
        if self.informed.len() != other.informed.len() {
            return Err(Error::shape("labels", self.informed.len(), other.informed.len()));
        }
        for (k, informed) in self.informed.iter().zip(&other.informed).enumerate() {
            match informed {
                (true, false) => b.forget(k),
                (false, true) => a.forget(k),
                _ => {}
            }
        }
        let informed = self.informed.iter().zip(&other.informed).map(|(a, b)| *a || *b).collect();
        let (rows, t) = (self.rows.saturating_add(other.rows), self.t.max(other.t));
        Ok(SgdVectorState { sums: Some(a.merge(b)?), informed, rows, t })
    }

    /// The mean vectors, which training may go on from.
    ///
    /// # Errors
    /// [`ErrorKind::NoRows`] when there was no chunk; [`ErrorKind::Diverged`]; [`ErrorKind::ModelTooLarge`].
    pub(super) fn finish<F: Float>(self, descent: &Descent, estimator: &'static str) -> Result<(Lanes<F>, History)> {
        F::run::<Finish<'_>>((self, descent, estimator))
    }

    fn means<F: Float>((state, descent, estimator): (Self, &Descent, &'static str)) -> Result<(Lanes<F>, History)> {
        let sums = state.sums.ok_or_else(|| Error::new(ErrorKind::NoRows { estimator }))?;
        let (vectors, n_features) = (sums.layout().0, sums.n_features());
        check_model_bytes(estimator, &[(vectors, "weight vectors"), (n_features, "columns")], size_of::<F>())?;
        let known = if descent.keeps_squares() { sums.total_weight() } else { None };
        let (columns, coef, intercept) = sums.means();
        let holds = |number: &f64| wide(F::cast(*number)).is_finite();
        if !coef.iter().chain(&intercept).all(holds) {
            return Err(Error::new(ErrorKind::Diverged { estimator }));
        }
        let coef: Array2<F> = spread(n_features, &columns, &coef, vectors);
        let intercept: Array1<F> = intercept.into_iter().map(F::cast).collect();
        let mut lanes = Lanes::of_coefficients(coef.view(), intercept.view());
        if let Some(known) = known {
            lanes.restore_squares(known);
        }
        Ok((lanes, History::of_average(descent.loss, state.t, state.rows)))
    }
}

/// The vectors of an average, which learned from so many rows, as a chunk of so many begins with them: of the squares
/// that it goes on from it has its share.
pub(super) fn begin_round<F: Float>(descent: &Descent, average: &Lanes<F>, seen_and_rows: (usize, usize)) -> Lanes<F> {
    F::run::<BeginRound<'_>>((descent, average, seen_and_rows))
}

float_computation!(
    OfPass<'a>(((&'a Lanes<F>, &'a History), PassOver, Weighting, &'static str)) -> Result<SgdVectorState>
        = SgdVectorState::summed
);
float_computation!(
    Finish<'a>((SgdVectorState, &'a Descent, &'static str)) -> Result<(Lanes<F>, History)> = SgdVectorState::means
);
float_computation!(BeginRound<'a>((&'a Descent, &'a Lanes<F>, (usize, usize))) -> Lanes<F> = begun_round);

fn begun_round<F: Float>((descent, average, (seen, rows)): (&Descent, &Lanes<F>, (usize, usize))) -> Lanes<F> {
    let (coef, intercept) = average.coefficients(0..average.len());
    let mut lanes = Lanes::of_coefficients(coef.view(), intercept.view());
    if descent.keeps_squares() {
        lanes.share_squares(average, rows as f64 / seen.max(rows) as f64);
    }
    lanes
}
