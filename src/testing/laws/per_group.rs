//! A model for every group of rows.

use linfa::dataset::DatasetBase;

use super::scored::score_of;
use super::{Law, trial};
use crate::combine::{Chained, Fitted, PerGroup};
use crate::data::{Identified, Keyed};
use crate::estimator::{Evaluate, PartialFit};
use crate::graph::Runtime;
use crate::testing::block::Block;
use crate::testing::capability::Capability;
use crate::testing::outcome::{On, Outcome, ensure};
use crate::testing::rows::{TestRows, TestTargets, chunks};

pub(super) const LAW: Law = Law {
    name: "per group",
    statement: "the model of a group is that of the group's rows alone, and the models of groups are scored together",
    hold: |subject| trial::hold(subject, Capability::PerGroup),
};

pub(in crate::testing) fn per_group<P, R, T, M>(params: &P, blocks: &[Block]) -> Outcome
where
    P: PartialFit<R, T, Model = M> + Identified + serde::Serialize + Clone,
    M: Evaluate<DatasetBase<R, T>> + Clone,
    R: TestRows,
    T: TestTargets,
{
    let runtime = Runtime::new().threads(2);
    let data = chunks::<Keyed<R, usize>, T>(blocks);
    let fit = Chained::new(PerGroup::new(params.clone())).fit(&data);
    let (models, score) = runtime.compute((fit.clone(), Fitted::score(&fit, &data))).on("groups")?;
    ensure!(score.is_finite(), "the score of all groups is {score}");
    for group in [0, 1] {
        let rows = |block: &Block| {
            let own: Vec<usize> = (0..block.n_rows()).filter(|&i| block.group[i] == group).collect();
            block.select(&own)
        };
        let own: Vec<Block> = blocks.iter().map(rows).collect();
        let alone = runtime.compute(Chained::new(params.clone()).fit(&chunks::<R, T>(&own))).on("a group alone")?;
        let score = |model: &M| score_of::<M, R, T>(model, &own);
        let (found, expected) = (score(models.get(&group)?).on("score")?, score(&alone).on("score")?);
        ensure!(found == expected, "group {group} scores {found}, its rows alone {expected}");
    }
    Ok(())
}
