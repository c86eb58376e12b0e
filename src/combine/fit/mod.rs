//! Fits: the handles on models to be computed, and the traits of combinators that make them.

mod as_kind;
pub(in crate::combine) mod fit_chunks;
pub(in crate::combine) mod fit_groups;
pub(in crate::combine) mod fitted;
mod into_fit;
mod score_figures;
pub(in crate::combine) mod shared_estimator;
pub(in crate::combine) mod with_model;

pub use fit_chunks::{FitChunks, FitOnward, FitRows};
pub use fitted::Fitted;
pub use into_fit::{FitAs, IntoFit, SingleKind};
pub(crate) use score_figures::{key_of_scorers, no_scored_rows, score_figure, score_figures};
pub(in crate::combine) use shared_estimator::{Identity, SharedEstimator};
pub use with_model::WithModel;
