//! Naive Bayes classifiers, in memory and single-threaded, over sparse and dense rows alike.
//!
//! Each class has a distribution of its own over the rows, in which the columns are independent. The
//! five differ in that distribution, which is called the event model:
//!
//! | classifier | scikit-learn | rows | parameters and their defaults |
//! |---|---|---|---|
//! | [`MultinomialNb`] | `MultinomialNB` | counts, such as words; 0 or more | those of all counting ones |
//! | [`ComplementNb`] | `ComplementNB` | the same; better where some classes are rare | `norm = false` |
//! | [`BernoulliNb`] | `BernoulliNB` | present or not | `binarize = Some(0.0)` |
//! | [`CategoricalNb`] | `CategoricalNB` | codes of categories: whole numbers from 0 | `min_categories = 0` |
//! | [`GaussianNb`] | `GaussianNB` | any numbers | `var_smoothing = 1e-9`, `priors = None` |
//!
//! The first four count, and have `alpha = 1.0`, `force_alpha = true`, `fit_prior = true` and
//! `class_prior = None`, too. All have `classes = None`: classes are added as they appear.
//!
//! A fitted [`NaiveBayes`] keeps what it counted, not what follows from it. So it goes on learning
//! chunk by chunk (linfa's `FitWith`, scikit-learn's `partial_fit`), and the models of several chunks
//! [merge](NaiveBayes::merge) into that of all their rows: nothing is averaged.
//!
//! # Memory
//! A model holds a dense `f64` for every class and column (two for [`GaussianNb`]; for [`CategoricalNb`] one for every
//! class and category, up to the greatest code of each column), and as much again
//! once it has predicted; while that is computed, as much once more. So does each chunk's model before
//! it is merged. [`GaussianNb`] needs another three to learn from a chunk.

mod average;
mod bernoulli;
mod categorical;
mod complement;
mod counts;
mod event_model;
mod fit;
mod gaussian;
mod log_weights;
mod model;
mod moments;
mod multinomial;
mod params;
mod partial_fit;
#[cfg(feature = "persist")]
mod persist;
mod predict;
mod prior;
mod smoothing;
#[cfg(test)]
mod tests;

pub use bernoulli::{Bernoulli, BernoulliNb};
pub use categorical::{Categorical, CategoricalNb};
pub use complement::{Complement, ComplementNb};
pub use event_model::EventModel;
pub use gaussian::{Gaussian, GaussianNb};
pub use model::NaiveBayes;
pub use multinomial::{Multinomial, MultinomialNb};
pub use params::{NaiveBayesParams, NaiveBayesValidParams};
pub use smoothing::Smoothed;
