//! Least squares does not mind how large the means of the columns are.

use chunkfit::combine::{Averaged, Summed};
use chunkfit::linear::{Glm, LinearRegression, Normal};
use chunkfit::{Chunks, Runtime};
use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, Axis, array};

type Model = Glm<Normal, f64>;

/// Columns of standard deviation about 1, and what they are without their means, which are whole numbers, so that both
/// are exact.
fn data(mean: f64, n: usize) -> (Array2<f64>, Array1<f64>) {
    let x = Array2::from_shape_fn((n, 3), |(i, j)| (((i * (17 + 4 * j) + i * i * (j + 1)) % 31) as f64 - 15.0) / 8.0);
    let noise = Array1::from_shape_fn(n, |i| ((i * i * 7 + i) % 13) as f64 / 16.0);
    let y = x.dot(&array![2.0, -1.0, 0.5]) + &noise + mean;
    (x + mean, y)
}

fn fits(mean: f64, n: usize, size: usize) -> [(&'static str, Model); 3] {
    let (x, y) = data(mean, n);
    let all = DatasetBase::new(x, y);
    let rows: Vec<usize> = (0..n).collect();
    let chunk = |rows: &[usize]| DatasetBase::new(all.records.select(Axis(0), rows), all.targets.select(Axis(0), rows));
    let chunks = Chunks::from_memory(rows.chunks(size).map(chunk).collect::<Vec<_>>());
    let params = LinearRegression::params().tol(1e-10);
    let (averaged, summed) = Runtime::new()
        .compute((Averaged::new(params.clone()).fit(&chunks), Summed::new(params.clone()).fit(&chunks)))
        .unwrap();
    [("averaged", averaged), ("summed", summed), ("at once", params.fit(&all).unwrap())]
}

#[test]
fn coefficients_are_the_same_at_any_mean() {
    for (n, size) in [(60, 7), (60, 1), (600, 100)] {
        let [(_, exact), ..] = fits(0.0, n, n);
        for mean in [1.0, 1e4, 1e8, 1e12] {
            for (way, model) in fits(mean, n, size) {
                let apart = (model.coef() - exact.coef()).iter().fold(0.0, |most: f64, d| most.max(d.abs()));
                // In passes, predictions and targets are as large as the mean.
                let tolerance = if way == "averaged" { 1e-10 } else { 1e-10_f64.max(mean * 1e-15) };
                assert!(
                    apart < tolerance && (model.converged() || mean > 1e10),
                    "{way} at {mean:e}: {apart:e} {}",
                    model.n_iter()
                );
            }
        }
    }
}
