//! Rounds of averaging: an average that is made better by going over the chunks again.

use linfa::dataset::{DatasetBase, Records};

use super::averaged::Averaged;
use crate::chunks::Chunks;
use crate::chunks::merge_tree;
use crate::combine::fit::{FitChunks, FitRows};
use crate::combine::sum::passes::Passes;
use crate::data::{Chunk, RowSet, Rows, Shared};
use crate::error::Error;
use crate::estimator::{
    AverageRounds, ByMixing, ByPasses, FitAverage, FitAverageFrom, RefineAverage, RoundsOf, Weighting,
};
use crate::graph::{Key, Lazy, TimeAccount};

/// [`Averaged`] with further rounds, in each of which all chunks start from the merged model:
/// see [`Averaged::rounds`].
#[derive(Clone, Debug)]
pub struct AveragedRounds<P> {
    averaged: Averaged<P>,
    rounds: usize,
}

impl<P> Averaged<P> {
    /// Goes on from the average for so many rounds in all; 1 is the average itself, 0 an error when
    /// the fit is computed. Fits of fewer rounds that are computed together are part of the longer ones.
    ///
    /// - [`LogisticRegression`](crate::linear::LogisticRegression),
    ///   [`PoissonRegressor`](crate::linear::PoissonRegressor), [`GammaRegressor`](crate::linear::GammaRegressor),
    ///   [`TweedieRegressor`](crate::linear::TweedieRegressor): each further round is a Newton step on
    ///   the objective of all rows, for which conjugate gradients go over the chunks: nine passes as a
    ///   rule, eleven at most (with an L1 penalty two to fifteen). Two further rounds come close to the fit of all rows, ten reach it; rounds
    ///   after that cost next to nothing.
    /// - [`ElasticNet`](crate::linear::ElasticNet), [`Lasso`](crate::linear::Lasso): in each further round every
    ///   chunk minimises a surrogate of the objective of all rows, and the step towards the average of what
    ///   they find is the best one: two passes, and one more in the first. No round makes the objective worse.
    /// - [`SgdClassifier`](crate::linear::SgdClassifier), [`SgdRegressor`](crate::linear::SgdRegressor),
    ///   [`SgdOneClassSvm`](crate::linear::SgdOneClassSvm), [`OneVsRest`](crate::linear::OneVsRest): in
    ///   each round every chunk makes one pass from the merged model, and the results are averaged again
    ///   (iterative parameter mixing). More rounds come nearer to as many epochs of a chain.
    ///
    /// What merges to the model of all rows has no rounds, for there is nothing left to gain:
    /// [`LinearRegression`](crate::linear::LinearRegression), [`NearestCentroid`](crate::linear::NearestCentroid), naive
    /// Bayes.
    pub fn rounds(self, rounds: usize) -> AveragedRounds<P> {
        AveragedRounds { averaged: self, rounds }
    }
}

/// The settings of [`Averaged`], which it keeps.
impl<P> AveragedRounds<P> {
    /// For so many rounds in all, in place of those set before: see [`Averaged::rounds`].
    pub fn rounds(mut self, rounds: usize) -> Self {
        self.rounds = rounds;
        self
    }

    /// The weights of the chunks' coefficients: see [`Averaged::weighting`].
    pub fn weighting(mut self, weighting: Weighting) -> Self {
        self.averaged = self.averaged.weighting(weighting);
        self
    }

    /// A name for the model in summaries.
    pub fn display_name(mut self, display_name: &str) -> Self {
        self.averaged = self.averaged.display_name(display_name);
        self
    }

    /// The graph that fits the chunks, as [`FitChunks::fit`] does; nothing runs yet.
    pub fn fit<R, T, M>(&self, chunks: &Chunks<DatasetBase<R, T>>) -> Lazy<M>
    where
        P: AverageRounds<R, T, Model = M, Way: Way<P, R, T>>,
        R: Records + Shared,
        T: Shared,
    {
        FitChunks::fit(self, chunks)
    }
}

