//! What every estimator has by the kind of its models: searches, early stopping, checkpoints, models as fits again.

use chunkfit::Chunks;
use chunkfit::Error;
use chunkfit::combine::{EarlyStopping, FitRows, IntoFit};
use chunkfit::data::{Chunk, Identified, Rows, Shared};
use chunkfit::estimator::{Evaluate, FitSummed, PartialFit, Persist};
use chunkfit::metrics::{Average, Problem, Scorer};
use chunkfit::model_selection::{Candidate, KFold, Search, Searchable, TrainScores, cross_validate};
use chunkfit::persist::Training;
use chunkfit::prelude::*;
use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use serde::Serialize;

use super::blocks::{Layout, Targets, blocks, chunks, dataset};

/// A law that an estimator is tried on; its name, and what panics where the law does not hold.
pub type Trial = (&'static str, Box<dyn Fn()>);

/// Chunks of the catalogue's blocks, known by name in every run; the last can be out of order.
fn named<R: Layout, T: Targets>(is_broken: bool) -> Chunks<DatasetBase<R, T>>
where
    DatasetBase<R, T>: Chunk,
{
    let read = move |c: usize| match is_broken && c == 2 {
        true => Err(Error::parameter("chunk", c, "one that can be read")),
        false => Ok(dataset(&blocks()[c])),
    };
    Chunks::from_fn("block", 3, read).identified("blocks of the catalogue")
}

/// A scorer beside the one of the model's kind.
fn another(problem: Problem) -> Scorer {
    match problem {
        Problem::Regression => Scorer::NegMeanAbsoluteError,
        Problem::Multilabel => Scorer::MeanF1(Average::Micro),
        Problem::Clustering { .. } => Scorer::VMeasure,
        _ => Scorer::BalancedAccuracy,
    }
}

fn bytes<M: Persist>(model: &M) -> Vec<u8> {
    model.to_bytes(&Training::default()).unwrap()
}

/// A search finds of each candidate what cross-validation finds of it alone, by both scorers.
fn searched<D, F>(data: &Chunks<D>, estimators: [F; 2])
where
    F: Searchable<D> + Clone,
    D: Chunk + Rows,
{
    type Scored<D, F> = <F as Searchable<D>>::Model;
    let runtime = Runtime::new().threads(2);
    let default = <Scored<D, F> as Evaluate<F::Examples>>::DEFAULT_SCORER;
    let scorers = [default, another(<Scored<D, F> as Evaluate<F::Examples>>::PROBLEM)];
    let candidates: Vec<Candidate<usize>> = vec![Candidate::new(0), Candidate::new(1)];
    let search = Search::new(candidates, |&which: &usize| estimators[which].clone());
    let search = search.folds(KFold::new(2)).scoring(scorers.clone());
    let found = search.run(&runtime, data).unwrap();
    assert_eq!((found.candidates.len(), found.scorers.len()), (2, 2));
    for (row, estimator) in found.candidates.iter().zip(&estimators) {
        let folds = KFold::new(2);
        let alone = cross_validate(&runtime, estimator, data, folds, scorers.clone(), TrainScores::Without).unwrap();
        assert_eq!(row.folds.len(), 2);
        assert!(row.mean_test_scores.iter().all(|score| score.is_finite()), "{:?}", row.mean_test_scores);
        assert_eq!(row.mean_test_scores, alone.mean_test_scores);
    }
    assert!(found.best_score() >= found.candidates[0].mean_test_scores[0]);
}

/// A model as a fit has the score that the fit had; and so has one that was saved and loaded.
fn scored<M, D>(data: &Chunks<D>, model: M)
where
    M: Persist + Clone + Evaluate<D> + IntoFit<Fit: Fitted<D, Model = M, Examples = D>>,
    Lazy<M>: Fitted<D, Model = M, Examples = D>,
    D: Chunk,
{
    let runtime = Runtime::new().threads(2);
    let loaded = M::from_bytes(&bytes(&model)).unwrap();
    let first = runtime.compute(Fitted::<D>::score(&Lazy::value(model.clone()), data)).unwrap();
    let (again, loaded) = (model.into_fit(), loaded.into_fit());
    let scores = runtime.compute((Fitted::<D>::score(&again, data), Fitted::<D>::score(&loaded, data))).unwrap();
    assert!(first.is_finite());
    assert_eq!(scores, (first, first));
}

/// A chain that was interrupted goes on from its checkpoint, and ends with the very model of one that was not. Returns
/// whether the chain left its state there.
fn resumed<P, R, T>(params: P)
where
    P: PartialFit<R, T, Model: Persist> + Identified + Serialize + Clone,
    R: Layout,
    T: Targets,
    DatasetBase<R, T>: Chunk + Rows,
{
    assert!(params.codec().is_some(), "the chain has nothing to leave in a checkpoint");
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().threads(1).checkpoint(Checkpoint::new(folder.path()));
    let chained = Chained::new(params).epochs(2);
    let unbroken = Runtime::new().threads(2).compute(chained.fit(&named(false))).unwrap();
    assert!(runtime.compute(chained.fit(&named(true))).is_err());
    let run = runtime.run(chained.fit(&named(false))).unwrap();
    assert_eq!(run.summary.runs("partial_fit"), 2 * 3 - 2, "two steps were done before");
    assert!(bytes(&run.values) == bytes(&unbroken));
    let run = runtime.run(chained.fit(&named(false))).unwrap();
    assert_eq!(run.summary.runs("partial_fit"), 0);
    assert!(bytes(&run.values) == bytes(&unbroken));
}

/// A chain with early stopping is one over the chunks that are not held out, of as many epochs as it took.
fn stopped<P, R, T>(params: P)
where
    P: PartialFit<R, T, Model: Persist + Evaluate<DatasetBase<R, T>>> + Identified + Serialize + Clone,
    R: Layout,
    T: Targets,
    DatasetBase<R, T>: Chunk + Rows,
{
    let runtime = Runtime::new().threads(2);
    let (all, learned) = (chunks::<R, T>(&blocks()), chunks::<R, T>(&blocks()[..2]));
    let chain = |epochs| Chained::new(params.clone()).epochs(epochs);
    let last_held_out = EarlyStopping::default().validation_fraction(1.0 / 3.0);
    // No score is so much better than that of the first epoch.
    let at_once = chain(5).early_stopping(last_held_out.n_iter_no_change(1).tol(1e300));
    let never = chain(3).early_stopping(last_held_out.n_iter_no_change(9));
    let stopped = runtime.compute((at_once.fit(&all), never.fit(&all))).unwrap();
    let chained = runtime.compute((chain(2).fit(&learned), chain(3).fit(&learned))).unwrap();
    assert!(bytes(&stopped.0) == bytes(&chained.0), "stopped after two epochs");
    assert!(bytes(&stopped.1) == bytes(&chained.1), "never stopped");
}

/// What an estimator that learns chunk by chunk is tried on.
pub fn of_chain<P, R, T>(params: &P) -> Vec<Trial>
where
    P: PartialFit<R, T, Model: Persist + Evaluate<DatasetBase<R, T>>> + Identified + Serialize + Clone,
    R: Layout,
    T: Targets,
    DatasetBase<R, T>: Chunk + Rows,
    Chained<P>: Searchable<DatasetBase<R, T>>,
{
    let (searching, stopping, params) = (params.clone(), params.clone(), params.clone());
    let estimators = move || [1, 2].map(|epochs| Chained::new(searching.clone()).epochs(epochs));
    vec![
        ("search", Box::new(move || searched(&chunks::<R, T>(&blocks()), estimators()))),
        ("early stopping", Box::new(move || stopped::<P, R, T>(stopping.clone()))),
        of_checkpoint::<P, R, T>(&params),
    ]
}

/// The checkpoint alone, for models that are not scored.
pub fn of_checkpoint<P, R, T>(params: &P) -> Trial
where
    P: PartialFit<R, T, Model: Persist> + Identified + Serialize + Clone,
    R: Layout,
    T: Targets,
    DatasetBase<R, T>: Chunk + Rows,
{
    let params = params.clone();
    ("checkpoint", Box::new(move || resumed::<P, R, T>(params.clone())))
}

/// What an estimator that learns in passes over all chunks is tried on.
pub fn of_sum<P, R, T>(params: &P) -> Vec<Trial>
where
    P: FitSummed<R, T> + Identified + Serialize + Clone,
    R: Layout,
    T: Targets,
    DatasetBase<R, T>: Chunk + Rows,
    Summed<P>: Searchable<DatasetBase<R, T>>,
{
    let params = params.clone();
    let estimators = move || [3, 200].map(|passes| Summed::new(params.clone()).max_passes(passes));
    vec![("search", Box::new(move || searched(&chunks::<R, T>(&blocks()), estimators())))]
}

/// What the model of an estimator that learns in memory is tried on.
pub fn of_fit<P, R, T>(params: &P) -> Vec<Trial>
where
    P: Fit<R, T, Error> + Clone + 'static,
    P::Object: Persist + Clone + Evaluate<DatasetBase<R, T>>,
    P::Object: IntoFit<Fit: Fitted<DatasetBase<R, T>, Model = P::Object, Examples = DatasetBase<R, T>>>,
    R: Layout,
    T: Targets,
    DatasetBase<R, T>: Chunk + Rows,
{
    let params = params.clone();
    let fit = move || {
        let parts: Vec<DatasetBase<R, T>> = blocks().iter().map(dataset).collect();
        params.fit(&DatasetBase::concat_rows(&parts.iter().collect::<Vec<_>>()).unwrap()).unwrap()
    };
    vec![of_model(move || (chunks::<R, T>(&blocks()), fit()))]
}

/// What a model is tried on, over the chunks that it scores.
pub fn of_model<M, D>(fitted: impl Fn() -> (Chunks<D>, M) + 'static) -> Trial
where
    M: Persist + Clone + Evaluate<D> + IntoFit<Fit: Fitted<D, Model = M, Examples = D>>,
    Lazy<M>: Fitted<D, Model = M, Examples = D>,
    D: Chunk,
{
    let trial = move || {
        let (data, model) = fitted();
        scored(&data, model);
    };
    ("into_fit", Box::new(trial))
}

/// What an estimator that is none of these is tried on.
pub fn of_search<D, F>(data: impl Fn() -> Chunks<D> + 'static, estimators: [F; 2]) -> Trial
where
    F: Searchable<D> + FitRows<D> + Clone + Shared,
    D: Chunk + Rows,
{
    ("search", Box::new(move || searched(&data(), estimators.clone())))
}
