//! Transformers that are learned from data.

mod column_states;
mod learn;
mod max_abs_scaler;
mod min_max_scaler;
mod standard_scaler;
mod tfidf_transformer;

pub use learn::{LearnRows, TransformRows};
pub use max_abs_scaler::{MaxAbsScaler, MaxAbsScalerParams, MaxAbsScalerValidParams};
pub use min_max_scaler::{MinMaxScaler, MinMaxScalerParams, MinMaxScalerValidParams};
pub use standard_scaler::{StandardScaler, StandardScalerParams, StandardScalerValidParams};
pub use tfidf_transformer::{TfidfTransformer, TfidfTransformerParams, TfidfTransformerValidParams};
