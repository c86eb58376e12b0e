//! linfa's incremental estimators as estimators of this crate.

use std::any::type_name;
use std::error::Error as StdError;
use std::marker::PhantomData;

use linfa::dataset::{DatasetBase, Records};
use linfa::traits::FitWith;
use serde::Serialize;

use super::linfa_weights::refuse_ignored_weights;
use super::partial_fit::PartialFit;
use crate::data::{Identified, Shared, short_name};
use crate::error::{Error, Result};

/// Any estimator that has linfa's [`FitWith`] with `Option<Model>` in and `Model` out: linfa's naive
/// Bayes, FTRL and mini-batch k-means, or one of your own. Weights other than 1 are refused for linfa's, which take
/// none; one of your own has to heed them, or refuse them.
///
/// `E` is its error type, which the compiler finds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(transparent, bound = "P: Serialize")]
pub struct Linfa<P, E = linfa::Error> {
    estimator: P,
    #[serde(skip)]
    error: PhantomData<fn() -> E>,
}

impl<P, E> Linfa<P, E> {
    /// Wraps an estimator.
    pub fn new(estimator: P) -> Self {
        Linfa { estimator, error: PhantomData }
    }
}

impl<P: Identified, E: 'static> Identified for Linfa<P, E> {
    const NAME: &'static str = "Linfa";

    fn arguments() -> String {
        format!("<{}, {}>", P::identity(), short_name(type_name::<E>()))
    }
}

impl<P, R, T, E, M> PartialFit<R, T> for Linfa<P, E>
where
    R: Records,
    M: Clone + Shared,
    E: StdError + From<linfa::Error> + Shared,
    P: for<'a> FitWith<'a, R, T, E, ObjectIn = Option<M>, ObjectOut = M> + Shared,
{
    type Model = M;

    fn partial_fit(&self, model: Option<M>, chunk: &DatasetBase<R, T>) -> Result<M> {
        refuse_ignored_weights::<P, R, T>(chunk)?;
        self.estimator.fit_with(model, chunk).map_err(Error::from_estimator)
    }
}
