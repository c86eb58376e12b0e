//! Documentation only: how this crate is used by who knows another.
//!
//! - [`from_scikit_learn`]: what scikit-learn's and dask-ml's names are here, with which defaults, and
//!   where they differ and why.

pub mod from_scikit_learn;
