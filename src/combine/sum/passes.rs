//! Fits in several passes over the chunks, as a graph.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use linfa::dataset::{DatasetBase, Records};

use crate::chunks::{Chunks, merge_each};
use crate::combine::fit::{Identity, SharedEstimator};
use crate::data::{Chunk, Shared};
use crate::estimator::FitPasses;
use crate::graph::{AnyLazy, AnyWork, Key, Lazy, Settled, Task, settled_by};

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
        let work = pass_work::<P, R, T>(&self.estimator.params);
        let advance = || advance::<P, R, T>(&self.estimator.params);
        Lazy::of_any(work.over(&self.estimator.identity, state.any(), &self.rows.any(), self.passes, &advance))
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

/// The work of a pass over the rows, whatever the types of rows and state.
struct PassWork {
    ask: AnyWork,
    is_done: Settled,
    sum: AnyWork,
    merge: AnyWork,
}

fn pass_work<P, R, T>(params: &Arc<P>) -> PassWork
where
    P: FitPasses<R, T>,
    R: Records + 'static,
    T: 'static,
{
    let params = params.clone();
    let ask = AnyWork::new(move |inputs| match inputs.get_if_needed::<P::Rows>(1) {
        Some(rows) => params.ask(inputs.get(0), rows).map(Some),
        None => Ok(None),
    });
    let sum = AnyWork::new(|inputs| {
        let mut parts: Vec<&P::Part> = Vec::new();
        for part in inputs.all::<Option<P::Part>>() {
            match part {
                Some(part) => parts.push(part),
                None => return Ok(None),
            }
        }
        P::sum(&parts).map(Some)
    });
    let merge = AnyWork::new(|inputs| match (inputs.take(0), inputs.take(1)) {
        (Some(a), Some(b)) => P::merge_sums(a, b).map(Some),
        _ => Ok(None::<P::Sum>),
    });
    PassWork { ask, is_done: settled_by(P::is_done), sum, merge }
}

/// The task, with its figures, and the work that make the next state of a state and a sum.
fn advance<P, R, T>(params: &Arc<P>) -> (Task, AnyWork)
where
    P: FitPasses<R, T>,
    R: Records + 'static,
    T: 'static,
{
    // A pass that asked nobody hands the state on as it is: its figures were stated by the pass before.
    let (stating, params, asked) = (params.clone(), params.clone(), Arc::new(AtomicBool::new(false)));
    let has_asked = asked.clone();
    let figures = move |state: &P::PassState| match has_asked.load(Ordering::Relaxed) {
        true => stating.figures(state),
        false => Vec::new(),
    };
    let work = AnyWork::new(move |inputs| {
        let state = inputs.take(0);
        match inputs.take::<Option<P::Sum>>(1) {
            Some(sum) => {
                asked.store(true, Ordering::Relaxed);
                params.advance(state, sum)
            }
            None => Ok(state),
        }
    });
    (Task::new("advance", Key::of("advance").finish()).figures(figures), work)
}

impl PassWork {
    /// The state after so many passes over the rows, one after the other.
    fn over(
        &self,
        estimator: &Identity,
        begin: AnyLazy,
        rows: &[AnyLazy],
        passes: usize,
        advance: &dyn Fn() -> (Task, AnyWork),
    ) -> AnyLazy {
        let first = begin.turn() + 1;
        (0..passes).fold(begin, |state, pass| {
            let Some(sum) = self.sum(estimator, &state, rows, first + pass * rows.len()) else { return state };
            let (task, work) = advance();
            let key = Key::of("advance").input(state.key()).input(sum.key()).finish();
            state.zip(&sum, estimator.shown(task.keyed(key)), work)
        })
    }

    /// The sum of all rows' answers to a state; `None` of no rows.
    fn sum(&self, estimator: &Identity, state: &AnyLazy, rows: &[AnyLazy], turn: usize) -> Option<AnyLazy> {
        let ask = |(c, rows): (usize, &AnyLazy)| {
            let key = Key::of("ask").input(state.key()).input(rows.key()).finish();
            let task = estimator.task("ask", key).order(turn + c);
            state.zip_unless(rows, task, self.is_done.clone(), self.ask.clone())
        };
        let parts: Vec<AnyLazy> = rows.iter().enumerate().map(ask).collect();
        let sums = parts.chunks(NEIGHBOURS).map(|neighbours| {
            let key = neighbours.iter().fold(Key::of("sum"), |key, part| key.input(part.key())).finish();
            AnyLazy::of(estimator.task("sum", key), neighbours.to_vec(), self.sum.clone())
        });
        merge_each(sums.collect(), &|key| estimator.task("merge", key), &self.merge)
    }
}
