//! The functions of queries.
//!
//! | function | what it gives |
//! |---|---|
//! | `fit(text, label, chunk[, weight])` | aggregate: a model file; made of a [`Recipe`](crate::Recipe) by [`fit_udaf`] |
//! | `predict(model, text)` | the label that the model predicts |
//! | `decision_function(model, text)` | a list of signed distances from the boundaries |
//! | `predict_proba(model, text)` | a list of probabilities, one a class |
//! | `score(model, text, label)` | aggregate: the accuracy |
//!
//! `model` is a model file's bytes (`BYTEA`, 1 MB at most if it is a constant) or a reference to one, as
//! [`Stores::put`](crate::model::Stores::put) gives it.

mod fit;
mod given_model;
mod predict;
mod score;

pub use fit::{FitUdaf, fit_step_udaf, fit_udaf};
pub use predict::{PredictUdf, PredictWhat, predict_udf};
pub(crate) use score::score_of_udaf;
pub use score::{ScoreUdaf, score_udaf};
