//! One more chunk of learning.

use std::any::type_name;
use std::error::Error as StdError;
use std::marker::PhantomData;

use linfa::dataset::{AsSingleTargets, DatasetBase, Records};
use linfa::traits::FitWith;
use linfa::{Label, ParamGuard};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::linfa_weights::refuse_ignored_weights;
use crate::data::{Identified, RowSet, short_name};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Codec;
use crate::linear::{
    FeatureRows, SgdClassifier, SgdClassifierParams, SgdOneClassSvm, SgdOneClassSvmParams, SgdRegressor,
    SgdRegressorParams, SgdTeam,
};

/// An estimator that learns chunk by chunk (scikit-learn's `partial_fit`).
///
/// Implement it for an estimator of your own; or, if that has linfa's [`FitWith`], put it into
/// [`Linfa`]. The model goes in and out by value, so that the last user of a model updates it in
/// place and nobody else's copy changes.
pub trait PartialFit<R: Records, T> {
    /// The fitted model.
    type Model;

    /// The model after one more chunk, which has rows; `None` stands for no model yet.
    ///
    /// # Errors
    /// The estimator's own.
    fn partial_fit(&self, model: Option<Self::Model>, chunk: &DatasetBase<R, T>) -> Result<Self::Model>;

    /// Refuses a model, at the end of a chain, that all rows together could not teach: rows none of which has a weight
    /// above 0, or of one class. Where more rows may follow, nobody asks. By default nothing is refused.
    ///
    /// # Errors
    /// [`ErrorKind::NoRows`], [`ErrorKind::OneClass`].
    fn check_end(&self, model: &Self::Model) -> Result<()> {
        let _ = model;
        Ok(())
    }

    /// How a model in training is written to a checkpoint and read from it. Without, which is the
    /// default, a chain that was interrupted begins anew.
    fn codec(&self) -> Option<Codec<Self::Model>> {
        None
    }

    /// Those of some estimators that learn faster together than one by one; nobody is in two teams.
    /// By default there are none.
    fn teams(_estimators: &[&Self]) -> Vec<Team<R, T, Self::Model>> {
        Vec::new()
    }
}

/// The model after one more chunk. A chunk without rows, or whose rows all have weight 0, leaves things as they are, also
/// where it is the first and the estimator cannot begin on it.
pub(super) fn learn_chunk<P, R, T>(
    estimator: &P,
    model: Option<P::Model>,
    chunk: &DatasetBase<R, T>,
) -> Result<Option<P::Model>>
where
    P: PartialFit<R, T>,
    R: Records,
{
    if chunk.records.nsamples() == 0 {
        return Ok(model);
    }
    let begins = model.is_none();
    match estimator.partial_fit(model, chunk) {
        Err(error) if begins && is_weightless(chunk) && matches!(error.kind(), ErrorKind::NoRows { .. }) => Ok(None),
        model => model.map(Some),
    }
}

fn is_weightless<R: Records, T>(chunk: &DatasetBase<R, T>) -> bool {
    chunk.weights.len() == chunk.records.nsamples() && chunk.weights.iter().all(|weight| *weight == 0.0)
}

/// Estimators that learn together.
#[non_exhaustive]
pub struct Team<R: Records, T, M> {
    /// Their numbers, among those that teams were made of.
    pub members: Vec<usize>,
    /// What they have learned: nothing yet.
    pub learner: Box<dyn LearnTogether<R, T, M>>,
}

impl<R: Records, T, M> Team<R, T, M> {
    /// The estimators of these numbers, and what learns for them.
    pub fn new(members: Vec<usize>, learner: impl LearnTogether<R, T, M> + 'static) -> Self {
        Team { members, learner: Box::new(learner) }
    }
}

/// Several models that learn from the same chunks, each as it would alone: for estimators of your own whose
/// [`PartialFit::teams`] has some.
pub trait LearnTogether<R: Records, T, M>: Send + Sync {
    /// One more chunk: these rows of it, of which there is one at least.
    ///
    /// # Errors
    /// What stops all members. A member that fails for itself does not stop the others; it is
    /// named, once, with its error.
    fn partial_fit(&mut self, chunk: &DatasetBase<R, T>, rows: &RowSet) -> Result<Vec<(usize, Error)>>;

    /// The errors of the members that failed.
    fn failures(&self) -> Vec<Option<Error>>;

    /// The model of a member; of one that failed, its error.
    ///
    /// # Errors
    /// That of the member.
    fn model(&self, member: usize) -> Result<M>;

    /// A copy that goes its own way.
    fn boxed_clone(&self) -> Box<dyn LearnTogether<R, T, M>>;

    /// What was learned so far, for a checkpoint; `None`, the default, if it cannot be written.
    ///
    /// # Errors
    /// What stops the run.
    fn to_bytes(&self) -> Result<Option<Vec<u8>>> {
        Ok(None)
    }

    /// The same members when they had learned what these bytes tell.
    ///
    /// # Errors
    /// Bytes that no such members wrote.
    fn resume(&self, bytes: &[u8]) -> Result<Box<dyn LearnTogether<R, T, M>>> {
        let _ = bytes;
        Err(foreign())
    }
}

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
    E: StdError + From<linfa::Error> + Send + Sync + 'static,
    for<'a> M: 'a,
    P: for<'a> FitWith<'a, R, T, E, ObjectIn = Option<M>, ObjectOut = M>,
{
    type Model = M;

    fn partial_fit(&self, model: Option<M>, chunk: &DatasetBase<R, T>) -> Result<M> {
        refuse_ignored_weights::<P, R, T>(chunk)?;
        self.estimator.fit_with(model, chunk).map_err(Error::from_estimator)
    }
}

