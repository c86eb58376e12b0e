//! The list of subjects: every estimator, transformer and composite of the crate, with what is claimed of it.
//!
//! A new estimator is an entry in the file of its family: its parameters, its claims, why it lacks what it lacks, and the
//! laws that do not hold, with the mathematical reason.

/// An entry over all layouts of rows: `Rows` is the type of the rows, `Float` that of their numbers.
macro_rules! over_layouts {
    ($($body:tt)*) => {
        vec![
            { type Rows = ndarray::Array2<f64>; #[allow(dead_code)] type Float = f64; $($body)* },
            { type Rows = chunkfit::data::Csr<f64>; #[allow(dead_code)] type Float = f64; $($body)* },
            { type Rows = ndarray::Array2<f32>; #[allow(dead_code)] type Float = f32; $($body)* },
            { type Rows = chunkfit::data::Csr<f32>; #[allow(dead_code)] type Float = f32; $($body)* },
        ]
    };
}

/// An entry over dense `f64` and sparse `f32`: for what treats layouts and precisions in one way, by
/// [`FeatureRows`](chunkfit::data::FeatureRows).
macro_rules! over_two_layouts {
    ($($body:tt)*) => {
        vec![
            { type Rows = ndarray::Array2<f64>; #[allow(dead_code)] type Float = f64; $($body)* },
            { type Rows = chunkfit::data::Csr<f32>; #[allow(dead_code)] type Float = f32; $($body)* },
        ]
    };
}

mod bayes;
mod cluster;
mod composites;
mod linear;
mod sgd;
mod transformers;

use chunkfit::testing::Subject;
pub use transformers::binarizers;

/// All of them.
pub fn all() -> Vec<Subject> {
    let families = [
        sgd::subjects(),
        linear::subjects(),
        bayes::subjects(),
        cluster::subjects(),
        transformers::subjects(),
        composites::subjects(),
    ];
    families.into_iter().flatten().collect()
}
