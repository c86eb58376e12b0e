//! Saving and loading of decompositions.

use super::{IncrementalPca, Pca, TruncatedSvd};
use crate::persist::persist;

persist! {
    [] TruncatedSvd, "TruncatedSvd",
        rows |own| own.n_rows(), takes |own| own.n_features(), gives |own| own.singular_values().len();
    [] Pca, "Pca",
        rows |own| own.axes().n_rows(), takes |own| own.axes().mean().len(), gives |own| own.axes().components().nrows();
    [] IncrementalPca, "IncrementalPca",
        rows |own| own.axes().n_rows(), takes |own| own.axes().mean().len(), gives |own| own.axes().components().nrows();
}
