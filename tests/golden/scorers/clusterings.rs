//! Scores of clusterings.

use chunkfit::cluster::{Init, KMeans};
use chunkfit::data::Rows;
use chunkfit::metrics::ClusterTally;
use chunkfit::prelude::*;
use linfa::DatasetBase;
use ndarray::{Array1, Array2};

use super::{assert_close, check, floats, matrix, section, whole};

#[test]
fn against_labels() {
    for case in section("clusterings") {
        let (truth, clusters) = (whole(&case["truth"]), whole(&case["clusters"]));
        check(&case, |rows, weights, _| {
            let mut tally = ClusterTally::default();
            tally.count_labels(truth[rows.clone()].iter(), clusters[rows].iter(), weights).unwrap();
            tally
        });
    }
}

fn chunks(x: &Array2<f64>, weights: Option<Vec<f64>>, size: usize) -> Chunks<DatasetBase<Array2<f64>, Array1<()>>> {
    let ranges = (0..x.nrows()).step_by(size).map(|from| (from..x.nrows().min(from + size)).collect::<Vec<usize>>());
    Chunks::from_memory(ranges.map(|rows| {
        let chunk = DatasetBase::from(x.select_rows(&rows));
        match &weights {
            Some(weights) => chunk.with_weights(rows.iter().map(|&row| weights[row] as f32).collect()),
            None => chunk,
        }
    }))
}

/// K-means over chunks from the same rows, in passes until the centres settle, and its score.
#[test]
fn inertia_of_k_means() {
    for case in section("inertias") {
        let (x, test) = (matrix(&case["x"]), matrix(&case["test"]));
        let k = case["k"].as_u64().unwrap() as usize;
        let begin = x.select_rows(&(0..k).collect::<Vec<_>>());
        let params = KMeans::params().init(Init::Centers(begin)).max_iter(50);
        for size in [4, 17, 1000] {
            let data = chunks(&x, case["weights"].as_array().map(|_| floats(&case["weights"])), size);
            let fit = Summed::new(params.clone()).fit(&data);
            let (plain, weighted) =
                (chunks(&test, None, size), chunks(&test, Some(floats(&case["test_weights"])), size));
            let scores = (fit.score(&data), fit.score(&plain), fit.score(&weighted));
            let (model, (inertia, plain, weighted)) = Runtime::new().threads(2).compute((&fit, scores)).unwrap();
            for (found, expected) in model.cluster_centers().iter().zip(&matrix(&case["centers"])) {
                assert_close(*found, *expected, "a centre");
            }
            assert_eq!(Some(model.n_iter() as u64), case["n_iter"].as_u64());
            assert_close(-inertia, case["inertia"].as_f64().unwrap(), "inertia_");
            assert_close(plain, case["plain"].as_f64().unwrap(), "score");
            assert_close(weighted, case["weighted"].as_f64().unwrap(), "score with weights");
        }
    }
}
