//! The builder of subjects: an estimator with its parameters, and what is claimed of it.

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
/// What a fitted model is tried on.
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

/// An estimator and what is claimed of it, each claim by one method. Laws that hold for the claims are tried by
/// [`check`](Self::check).
///
/// `P` are its parameters, `M` its models, `R` and `T` the rows and targets that it learns from.
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

    /// Its models are made of given numbers: what is said of learning does not hold for them.
    pub fn learns_nothing(mut self) -> Self {
        self.subject.learns = false;
        self
    }

    /// Another name than that of its type, for messages: `SgdClassifier, log loss`.
    pub fn named(mut self, name: &str) -> Self {
        self.subject.name = format!("{name}, {}", R::NAME);
        self
    }

    /// The relative difference that rounding may make where rows are merged in another order or cut elsewhere: 1e-7 for
    /// `f64` and 1e-4 for `f32` unless it is given; 0 where nothing but the same bits will do.
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.subject.tolerance = tolerance;
        self
    }

    /// Excludes a law, with the mathematical reason why it does not hold. A law that holds in spite of it is a violation.
    pub fn except(mut self, law: &'static str, reason: &'static str) -> Self {
        self.subject.exclusions.insert(law, reason);
        self
    }

    /// Says why a parameter has no effect, for the law that every parameter changes something.
    pub fn fixed(mut self, parameter: &'static str, _reason: &'static str) -> Self {
        self.subject.fields.remove(parameter);
        self
    }

    /// Says why the estimator does not have a capability.
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
        fit: impl Fn(&P, &Runtime, &[Block]) -> Result<M> + Send + Sync + 'static,
    ) -> Self {
        self.ways.push(TypedWay { name, fit: Arc::new(fit), learn_on: None, cuts });
        self
    }

    fn trial(
        mut self,
        capability: Capability,
        what: &'static str,
        hold: impl Fn(&P, &[Block]) -> Outcome + Send + Sync + 'static,
    ) -> Self {
        let params = self.params.clone();
        let hold = Box::new(move |blocks: &[Block]| hold(&params, blocks));
        self.subject.trials.push(Trial { capability, what, hold });
        self.can(capability)
    }
}
