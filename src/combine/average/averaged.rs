//! `Averaged`: one model fitted on each chunk, and the models merged.

use linfa::dataset::{DatasetBase, Records};
use serde::Serialize;

use crate::chunks::{Chunks, map_each, merge_each};
use crate::combine::fit::{FitChunks, FitRows, Identity, SharedEstimator};
use crate::data::{Chunk, Identified, RowSet, Rows, Shared};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{FitAverage, Weighting};
use crate::graph::{AnyLazy, AnyWork, Key, Lazy, TimeAccount};

/// Fits every chunk on its own, in parallel, and averages the models.
///
/// By default each coefficient is weighted by the curvature of its chunk's objective, so that a
/// rare word counts where it occurs; a plain mean divides it by all chunks. State the penalty per
/// example (`alpha`), so that a chunk and the whole solve the same problem. scikit-learn's `C` on
/// every chunk with [`Weighting::Uniform`] is the original recipe of dask-learn, and predicts next
/// to nothing on rare classes.
///
/// What speaks against an average of logistic regressions is a warning: it predicts one class almost only,
/// the chunks disagree, or lack a class. The [summary](crate::graph::Summary::warnings) of the run has it,
/// and the model: [`LogisticRegression::warnings`](crate::linear::LogisticRegression::warnings).
///
/// Averaged are [`LogisticRegression`](crate::linear::LogisticRegression),
/// [`PoissonRegressor`](crate::linear::PoissonRegressor), [`GammaRegressor`](crate::linear::GammaRegressor),
/// [`TweedieRegressor`](crate::linear::TweedieRegressor), the linear models by stochastic gradient descent
/// ([`SgdClassifier`](crate::linear::SgdClassifier), [`SgdRegressor`](crate::linear::SgdRegressor),
/// [`SgdOneClassSvm`](crate::linear::SgdOneClassSvm), [`OneVsRest`](crate::linear::OneVsRest)), linfa's logistic and linear
/// regression, and whatever else has [`FitAverage`]. [`LinearRegression`](crate::linear::LinearRegression),
/// [`NearestCentroid`](crate::linear::NearestCentroid) and naive Bayes merge to the model of all rows instead.
///
/// A chunk without rows, or whose rows all have weight 0 or are of one class, contributes nothing to the
/// coefficients; where all rows of all chunks do, the fit is an error ([`NoRows`](ErrorKind::NoRows),
/// [`OneClass`](ErrorKind::OneClass)). Models are merged in a fixed tree over the chunks' numbers, so the bits do not
/// depend on the threads.
#[derive(Clone, Debug)]
pub struct Averaged<P> {
    estimator: SharedEstimator<P>,
    weighting: Weighting,
}

impl<P> Averaged<P> {
    /// Averages the models of an estimator; one that has equal parameters, of a type of the same [name](Identified), is
    /// the same estimator, and shares its fits.
    pub fn new(estimator: P) -> Self
    where
        P: Identified + Serialize,
    {
        Averaged { estimator: SharedEstimator::new(estimator), weighting: Weighting::default() }
    }

    /// Averages the models of an estimator whose parameters do not serialize, or state no [name](Identified). It is identified by
    /// this value (and its clones).
    pub fn opaque(estimator: P) -> Self {
        Averaged { estimator: SharedEstimator::opaque(estimator), weighting: Weighting::default() }
    }

    /// The weights of the chunks' coefficients. Default [`Weighting::Curvature`], which falls
    /// back to [`Weighting::Samples`] where the model has no curvature to offer.
    pub fn weighting(mut self, weighting: Weighting) -> Self {
        self.weighting = weighting;
        self
    }

    /// A name for the model in summaries.
    pub fn display_name(mut self, display_name: &str) -> Self {
        self.estimator = self.estimator.shown_as(display_name);
        self
    }

    /// The graph that fits the chunks, as [`FitChunks::fit`] does; nothing runs yet.
    pub fn fit<R, T, M>(&self, chunks: &Chunks<DatasetBase<R, T>>) -> Lazy<M>
    where
        P: FitAverage<R, T, Model = M>,
        R: Records + Shared,
        T: Shared,
    {
        FitChunks::fit(self, chunks)
    }
}

impl<P, R, T> FitChunks<DatasetBase<R, T>> for Averaged<P>
where
    P: FitAverage<R, T>,
    R: Records + Shared,
    T: Shared,
{
    type Fit = Lazy<P::Model>;

    fn fit(&self, chunks: &Chunks<DatasetBase<R, T>>) -> Lazy<P::Model> {
        let state = match self.merged(chunks) {
            Ok(state) => state,
            Err(error) => return Lazy::failed(error),
        };
        let estimator = &self.estimator;
        let params = estimator.params.clone();
        let task = estimator.task("finish", Key::of("finish").input(self.key()).input(state.key()).finish());
        let task = task.warns::<P::Model>(warnings::<P, R, T>);
        state.map_owned(task, move |state| params.finish(state))
    }
}

impl<P> Averaged<P> {
    pub(in crate::combine) fn estimator(&self) -> &SharedEstimator<P> {
        &self.estimator
    }

    pub(in crate::combine) fn how(&self) -> Weighting {
        self.weighting
    }

    pub(in crate::combine) fn booked_on(&self, account: &TimeAccount) -> Self {
        Averaged { estimator: self.estimator.booked_on(account), weighting: self.weighting }
    }

    fn key(&self) -> Key
    where
        P: 'static,
    {
        Key::of("average").input(self.estimator.key()).params(&self.weighting).finish()
    }

    /// The state of all chunks.
    ///
    /// # Errors
    /// No chunk; an estimator whose name another type has.
    pub(in crate::combine) fn merged<R, T>(&self, chunks: &Chunks<DatasetBase<R, T>>) -> Result<Lazy<P::State>>
    where
        P: FitAverage<R, T>,
        R: Records + Shared,
        T: Shared,
    {
        let (params, weighting) = (self.estimator.params.clone(), self.weighting);
        let fit = AnyWork::new(move |inputs| params.fit_state(inputs.get::<DatasetBase<R, T>>(0), weighting));
        let merge = AnyWork::new(|inputs| {
            let left = inputs.take(0);
            P::merge(left, inputs.take(1))
        });
        match merged(&self.estimator.identity, self.key(), &chunks.any(), &fit, &merge) {
            Ok(state) => Ok(Lazy::of_any(state)),
            Err(error) => Err(error),
        }
    }
}

/// The fits of all chunks, merged.
fn merged(estimator: &Identity, key: Key, chunks: &[AnyLazy], fit: &AnyWork, merge: &AnyWork) -> Result<AnyLazy> {
    estimator.check()?;
    let fits = map_each(chunks, key, &estimator.task("fit", key), fit);
    merge_each(fits, &|key| estimator.task("merge", key), merge)
        .ok_or_else(|| Error::new(ErrorKind::NoRows { estimator: "Averaged" }))
}

/// Reasons to doubt the average, in sentences.
fn warnings<P: FitAverage<R, T>, R: Records, T>(model: &P::Model) -> Vec<String> {
    P::warnings(model).iter().map(ToString::to_string).collect()
}

impl<P, R, T> FitRows<DatasetBase<R, T>> for Averaged<P>
where
    P: FitAverage<R, T>,
    R: Records + Shared,
    T: Shared,
    DatasetBase<R, T>: Rows + Chunk,
{
    fn fit_rows(&self, chunks: &Chunks<DatasetBase<R, T>>, rows: &Chunks<RowSet>, account: &TimeAccount) -> Self::Fit {
        self.booked_on(account).fit(&chunks.select(rows))
    }
}
