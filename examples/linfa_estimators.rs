//! linfa's own estimators over chunks: any `FitWith` can be chained, linear models averaged.
//!
//!     cargo run --release --bin linfa_estimators --features linfa

use chunkfit::estimator::AsClassifier;
use chunkfit::linear::LinearRegressor;
use chunkfit::prelude::*;
use linfa::DatasetBase;
use linfa::dataset::Pr;
use linfa_bayes::GaussianNb;
use linfa_clustering::KMeans;
use linfa_ftrl::Ftrl;
use linfa_nn::distance::L2Dist;
use ndarray::{Array1, Array2, array};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

type Dense<T> = DatasetBase<Array2<f64>, Array1<T>>;

/// What the example found.
#[derive(Debug)]
pub struct Findings {
    /// Accuracy of naive Bayes, passed from chunk to chunk.
    pub naive_bayes: f64,
    /// Share of rows that follow-the-regularized-leader puts on the right side of one half.
    pub ftrl: f64,
    /// Share of rows whose cluster, found without labels, is that of their class.
    pub kmeans: f64,
    /// Accuracy of linfa's logistic regression, fitted on every chunk and averaged.
    pub logistic: f64,
    /// linfa's linear regression, fitted on every chunk and averaged.
    pub linear: LinearRegressor<f64>,
    /// R² of that regression.
    pub r2: f64,
}

/// Chunk `c`: 200 points in two clouds around (-2, 0) and (2, 1), and which cloud each is from.
fn clouds(c: usize) -> Dense<bool> {
    let mut random = ChaCha8Rng::seed_from_u64(c as u64);
    let labels = Array1::from_shape_fn(200, |_| random.gen_bool(0.4));
    let points = Array2::from_shape_fn((200, 2), |(i, j)| {
        let centre = match (labels[i], j) {
            (true, 0) => 2.0,
            (true, _) => 1.0,
            (false, 0) => -2.0,
            (false, _) => 0.0,
        };
        centre + random.gen_range(-2.5..2.5)
    });
    DatasetBase::new(points, labels)
}

/// Fits all of them together: every chunk is made once.
pub fn run() -> Result<Findings, Error> {
    let chunks = Chunks::from_fn("clouds", 10, |c| Ok(clouds(c)));
    let (train, test) = train_test_split(&chunks, 0.25, 7);

    // `new` wants parameters that serialize, to know equal ones; these do not.
    let bayes = AsClassifier(Chained::linfa(GaussianNb::params())).fit(&train);
    let ftrl = Chained::linfa(Ftrl::params_with_rng(ChaCha8Rng::seed_from_u64(1))).fit(&train);
    let start = KMeans::params_with(2, ChaCha8Rng::seed_from_u64(2), L2Dist);
    let kmeans = Chained::opaque(start).epochs(3).fit(&train);
    let logistic = Averaged::new(linfa_logistic::LogisticRegression::default()).fit(&train);

    // The same points, with a number to predict: 3 x0 - 2 x1 + 1.
    let plane = |rows: &Dense<bool>| {
        let targets = rows.records.dot(&array![3.0, -2.0]) + 1.0;
        DatasetBase::new(rows.records.clone(), targets)
    };
    let (plane_train, plane_test) = (train.map("plane", plane), test.map("plane", plane));
    let linear = Averaged::new(linfa_linear::LinearRegression::new()).fit(&plane_train);

    // linfa's Ftrl predicts probabilities.
    let sides = ftrl.predict::<_, _, Array1<Pr>>(&test).map("side", |p| p.mapv(|p| *p > 0.5));
    let clusters = kmeans.predict::<_, _, Array1<usize>>(&test);
    let truth = test.map("truth", |chunk| chunk.targets.clone());
    let scores = (bayes.score(&test), logistic.score(&test), linear.residuals(&plane_test));
    let ((naive_bayes, logistic, residuals), linear, sides, clusters, truth) =
        Runtime::new().compute((scores, linear, sides, clusters, truth))?;
    let same = share(&truth, &clusters, |&label, &cluster| usize::from(label) == cluster);
    Ok(Findings {
        naive_bayes,
        ftrl: share(&truth, &sides, |&label, &side| label == side),
        // Clusters have no names; the better of the two namings counts.
        kmeans: same.max(1.0 - same),
        logistic,
        linear,
        r2: residuals.r2(),
    })
}

/// The share of rows for which `right` holds.
fn share<A, B>(a: &[Array1<A>], b: &[Array1<B>], right: impl Fn(&A, &B) -> bool) -> f64 {
    let pairs = || a.iter().flatten().zip(b.iter().flatten());
    pairs().filter(|(a, b)| right(a, b)).count() as f64 / pairs().count() as f64
}

#[allow(dead_code)] // a test runs `run` instead
fn main() -> Result<(), Error> {
    let found = run()?;
    println!("Chained(GaussianNb)            accuracy {:.4}", found.naive_bayes);
    println!("Chained(Ftrl)                  accuracy {:.4}", found.ftrl);
    println!("Chained(mini-batch KMeans)     accuracy {:.4}", found.kmeans);
    println!("Averaged(linfa logistic)       accuracy {:.4}", found.logistic);
    println!("Averaged(linfa linear)         R² {:.6}, coefficients {:.3}", found.r2, found.linear.coef());
    Ok(())
}
