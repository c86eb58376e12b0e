//! Capabilities of estimators: the columns of the table of the reference.

/// A capability of estimators: a column of the table [`guide::estimators`](crate::guide::estimators).
///
/// An estimator has those that are claimed by the methods of [`Estimator`](super::Estimator).
///
/// ```
/// use chunkfit::linear::LinearRegression;
/// use chunkfit::ndarray::{Array1, Array2};
/// use chunkfit::testing::{Capability, Examples};
///
/// let subject = Examples::<Array2<f64>, Array1<f64>>::new().estimator(LinearRegression::params()).in_memory().sum().subject();
/// let has: Vec<&str> = Capability::ALL.into_iter().filter(|one| subject.has(*one)).map(Capability::name).collect();
/// assert_eq!(has, ["in memory", "exact, in passes"]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Capability {
    /// Fits rows in memory: linfa's `Fit`, and [`Concatenated`](crate::combine::Concatenated) over chunks.
    InMemory,
    /// Learns chunk by chunk: [`Chained`](crate::combine::Chained).
    Chained,
    /// Learns from each chunk alone, and the models merge: [`Averaged`](crate::combine::Averaged).
    Averaged,
    /// Better averages in further rounds: [`Averaged::rounds`](crate::combine::Averaged::rounds).
    Rounds,
    /// The exact fit of all rows in passes over the chunks: [`Summed`](crate::combine::Summed), or
    /// [`Preprocess`](crate::combine::Preprocess) for a transformer.
    Summed,
    /// Scored by named scorers, with labels and columns checked.
    Scored,
    /// Searched and cross-validated: [`Search`](crate::model_selection::Search),
    /// [`cross_validate`](crate::model_selection::cross_validate).
    Searched,
    /// Halving searches: [`Search::halve`](crate::model_selection::Search::halve).
    Halved,
    /// Stopped early: [`Chained::early_stopping`](crate::combine::Chained::early_stopping).
    StoppedEarly,
    /// Goes on from a [`Checkpoint`](crate::graph::Checkpoint) after an interruption.
    Checkpointed,
    /// A model for every group of rows: [`PerGroup`](crate::combine::PerGroup).
    PerGroup,
    /// Has decision values, which can be calibrated and given a threshold: [`Calibrate`](crate::combine::Calibrate).
    Calibrated,
    /// Has class probabilities of its own.
    Probabilities,
    /// Saved and loaded: [`Persist`](crate::estimator::Persist).
    Persisted,
    /// Predicted into files: [`sinks`](crate::sinks).
    Sunk,
}

impl Capability {
    /// All of them, in the order of the table's columns.
    pub const ALL: [Capability; 15] = [
        Capability::InMemory,
        Capability::Chained,
        Capability::Averaged,
        Capability::Rounds,
        Capability::Summed,
        Capability::Scored,
        Capability::Searched,
        Capability::Halved,
        Capability::StoppedEarly,
        Capability::Checkpointed,
        Capability::PerGroup,
        Capability::Calibrated,
        Capability::Probabilities,
        Capability::Persisted,
        Capability::Sunk,
    ];

    /// The column's heading.
    pub fn name(self) -> &'static str {
        match self {
            Capability::InMemory => "in memory",
            Capability::Chained => "chained",
            Capability::Averaged => "averaged",
            Capability::Rounds => "rounds",
            Capability::Summed => "exact, in passes",
            Capability::Scored => "scored",
            Capability::Searched => "searched",
            Capability::Halved => "halved",
            Capability::StoppedEarly => "stopped early",
            Capability::Checkpointed => "checkpoints",
            Capability::PerGroup => "per group",
            Capability::Calibrated => "calibrated, thresholded",
            Capability::Probabilities => "probabilities",
            Capability::Persisted => "saved",
            Capability::Sunk => "into files",
        }
    }

    /// The capability that this one needs, for any estimator.
    pub(super) fn rests_on(self) -> Option<Capability> {
        match self {
            Capability::Halved | Capability::StoppedEarly | Capability::Checkpointed | Capability::PerGroup => {
                Some(Capability::Chained)
            }
            Capability::Rounds => Some(Capability::Averaged),
            _ => None,
        }
    }

    /// The reason why no model of a kind has it; `None` if some have.
    pub(super) fn is_foreign_to(self, kind: ModelKind) -> Option<&'static str> {
        use Capability::{Calibrated, Probabilities, Scored, Searched};
        match (kind, self) {
            (ModelKind::Regressor, Calibrated | Probabilities) => Some("a regressor has no classes"),
            (ModelKind::MultilabelClassifier, Calibrated | Probabilities) => {
                Some("calibration and probabilities are of one label a row")
            }
            (ModelKind::OutlierDetector | ModelKind::Clusterer, Calibrated | Probabilities) => {
                Some("no classes are learned")
            }
            (ModelKind::Transformer, Calibrated | Probabilities) => Some("a transformer predicts nothing"),
            (ModelKind::Transformer, Scored | Searched | Capability::Halved | Capability::StoppedEarly) => {
                Some("a transformer has no score of its own: it is searched within a pipeline")
            }
            (ModelKind::Transformer, Capability::PerGroup) => Some("the columns of groups would differ"),
            _ => None,
        }
    }
}

/// The kinds of [`kind`](crate::estimator::kind) as values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ModelKind {
    /// One label for every row.
    Classifier,
    /// A number for every row.
    Regressor,
    /// Several labels for every row.
    MultilabelClassifier,
    /// For every row, whether it is like the rows of training.
    OutlierDetector,
    /// The number of a cluster for every row.
    Clusterer,
    /// Other columns for every row.
    Transformer,
    /// Models of groups.
    Grouped,
    /// A transformer, and the model of what comes out of it.
    Pipeline,
    /// Not known: of models without a kind.
    Unknown,
}

impl ModelKind {
    /// True if such models learn from targets.
    pub(super) fn learns_targets(self) -> bool {
        use ModelKind::{Clusterer, OutlierDetector, Transformer, Unknown};
        !matches!(self, OutlierDetector | Clusterer | Transformer | Unknown)
    }
}
