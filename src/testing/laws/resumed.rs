//! Kill and resume: a chain goes on from its checkpoint.

use super::{Law, trial};
use crate::combine::Chained;
use crate::data::{Identified, Shared};
use crate::estimator::PartialFit;
use crate::graph::{Checkpoint, Runtime};
use crate::testing::block::Block;
use crate::testing::capability::Capability;
use crate::testing::model::{TestedModel, same_answers};
use crate::testing::outcome::{On, Outcome, ensure};
use crate::testing::rows::{TestRows, TestTargets, chunks};
use crate::testing::uses::UseOf;

pub(super) const LAW: Law = Law {
    name: "resumed",
    statement: "a chain that was interrupted goes on from its checkpoint, does no step twice, and ends with the same model as \
                one that was not",
    hold: |subject| trial::hold(subject, Capability::Checkpointed),
};

pub(in crate::testing) fn resumed<P, R, T, M>(params: &P, blocks: &[Block], uses: &[UseOf<M>]) -> Outcome
where
    P: PartialFit<R, T, Model = M> + Identified + serde::Serialize + Clone,
    M: Clone + Shared,
    R: TestRows,
    T: TestTargets,
{
    ensure!(params.codec().is_some(), "`PartialFit::codec` is `None`: a checkpoint cannot keep the model");
    let folder = tempfile::tempdir()?;
    let runtime = Runtime::new().threads(1).checkpoint(Checkpoint::new(folder.path()));
    let chain = Chained::new(params.clone()).epochs(2);
    let mut broken = blocks.to_vec();
    if let Some(last) = broken.last_mut() {
        last.is_broken = true;
    }
    // Both kinds of chunks have the names of those that are read late.
    let whole: Vec<Block> =
        blocks.iter().map(|block| Block { delay: std::time::Duration::from_micros(1), ..block.clone() }).collect();
    let unbroken = Runtime::new().threads(2).compute(chain.fit(&chunks::<R, T>(&whole))).on("without interruption")?;
    let answers = |model: &M| TestedModel::asked(model, uses);
    ensure!(runtime.compute(chain.fit(&chunks::<R, T>(&broken))).is_err(), "a chunk that cannot be read is no error");
    let steps = 2 * blocks.len();
    for (done, what) in [(blocks.len() - 1, "resumed"), (steps, "computed again")] {
        let run = runtime.run(chain.fit(&chunks::<R, T>(&whole))).on(what)?;
        let ran = run.summary.runs("partial_fit");
        ensure!(ran == steps - done, "{what}: {ran} steps, where {done} of {steps} were done before");
        same_answers(&answers(&run.values), &answers(&unbroken), blocks, 0.0).on(what)?;
    }
    Ok(())
}
