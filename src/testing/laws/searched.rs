//! Searches and cross-validation agree.

use linfa::dataset::DatasetBase;

use super::{Law, trial};
use crate::estimator::Evaluate;
use crate::graph::{FigureRecord, Runtime};
use crate::metrics::{Average, Problem, Scorer};
use crate::model_selection::{Candidate, KFold, Search, Searchable, TrainScores, cross_validate};
use crate::testing::block::Block;
use crate::testing::capability::Capability;
use crate::testing::outcome::{On, Outcome, ensure};
use crate::testing::rows::{TestRows, TestTargets, chunks};

pub(super) const LAW: Law = Law {
    name: "searched",
    statement: "a search finds of a candidate, by every scorer, what cross-validation finds of it alone, and the run's figures \
                state the scores of its folds",
    hold: |subject| trial::hold(subject, Capability::Searched),
};

/// A scorer beside the one of the model's kind.
fn another(problem: Problem) -> Scorer {
    match problem {
        Problem::Regression => Scorer::NegMeanAbsoluteError,
        Problem::Multilabel => Scorer::MeanF1(Average::Micro),
        Problem::Clustering { .. } => Scorer::VMeasure,
        _ => Scorer::BalancedAccuracy,
    }
}

pub(in crate::testing) fn searched<P, F, R, T>(params: &P, blocks: &[Block], combine: impl Fn(P) -> F) -> Outcome
where
    P: Clone,
    F: Searchable<DatasetBase<R, T>> + Clone,
    R: TestRows,
    T: TestTargets,
{
    type Scored<D, F> = <F as Searchable<D>>::Model;
    let (runtime, data) = (Runtime::new().threads(2), chunks::<R, T>(blocks));
    let default = <Scored<DatasetBase<R, T>, F> as Evaluate<F::Examples>>::DEFAULT_SCORER;
    let scorers = [default, another(<Scored<DatasetBase<R, T>, F> as Evaluate<F::Examples>>::PROBLEM)];
    let estimator = combine(params.clone());
    let candidates: Vec<Candidate<usize>> = vec![Candidate::new(0), Candidate::new(1)];
    let search = Search::new(candidates, |_: &usize| estimator.clone());
    let search = search.folds(KFold::new(2)).scoring(scorers.clone());
    let run = search.run_and_tell(&runtime.clone().profile(true), &data).on("search")?;
    let (found, figures) = (run.values, run.profile.map(|profile| profile.figures).unwrap_or_default());
    let folds = KFold::new(2);
    let alone = cross_validate(&runtime, &estimator, &data, folds, scorers.clone(), TrainScores::Without)
        .on("cross_validate")?;
    ensure!(alone.mean_test_scores.iter().all(|score| score.is_finite()), "scores {:?}", alone.mean_test_scores);
    for row in &found.candidates {
        let (searched, alone) = (&row.mean_test_scores, &alone.mean_test_scores);
        ensure!(searched == alone, "the search scores {searched:?}, cross-validation {alone:?}");
        for score in row.folds.iter().flat_map(|fold| scorers.iter().zip(&fold.test_scores)) {
            let states = |figure: &FigureRecord| figure.name == score.0.name() && figure.value == *score.1;
            ensure!(figures.iter().any(states), "a fold scores {score:?}, the figures are {figures:?}");
        }
    }
    Ok(())
}
