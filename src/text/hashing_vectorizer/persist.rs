//! Saving and loading of `HashingVectorizer`.

use linfa::Float;

use super::HashingVectorizer;
use crate::persist::persist;

persist! {
    [F: Float] HashingVectorizer<F>, "HashingVectorizer", gives |own| own.n_features();
}
