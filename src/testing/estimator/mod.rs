//! The builder of subjects: an estimator with its parameters, and the claims about it.

mod erase;
mod learning;
mod models;

use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;

use super::block::Block;
use super::capability::{Capability, ModelKind};
use super::outcome::Outcome;
use super::rows::{TargetKind, TestRows, TestTargets};
use super::subject::{Cuts, Subject, Trial};
use super::uses::UseOf;
use crate::data::Shared;
use crate::error::Result;
use crate::graph::Runtime;

type FitTyped<P, M> = Arc<dyn Fn(&P, &Runtime, &[Block]) -> Result<M> + Send + Sync>;
/// A law about a fitted model.
type OfModel<M> = Arc<dyn Fn(&M, &[Block]) -> Outcome + Send + Sync>;
type LearnTyped<P, M> = Arc<dyn Fn(&P, M, &[Block]) -> Result<M> + Send + Sync>;

struct TypedWay<P, M> {
    name: &'static str,
    fit: FitTyped<P, M>,
    learn_on: Option<LearnTyped<P, M>>,
    cuts: Cuts,
}

impl<P, M> Clone for TypedWay<P, M> {
    fn clone(&self) -> Self {
        TypedWay { fit: self.fit.clone(), learn_on: self.learn_on.clone(), ..*self }
    }
}

/// An estimator and the claims about it, each claim by one method; [`check`](Self::check) holds it to the laws.
///
/// `P` are its parameters, `M` its models, `R` and `T` the rows and targets that it learns from. Made by
/// [`Examples::estimator`](super::Examples::estimator).
///
/// ```
/// use chunkfit::decomposition::IncrementalPca;
/// use chunkfit::ndarray::{Array1, Array2};
/// use chunkfit::testing::Examples;
///
/// Examples::<Array2<f64>, Array1<usize>>::new()
///     .estimator(IncrementalPca::params().n_components(2))
///     .partial_fit()
///     .checkpointed()
///     .persisted()
///     .varied("n_components", |params| params.n_components(1))
///     .varied("whiten", |params| params.whiten(true))
///     .except("cuts", "only the components that are kept go from chunk to chunk")
///     .check();
/// ```
pub struct Estimator<P, M, R, T> {
    params: P,
    ways: Vec<TypedWay<P, M>>,
    uses: Vec<UseOf<M>>,
    file: Option<TypedFile<M>>,
    other_tree: Option<FitTyped<P, M>>,
    variations: Vec<TypedVariation<P>>,
    of_models: Vec<(Capability, OfModel<M>)>,
    pub(super) subject: Subject,
    types: PhantomData<fn(R, T)>,
}

/// Parameters, and the same with one of them changed.
struct TypedVariation<P> {
    name: &'static str,
    before: P,
    after: P,
}

struct TypedFile<M> {
    kind: fn() -> String,
    write: fn(&M) -> Result<Vec<u8>>,
    read: fn(&[u8]) -> Result<M>,
}

impl<M> Clone for TypedFile<M> {
    fn clone(&self) -> Self {
        TypedFile { ..*self }
    }
}

/// The parameters by their serialized names; none where they are no structure of fields.
fn fields<P: Serialize>(params: &P) -> BTreeMap<String, serde_json::Value> {
    match serde_json::to_value(params) {
        Ok(serde_json::Value::Object(fields)) => fields.into_iter().collect(),
        _ => BTreeMap::new(),
    }
}

