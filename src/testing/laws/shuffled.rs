//! A chain that shuffles chunks is the chain over the chunks in that order.

use super::{Law, trial};
use crate::chunks::{Chunks, permutation};
use crate::combine::Chained;
use crate::data::{Identified, Shared};
use crate::estimator::PartialFit;
use crate::graph::Runtime;
use crate::testing::block::Block;
use crate::testing::capability::Capability;
use crate::testing::model::{TestedModel, same_answers};
use crate::testing::outcome::{On, Outcome};
use crate::testing::rows::{TestRows, TestTargets, chunks};
use crate::testing::uses::UseOf;

pub(super) const LAW: Law = Law {
    name: "shuffled",
    statement: "a chain that shuffles the chunks of each epoch has the bits of a chain that is given them in these orders",
    hold: |subject| trial::hold(subject, Capability::Chained),
};

const SEED: u64 = 7;

pub(in crate::testing) fn shuffled<P, R, T, M>(params: &P, blocks: &[Block], uses: &[UseOf<M>]) -> Outcome
where
    P: PartialFit<R, T, Model = M> + Identified + serde::Serialize + Clone,
    M: Clone + Shared,
    R: TestRows,
    T: TestTargets,
{
    let data = chunks::<R, T>(blocks);
    let visits = (0..2).flat_map(|epoch| permutation(blocks.len(), SEED, epoch));
    let visited = Chunks::from_lazies(visits.map(|chunk| data.as_slice()[chunk].clone()));
    let answers = |model: &M| TestedModel::asked(model, uses);
    let expected = Runtime::new().threads(1).compute(Chained::new(params.clone()).fit(&visited)).on("in order")?;
    let fit = Chained::new(params.clone()).epochs(2).shuffle_chunks(SEED).fit(&data);
    let found = Runtime::new().threads(3).compute(fit).on("shuffled")?;
    same_answers(&answers(&found), &answers(&expected), blocks, 0.0)
}