impl<R, T, L> PartialFit<R, T> for SgdClassifierParams<L>
where
    R: FeatureRows + 'static,
    T: AsSingleTargets<Elem = L> + 'static,
    L: Label + Send + Sync + 'static,
{
    type Model = SgdClassifier<R::Elem, L>;

    fn partial_fit(&self, model: Option<Self::Model>, chunk: &DatasetBase<R, T>) -> Result<Self::Model> {
        self.check_ref()?.fit_with(model, chunk)
    }

    fn check_end(&self, model: &Self::Model) -> Result<()> {
        model.check_learned()
    }

    /// Labels of type `bool`, `usize` and `String` can be written.
    fn codec(&self) -> Option<Codec<Self::Model>> {
        let encode = |model: &Self::Model| model.snapshot().map(|snapshot| to_bytes(&snapshot)).transpose();
        let decode = |bytes: &[u8]| SgdClassifier::from_snapshot(from_bytes(bytes)?).ok_or_else(foreign);
        Some(Codec::new(encode, decode))
    }

    fn teams(estimators: &[&Self]) -> Vec<Team<R, T, Self::Model>> {
        let team = |members: Vec<usize>| {
            let params = members.iter().map(|&i| estimators[i].clone());
            let learner = SgdTeam::<R::Elem, L>::new(params).expect("these were found to fit together");
            Team::new(members, learner)
        };
        SgdTeam::<R::Elem, L>::divide(estimators).into_iter().filter(|members| members.len() > 1).map(team).collect()
    }
}

impl<R, T> PartialFit<R, T> for SgdRegressorParams
where
    R: FeatureRows,
    T: AsSingleTargets<Elem = R::Elem>,
    R::Elem: 'static,
{
    type Model = SgdRegressor<R::Elem>;

    fn partial_fit(&self, model: Option<Self::Model>, chunk: &DatasetBase<R, T>) -> Result<Self::Model> {
        self.check_ref()?.fit_with(model, chunk)
    }

    fn check_end(&self, model: &Self::Model) -> Result<()> {
        model.check_learned()
    }

    fn codec(&self) -> Option<Codec<Self::Model>> {
        let encode = |model: &Self::Model| to_bytes(&model.snapshot()).map(Some);
        let decode = |bytes: &[u8]| SgdRegressor::from_snapshot(from_bytes(bytes)?).ok_or_else(foreign);
        Some(Codec::new(encode, decode))
    }
}

impl<R, T> PartialFit<R, T> for SgdOneClassSvmParams
where
    R: FeatureRows,
    R::Elem: 'static,
{
    type Model = SgdOneClassSvm<R::Elem>;

    fn partial_fit(&self, model: Option<Self::Model>, chunk: &DatasetBase<R, T>) -> Result<Self::Model> {
        self.check_ref()?.fit_with(model, chunk)
    }

    fn check_end(&self, model: &Self::Model) -> Result<()> {
        model.check_learned()
    }

    fn codec(&self) -> Option<Codec<Self::Model>> {
        let encode = |model: &Self::Model| to_bytes(&model.snapshot()).map(Some);
        let decode = |bytes: &[u8]| SgdOneClassSvm::from_snapshot(from_bytes(bytes)?).ok_or_else(foreign);
        Some(Codec::new(encode, decode))
    }
}

impl<R, T, L> LearnTogether<R, T, SgdClassifier<R::Elem, L>> for SgdTeam<R::Elem, L>
where
    R: FeatureRows + 'static,
    T: AsSingleTargets<Elem = L> + 'static,
    L: Label + Send + Sync + 'static,
{
    fn partial_fit(&mut self, chunk: &DatasetBase<R, T>, rows: &RowSet) -> Result<Vec<(usize, Error)>> {
        self.fit_rows(chunk, rows.as_slice())
    }

    fn failures(&self) -> Vec<Option<Error>> {
        SgdTeam::failures(self).to_vec()
    }

    fn model(&self, member: usize) -> Result<SgdClassifier<R::Elem, L>> {
        let model = SgdTeam::model(self, member)?;
        model.check_learned().map(|()| model)
    }

    fn boxed_clone(&self) -> Box<dyn LearnTogether<R, T, SgdClassifier<R::Elem, L>>> {
        Box::new(self.clone())
    }

    fn to_bytes(&self) -> Result<Option<Vec<u8>>> {
        to_bytes(&self.snapshot()).map(Some)
    }

    fn resume(&self, bytes: &[u8]) -> Result<Box<dyn LearnTogether<R, T, SgdClassifier<R::Elem, L>>>> {
        let team = SgdTeam::resume(self, from_bytes(bytes)?).ok_or_else(foreign)?;
        Ok(Box::new(team))
    }
}

pub(super) fn to_bytes<S: Serialize>(value: &S) -> Result<Vec<u8>> {
    postcard::to_stdvec(value).map_err(|error| malformed("the state does not serialize").caused_by(error))
}

pub(super) fn from_bytes<S: DeserializeOwned>(bytes: &[u8]) -> Result<S> {
    postcard::from_bytes(bytes).map_err(|error| malformed("the state does not deserialize").caused_by(error))
}

pub(super) fn foreign() -> Error {
    malformed("this is the state of another estimator")
}

fn malformed(problem: &str) -> Error {
    Error::new(ErrorKind::Malformed { format: "postcard", problem: problem.into() })
}
