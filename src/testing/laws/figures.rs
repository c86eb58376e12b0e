//! Figures that passes state: the same on any number of threads, and no objective rises.

use linfa::dataset::DatasetBase;

use super::{Law, trial};
use crate::combine::FitChunks;
use crate::graph::{Compute, FigureRecord, Runtime};
use crate::testing::block::Block;
use crate::testing::capability::Capability;
use crate::testing::outcome::{On, Outcome, Violation, ensure};
use crate::testing::rows::{TestRows, TestTargets, chunks};

pub(super) const LAW: Law = Law {
    name: "figures",
    statement: "a fit in passes states the same figures on 1 and 4 threads, and its objective, or its inertia, never rises \
                from pass to pass but by rounding",
    hold: |subject| {
        trial::hold(subject, Capability::Summed)?;
        trial::hold(subject, Capability::Rounds)
    },
};

/// The figures that must not rise.
const FALLING: [&str; 2] = ["objective", "inertia"];

/// The share of its size by which rounding may make a sum rise.
const ROUNDING: f64 = 1e-9;

pub(in crate::testing) fn figures<R, T, F>(blocks: &[Block], combinator: &F) -> Outcome
where
    R: TestRows,
    T: TestTargets,
    F: FitChunks<DatasetBase<R, T>, Fit: Compute>,
{
    let stated = |threads| {
        let runtime = Runtime::new().threads(threads).profile(true);
        let run = runtime.run(combinator.fit(&chunks::<R, T>(blocks))).on("fit")?;
        let figures = run.profile.map(|profile| profile.figures).unwrap_or_default();
        Ok::<_, Violation>(figures)
    };
    let (one, four) = (stated(1)?, stated(4)?);
    let content = |figure: &FigureRecord| (figure.task.clone(), figure.name.clone(), figure.value.to_bits());
    ensure!(one.iter().map(content).eq(four.iter().map(content)), "{one:?} on 1 thread, {four:?} on 4");
    for name in FALLING {
        let values: Vec<f64> = one.iter().filter(|figure| figure.name == name).map(|figure| figure.value).collect();
        let rises = |pair: &[f64]| pair[1].is_nan() || pair[1] > pair[0] + ROUNDING * pair[0].abs().max(1.0);
        ensure!(!values.windows(2).any(rises), "the {name} rises: {values:?}");
    }
    Ok(())
}
