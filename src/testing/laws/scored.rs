//! A model in memory has the scores of its fit.

use linfa::dataset::DatasetBase;

use super::{Law, trial};
use crate::combine::{Fitted, IntoFit};
use crate::data::Shared;
use crate::error::Result;
use crate::estimator::Evaluate;
use crate::graph::{FigureRecord, Key, Lazy, Runtime, Task};
use crate::metrics::Tally;
use crate::testing::block::Block;
use crate::testing::capability::Capability;
use crate::testing::outcome::{On, Outcome, ensure};
use crate::testing::rows::{TestRows, TestTargets, chunks, dataset};

pub(super) const LAW: Law = Law {
    name: "scored",
    statement: "a model in memory, as a fit again, has the score of the fit, which the run's figures state; scores of chunks merge \
                to the score of all rows, and a row of weight 2 counts as two",
    hold: |subject| trial::hold(subject, Capability::Scored),
};

pub(in crate::testing) fn scored<M, R, T>(model: &M, blocks: &[Block]) -> Outcome
where
    M: Evaluate<DatasetBase<R, T>> + Clone + Shared,
    M: IntoFit<Fit: Fitted<DatasetBase<R, T>, Model = M, Examples = DatasetBase<R, T>>>,
    R: TestRows,
    T: TestTargets,
{
    let (runtime, data) = (Runtime::new().threads(2), chunks::<R, T>(blocks));
    let fit = Lazy::given(Task::new("model", Key::unique()), model.clone());
    let again = model.clone().into_fit();
    let run = runtime.profile(true).run((Fitted::score(&fit, &data), Fitted::score(&again, &data))).on("score")?;
    let (scores, figures) = (run.values, run.profile.map(|profile| profile.figures).unwrap_or_default());
    let states = |figure: &&FigureRecord| figure.name == M::DEFAULT_SCORER.name() && figure.value == scores.0;
    ensure!(figures.iter().filter(states).count() == 2, "the scores are {scores:?}, the figures {figures:?}");
    ensure!(scores.0.is_finite() && scores.0 == scores.1, "the scores of a fit and of its model are {scores:?}");
    let weighted: Vec<Block> = blocks.iter().map(|block| block.weighted(|i| [1.0, 2.0, 0.0, 3.0][i % 4])).collect();
    let repeated: Vec<Block> = weighted.iter().map(Block::repeated).collect();
    let whole = [Block::whole(blocks)?];
    let score = |blocks: &[Block]| score_of::<M, R, T>(model, blocks);
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0);
    let (of_all, of_chunks) = (score(&whole).on("all rows")?, score(blocks).on("chunks")?);
    ensure!(close(of_all, of_chunks) && close(of_all, scores.0), "{of_all} of all rows, {of_chunks} of the chunks");
    let (weighted, repeated) = (score(&weighted).on("weights")?, score(&repeated).on("repeated rows")?);
    ensure!(close(weighted, repeated), "{weighted} with weights, {repeated} of repeated rows");
    Ok(())
}

/// The default score of a model over some blocks, whose tallies are merged.
pub(super) fn score_of<M, R, T>(model: &M, blocks: &[Block]) -> Result<f64>
where
    M: Evaluate<DatasetBase<R, T>>,
    R: TestRows,
    T: TestTargets,
{
    let mut total = M::Tally::default();
    for block in blocks {
        total = total.merge(&model.tally(&dataset(block), &[M::DEFAULT_SCORER])?)?;
    }
    total.score(&M::DEFAULT_SCORER)
}
