//! Saving and loading of clusterers.

use super::{KMeans, MiniBatchKMeans};
use crate::persist::persist;

persist! {
    [] KMeans, "KMeans",
        takes |own| own.cluster_centers().ncols(), gives |own| own.cluster_centers().nrows();
    [] MiniBatchKMeans, "MiniBatchKMeans",
        takes |own| own.cluster_centers().ncols(), gives |own| own.cluster_centers().nrows();
}
