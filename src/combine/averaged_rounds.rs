//! An average that is made better by going over the chunks again.

use linfa::dataset::{DatasetBase, Records};

use super::averaged::Averaged;
use super::fit_chunks::{FitChunks, FitRows};
use super::passes::Passes;
use crate::chunks::{Chunk, Chunks};
use crate::data::{RowSet, Rows};
use crate::error::Error;
use crate::graph::{Key, Lazy};
use crate::linear::RefineAverage;

/// [`Averaged`] with further rounds, in each of which all chunks start from the merged model:
/// see [`Averaged::rounds`].
#[derive(Clone, Debug)]
pub struct AveragedRounds<P> {
    averaged: Averaged<P>,
    rounds: usize,
}

impl<P> Averaged<P> {
    /// Goes on from the average for so many rounds in all; 1 is the average itself, 0 an error when
    /// the fit is computed.
    ///
    /// For [`LogisticRegression`](crate::linear::LogisticRegression) each further round is a Newton
    /// step on the objective of all rows, for which some conjugate gradients go over the chunks: at most
    /// eleven passes a round. Two or three rounds come close to the fit of all rows, ten reach it;
    /// rounds after that cost nothing. All of them work in the columns that the chunks touch.
    pub fn rounds(self, rounds: usize) -> AveragedRounds<P> {
        AveragedRounds { averaged: self, rounds }
    }
}

impl<P> AveragedRounds<P> {
    /// A name for the model in summaries.
    pub fn label(self, label: &str) -> Self {
        AveragedRounds { averaged: self.averaged.label(label), rounds: self.rounds }
    }
}

impl<P, R, T> FitChunks<DatasetBase<R, T>> for AveragedRounds<P>
where
    P: RefineAverage<R, T> + Send + Sync + 'static,
    <P as crate::linear::FitAverage<R, T>>::Model: Send + Sync + 'static,
    R: Records + Send + Sync + 'static,
    T: Send + Sync + 'static,
{
    type Fit = Lazy<<P as crate::linear::FitAverage<R, T>>::Model>;

    fn fit(&self, chunks: &Chunks<DatasetBase<R, T>>) -> Self::Fit {
        if self.rounds == 0 {
            return Lazy::failed(Error::parameter("rounds", 0, "1 or more"));
        }
        if self.rounds == 1 {
            return self.averaged.fit(chunks);
        }
        let state = match self.averaged.merged(chunks) {
            Ok(state) => state,
            Err(error) => return Lazy::failed(error),
        };
        let estimator = self.averaged.estimator();
        let passes = Passes::new(estimator, chunks, estimator.params.passes_a_round());
        let params = estimator.params.clone();
        let key = Key::of("go on").input(estimator.key).input(state.key()).finish();
        let mut search = state.map_owned(estimator.task("go on", key), move |state| params.go_on(state));
        for round in 2..=self.rounds {
            if round > 2 {
                let params = estimator.params.clone();
                let key = Key::of("next round").input(search.key()).finish();
                search =
                    search.map_owned(estimator.task("next round", key), move |search| Ok(params.next_round(search)));
            }
            search = passes.over(search);
        }
        passes.model(&search)
    }
}

impl<P, R, T> FitRows<DatasetBase<R, T>> for AveragedRounds<P>
where
    P: RefineAverage<R, T> + Send + Sync + 'static,
    <P as crate::linear::FitAverage<R, T>>::Model: Send + Sync + 'static,
    R: Records + Send + Sync + 'static,
    T: Send + Sync + 'static,
    DatasetBase<R, T>: Rows + Chunk,
{
    fn fit_rows(&self, chunks: &Chunks<DatasetBase<R, T>>, rows: &Chunks<RowSet>, label: &str) -> Self::Fit {
        let averaged = self.averaged.or_labelled(label);
        AveragedRounds { averaged, rounds: self.rounds }.fit(&chunks.select(rows))
    }
}
