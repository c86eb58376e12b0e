//! Statistics of columns and groups whose parts can be computed chunk by chunk and merged.
//!
//! - [`Description`]: count, missing values, mean, deviation, quantiles, extremes and distinct values of every column of a
//!   table (pandas' `describe`); [`Describe`]: the trait of what can be described. Over chunks:
//!   [`Chunks::describe`](crate::Chunks::describe).
//! - [`ValueCounts`]: the number of rows that have each value (pandas' `value_counts`). Over chunks:
//!   [`Chunks::value_counts`](crate::Chunks::value_counts).
//! - [`Moments`]: count, sum, mean, deviation and extremes of numbers: a metric for groups. Over chunks:
//!   [`Chunks::aggregate_by`](crate::Chunks::aggregate_by).
//! - [`ValueHistogram`]: counts of numbers in bins that merge exactly, with quantiles.
//!
//! `Bins` is the core of all histograms, also of [`ScoreHistogram`](crate::calibration::ScoreHistogram);
//! `WeightedMoments` is that of all means and variances of columns, also of the scalers.

mod bin_count;
mod bins;
mod column_description;
mod column_state;
mod describe;
mod describe_columns;
mod description;
mod distinct;
mod moments;
mod number_column;
mod options;
mod ordered_bits;
#[cfg(feature = "arrow")]
mod record_batch;
mod runs;
mod table;
#[cfg(test)]
mod tests;
mod text_column;
mod value_counts;
mod value_histogram;
mod weighted_moments;

pub(crate) use bin_count::BinCount;
pub(crate) use bins::{BinSums, Bins};
pub use column_description::ColumnDescription;
pub use describe::{Describe, DescribeValue};
pub use description::Description;
pub use distinct::Distinct;
pub use moments::Moments;
pub use options::DescribeOptions;
pub(crate) use ordered_bits::from_ordered;
pub use value_counts::ValueCounts;
pub use value_histogram::{ValueBin, ValueHistogram};
pub(crate) use weighted_moments::WeightedMoments;
