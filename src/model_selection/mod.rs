//! Many fits as one graph.
//!
//! - [`Split`]: ways to hold rows out: [`KFold`], [`StratifiedKFold`], [`GroupKFold`],
//!   [`ShuffleSplit`], [`HashSplit`].

mod folds;

pub use folds::{Fold, GroupKFold, HashSplit, KFold, ShuffleSplit, Split, StratifiedKFold};
