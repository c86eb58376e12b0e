//! The ways to fit an estimator.

use chunkfit::Result;
use chunkfit::data::{Chunk, Identified, Rows, Shared};
use chunkfit::estimator::{FitAverage, FitSummed};
use chunkfit::estimator::{PartialFit, Persist};
use chunkfit::graph::Compute;
use chunkfit::prelude::*;
use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use serde::Serialize;

use super::FitBlocks;
use super::blocks::{Block, Layout, Targets, chunks, dataset};
use super::model::{Model, Uses};

/// Computes on two threads.
pub fn compute<C: Compute>(handles: C) -> Result<C::Output> {
    Runtime::new().threads(2).compute(handles)
}

/// Computes what is made of so many blocks, on no more threads than there are blocks.
pub fn compute_blocks<C: Compute>(handles: C, n_blocks: usize) -> Result<C::Output> {
    Runtime::new().threads(n_blocks.clamp(1, 2)).compute(handles)
}

pub fn fit<P, R, T>(params: &P, uses: Uses<P::Object>) -> (&'static str, FitBlocks)
where
    P: Fit<R, T, Error, Object: Clone + Persist + Shared> + Clone + 'static,
    R: Layout,
    T: Targets,
    DatasetBase<R, T>: Rows,
{
    let params = params.clone();
    let fit = move |blocks: &[Block]| {
        let parts: Vec<DatasetBase<R, T>> = blocks.iter().map(dataset).collect();
        let whole = DatasetBase::concat_rows(&parts.iter().collect::<Vec<_>>())?;
        params.fit(&whole).map(|model| Model::new(model, uses))
    };
    ("fit", Box::new(fit))
}

pub fn partial_fit<P, R, T>(params: &P, uses: Uses<P::Model>) -> (&'static str, FitBlocks)
where
    P: PartialFit<R, T, Model: Persist> + Clone + 'static,
    R: Layout,
    T: Targets,
{
    let params = params.clone();
    let fit = move |blocks: &[Block]| {
        let learned = blocks.iter().try_fold(None, |model, block| params.partial_fit(model, &dataset(block)).map(Some));
        learned.map(|model| Model::learning(model.unwrap(), &params, uses))
    };
    ("partial_fit", Box::new(fit))
}

macro_rules! over_chunks {
    ($(#[$doc:meta])* $name:ident, $way:literal, $bound:ident, $combine:expr) => {
        $(#[$doc])*
        pub fn $name<P, R, T>(params: &P, uses: Uses<P::Model>) -> (&'static str, FitBlocks)
        where
            P: $bound<R, T, Model: Clone + Persist + Shared> + Identified + Serialize + Clone + Shared,
            R: Layout,
            T: Targets,
            DatasetBase<R, T>: Chunk + Rows,
        {
            let params = params.clone();
            let fit = move |blocks: &[Block]| {
                let combine: fn(P) -> _ = $combine;
                compute(combine(params.clone()).fit(&chunks::<R, T>(blocks))).map(|model| Model::new(model, uses))
            };
            ($way, Box::new(fit))
        }
    };
}

over_chunks!(chain, "chain", PartialFit, |params| Chained::new(params));
over_chunks!(average, "average", FitAverage, |params| Averaged::new(params));
over_chunks!(sum, "sum", FitSummed, |params| Summed::new(params));

pub fn concatenate<P, R, T>(params: &P, uses: Uses<P::Object>) -> (&'static str, FitBlocks)
where
    P: Fit<R, T, Error, Object: Clone + Persist + Shared> + Identified + Serialize + Clone + Shared,
    R: Layout,
    T: Targets,
    DatasetBase<R, T>: Chunk + Rows,
{
    let params = params.clone();
    let fit = move |blocks: &[Block]| {
        compute(Concatenated::new(params.clone()).fit(&chunks::<R, T>(blocks))).map(|model| Model::new(model, uses))
    };
    ("concatenate", Box::new(fit))
}
