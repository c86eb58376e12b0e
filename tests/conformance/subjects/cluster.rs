//! Clustering.

use chunkfit::cluster::{Init, KMeans, MiniBatchKMeans};
use chunkfit::combine::Summed;
use chunkfit::testing::{Capability, Examples, Subject};
use ndarray::Array1;

const NO_AVERAGE: &str = "the clusters of one chunk are not those of another: there is nothing to average";

fn given() -> Init {
    Init::Centers(ndarray::array![[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
}

fn mini_batch() -> Vec<Subject> {
    over_two_layouts! {
        Examples::<Rows, Array1<usize>>::new().estimator(MiniBatchKMeans::params().n_clusters(2))
            .chained().in_memory().transform().scored().persisted().into_files::<usize>()
            .lacks(Capability::Averaged, NO_AVERAGE)
            .lacks(Capability::Summed, "steps follow each other: `KMeans` goes over all rows in passes")
            .except("cuts", "a chunk is a batch: the centres move once for each")
            .varied("n_clusters", |params| params.n_clusters(3))
            .varied("init", |params| params.init(given()))
            .varied("batch_size", |params| params.batch_size(2))
            .varied_where("reassignment_ratio", |params| params.batch_size(2), |params| params.reassignment_ratio(0.9))
            .varied("seed", |params| params.seed(7))
            .subject()
    }
}

fn k_means() -> Vec<Subject> {
    over_two_layouts! {
        Examples::<Rows, Array1<usize>>::new().estimator(KMeans::params().n_clusters(2))
            .in_memory().sum().searched("sum", Summed::new).learned()
            .transform().scored().persisted().into_files::<usize>()
            .lacks(Capability::Averaged, NO_AVERAGE)
            .lacks(Capability::Chained, "the centres are those of all rows: `MiniBatchKMeans` learns chunk by chunk")
            .varied("n_clusters", |params| params.n_clusters(3))
            .varied("init", |params| params.init(given()))
            .varied("init_size", |params| params.init_size(3))
            .varied("max_iter", |params| params.max_iter(1))
            .varied_where("seed", |params| params.max_iter(1), |params| params.seed(7))
            .subject()
    }
}

pub fn subjects() -> Vec<Subject> {
    [mini_batch(), k_means()].into_iter().flatten().collect()
}