/// A way to go on from an average: [`ByPasses`] or [`ByMixing`]. There are no others: the trait cannot be implemented
/// elsewhere.
pub trait Way<P: FitAverage<R, T>, R: Records, T>: RoundsOf<P, R, T> {
    /// The model after so many rounds, two or more.
    fn go_on(averaged: &Averaged<P>, chunks: &Chunks<DatasetBase<R, T>>, rounds: usize) -> Lazy<P::Model>;
}

impl<P, R, T> Way<P, R, T> for ByPasses
where
    P: RefineAverage<R, T>,
    R: Records + Shared,
    T: Shared,
{
    fn go_on(
        averaged: &Averaged<P>,
        chunks: &Chunks<DatasetBase<R, T>>,
        rounds: usize,
    ) -> Lazy<<P as FitAverage<R, T>>::Model> {
        let state = match averaged.merged(chunks) {
            Ok(state) => state,
            Err(error) => return Lazy::failed(error),
        };
        let estimator = averaged.estimator();
        let passes = Passes::new(estimator, chunks, estimator.params.passes_a_round());
        let params = estimator.params.clone();
        let key = Key::of("go on").input(estimator.key()).input(state.key()).finish();
        let mut state = state.map_owned(estimator.task("go on", key), move |state| params.go_on(state));
        for round in 2..=rounds {
            if round > 2 {
                let params = estimator.params.clone();
                let key = Key::of("next round").input(state.key()).finish();
                let task = estimator.task("next round", key);
                state = state.map_owned(task, move |state| Ok(params.next_round(state)));
            }
            state = passes.over(state);
        }
        passes.model(&state)
    }
}

impl<P, R, T> Way<P, R, T> for ByMixing
where
    P: FitAverageFrom<R, T>,
    R: Records + Shared,
    T: Shared,
{
    fn go_on(averaged: &Averaged<P>, chunks: &Chunks<DatasetBase<R, T>>, rounds: usize) -> Lazy<P::Model> {
        let (estimator, weighting) = (averaged.estimator(), averaged.how());
        let mut model = averaged.fit(chunks);
        for round in 2..=rounds {
            let fits = chunks.iter().enumerate().map(|(c, chunk)| {
                let params = estimator.params.clone();
                let key = Key::of("fit from").params(&weighting).input(model.key()).input(chunk.key()).finish();
                let task = estimator.task("fit", key).order((round - 1) * chunks.len() + c);
                model.zip(chunk, task, move |model, chunk| params.fit_state_from(model, chunk, weighting))
            });
            let state = merge_tree(fits.collect(), |key| estimator.task("merge", key), P::merge)
                .expect("the first round had chunks, or failed");
            let params = estimator.params.clone();
            let key = Key::of("finish round").input(model.key()).input(state.key()).finish();
            model = state.map_owned(estimator.task("finish", key), move |state| params.finish(state));
        }
        model
    }
}

impl<P, R, T> FitChunks<DatasetBase<R, T>> for AveragedRounds<P>
where
    P: AverageRounds<R, T, Way: Way<P, R, T>>,
    R: Records + Shared,
    T: Shared,
{
    type Fit = Lazy<P::Model>;

    fn fit(&self, chunks: &Chunks<DatasetBase<R, T>>) -> Lazy<P::Model> {
        match self.rounds {
            0 => Lazy::failed(Error::parameter("rounds", 0, "1 or more")),
            _ if self.rounds == 1 || chunks.is_empty() => self.averaged.fit(chunks),
            rounds => P::Way::go_on(&self.averaged, chunks, rounds),
        }
    }
}

impl<P, R, T> FitRows<DatasetBase<R, T>> for AveragedRounds<P>
where
    P: AverageRounds<R, T, Way: Way<P, R, T>>,
    R: Records + Shared,
    T: Shared,
    DatasetBase<R, T>: Rows + Chunk,
{
    fn fit_rows(&self, chunks: &Chunks<DatasetBase<R, T>>, rows: &Chunks<RowSet>, account: &TimeAccount) -> Self::Fit {
        let averaged = self.averaged.booked_on(account);
        AveragedRounds { averaged, rounds: self.rounds }.fit(&chunks.select(rows))
    }
}
