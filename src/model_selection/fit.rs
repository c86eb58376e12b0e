//! A search, and the fit of what it found best.

use super::candidates::Candidates;
use super::folds::Split;
use super::results::SearchResults;
use super::search::Search;
use super::searchable::Searchable;
use crate::chunks::Chunks;
use crate::error::Result;
use crate::graph::{Compute, Runtime};

/// What a search found, and the best of it fitted on all rows.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Found<P, M> {
    /// One row a candidate.
    pub results: SearchResults<P>,
    /// The best candidate, fitted on all rows (scikit-learn's `best_estimator_`).
    pub model: M,
}

impl<P, C, B, S> Search<P, C, B, S> {
    /// Runs the search, then fits the best candidate by the first scorer on all rows: scikit-learn's
    /// `fit` with `refit=True`.
    ///
    /// These are two runs: which candidate is fitted depends on the scores of all. To compute the
    /// fit together with others, or not at all, there are [`run`](Self::run) and
    /// [`refit`](Self::refit).
    ///
    /// ```
    /// use chunkfit::model_selection::{Grid, KFold, Search};
    /// use chunkfit::prelude::*;
    ///
    /// # let chunk = |_| linfa::DatasetBase::new(ndarray::array![[0.0], [1.0]], ndarray::array![false, true]);
    /// # let data = Chunks::from_memory((0..5).map(chunk));
    /// let grid = Grid::new(SgdClassifier::params()).vary("alpha", [1e-3, 1e-5], |sgd, alpha| sgd.alpha(alpha));
    /// let search = Search::new(grid, |sgd| Chained::new(sgd.clone())).folds(KFold::new(2));
    /// let found = search.fit(&Runtime::new(), &data)?;
    /// println!("{}", found.results);
    /// assert_eq!(found.model.classes(), [false, true]);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`run`](Self::run), and those of the last fit. Before that fit: no candidate whose score
    /// is a finite number ([`ErrorKind::NoBest`](crate::ErrorKind::NoBest)).
    pub fn fit<D, F>(&self, runtime: &Runtime, data: &Chunks<D>) -> Result<Found<P, <F::Fit as Compute>::Output>>
    where
        C: Candidates<P>,
        B: Fn(&P) -> F,
        S: Split<D>,
        F: Searchable<D, Fit: Compute>,
    {
        let results = self.run(runtime, data)?;
        let best = (self.build)(&results.try_best()?.candidate.params);
        let model = runtime.compute(best.fit(data))?;
        Ok(Found { results, model })
    }
}
