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
///
/// ```
/// use chunkfit::linear::LinearRegression;
/// use chunkfit::ndarray::{Array1, Array2};
/// use chunkfit::testing::Examples;
///
/// // Values below 0, too.
/// let examples = Examples::<Array2<f64>, Array1<f64>>::new().map(|mut block| {
///     block.value -= 2.0;
///     block
/// });
/// examples.estimator(LinearRegression::params()).in_memory().sum().check();
/// ```
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

    /// The examples with another block in place of each: three blocks of 6 rows or more, of the same two columns or more.
    pub fn map(mut self, block: impl Fn(Block) -> Block) -> Self {
        self.blocks = self.blocks.into_iter().map(block).collect();
        self
    }

    /// An estimator that learns from these examples, given by its parameters. The methods of [`Estimator`] claim what it can
    /// do, and [`Estimator::check`] holds it to the laws.
    ///
    /// Its models are `Clone`, and name their kind by [`Model`]: a transformer, too, whose kind is
    /// [`kind::Transformer`](crate::estimator::kind::Transformer).
    pub fn estimator<P, M>(&self, params: P) -> Estimator<P, M, R, T>
    where
        P: Identified + Serialize + Clone + Shared,
        M: Model + Clone + Shared,
        M::Kind: TestedAs<M, R, T>,
    {
        let name = P::NAME.rsplit("::").next().unwrap_or(P::NAME);
        Estimator::of(self.blocks.clone(), name.to_owned(), params).of_kind()
    }

    /// Models that are made in some other way than by an estimator: of fitted models, or of given parts. `name` is for
    /// messages, and `fit` makes the model of some blocks.
    ///
    /// ```
    /// use chunkfit::combine::Summed;
    /// use chunkfit::linear::LinearRegression;
    /// use chunkfit::ndarray::{Array1, Array2};
    /// use chunkfit::prelude::*;
    /// use chunkfit::testing::{Examples, chunks};
    ///
    /// let examples = Examples::<Array2<f64>, Array1<f64>>::new();
    /// let model = examples.fitted("sum", |runtime, blocks| {
    ///     runtime.compute(Summed::new(LinearRegression::params()).fit(&chunks::<Array2<f64>, Array1<f64>>(blocks)))
    /// });
    /// model.of_kind().check();
    /// ```
    pub fn fitted<M>(
        &self,
        name: &str,
        fit: impl Fn(&Runtime, &[Block]) -> Result<M> + Shared,
    ) -> Estimator<(), M, R, T>
    where
        M: Clone + Shared,
    {
        let mut made = Estimator::of(self.blocks.clone(), name.to_owned(), ());
        made.subject.is_made = true;
        made.way("made", Cuts::DoNotMatter, move |(), runtime, blocks| fit(runtime, blocks))
    }
}
