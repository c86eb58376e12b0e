//! Halving searches end with the candidates that plain searches find as good.

use linfa::dataset::DatasetBase;

use super::{Law, trial};
use crate::combine::FitOnward;
use crate::graph::Runtime;
use crate::model_selection::{Candidate, Halving, KFold, Search, Searchable};
use crate::testing::block::Block;
use crate::testing::capability::Capability;
use crate::testing::outcome::{On, Outcome, ensure};
use crate::testing::rows::{TestRows, TestTargets, chunks};

pub(super) const LAW: Law = Law {
    name: "halved",
    statement: "a halving search scores equal candidates equally, and the last rung as a plain search over the same chunks",
    hold: |subject| trial::hold(subject, Capability::Halved),
};

pub(in crate::testing) fn halved<P, F, R, T>(params: &P, blocks: &[Block], combine: impl Fn(P) -> F) -> Outcome
where
    P: Clone,
    F: Searchable<DatasetBase<R, T>> + FitOnward<DatasetBase<R, T>>,
    R: TestRows,
    T: TestTargets,
{
    let (runtime, data) = (Runtime::new().threads(2), chunks::<R, T>(&[blocks, blocks].concat()));
    let candidates: Vec<Candidate<usize>> = (0..4).map(Candidate::new).collect();
    let search = Search::new(candidates, |_: &usize| combine(params.clone())).folds(KFold::new(2));
    let halved = search.halve(&runtime, &data, Halving::new(2), 1).on("halve")?;
    let last = halved.try_best().on("halve")?.mean_test_scores.clone();
    let plain = search.run(&runtime, &data).on("search")?;
    ensure!(halved.rungs.len() > 1, "one rung only");
    for rung in &halved.rungs {
        let scores: Vec<_> = rung.results.candidates.iter().map(|row| &row.mean_test_scores).collect();
        ensure!(scores.windows(2).all(|pair| pair[0] == pair[1]), "equal candidates score {scores:?}");
    }
    ensure!(last == plain.candidates[0].mean_test_scores, "{last:?}, and {:?}", plain.candidates[0].mean_test_scores);
    Ok(())
}