impl<P, M, R, T> Estimator<P, M, R, T>
where
    P: Serialize + Clone + Shared,
    M: Clone + Shared,
    R: TestRows,
    T: TestTargets,
{
    pub(super) fn of(blocks: Vec<Block>, name: String, params: P) -> Self {
        let subject = Subject {
            name: format!("{name}, {}", R::NAME),
            family: name,
            blocks,
            targets: TargetKind::None,
            kind: ModelKind::Unknown,
            is_made: false,
            learns: true,
            takes_weights: true,
            is_narrow: R::IS_NARROW,
            is_of_numbers: R::IS_OF_NUMBERS,
            tolerance: if R::IS_NARROW { 1e-4 } else { 1e-7 },
            ways: Vec::new(),
            other_tree: None,
            trials: Vec::new(),
            variations: Vec::new(),
            fields: fields(&params).into_keys().collect(),
            capabilities: BTreeSet::new(),
            gaps: BTreeMap::new(),
            exclusions: BTreeMap::new(),
        };
        Estimator {
            params,
            ways: Vec::new(),
            uses: Vec::new(),
            file: None,
            other_tree: None,
            variations: Vec::new(),
            of_models: Vec::new(),
            subject,
            types: PhantomData,
        }
    }

    /// Its models are made of given numbers: the laws of learning are not asked of them.
    pub fn learns_nothing(mut self) -> Self {
        self.subject.learns = false;
        self
    }

    /// It takes no weights: those other than 1 are refused, with kind
    /// [`InvalidParameter`](crate::ErrorKind::InvalidParameter), name `sample_weight`, and the row. Without this claim, the
    /// laws of weights ask that a row of weight 2 counts as two rows and one of weight 0 as none.
    pub fn refuses_weights(mut self) -> Self {
        self.subject.takes_weights = false;
        self
    }

    /// Another name than that of its type, for messages: `SgdClassifier, log loss`.
    pub fn named(mut self, name: &str) -> Self {
        self.subject.name = format!("{name}, {}", R::NAME);
        self
    }

    /// The relative difference that rounding may make where rows are merged in another order or cut elsewhere: 1e-7 for
    /// `f64` and 1e-4 for `f32` unless it is given; 0 for the same bits.
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.subject.tolerance = tolerance;
        self
    }

    /// Excludes a law by its name, with the mathematical reason why it does not hold. A law that holds in spite of it is a violation.
    pub fn except(mut self, law: &'static str, reason: &'static str) -> Self {
        self.subject.exclusions.insert(law, reason);
        self
    }

    /// Gives the reason why a parameter has no effect, for the law that every parameter changes something.
    pub fn fixed(mut self, parameter: &'static str, _reason: &'static str) -> Self {
        self.subject.fields.remove(parameter);
        self
    }

    /// Gives the reason why the estimator does not have a capability.
    pub fn lacks(mut self, capability: Capability, reason: &'static str) -> Self {
        self.subject.gaps.insert(capability, reason);
        self
    }

    /// The same estimator with another parameter, for the law that every parameter changes something.
    pub fn varied(self, name: &'static str, change: impl FnOnce(P) -> P) -> Self {
        self.varied_where(name, |params| params, change)
    }

    /// The same for a parameter that has an effect only where others have certain values: `prepare` sets those.
    pub fn varied_where(
        mut self,
        name: &'static str,
        prepare: impl FnOnce(P) -> P,
        change: impl FnOnce(P) -> P,
    ) -> Self {
        let before = prepare(self.params.clone());
        let after = change(before.clone());
        self.variations.push(TypedVariation { name, before, after });
        self
    }

    fn can(mut self, capability: Capability) -> Self {
        self.subject.capabilities.insert(capability);
        self
    }

    pub(super) fn way(
        mut self,
        name: &'static str,
        cuts: Cuts,
        fit: impl Fn(&P, &Runtime, &[Block]) -> Result<M> + Shared,
    ) -> Self {
        self.ways.push(TypedWay { name, fit: Arc::new(fit), learn_on: None, cuts });
        self
    }

    fn trial(
        mut self,
        capability: Capability,
        what: &'static str,
        hold: impl Fn(&P, &[Block]) -> Outcome + Shared,
    ) -> Self {
        let params = self.params.clone();
        let hold = Box::new(move |blocks: &[Block]| hold(&params, blocks));
        self.subject.trials.push(Trial { capability, what, hold });
        self.can(capability)
    }
}
