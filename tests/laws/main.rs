//! Laws that hold for every implementor and every entry point: one file a law, one list of all that it is tried on. The
//! failing inputs that led to a law stand beside it, with the right values.
#![allow(clippy::unwrap_used)] // clippy knows tests, not their helpers

mod builders;
mod chunk_lists;
mod engine;
mod folders;
mod messages;
mod non_finite;
mod own_labels;
mod read_back;
mod splits;
mod transformers;
mod weights_and_chains;
