//! An estimator of your own beside one of linfa's and one of this crate's: `PartialFit` learns over chunks, and a model
//! that names its kind and its classes is scored, searched and stopped early.
//!
//!     cargo run --release --bin own_estimator --features linfa

use chunkfit::estimator::{AsClassifier, Classes, Classify, Model, PartialFit, kind};
use chunkfit::linear::Averaging;
use chunkfit::prelude::*;
use linfa::DatasetBase;
use linfa::traits::PredictInplace;
use linfa_bayes::GaussianNb;
use ndarray::{Array1, Array2, Axis};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

type Points = DatasetBase<Array2<f64>, Array1<usize>>;

/// Predicts the class whose mean is nearest (scikit-learn's `NearestCentroid`).
#[derive(Clone)]
struct Centroids {
    classes: Vec<usize>,
    sums: Array2<f64>,
    counts: Array1<f64>,
}

/// The parameters: of how many classes, numbered from 0.
struct NearestCentroid(usize);

impl PartialFit<Array2<f64>, Array1<usize>> for NearestCentroid {
    type Model = Centroids;

    fn partial_fit(&self, model: Option<Centroids>, chunk: &Points) -> Result<Centroids, Error> {
        let mut model = model.unwrap_or_else(|| Centroids {
            classes: (0..self.0).collect(),
            sums: Array2::zeros((self.0, chunk.records.ncols())),
            counts: Array1::zeros(self.0),
        });
        for (x, &class) in chunk.records.rows().into_iter().zip(&chunk.targets) {
            model.sums.row_mut(class).scaled_add(1.0, &x);
            model.counts[class] += 1.0;
        }
        Ok(model)
    }
}

impl PredictInplace<Array2<f64>, Array1<usize>> for Centroids {
    fn predict_inplace(&self, x: &Array2<f64>, y: &mut Array1<usize>) {
        let means = &self.sums / &self.counts.view().insert_axis(Axis(1));
        for (x, y) in x.rows().into_iter().zip(y) {
            let distance = |class: &usize| (&x - &means.row(*class)).mapv(|d| d * d).sum();
            *y = (0..means.nrows()).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(0);
        }
    }

    fn default_target(&self, x: &Array2<f64>) -> Array1<usize> {
        Array1::zeros(x.nrows())
    }
}

impl Model for Centroids {
    type Kind = kind::Classifier;
}

impl Classes<usize> for Centroids {
    fn classes(&self) -> &[usize] {
        &self.classes
    }
}

/// Scored by its labels, which follow from `PredictInplace`.
impl Classify<Array2<f64>, usize> for Centroids {}

/// Chunk `c`: 200 points of three overlapping classes, each around a corner of a triangle.
fn points(c: usize) -> Points {
    let mut random = ChaCha8Rng::seed_from_u64(c as u64);
    let classes = Array1::from_shape_fn(200, |_| random.gen_range(0..3));
    let corners = [[0.0, 0.0], [4.0, 0.0], [2.0, 3.5]];
    let near = |i: usize, j: usize, random: &mut ChaCha8Rng| corners[classes[i]][j] + random.gen_range(-2.2..2.2);
    DatasetBase::new(Array2::from_shape_fn((200, 2), |(i, j)| near(i, j, &mut random)), classes.clone())
}

/// The accuracies of the three, learned together: every chunk is made once.
pub fn run() -> Result<[(&'static str, f64); 3], Error> {
    let chunks = Chunks::from_fn("points", 10, |c| Ok(points(c)));
    let (train, test) = train_test_split(&chunks, 0.25, 7);
    let own = Chained::opaque(NearestCentroid(3)).fit(&train);
    let linfa = AsClassifier(Chained::linfa(GaussianNb::params())).fit(&train);
    let sgd = SgdClassifier::params().average(Averaging::From(1)); // the last weights alone waver
    let sgd = Chained::new(sgd).epochs(5).fit(&train);
    let scores = (own.score(&test), linfa.score(&test), sgd.score(&test));
    let (own, linfa, sgd) = Runtime::new().compute(scores)?;
    Ok([("own nearest centroid", own), ("linfa's GaussianNb", linfa), ("SgdClassifier", sgd)])
}

#[allow(dead_code)] // a test runs `run` instead
fn main() -> Result<(), Error> {
    for (name, accuracy) in run()? {
        println!("Chained({name:<20})  accuracy {accuracy:.4}");
    }
    Ok(())
}
