//! Subjects: estimators behind one signature, to which the laws are applied.

use std::collections::{BTreeMap, BTreeSet};

use super::block::Block;
use super::capability::{Capability, ModelKind};
use super::model::{FitBlocks, TestedModel};
use super::outcome::Outcome;
use super::rows::TargetKind;
use crate::error::Result;
use crate::graph::Runtime;

/// A way to fit an estimator: `fit`, `partial_fit`, `chain`, `average`, `sum`, ….
pub struct Way {
    /// The name of the way.
    pub name: &'static str,
    pub(super) fit: FitBlocks,
    pub(super) cuts: Cuts,
}

/// How a fit depends on where chunks end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cuts {
    /// Not at all, but for rounding.
    DoNotMatter,
    /// A fit of other chunks is another model.
    Matter,
}

/// Holds an estimator to a law on some blocks.
pub(super) type HoldTrial = Box<dyn Fn(&[Block]) -> Outcome + Send + Sync>;

/// Something that an estimator is tried on and that needs its types.
pub(super) struct Trial {
    pub(super) capability: Capability,
    /// Which one, if there are several: `chain`.
    pub(super) what: &'static str,
    pub(super) hold: HoldTrial,
}

/// The estimator with one parameter changed.
pub(super) struct Variation {
    pub(super) name: &'static str,
    /// The parameters that are changed.
    pub(super) fields: BTreeSet<String>,
    pub(super) before: Vec<Way>,
    pub(super) after: Vec<Way>,
}

/// An estimator over one layout of rows, with all that the laws need of it, whatever its type.
///
/// Made by [`Examples::estimator`](super::Examples::estimator).
pub struct Subject {
    pub(super) name: String,
    /// Of whatever layout.
    pub(super) family: String,
    pub(super) blocks: Vec<Block>,
    pub(super) targets: TargetKind,
    pub(super) kind: ModelKind,
    /// Made of fitted models or of parts, not by an estimator.
    pub(super) is_made: bool,
    /// False where nothing is learned of the examples.
    pub(super) learns: bool,
    pub(super) is_narrow: bool,
    pub(super) is_of_numbers: bool,
    pub(super) tolerance: f64,
    pub(super) ways: Vec<Way>,
    /// Merges of averages in another order.
    pub(super) other_tree: Option<FitBlocks>,
    pub(super) trials: Vec<Trial>,
    pub(super) variations: Vec<Variation>,
    /// The parameters, by their serialized names.
    pub(super) fields: BTreeSet<String>,
    pub(super) capabilities: BTreeSet<Capability>,
    /// Why a capability is missing.
    pub(super) gaps: BTreeMap<Capability, &'static str>,
    /// Laws that do not hold, with the reason.
    pub(super) exclusions: BTreeMap<&'static str, &'static str>,
}

impl Way {
    /// Whether parts that are learned of the chunks are merged, in an order that depends on the number of chunks.
    pub(super) fn merges(&self) -> bool {
        !matches!(self.name, "fit" | "partial_fit" | "chain" | "concatenate")
    }

    /// Fits some blocks, each a chunk.
    ///
    /// # Errors
    /// Blocks that the estimator refuses.
    pub fn fit(&self, runtime: &Runtime, blocks: &[Block]) -> Result<TestedModel> {
        (self.fit)(runtime, blocks)
    }
}

impl Subject {
    /// The estimator and the layout of its rows: `SgdClassifier, sparse f32`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The estimator, whatever the layout.
    pub fn family(&self) -> &str {
        &self.family
    }

    /// The examples that it learns from.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// What its targets are; [`TargetKind::None`] for what learns from rows alone.
    pub fn targets(&self) -> TargetKind {
        self.targets
    }

    /// The ways to fit it that learn from the examples.
    pub(super) fn learning_ways(&self) -> &[Way] {
        if self.learns { &self.ways } else { &[] }
    }

    /// The ways to fit it.
    pub fn ways(&self) -> &[Way] {
        &self.ways
    }

    /// Whether it has a capability.
    pub fn has(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }

    /// The kind of its models.
    pub fn kind(&self) -> ModelKind {
        self.kind
    }

    /// Why it does not have a capability: what was said of it ([`Estimator::lacks`](super::Estimator::lacks)), or what
    /// holds for all models of its kind.
    pub fn gap(&self, capability: Capability) -> Option<String> {
        let own = self.gaps.get(&capability).copied();
        let all = || capability.is_foreign_to(self.kind);
        let made = || self.is_made.then_some("it is made of a fitted model: the estimator of that model has it");
        let rests = || {
            let other = capability.rests_on().filter(|other| !self.has(*other))?;
            self.gap(other)
        };
        let nothing = || (!self.learns).then_some("it learns nothing");
        own.or_else(all).or_else(nothing).or_else(made).map(str::to_owned).or_else(rests)
    }

    /// Why a law does not hold for it, if it does not.
    pub fn exclusion(&self, law: &str) -> Option<&'static str> {
        self.exclusions.get(law).copied()
    }
}
