//! Fits in several passes over the chunks, as a graph.

use linfa::dataset::{DatasetBase, Records};

use crate::chunks::Chunks;
use crate::combine::fit::SharedEstimator;
use crate::combine::merge_tree::merge_tree;
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

    /// The search after some passes more. Once it is done, those that are left ask nobody, and no chunk
    /// is read for them.
    pub(in crate::combine) fn over<R, T>(&self, search: Lazy<P::Search>) -> Lazy<P::Search>
    where
        P: FitPasses<R, T, Rows = W>,
        R: Records + 'static,
        T: 'static,
    {
        let (first, n) = (search.turn() + 1, self.rows.len());
        (0..self.passes).fold(search, |search, pass| one_pass(self.estimator, search, &self.rows, first + pass * n))
    }

    /// The model that a search has come to.
    pub(in crate::combine) fn model<R, T>(&self, search: &Lazy<P::Search>) -> Lazy<P::Model>
    where
        P: FitPasses<R, T, Rows = W>,
        R: Records,
    {
        let params = self.estimator.params.clone();
        let task = self.estimator.task("finish", Key::of("finish passes").input(search.key()).finish());
        search.map_owned(task, move |search| params.model(search))
    }
}

/// Asks every chunk, sums up, and goes on; the first chunk has this turn.
fn one_pass<P, R, T>(
    estimator: &SharedEstimator<P>,
    search: Lazy<P::Search>,
    rows: &Chunks<P::Rows>,
    turn: usize,
) -> Lazy<P::Search>
where
    P: FitPasses<R, T>,
    R: Records + 'static,
    T: 'static,
{
    let parts = rows.iter().enumerate().map(|(c, rows)| {
        let params = estimator.params.clone();
        let key = Key::of("ask").input(search.key()).input(rows.key()).finish();
        search.zip_unless(rows, estimator.task("ask", key).order(turn + c), P::is_done, move |search, rows| {
            rows.map(|rows| params.ask(search, rows)).transpose()
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
    let key = Key::of("advance").input(search.key()).input(sum.key()).finish();
    search.step_owned(&sum, estimator.task("advance", key), move |search, sum| match sum {
        Some(sum) => params.advance(search, sum),
        None => Ok(search),
    })
}
