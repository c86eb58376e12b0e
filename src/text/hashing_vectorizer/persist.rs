//! Saving and loading of `HashingVectorizer`.

use super::HashingVectorizer;
use crate::data::Float;
use crate::persist::persist;

persist! {
    [F: Float] HashingVectorizer<F>, "HashingVectorizer", of_floats HashingVectorizer<F>, gives |own| own.n_features();
}
