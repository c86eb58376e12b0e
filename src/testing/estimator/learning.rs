//! Claims about the ways in which an estimator learns.

use std::sync::Arc;

use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use serde::Serialize;

use super::{Estimator, TypedWay};
use crate::combine::{Averaged, Chained, Concatenated, FitChunks, FitOnward, Preprocess, StepOver, Summed, Way};
use crate::data::{Identified, Rows, Shared};
use crate::error::{Error, ErrorKind};
use crate::estimator::{AverageRounds, Evaluate, FitAverage, FitSummed, PartialFit, Weighting};
use crate::graph::{Compute, Runtime};
use crate::model_selection::Searchable;
use crate::testing::block::Block;
use crate::testing::capability::Capability;
use crate::testing::laws;
use crate::testing::rows::{TestRows, TestTargets, chunks, dataset};
use crate::testing::subject::Cuts;

/// Claims about the ways in which it learns.
impl<P, M, R, T> Estimator<P, M, R, T>
where
    P: Serialize + Clone + Shared,
    M: Clone + Shared,
    R: TestRows,
    T: TestTargets,
{
    /// It fits rows in memory, and chunks that are [`Concatenated`].
    pub fn in_memory(self) -> Self
    where
        P: Fit<R, T, Error, Object = M> + Identified,
    {
        let fit = |params: &P, _: &Runtime, blocks: &[Block]| {
            let parts: Vec<DatasetBase<R, T>> = blocks.iter().map(dataset).collect();
            params.fit(&DatasetBase::concat_rows(&parts.iter().collect::<Vec<_>>())?)
        };
        let concatenate = |params: &P, runtime: &Runtime, blocks: &[Block]| {
            runtime.compute(Concatenated::new(params.clone()).fit(&chunks::<R, T>(blocks)))
        };
        let both = self.way("fit", Cuts::DoNotMatter, fit).way("concatenate", Cuts::DoNotMatter, concatenate);
        both.can(Capability::InMemory)
    }

    /// It learns chunk by chunk: `partial_fit`, and [`Chained`].
    pub fn partial_fit(mut self) -> Self
    where
        P: PartialFit<R, T, Model = M> + Identified,
    {
        let step = |params: &P, model: M, blocks: &[Block]| {
            blocks.iter().try_fold(model, |model, block| params.partial_fit(Some(model), &dataset(block)))
        };
        let learn = move |params: &P, _: &Runtime, blocks: &[Block]| {
            let first = |block: &Block| params.partial_fit(None, &dataset(block));
            let none = || Error::new(ErrorKind::NoRows { estimator: "partial_fit" });
            let (block, rest) = blocks.split_first().ok_or_else(none)?;
            step(params, first(block)?, rest)
        };
        let chain = |params: &P, runtime: &Runtime, blocks: &[Block]| {
            runtime.compute(Chained::new(params.clone()).fit(&chunks::<R, T>(blocks)))
        };
        let (name, cuts) = ("partial_fit", Cuts::DoNotMatter);
        self.ways.push(TypedWay { name, fit: Arc::new(learn), learn_on: Some(Arc::new(step)), cuts });
        let uses = self.uses.clone();
        self.way("chain", Cuts::DoNotMatter, chain).trial(
            Capability::Chained,
            "shuffled chain",
            move |params, blocks| laws::shuffled::<P, R, T, M>(params, blocks, &uses),
        )
    }

    /// [`partial_fit`](Self::partial_fit), and what follows from it for models that are scored: searches, cross-validation,
    /// halving, early stopping, checkpoints, models of groups.
    pub fn chained(self) -> Self
    where
        P: PartialFit<R, T, Model = M> + Identified,
        M: Evaluate<DatasetBase<R, T>>,
        Chained<P>: Searchable<DatasetBase<R, T>> + FitOnward<DatasetBase<R, T>>,
    {
        self.partial_fit()
            .searched("chain", Chained::new)
            .halved("chain", Chained::new)
            .stopped_early()
            .checkpointed()
            .trial(Capability::PerGroup, "chain", laws::per_group::<P, R, T, M>)
    }

    /// A chain of it is stopped early.
    pub fn stopped_early(self) -> Self
    where
        P: PartialFit<R, T, Model = M> + Identified,
        M: Evaluate<DatasetBase<R, T>>,
    {
        self.trial(Capability::StoppedEarly, "chain", laws::stopped_early::<P, R, T, M>)
    }

    /// A chain of it goes on from a checkpoint.
    pub fn checkpointed(self) -> Self
    where
        P: PartialFit<R, T, Model = M> + Identified,
    {
        let uses = self.uses.clone();
        self.trial(Capability::Checkpointed, "chain", move |params, blocks| {
            laws::resumed::<P, R, T, M>(params, blocks, &uses)
        })
    }

    /// Its models are averaged: [`Averaged`].
    pub fn average(self) -> Self
    where
        P: FitAverage<R, T, Model = M> + Identified,
    {
        self.averages(Cuts::Matter)
    }

    /// Its models are averaged, and an average is the model of all rows, wherever these are cut: counts and sums that add
    /// up.
    pub fn exact_average(self) -> Self
    where
        P: FitAverage<R, T, Model = M> + Identified,
    {
        self.averages(Cuts::DoNotMatter)
    }

    fn averages(mut self, cuts: Cuts) -> Self
    where
        P: FitAverage<R, T, Model = M> + Identified,
    {
        self.other_tree = Some(Arc::new(|params, _, blocks| {
            let state = |block: &Block| params.fit_state(&dataset(block), Weighting::default());
            let mut states = blocks.iter().rev().map(state);
            let first = states.next().unwrap_or_else(|| Ok(P::State::default()))?;
            params.finish(states.try_fold(first, |all, state| P::merge(all, state?))?)
        }));
        let average = |params: &P, runtime: &Runtime, blocks: &[Block]| {
            runtime.compute(Averaged::new(params.clone()).fit(&chunks::<R, T>(blocks)))
        };
        self.way("average", cuts, average).can(Capability::Averaged)
    }

    /// Its averages become better in further rounds: [`Averaged::rounds`].
    pub fn rounds(self) -> Self
    where
        P: AverageRounds<R, T, Way: Way<P, R, T>> + FitAverage<R, T, Model = M> + Identified,
    {
        let rounds = |params: &P, runtime: &Runtime, blocks: &[Block]| {
            runtime.compute(Averaged::new(params.clone()).rounds(3).fit(&chunks::<R, T>(blocks)))
        };
        self.way("average, rounds", Cuts::Matter, rounds).trial(
            Capability::Rounds,
            "average, rounds",
            |params, blocks| laws::figures::<R, T, _>(blocks, &Averaged::new(params.clone()).rounds(3)),
        )
    }

    /// The exact fit of all rows in passes over the chunks: [`Summed`].
    pub fn sum(self) -> Self
    where
        P: FitSummed<R, T, Model = M> + Identified,
    {
        let sum = |params: &P, runtime: &Runtime, blocks: &[Block]| {
            runtime.compute(Summed::new(params.clone()).fit(&chunks::<R, T>(blocks)))
        };
        self.way("sum", Cuts::DoNotMatter, sum).trial(Capability::Summed, "sum", |params, blocks| {
            laws::figures::<R, T, _>(blocks, &Summed::new(params.clone()))
        })
    }

    /// A transformer that is learned in passes over the chunks: [`Preprocess`].
    pub fn learned<U>(self) -> Self
    where
        P: ParamGuard<Checked = U, Error: Shared> + Identified,
        U: StepOver<DatasetBase<R, T>, Transformer = M>,
    {
        self.preprocess().can(Capability::Summed)
    }

    /// A transformer that learns nothing: the parameters are the transformer.
    pub fn stateless<U>(self) -> Self
    where
        P: ParamGuard<Checked = U, Error: Shared> + Identified,
        U: StepOver<DatasetBase<R, T>, Transformer = M>,
    {
        self.learns_nothing().preprocess()
    }

    fn preprocess<U>(self) -> Self
    where
        P: ParamGuard<Checked = U, Error: Shared> + Identified,
        U: StepOver<DatasetBase<R, T>, Transformer = M>,
    {
        self.way("learn", Cuts::DoNotMatter, |params, runtime, blocks| {
            let fit = Preprocess::new(params.clone()).fit(&chunks::<R, T>(blocks));
            runtime.compute(fit).map(|learned| (*learned).clone())
        })
    }

    /// Any other way to fit chunks: its name, and a combinator around the estimator.
    pub fn fitted_by<F, H>(self, name: &'static str, combine: impl Fn(P) -> F + Shared) -> Self
    where
        F: FitChunks<DatasetBase<R, T>, Fit = H>,
        H: Compute<Output = M>,
    {
        self.way(name, Cuts::DoNotMatter, move |params, runtime, blocks| {
            runtime.compute(combine(params.clone()).fit(&chunks::<R, T>(blocks)))
        })
    }

    /// It is searched and cross-validated within a combinator, whose name is for messages: `searched("chain", Chained::new)`.
    pub fn searched<F>(self, what: &'static str, combine: impl Fn(P) -> F + Clone + Shared) -> Self
    where
        F: Searchable<DatasetBase<R, T>> + Clone + Shared,
    {
        self.trial(Capability::Searched, what, move |params, blocks| {
            laws::searched::<_, _, R, T>(params, blocks, combine.clone())
        })
    }

    /// It is searched by halving within a combinator: `halved("chain", Chained::new)`.
    pub fn halved<F>(self, what: &'static str, combine: impl Fn(P) -> F + Clone + Shared) -> Self
    where
        F: Searchable<DatasetBase<R, T>> + FitOnward<DatasetBase<R, T>> + Shared,
    {
        self.trial(Capability::Halved, what, move |params, blocks| {
            laws::halved::<_, _, R, T>(params, blocks, combine.clone())
        })
    }
}
