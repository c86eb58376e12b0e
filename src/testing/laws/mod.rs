//! The laws that estimators are held to, one a file.

mod arrival;
mod bad_weights;
mod columns;
mod constant_column;
mod cuts;
mod empty_chunk;
mod figures;
mod halved;
mod labels;
mod non_finite;
mod one_chunk;
mod one_class;
mod one_row;
mod overflow;
mod parameters;
mod per_group;
mod repeated_rows;
mod resumed;
mod round_trip;
mod scored;
mod searched;
mod shuffled;
mod sinks;
mod stopped_early;
mod targets;
mod threads;
mod trees;
mod trial;
mod weightless;
mod zero_columns;

pub(super) use figures::figures;
pub(super) use halved::halved;
pub(super) use per_group::per_group;
pub(super) use resumed::resumed;
pub(super) use scored::scored;
pub(super) use searched::searched;
pub(super) use shuffled::shuffled;
pub(super) use sinks::into_files;
pub(super) use stopped_early::stopped_early;

use super::outcome::Outcome;
use super::subject::Subject;

/// A law that holds for every estimator, or is excluded with a reason
/// ([`Estimator::except`](super::Estimator::except)).
///
/// ```
/// use chunkfit::testing::laws;
///
/// for law in laws() {
///     println!("{}: {}", law.name, law.statement);
/// }
/// assert!(laws().iter().any(|law| law.name == "threads"));
/// ```
pub struct Law {
    /// The name, by which it is excluded.
    pub name: &'static str,
    /// The law in a sentence.
    pub statement: &'static str,
    pub(super) hold: fn(&Subject) -> Outcome,
}

/// All laws: first of fits, then of searches, files and the other capabilities.
pub(super) static LAWS: [Law; 31] = [
    threads::LAW,
    arrival::LAW,
    trees::LAW,
    one_chunk::LAW,
    cuts::LAW,
    empty_chunk::LAW,
    one_row::LAW,
    one_class::LAW,
    zero_columns::LAW,
    constant_column::LAW,
    non_finite::LEARNING,
    non_finite::USING,
    columns::LAW,
    labels::LAW,
    targets::LAW,
    weightless::NO_ROWS,
    weightless::ABSENT,
    bad_weights::LAW,
    repeated_rows::LAW,
    overflow::LAW,
    parameters::LAW,
    round_trip::LAW,
    shuffled::LAW,
    resumed::LAW,
    figures::LAW,
    scored::LAW,
    searched::LAW,
    halved::LAW,
    stopped_early::LAW,
    per_group::LAW,
    sinks::LAW,
];
