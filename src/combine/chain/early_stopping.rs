//! Early stopping of a chain by its score on held-out chunks.

use linfa::dataset::{DatasetBase, Records};

use super::chained::{Chained, no_rows};
use crate::chunks::Chunks;
use crate::combine::fit::{FitChunks, FitRows, score_figure};
use crate::data::{Chunk, RowSet, Rows, Shared};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{Evaluate, PartialFit, learn_chunk};
use crate::graph::{Key, Lazy, Task, TimeAccount};
use crate::metrics::Tally;

/// When a chain of several epochs stops.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct EarlyStopping {
    validation_fraction: f64,
    n_iter_no_change: usize,
    tol: f64,
}

impl Default for EarlyStopping {
    /// scikit-learn's: a tenth is held out, five epochs without a gain of 0.001 are enough.
    fn default() -> Self {
        EarlyStopping { validation_fraction: 0.1, n_iter_no_change: 5, tol: 1e-3 }
    }
}

impl EarlyStopping {
    /// The share of chunks that are held out, above 0 and at most 0.5; default 0.1: every tenth, the last of each
    /// ten. Of any number of first chunks the share is held out, but for a part of a chunk; and one at least is, the
    /// last.
    pub fn validation_fraction(mut self, fraction: f64) -> Self {
        self.validation_fraction = fraction;
        self
    }

    /// After so many epochs in a row without a gain it stops. At least 1, default 5.
    pub fn n_iter_no_change(mut self, epochs: usize) -> Self {
        self.n_iter_no_change = epochs;
        self
    }

    /// The least gain that counts as one. At least 0, default 0.001.
    pub fn tol(mut self, tol: f64) -> Self {
        self.tol = tol;
        self
    }

    fn check(&self) -> Result<()> {
        let EarlyStopping { validation_fraction: fraction, n_iter_no_change, tol } = *self;
        if !(fraction > 0.0 && fraction <= 0.5) {
            return Err(Error::parameter("validation_fraction", fraction, "above 0, at most 0.5"));
        }
        if n_iter_no_change == 0 {
            return Err(Error::parameter("n_iter_no_change", 0, "1 or more"));
        }
        if !(tol >= 0.0 && tol.is_finite()) {
            return Err(Error::parameter("tol", tol, "a finite number of 0 or more"));
        }
        Ok(())
    }

    /// True if a chunk, of so many, is held out.
    fn holds_out(&self, chunk: usize, n: usize) -> bool {
        // Not a hair too small, so that the tenth of ten chunks is due.
        let due = |chunks: usize| (chunks as f64 * self.validation_fraction * (1.0 + 1e-13)) as usize;
        due(chunk + 1) > due(chunk) || (due(n) == 0 && chunk == n - 1)
    }
}

/// [`Chained`] with [`EarlyStopping`]: see [`Chained::early_stopping`].
#[derive(Clone, Debug)]
pub struct ChainedUntil<P> {
    chained: Chained<P>,
    stopping: EarlyStopping,
}

impl<P> Chained<P> {
    /// Holds out some of the chunks, scores the model on them after every epoch (accuracy, or R²), and
    /// stops when that gets no better (scikit-learn's `early_stopping`). [`epochs`](Chained::epochs) is
    /// then the most that are made; the chunks that are left when it stops are not read. The model is that
    /// of the last epoch made, as in scikit-learn.
    ///
    /// ```
    /// use chunkfit::combine::EarlyStopping;
    /// use chunkfit::prelude::*;
    /// use linfa::DatasetBase;
    /// use ndarray::array;
    ///
    /// let chunk = |c: usize| DatasetBase::new(array![[c as f64], [-1.0]], array![true, false]);
    /// let chunks = Chunks::from_memory((1..5).map(chunk));
    /// let chained = Chained::new(SgdClassifier::params()).epochs(1000);
    /// let fit = chained.early_stopping(EarlyStopping::default().validation_fraction(0.25)).fit(&chunks);
    /// let model = Runtime::new().compute(fit)?;
    /// assert!(model.n_rows_seen() < 6 * 20); // three of the chunks, for few epochs
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    ///
    /// Computing it fails where there are not two chunks at least ([`TooFewChunks`](ErrorKind::TooFewChunks)), where the
    /// chunks held out have no rows ([`NoHeldOutRows`](ErrorKind::NoHeldOutRows)) or give a score that is not a number, as
    /// the R² of a single row ([`UndefinedScore`](ErrorKind::UndefinedScore)), and where their features or values are NaN
    /// or infinite. A label
    /// that only they have counts as wrong. A checkpoint keeps nothing of it.
    pub fn early_stopping(self, stopping: EarlyStopping) -> ChainedUntil<P> {
        ChainedUntil { chained: self, stopping }
    }
}

