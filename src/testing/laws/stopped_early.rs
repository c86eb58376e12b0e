//! A chain that is stopped early is the chain of as many epochs.

use linfa::dataset::DatasetBase;

use super::scored::score_of;
use super::{Law, trial};
use crate::combine::{Chained, EarlyStopping};
use crate::data::Identified;
use crate::estimator::{Evaluate, PartialFit};
use crate::graph::Runtime;
use crate::testing::block::Block;
use crate::testing::capability::Capability;
use crate::testing::outcome::{On, Outcome, ensure};
use crate::testing::rows::{TestRows, TestTargets, chunks};

pub(super) const LAW: Law = Law {
    name: "stopped early",
    statement: "a chain with early stopping is one over the chunks that are not held out, of as many epochs as it took",
    hold: |subject| trial::hold(subject, Capability::StoppedEarly),
};

pub(in crate::testing) fn stopped_early<P, R, T, M>(params: &P, blocks: &[Block]) -> Outcome
where
    P: PartialFit<R, T, Model = M> + Identified + serde::Serialize + Clone,
    M: Evaluate<DatasetBase<R, T>> + Clone,
    R: TestRows,
    T: TestTargets,
{
    let runtime = Runtime::new().threads(2);
    let (all, learned) = (chunks::<R, T>(blocks), chunks::<R, T>(&blocks[..2]));
    let chain = |epochs| Chained::new(params.clone()).epochs(epochs);
    let last_held_out = EarlyStopping::default().validation_fraction(1.0 / 3.0);
    // No score is so much better than that of the first epoch.
    let at_once = chain(5).early_stopping(last_held_out.n_iter_no_change(1).tol(1e300));
    let never = chain(3).early_stopping(last_held_out.n_iter_no_change(9));
    let stopped = runtime.compute((at_once.fit(&all), never.fit(&all))).on("early stopping")?;
    let plain = runtime.compute((chain(2).fit(&learned), chain(3).fit(&learned))).on("epochs")?;
    let score = |model: &M| score_of::<M, R, T>(model, &blocks[2..]);
    for (stopped, plain, epochs) in [(&stopped.0, &plain.0, 2), (&stopped.1, &plain.1, 3)] {
        let (stopped, plain) = (score(stopped).on("score")?, score(plain).on("score")?);
        ensure!(stopped == plain, "stopped after {epochs} epochs it scores {stopped}, the plain chain {plain}");
    }
    Ok(())
}
