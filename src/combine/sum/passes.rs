//! Fits in several passes over the chunks, as a graph.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use linfa::dataset::{DatasetBase, Records};

use crate::chunks::Chunks;
use crate::chunks::merge_tree;
use crate::combine::fit::SharedEstimator;
use crate::data::{Chunk, Shared};
use crate::estimator::FitPasses;
use crate::graph::{Key, Lazy};

/// As many neighbours' answers are summed up at once: what they hold is alive together.
pub(crate) const NEIGHBOURS: usize = 16;

/// An estimator's passes over prepared chunks.
pub(in crate::combine) struct Passes<'a, P, W> {
    estimator: &'a SharedEstimator<P>,
    rows: Chunks<W>,
    /// The most at a time.
    passes: usize,
}

impl<'a, P, W: Chunk> Passes<'a, P, W> {
    pub(in crate::combine) fn new<R, T>(
        estimator: &'a SharedEstimator<P>,
        chunks: &Chunks<DatasetBase<R, T>>,
        passes: usize,
    ) -> Self
    where
        P: FitPasses<R, T, Rows = W>,
        R: Records + Shared,
        T: Shared,
    {
        let params = estimator.params.clone();
        let rows = chunks.map_keyed("rows", estimator.key(), move |chunk| params.rows(chunk));
        Passes { estimator, rows, passes }
    }

    /// The state after some passes more. Once it is done, the passes that are left ask no chunk, and none
    /// is read for them.
    pub(in crate::combine) fn over<R, T>(&self, state: Lazy<P::PassState>) -> Lazy<P::PassState>
    where
        P: FitPasses<R, T, Rows = W>,
        R: Records + 'static,
        T: 'static,
    {
        let (first, n) = (state.turn() + 1, self.rows.len());
        (0..self.passes).fold(state, |state, pass| one_pass(self.estimator, state, &self.rows, first + pass * n))
    }

    /// The model of a state.
    pub(in crate::combine) fn model<R, T>(&self, state: &Lazy<P::PassState>) -> Lazy<P::Model>
    where
        P: FitPasses<R, T, Rows = W>,
        R: Records,
    {
        let params = self.estimator.params.clone();
        let task = self.estimator.task("finish", Key::of("finish passes").input(state.key()).finish());
        state.map_owned(task, move |state| params.model(state))
    }
}

/// Asks every chunk, sums up, and goes on; the first chunk has this turn.
fn one_pass<P, R, T>(
    estimator: &SharedEstimator<P>,
    state: Lazy<P::PassState>,
    rows: &Chunks<P::Rows>,
    turn: usize,
) -> Lazy<P::PassState>
where
    P: FitPasses<R, T>,
    R: Records + 'static,
    T: 'static,
{
    let parts = rows.iter().enumerate().map(|(c, rows)| {
        let params = estimator.params.clone();
        let key = Key::of("ask").input(state.key()).input(rows.key()).finish();
        state.zip_unless(rows, estimator.task("ask", key).order(turn + c), P::is_done, move |state, rows| {
            rows.map(|rows| params.ask(state, rows)).transpose()
        })
    });
    let parts: Vec<Lazy<Option<P::Part>>> = parts.collect();
    let sums = parts.chunks(NEIGHBOURS).map(|neighbours| {
        let key = neighbours.iter().fold(Key::of("sum"), |key, part| key.input(part.key())).finish();
        Lazy::gather(neighbours, estimator.task("sum", key), |parts| {
            let parts: Option<Vec<&P::Part>> = parts.iter().map(|part| part.as_ref()).collect();
            parts.map(|parts| P::sum(&parts)).transpose()
        })
    });
    let merge = |a: Option<P::Sum>, b: Option<P::Sum>| a.zip(b).map(|(a, b)| P::merge_sums(a, b)).transpose();
    let sum = merge_tree(sums.collect(), |key| estimator.task("merge", key), merge).expect("there are chunks");
    let params = estimator.params.clone();
    let key = Key::of("advance").input(state.key()).input(sum.key()).finish();
    // A pass that asked nobody hands the state on as it is: its figures were stated by the pass before.
    let (stating, asked) = (params.clone(), Arc::new(AtomicBool::new(false)));
    let has_asked = asked.clone();
    let figures = move |state: &P::PassState| match has_asked.load(Ordering::Relaxed) {
        true => stating.figures(state),
        false => Vec::new(),
    };
    state.step_owned(&sum, estimator.task("advance", key).figures(figures), move |state, sum| match sum {
        Some(sum) => {
            asked.store(true, Ordering::Relaxed);
            params.advance(state, sum)
        }
        None => Ok(state),
    })
}
