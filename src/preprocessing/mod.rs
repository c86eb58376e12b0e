//! Transformers that are learned from data: of each part on its own, and merged, so that the data
//! may be larger than memory.
//!
//! | here | in scikit-learn | rows | learned |
//! |---|---|---|---|
//! | [`StandardScaler`] | `StandardScaler(with_mean=True, with_std=True)` | dense; sparse without `with_mean` | mean and variance of every column |
//! | [`MaxAbsScaler`] | `MaxAbsScaler(clip=False)` | dense, sparse | largest absolute value of every column |
//! | [`MinMaxScaler`] | `MinMaxScaler(feature_range=(0, 1), clip=False)` | dense | extremes of every column |
//! | [`TfidfTransformer`] | `TfidfTransformer(norm="l2", use_idf=True, smooth_idf=True, sublinear_tf=False)` | sparse counts | how many documents have a word |
//! | [`VarianceThreshold`] | `VarianceThreshold(threshold=0.0)` | dense, sparse | variance of every column |
//! | [`OneHotEncoder`] | `OneHotEncoder(categories="auto", handle_unknown="error")` | categories to sparse | categories of every column |
//! | [`OrdinalEncoder`] | `OrdinalEncoder(categories="auto", handle_unknown="error")` | categories to dense | categories of every column |
//! | [`LabelBinarizer`] | `LabelBinarizer(neg_label=0, pos_label=1)` | labels to dense | classes |
//! | [`MultiLabelBinarizer`] | `MultiLabelBinarizer(classes=None)` | sets of labels to dense | classes |
//! | [`FunctionTransformer`] | `FunctionTransformer(func, kw_args=…)` | any | nothing |
//!
//! Results are those of scikit-learn 1.9, up to rounding. What differs is said at each: above all, NaN
//! is an error, not a missing value.
//!
//! Parameters, checked by linfa's `check`, [learn](crate::estimator::LearnRows) from rows; what they learn
//! [transforms](crate::estimator::TransformRows) rows. In memory linfa's `fit` and `transform` do; over chunks there are
//! [`Pipeline`](crate::combine::Pipeline) and [`Preprocess`](crate::combine::Preprocess), for transformers of your own as
//! well.

mod categories;
mod classes;
mod column_encoder;
mod column_states;
mod function_transformer;
mod kept_columns;
mod label_binarizer;
mod max_abs_scaler;
mod min_max_scaler;
mod multi_label_binarizer;
mod one_hot_encoder;
mod ordinal_encoder;
#[cfg(feature = "persist")]
mod persist;
mod scales;
mod standard_scaler;
#[cfg(test)]
mod tests;
mod tfidf_transformer;
mod variance_threshold;

pub use categories::{Category, HandleUnknown};
pub use function_transformer::FunctionTransformer;
pub use label_binarizer::{LabelBinarizer, LabelBinarizerParams, LabelBinarizerValidParams};
pub use max_abs_scaler::{MaxAbsScaler, MaxAbsScalerParams, MaxAbsScalerValidParams};
pub use min_max_scaler::{MinMaxScaler, MinMaxScalerParams, MinMaxScalerValidParams};
pub use multi_label_binarizer::{MultiLabelBinarizer, MultiLabelBinarizerParams, MultiLabelBinarizerValidParams};
pub use one_hot_encoder::{OneHotEncoder, OneHotEncoderParams, OneHotEncoderValidParams};
pub use ordinal_encoder::{OrdinalEncoder, OrdinalEncoderParams, OrdinalEncoderValidParams};
pub use standard_scaler::{StandardScaler, StandardScalerParams, StandardScalerValidParams};
pub use tfidf_transformer::{TfidfTransformer, TfidfTransformerParams, TfidfTransformerValidParams};
pub use variance_threshold::{VarianceThreshold, VarianceThresholdParams, VarianceThresholdValidParams};