/// The settings of [`Chained`], which it keeps.
impl<P> ChainedUntil<P> {
    /// When it stops, in place of what was set before: see [`Chained::early_stopping`].
    pub fn early_stopping(mut self, stopping: EarlyStopping) -> Self {
        self.stopping = stopping;
        self
    }

    /// The most passes of the chain over all chunks. Default 1; 0 is an error when the fit is computed.
    pub fn epochs(mut self, epochs: usize) -> Self {
        self.chained = self.chained.epochs(epochs);
        self
    }

    /// Another order of the chunks that it learns from in each epoch: see [`Chained::shuffle_chunks`]. Which chunks are
    /// held out does not change.
    pub fn shuffle_chunks(mut self, seed: u64) -> Self {
        self.chained = self.chained.shuffle_chunks(seed);
        self
    }

    /// A name for the model in summaries.
    pub fn display_name(mut self, display_name: &str) -> Self {
        self.chained = self.chained.display_name(display_name);
        self
    }

    /// The graph that fits the chunks, as [`FitChunks::fit`] does; nothing runs yet.
    pub fn fit<R, T, M>(&self, chunks: &Chunks<DatasetBase<R, T>>) -> Lazy<M>
    where
        P: PartialFit<R, T, Model = M>,
        M: Evaluate<DatasetBase<R, T>>,
        R: Records + Shared,
        T: Shared,
    {
        FitChunks::fit(self, chunks)
    }
}

/// What goes from step to step.
#[derive(Clone)]
struct Trial<M> {
    model: Option<M>,
    best: f64,
    /// For so many epochs it has not got better.
    stale: usize,
    stopped: bool,
}

impl<M> Trial<M> {
    fn is_over(&self) -> bool {
        self.stopped
    }

    /// After an epoch.
    fn judge(mut self, score: f64, stopping: &EarlyStopping) -> Self {
        self.stale = if score > self.best + stopping.tol { 0 } else { self.stale + 1 };
        self.best = self.best.max(score);
        self.stopped = self.stale >= stopping.n_iter_no_change;
        self
    }
}

impl<P, R, T> FitChunks<DatasetBase<R, T>> for ChainedUntil<P>
where
    P: PartialFit<R, T, Model: Evaluate<DatasetBase<R, T>>>,
    R: Records + Shared,
    T: Shared,
{
    type Fit = Lazy<P::Model>;

    fn fit(&self, chunks: &Chunks<DatasetBase<R, T>>) -> Lazy<P::Model> {
        let Chained { estimator, epochs } = &self.chained;
        if let Err(error) = estimator.check().and_then(|()| self.stopping.check()).and_then(|()| epochs.check()) {
            return Lazy::failed(error);
        }
        let n = chunks.len();
        if n < 2 {
            // One to learn from, one to be held out.
            return Lazy::failed(Error::new(ErrorKind::TooFewChunks { needed: 2, found: n }));
        }
        let (held_out, learned): (Vec<_>, Vec<_>) =
            chunks.iter().enumerate().partition(|(c, _)| self.stopping.holds_out(*c, n));
        let key = Key::of("trial").input(epochs.identify(estimator.key())).params(&self.stopping).finish();
        let trial = Trial { model: None, best: f64::NEG_INFINITY, stale: 0, stopped: false };
        let mut trial: Lazy<Trial<P::Model>> = Lazy::given(Task::new("begin", key), trial);
        for epoch in 0..epochs.n_epochs {
            for (place, i) in epochs.order(epoch, learned.len()).into_iter().enumerate() {
                let (c, chunk) = learned[i];
                // Without a shuffle a chunk's turn is its number, among those held out, too.
                let place = if epochs.shuffle.is_some() { place } else { c };
                let params = estimator.params.clone();
                let key = Key::of("trial step").input(trial.key()).input(chunk.key()).finish();
                let task = epochs.step(estimator.task("partial_fit", key).order(epoch * n + place));
                trial = trial.step_unless(chunk, task, Trial::is_over, move |mut trial, chunk| {
                    if let Some(chunk) = chunk {
                        trial.model = learn_chunk(&*params, trial.model.take(), chunk)?;
                    }
                    Ok(trial)
                });
            }
            trial = self.after_epoch(trial, &held_out, epoch * n + n - 1);
        }
        let task = estimator.task("end of chain", Key::of("end of chain").input(trial.key()).finish());
        let params = estimator.params.clone();
        trial.map_owned(task, move |trial| {
            let model = trial.model.ok_or_else(no_rows)?;
            params.check_end(&model).map(|()| model)
        })
    }
}

