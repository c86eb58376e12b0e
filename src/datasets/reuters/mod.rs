//! Reuters-21578: 21,578 newswire stories of 1987 in 22 SGML files, most of them tagged by hand.
//!
//! The data set of scikit-learn's example of out-of-core text classification. The collection is free
//! for research only, so the library does not hold it: [`locate`] finds it on disk, downloads it
//! (feature `download`), or falls back on a small [`sample`] of generated stories in the same format.
//!
//! - [`locate`] and [`ReutersFiles`]: which files there are;
//! - [`open`] and [`ReutersFiles::open`]: their stories as lazy chunks;
//! - [`parse`] and [`read_file`]: one file's [`Stories`], each a [`Story`];
//! - [`Stories::labelled_by`] and [`acq_examples`]: stories as examples to learn from;
//! - [`Stories::mod_apte`] and [`mod_apte_topics`]: all their topics, by the split that papers use.
//!
//! Source: D. D. Lewis, Reuters-21578 text categorization test collection, distribution 1.0, 1997.

#[cfg(feature = "download")]
mod cached;
mod decode;
#[cfg(feature = "download")]
mod download;
mod labels;
mod locate;
mod mod_apte;
mod open;
mod parse;
pub mod sample;
mod sgml;
mod stories;

#[cfg(feature = "download")]
pub use download::Archive;
pub use labels::{Labelled, acq_examples};
pub use locate::{DATA_VARIABLE, Origin, ReutersFiles, Source, locate};
pub use mod_apte::mod_apte_topics;
pub use open::open;
pub use parse::{parse, read_file};
pub use stories::{CgiSplit, LewisSplit, Stories, Story, TagKind, TopicsAttribute};
