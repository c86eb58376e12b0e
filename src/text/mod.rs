//! Text to numbers, without a vocabulary: the same text gives the same columns in every chunk and
//! every program, so nothing has to be learned first and chunks can be vectorized in any order.
//!
//! - [`HashingVectorizer`] turns documents ([`Text`](crate::data::Text) or, still to be decoded,
//!   [`RawText`](crate::data::RawText)) into the rows of a [`Csr`](crate::data::Csr), equal to
//!   those of scikit-learn's class of that name.
//! - [`FeatureHasher`] does the same for named features: pairs, names, dictionaries.
//! - [`murmur3_32`] is the hash behind both.
//!
//! [`Analyzer`], [`StopWords`], [`StripAccents`], [`Encoding`], [`DecodeError`] and [`Norm`] are
//! the values of the vectorizer's parameters.

mod analyzer;
mod character_table;
mod decode;
mod feature_hasher;
mod hashing_vectorizer;
mod murmur3;
mod python_regex;
mod row_hasher;
mod stop_words;
mod token_pattern;
mod unicode;
mod word_mask;
mod word_scan;

pub use analyzer::Analyzer;
pub use decode::{DecodeError, Encoding};
pub use feature_hasher::{FeatureHasher, FeatureHasherParams, FeatureValue};
pub use hashing_vectorizer::{HashingVectorizer, HashingVectorizerParams};
pub use murmur3::murmur3_32;
pub use stop_words::{ENGLISH_STOP_WORDS, StopWords};
pub use unicode::StripAccents;

pub use crate::data::Norm;