impl<P> ChainedUntil<P> {
    /// Scores the model on what is held out.
    fn after_epoch<R, T>(
        &self,
        trial: Lazy<Trial<P::Model>>,
        held_out: &[(usize, &Lazy<DatasetBase<R, T>>)],
        turn: usize,
    ) -> Lazy<Trial<P::Model>>
    where
        P: PartialFit<R, T, Model: Evaluate<DatasetBase<R, T>>>,
        R: Records + Shared,
        T: Shared,
    {
        let (estimator, stopping) = (&self.chained.estimator, self.stopping);
        let tallies = held_out.iter().map(|(_, chunk)| {
            let key = Key::of("validate").input(trial.key()).input(chunk.key()).finish();
            let task = estimator.task("validate", key).order(turn);
            trial.zip_unless(chunk, task, Trial::is_over, move |trial: &Trial<P::Model>, chunk| {
                let chunk = chunk.filter(|chunk| chunk.records.nsamples() > 0);
                let Some((model, chunk)) = trial.model.as_ref().zip(chunk) else { return Ok(None) };
                model.tally(chunk, &[P::Model::DEFAULT_SCORER]).map(Some)
            })
        });
        let tallies: Vec<Lazy<_>> = tallies.collect();
        let key = tallies.iter().fold(Key::of("validation score"), |key, tally| key.input(tally.key())).finish();
        let task = estimator.task("validation score", key).figures(|score: &Option<f64>| {
            score.iter().map(|score| score_figure(&P::Model::DEFAULT_SCORER, *score)).collect()
        });
        let score = Lazy::gather(&tallies, task, |tallies| {
            let mut tallies = tallies.iter().filter_map(|tally| tally.as_ref());
            let Some(first) = tallies.next() else { return Ok(None) };
            let total = tallies.try_fold(first.clone(), Tally::merge)?;
            if total.n_rows() == 0 { Ok(None) } else { total.score(&P::Model::DEFAULT_SCORER).map(Some) }
        });
        let key = Key::of("judge").input(trial.key()).input(score.key()).finish();
        trial.step(&score, estimator.task("judge", key), move |trial, score| match score {
            _ if trial.stopped || trial.model.is_none() => Ok(trial),
            Some(score) if score.is_nan() => Err(Error::new(ErrorKind::UndefinedScore { score: "validation score" })),
            Some(score) => Ok(trial.judge(*score, &stopping)),
            None => Err(Error::new(ErrorKind::NoHeldOutRows)),
        })
    }
}

impl<P, R, T> FitRows<DatasetBase<R, T>> for ChainedUntil<P>
where
    P: PartialFit<R, T, Model: Evaluate<DatasetBase<R, T>>>,
    R: Records + Shared,
    T: Shared,
    DatasetBase<R, T>: Rows + Chunk,
{
    fn fit_rows(
        &self,
        chunks: &Chunks<DatasetBase<R, T>>,
        rows: &Chunks<RowSet>,
        account: &TimeAccount,
    ) -> Lazy<P::Model> {
        let chained = self.chained.booked_on(account);
        ChainedUntil { chained, stopping: self.stopping }.fit(&chunks.select(rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_chunks_is_held_out() {
        let held_out = |fraction, n| {
            let stopping = EarlyStopping::default().validation_fraction(fraction);
            (0..n).filter(|&c| stopping.holds_out(c, n)).collect::<Vec<_>>()
        };
        assert_eq!(held_out(0.1, 30), [9, 19, 29]);
        assert_eq!((held_out(0.25, 8), held_out(1.0 / 3.0, 6)), (vec![3, 7], vec![2, 5]));
        // Rounded to every third of five it would be one.
        assert_eq!((held_out(0.4, 5), held_out(0.5, 4)), (vec![2, 4], vec![1, 3]));
        assert_eq!((held_out(0.1, 2), held_out(0.001, 7)), (vec![1], vec![6]));
        for fraction in [0.01, 0.07, 0.1, 0.3, 0.45, 0.5] {
            for n in 2..300 {
                let held = held_out(fraction, n).len();
                let due = fraction * n as f64;
                assert!(held >= 1 && held < n && (held as f64 - due).abs() <= 1.0, "{fraction} of {n}: {held}");
            }
        }
    }
}
