//! Naive Bayes.

use chunkfit::bayes::CategoricalNb;
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

/// Codes of categories: the examples' features, which are multiples of 1/4, four times as large.
fn categorical() -> Vec<Subject> {
    over_two_layouts! {
        let codes = Examples::<Rows, Array1<usize>>::new().map(|mut block| {
            block.x *= 4.0;
            block
        });
        codes.estimator(CategoricalNb::params().min_categories(12))
            .chained().exact_average().searched("average", Averaged::new).in_memory()
            .decision_function().calibrated().probabilities().scored().persisted().into_files::<usize>()
            .lacks(Capability::Rounds, ADD_UP)
            .lacks(Capability::Summed, ADD_UP)
            .varied("classes", |params| params.classes(vec![0, 1, 2, 5]))
            .varied("alpha", |params| params.alpha(0.5))
            .varied("fit_prior", |params| params.fit_prior(false))
            .varied("class_prior", |params| params.class_prior(vec![0.5, 0.25, 0.25]))
            .varied("min_categories", |params| params.min_categories(20))
            .subject()
    }
}

pub fn subjects() -> Vec<Subject> {
    let all: [Vec<Subject>; 5] = [
        categorical(),
        naive_bayes!(MultinomialNb, alpha: 0.5, fit_prior: false, class_prior: vec![0.5, 0.25, 0.25]),
        naive_bayes!(ComplementNb, alpha: 0.5, norm: true, class_prior: vec![0.5, 0.25, 0.25]),
        naive_bayes!(BernoulliNb, alpha: 0.5, fit_prior: false, class_prior: vec![0.5, 0.25, 0.25], binarize: Some(1.0)),
        naive_bayes!(GaussianNb, var_smoothing: 1e-2, priors: vec![0.5, 0.25, 0.25]),
    ];
    all.into_iter().flatten().collect()
}
