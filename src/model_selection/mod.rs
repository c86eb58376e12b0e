//! Model selection: many fits as one graph.
//!
//! - [`Search`]: candidates on folds, scored and ranked: a [`Grid`], [`Sampled`] ones, or a list.
//!   [`SearchResults`] is a table of them; [`Search::fit`] fits the best one as well.
//! - [`Search::start`]: a search in a session, which takes further candidates while it runs: [`RunningSearch`].
//! - [`Search::halve`] and [`Search::hyperband`]: the same for estimators with `partial_fit`, without
//!   training the candidates that look bad to the end: [`Halving`], [`Hyperband`].
//! - [`cross_validate`]: one estimator on folds.
//! - [`Split`]: ways to hold rows out: [`KFold`], [`StratifiedKFold`], [`GroupKFold`],
//!   [`ShuffleSplit`], [`HashSplit`].
//! - [`Searchable`]: what searches ask of an estimator; [`Evaluate`](crate::estimator::Evaluate): scores of a
//!   model by name, which they ask of its models.

mod candidates;
mod cross_validate;
mod deal_folds;
mod entry;
mod fit;
mod folds;
mod halve;
mod halving;
mod inbox;
mod ranking;
mod read_results;
mod results;
mod running;
mod score_fold;
mod scoring;
mod search;
mod searchable;
mod table;
#[cfg(feature = "formats")]
mod write_results;

pub use candidates::{Candidate, Candidates, Grid, LogUniform, OneOf, Sampled};
pub use cross_validate::cross_validate;
pub use fit::Found;
pub use folds::{Fold, GroupKFold, HashSplit, KFold, ShuffleSplit, Split, StratifiedKFold};
pub use halve::{HalvingResults, RungResults};
pub use halving::{Halving, Hyperband, Rung, survivors};
pub use results::{CandidateResult, FoldResult, SearchResults};
pub use running::RunningSearch;
pub use score_fold::TrainScores;
pub use search::Search;
pub use searchable::Searchable;
