//! Naive Bayes.

use chunkfit::combine::Averaged;
use chunkfit::prelude::*;
use chunkfit::testing::{Capability, Examples, Subject};
use ndarray::Array1;

const ADD_UP: &str = "counts and moments add up: an average is the exact fit already";

macro_rules! naive_bayes {
    ($name:ident $(, $variation:ident: $value:expr)*) => {
        over_two_layouts! {
            Examples::<Rows, Array1<usize>>::new().estimator($name::params())
                .chained().exact_average().searched("average", Averaged::new).in_memory()
                .decision_function().calibrated().probabilities().scored().persisted().into_files::<usize>()
                .lacks(Capability::Rounds, ADD_UP)
                .lacks(Capability::Summed, ADD_UP)
                .varied("classes", |params| params.classes(vec![0, 1, 2, 5]))
                $(.varied(stringify!($variation), |params| params.$variation($value)))*
                .subject()
        }
    };
}

pub fn subjects() -> Vec<Subject> {
    let all: [Vec<Subject>; 4] = [
        naive_bayes!(MultinomialNb, alpha: 0.5, fit_prior: false, class_prior: vec![0.5, 0.25, 0.25]),
        naive_bayes!(ComplementNb, alpha: 0.5, norm: true, class_prior: vec![0.5, 0.25, 0.25]),
        naive_bayes!(BernoulliNb, alpha: 0.5, fit_prior: false, class_prior: vec![0.5, 0.25, 0.25], binarize: Some(1.0)),
        naive_bayes!(GaussianNb, var_smoothing: 1e-2, priors: vec![0.5, 0.25, 0.25]),
    ];
    all.into_iter().flatten().collect()
}
