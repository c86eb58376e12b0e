//! The clusters of a [`Classification`], and rows drawn from them.

use linfa::DatasetBase;
use ndarray::{Array1, Array2};

use super::classification::Classification;
use super::draws::Draws;

/// What all chunks share.
pub(super) struct Clusters {
    params: Classification,
    /// Where the clusters' middles are: (clusters, informative).
    centers: Array2<f64>,
    /// How the points of each cluster are stretched: (informative, informative).
    shapes: Vec<Array2<f64>>,
    /// How the redundant columns follow from the informative ones: (informative, redundant).
    redundant: Array2<f64>,
    /// The columns that are there again.
    repeated: Vec<usize>,
    /// The probability of each class and those before it.
    up_to: Vec<f64>,
    shift: Vec<f64>,
    scale: Vec<f64>,
    /// Which of the columns as they are made stands at each place.
    order: Vec<usize>,
}

impl Clusters {
    pub(super) fn new(params: &Classification) -> Self {
        let Classification { n_features, n_informative, n_redundant, class_sep, .. } = *params;
        let mut draws = Draws::new(params.seed, 0);
        let mut matrix = |columns| Array2::from_shape_fn((n_informative, columns), |_| 2.0 * draws.uniform() - 1.0);
        let redundant = matrix(n_redundant);
        let clusters = params.n_classes * params.n_clusters_per_class;
        let shapes = (0..clusters).map(|_| matrix(n_informative)).collect();
        let mut centers = Array2::from_shape_fn((clusters, n_informative), |(k, j)| side(k, j) * class_sep);
        if !params.hypercube {
            let of_cluster = Array2::from_shape_simple_fn((clusters, 1), || draws.uniform());
            let of_dimension = Array1::from_shape_simple_fn(n_informative, || draws.uniform());
            centers = centers * of_cluster * of_dimension;
        }
        let repeated = (0..params.n_repeated).map(|_| draws.below(n_informative + n_redundant)).collect();
        let mut each = |given: Option<f64>, low: f64, high: f64| -> Vec<f64> {
            (0..n_features).map(|_| given.unwrap_or_else(|| low + (high - low) * draws.uniform())).collect()
        };
        let (shift, scale) = (each(params.shift, -class_sep, class_sep), each(params.scale, 1.0, 101.0));
        let order = if params.shuffle_columns { draws.order(n_features) } else { (0..n_features).collect() };
        let up_to = up_to(params);
        Clusters { params: params.clone(), centers, shapes, redundant, repeated, up_to, shift, scale, order }
    }

    /// Chunk `c` of `n` rows.
    pub(super) fn rows(&self, c: usize, n: usize) -> DatasetBase<Array2<f64>, Array1<usize>> {
        let Classification { seed, n_features, n_informative, n_classes, n_clusters_per_class, flip_y, .. } =
            self.params;
        let mut draws = Draws::new(seed, c as u64 + 1);
        let mut records = Array2::zeros((n, n_features));
        let mut targets = Array1::zeros(n);
        for (mut row, target) in records.rows_mut().into_iter().zip(&mut targets) {
            let class = draws.among(&self.up_to);
            // Classes are dealt round the corners.
            let cluster = class + n_classes * draws.below(n_clusters_per_class);
            let point = Array1::from_shape_simple_fn(n_informative, || draws.normal()).dot(&self.shapes[cluster]);
            let point = point + self.centers.row(cluster);
            let mut made: Vec<f64> = point.iter().chain(&point.dot(&self.redundant)).copied().collect();
            self.repeated.iter().for_each(|&column| made.push(made[column]));
            made.resize_with(n_features, || draws.normal());
            for (place, &column) in row.iter_mut().zip(&self.order) {
                *place = (made[column] + self.shift[column]) * self.scale[column];
            }
            *target = if draws.uniform() < flip_y { draws.below(n_classes) } else { class };
        }
        DatasetBase::new(records, targets)
    }
}

/// On which side of the middle corner `k` is in dimension `j`, by the bits of its number: -1 or 1. Beyond 64
/// dimensions corners differ in the first 64.
fn side(k: usize, j: usize) -> f64 {
    if j < 64 && k >> j & 1 == 1 { 1.0 } else { -1.0 }
}

/// Of every class, the share of it and those before it.
fn up_to(params: &Classification) -> Vec<f64> {
    let share = |class: usize| match &params.weights {
        Some(weights) => weights.get(class).copied().unwrap_or(1.0),
        None => 1.0 / params.n_classes as f64,
    };
    let sums = (0..params.n_classes).scan(0.0, |sum, class| {
        *sum += share(class);
        Some(*sum)
    });
    sums.collect()
}
