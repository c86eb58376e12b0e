//! Scores whose parts can be computed chunk by chunk and merged.
//!
//! - [`ConfusionMatrix`]: accuracy, precision, recall, F1 of a classifier, and their [`Average`]s.
//! - [`MultilabelCounts`]: the same where a row may have several labels.
//! - [`RankedScores`]: ROC AUC and average precision of decision values.
//! - [`ProbabilityLoss`]: log loss and Brier score of class probabilities.
//! - [`Residuals`]: R² and errors of a regressor.
//! - [`ContingencyTable`]: the agreement of a clustering with labels: adjusted Rand index, V-measure and others.
//! - [`Scorer`]: one number by name, or by a function of yours, greater being better, to select
//!   models by; [`Scores`]: several of them. [`ClassTally`] holds what the scorers of a classifier are read from, [`ValueTally`]
//!   what those of a regressor are, [`ClusterTally`] what those of a clustering are.

mod average;
mod class_core;
mod class_probabilities;
mod class_score;
mod class_tally;
mod classification_report;
mod cluster_tally;
mod confusion;
mod confusion_counts;
mod contingency;
mod custom_scorer;
mod multilabel;
mod numbering;
mod pair_counts;
mod probability_loss;
mod ranked_scores;
mod report;
mod residuals;
mod row_losses;
mod row_means;
mod row_weights;
mod scorer;
mod scores;
mod tally;
mod value_tally;
mod widen;

pub use average::Average;
pub(crate) use class_core::ClassRows;
pub use class_tally::ClassTally;
pub use cluster_tally::ClusterTally;
pub use confusion::ConfusionMatrix;
pub use contingency::ContingencyTable;
pub use custom_scorer::{ClassRow, CustomScorer};
pub use multilabel::MultilabelCounts;
pub use probability_loss::ProbabilityLoss;
pub use ranked_scores::RankedScores;
pub use residuals::Residuals;
pub use scorer::{IntoScorer, Needs, Problem, Scorer};
pub use scores::{Scores, ScoresIter};
pub use tally::{Tally, TallyOf};
pub use value_tally::ValueTally;
pub(crate) use widen::Widen;
