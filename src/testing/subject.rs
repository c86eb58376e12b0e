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
///
/// ```
/// use chunkfit::linear::LinearRegression;
/// use chunkfit::ndarray::{Array1, Array2};
/// use chunkfit::prelude::*;
/// use chunkfit::testing::Examples;
///
/// let subject = Examples::<Array2<f64>, Array1<f64>>::new().estimator(LinearRegression::params()).in_memory().sum().subject();
/// let names: Vec<&str> = subject.ways().iter().map(|way| way.name).collect();
/// assert_eq!(names, ["fit", "concatenate", "sum"]);
/// let model = subject.ways()[2].fit(&Runtime::new(), subject.blocks())?;
/// assert_eq!(model.uses()[0].ask(&Runtime::new(), subject.blocks())?.len(), 39); // predictions of 39 rows
/// # Ok::<(), chunkfit::Error>(())
/// ```
pub struct Way {
    /// The name of the way.
    pub name: &'static str,
    pub(super) fit: FitBlocks,
    pub(super) cuts: Cuts,
}

/// The dependence of a fit on where chunks end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cuts {
    /// Not at all, but for rounding.
    DoNotMatter,
    /// A fit of other chunks is another model.
    Matter,
}

/// Holds an estimator to a law on some blocks.
pub(super) type HoldTrial = Box<dyn Fn(&[Block]) -> Outcome + Send + Sync>;

/// A law about one capability that needs the types of the estimator.
pub(super) struct Trial {
    pub(super) capability: Capability,
    /// The combinator that is tried: `chain`.
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

/// An estimator over one layout of rows, without its types: all that the laws need of it.
///
/// Made by [`Estimator::subject`](super::Estimator::subject).
///
/// ```
/// use chunkfit::bayes::GaussianNb;
/// use chunkfit::ndarray::{Array1, Array2};
/// use chunkfit::testing::{Capability, Examples, hold, laws};
///
/// let naive_bayes = Examples::<Array2<f64>, Array1<usize>>::new().estimator(GaussianNb::params());
/// let subject = naive_bayes.chained().lacks(Capability::Summed, "sums of chunks merge").subject();
/// assert_eq!((subject.name(), subject.family()), ("GaussianNb, dense f64", "GaussianNb"));
/// assert!(subject.has(Capability::Chained) && !subject.has(Capability::Summed));
/// assert_eq!(subject.gap(Capability::Summed).as_deref(), Some("sums of chunks merge"));
/// for law in laws().iter().filter(|law| law.name == "threads" || law.name == "columns") {
///     hold(law, &subject)?;
/// }
/// # Ok::<(), chunkfit::testing::Violation>(())
/// ```
pub struct Subject {
    pub(super) name: String,
    /// The name without the layout.
    pub(super) family: String,
    pub(super) blocks: Vec<Block>,
    pub(super) targets: TargetKind,
    pub(super) kind: ModelKind,
    /// Made of fitted models or of parts, not by an estimator.
    pub(super) is_made: bool,
    /// False where nothing is learned of the examples.
    pub(super) learns: bool,
    /// False where weights other than 1 are refused.
    pub(super) takes_weights: bool,
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
    /// The reasons why capabilities are missing.
    pub(super) gaps: BTreeMap<Capability, &'static str>,
    /// Laws that do not hold, with the reason.
    pub(super) exclusions: BTreeMap<&'static str, &'static str>,
}

impl Way {
    /// True where parts that are learned of the chunks are merged, in an order that depends on the number of chunks.
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
    /// The name of the estimator and the layout of its rows: `SgdClassifier, sparse f32`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of the estimator alone: `SgdClassifier`.
    pub fn family(&self) -> &str {
        &self.family
    }

    /// The examples that it learns from.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The content of its targets; [`TargetKind::None`] for estimators that learn from rows alone.
    pub fn targets(&self) -> TargetKind {
        self.targets
    }

    /// The ways to fit it that learn from the examples.
    pub(super) fn learning_ways(&self) -> &[Way] {
        if self.learns { &self.ways } else { &[] }
    }

    /// All ways to fit it, in the order of the claims.
    pub fn ways(&self) -> &[Way] {
        &self.ways
    }

    /// True if it has a capability.
    pub fn has(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }

    /// The kind of its models.
    pub fn kind(&self) -> ModelKind {
        self.kind
    }

    /// The reason why it does not have a capability: the one given by [`Estimator::lacks`](super::Estimator::lacks), or one
    /// that holds for all models of its kind; `None` if there is none.
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

    /// The reason why a law is excluded; `None` if it is not.
    pub fn exclusion(&self, law: &str) -> Option<&'static str> {
        self.exclusions.get(law).copied()
    }
}
