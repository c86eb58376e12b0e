//! A fit with another model in place of its own.

use super::fitted::Fitted;
use crate::chunks::Chunks;
use crate::data::Shared;
use crate::graph::{Compute, Lazy, Results, Targets};

/// A handle on a model made from that of a fit, over the same chunks; computes to the model.
#[derive(Clone, Debug)]
#[must_use = "a fit is lazy: give it to Runtime::compute"]
pub struct WithModel<H, M> {
    fit: H,
    model: Lazy<M>,
}

impl<H, M> WithModel<H, M> {
    pub(in crate::combine) fn new(fit: H, model: Lazy<M>) -> Self {
        WithModel { fit, model }
    }

    /// The handle on the fit that the model was made from.
    pub fn inner(&self) -> &H {
        &self.fit
    }
}

impl<H: Fitted<D>, M: Shared, D> Fitted<D> for WithModel<H, M> {
    type Model = M;
    type Examples = H::Examples;

    fn model(&self) -> &Lazy<M> {
        &self.model
    }

    fn examples(&self, data: &Chunks<D>) -> Chunks<H::Examples> {
        self.fit.examples(data)
    }
}

impl<H, M> Compute for WithModel<H, M>
where
    Lazy<M>: Compute<Output = M>,
{
    type Output = M;

    fn targets(&self, targets: &mut Targets) {
        self.model.targets(targets);
    }

    fn extract(&self, results: &mut Results) -> M {
        self.model.extract(results)
    }
}
