//! Examples: rows of one layout with targets of one kind, from which subjects are made.

use std::marker::PhantomData;

use serde::Serialize;

use super::block::Block;
use super::estimator::Estimator;
use super::rows::{TestRows, TestTargets};
use super::subject::Cuts;
use super::uses::TestedAs;
use crate::data::{Identified, Shared};
use crate::error::Result;
use crate::estimator::Model;
use crate::graph::Runtime;

/// Example rows of one layout with targets of one kind.
///
/// By default three chunks of 12, 13 and 14 rows: three columns of multiples of 1/4 from 0 to 2.5, three classes, values
/// above 0, two groups.
#[derive(Clone, Debug)]
pub struct Examples<R, T> {
    blocks: Vec<Block>,
    types: PhantomData<fn(R, T)>,
}

impl<R: TestRows, T: TestTargets> Default for Examples<R, T> {
    fn default() -> Self {
        Examples { blocks: Block::examples(), types: PhantomData }
    }
}

impl<R: TestRows, T: TestTargets> Examples<R, T> {
    /// The default examples.
    pub fn new() -> Self {
        Self::default()
    }

    /// The default examples, with another block in place of each: of the same numbers of rows.
    pub fn map(mut self, block: impl Fn(Block) -> Block) -> Self {
        self.blocks = self.blocks.into_iter().map(block).collect();
        self
    }

    /// An estimator that learns from these examples, given by its parameters: what it can do is claimed by the methods of
    /// [`Estimator`], and held to the laws by [`Estimator::check`].
    pub fn estimator<P, M>(&self, params: P) -> Estimator<P, M, R, T>
    where
        P: Identified + Serialize + Clone + Shared,
        M: Model + Clone + Shared,
        M::Kind: TestedAs<M, R, T>,
    {
        let name = P::NAME.rsplit("::").next().unwrap_or(P::NAME);
        Estimator::of(self.blocks.clone(), name.to_owned(), params).of_kind()
    }

    /// Models that are made in some other way than by an estimator: of fitted models, or of given parts.
    pub fn fitted<M>(
        &self,
        name: &str,
        fit: impl Fn(&Runtime, &[Block]) -> Result<M> + Send + Sync + 'static,
    ) -> Estimator<(), M, R, T>
    where
        M: Clone + Shared,
    {
        let mut made = Estimator::of(self.blocks.clone(), name.to_owned(), ());
        made.subject.is_made = true;
        made.way("made", Cuts::DoNotMatter, move |(), runtime, blocks| fit(runtime, blocks))
    }
}
