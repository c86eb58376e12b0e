//! Guide pages: this crate for users of others, tasks from start to end, and settings and what they cost. Documentation only.
//!
//! - [`from_scikit_learn`]: what scikit-learn's and dask-ml's names are here, with which defaults, and
//!   where they differ and why.
//! - [`from_dask`]: what dask's, dask-ml's and dask-learn's names are here, each as code, what differs, and when to stay there.
//! - [`row_by_row`]: a function of every row, from files into files, beside pandas, dask and Polars.
//! - [`own_data`]: records of your own types, from files to examples, and what caches and checkpoints know them by.
//! - [`reading_values`]: what values of files are read as, whoever wrote them.
//! - [`estimators`]: which estimator can be averaged, searched, stopped early, saved, and why not.
//! - [`arrays`]: what dask.array's constructs are over chunks of dense rows, each in a line.
//! - [`chunk_size`]: how large chunks should be, how much memory and disk a run should have, and what
//!   each costs, measured.
//! - [`neural_net`]: a neural net of any framework, trained over chunks.
//! - [`build_costs`]: compile times of programs that use this crate: what costs what, and which profile to take.
//! - [`cluster`]: when one machine is not enough: the same models on a cluster, what that costs, where it ends.

pub mod arrays;
pub mod build_costs;
pub mod chunk_size;
pub mod cluster;
pub mod estimators;
pub mod from_dask;
pub mod from_scikit_learn;
pub mod neural_net;
pub mod own_data;
pub mod reading_values;
pub mod row_by_row;
