//! Pipelines whose fit can go on from a model: those with a stateless transformer.

use super::fit::PipelineFit;
use super::step_and_estimator::Pipeline;
use crate::chunks::Chunks;
use crate::combine::fit::{FitOnward, FitRows, Fitted};
use crate::data::{Chunk, RowSet, Rows};
use crate::error::Result;
use crate::estimator::{PipelineStep, Stateless, TransformChunk};
use crate::graph::{Lazy, TimeAccount};

/// Only with a stateless transformer: a learned one would transform otherwise after more chunks.
impl<V, F, D> FitOnward<D> for Pipeline<V, F>
where
    V: PipelineStep<Learning = Stateless> + TransformChunk<D, Output: Chunk>,
    F: FitOnward<V::Output>,
    D: Rows + Chunk,
{
    fn fit_onward(
        &self,
        model: Option<Lazy<<F::Fit as Fitted<V::Output>>::Model>>,
        chunks: &Chunks<D>,
        rows: &Chunks<RowSet>,
        account: &TimeAccount,
    ) -> Self::Fit {
        let transformer = self.step.fit_rows(chunks, rows, account);
        let transformed = transformer.transform(chunks);
        let fit = match transformer.has_failed() {
            false => self.estimator.fit_onward(model, &transformed, rows, account),
            true => self.estimator.fit(&transformed),
        };
        PipelineFit { transformer, fit }
    }

    fn check_end(&self, model: &<F::Fit as Fitted<V::Output>>::Model) -> Result<()> {
        self.estimator.check_end(model)
    }
}
